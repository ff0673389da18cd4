"""phototag enroll, enrolled, unenroll, identify, verify."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from phototag import wiring
from phototag.app import enrol as enrolling
from phototag.app import sentences
from phototag.app.annotation import draw
from phototag.app.decide import Index
from phototag.app.export import to_json
from phototag.app.guests import open_eye, photos_at, require_photos
from phototag.app.identify import Identified, Sighting, Verification, identify_each, open_gallery
from phototag.app.identify import verify as compare
from phototag.app.known import known_enrolments, known_space
from phototag.app.train import load_model
from phototag.cli import bar, options, render
from phototag.cli.decision import tell, writing
from phototag.errors import EditedError, ExitCode, PhotoProblem, UsageError
from phototag.settings import Settings, load
from phototag.workshop import workshop

NO_MATCH = 1
"""What `verify` returns where it is somebody else, as the contract says."""


def enroll(
    paths: options.GivenPaths,
    name: options.WhoOnAll = None,
    engine: options.EngineName = None,
    workers: options.Workers = None,
    max_megapixels: options.MaxMegapixels = None,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """Make people known by photos that need not lie in your library.

    A file is named after its person (skuli.jpg), or a folder is, with several photos of them, which is better; or all
    are NAME. Of several faces on a photo the largest is meant. A picture of the face is kept with the index.
    """
    people = enrolling.wanted(paths, name)
    settings = load(library, index)
    choice = wiring.choose_engine(settings, engine, None, None)
    shop = workshop(settings, choice, workers, max_megapixels, bar.progress)
    create = settings.library is not None
    with wiring.writing(settings, "enroll", render.note, create=create) as opened:
        report = enrolling.enrol(opened, shop, people, time.time_ns())
    if json:
        render.out(
            to_json(
                {
                    "decision": report.decision,
                    "people": report.people,
                    "several_faces": [str(path) for path in report.crowded],
                    "problems": [_problem(problem) for problem in report.problems],
                }
            )
        )
    else:
        _tell_enrolled(report)
    return ExitCode.PROBLEMS if report.problems else ExitCode.DONE


def _tell_enrolled(report: enrolling.EnrolReport) -> None:
    render.out(sentences.enrolled(report.people, is_new=report.decision is not None))
    alone = [name for name, photos in report.people.items() if photos == 1]
    if alone:
        render.out(f"{sentences.listed(alone[:5])}: one photo will do; with three or more, fewer are missed.")
    for path in report.crowded[: render.LISTED]:
        render.out(f"Several faces, the largest was taken:  {render.line(str(path))}")
    for problem in report.problems:
        render.out(f"Not used:  {render.path(problem.path)}: {problem.reason}")
    render.out(f"\nWho is on a photo:  {render.command('identify', 'PHOTO')}")
    if report.decision is not None:
        render.out(f"Take it back:       {render.command('undo')}   (decision {report.decision})")


def enrolled(library: options.Library = None, index: options.Index = None, json: options.Json = False) -> None:
    """List who is enrolled, and by which photos."""
    with wiring.reading(load(library, index)) as opened:
        found = known_enrolments(opened)
    if json:
        records = [
            {"person": one.name, "picture": one.photo, "from": one.origin, "described": one.is_described}
            for one in found
        ]
        return render.out(to_json({"enrolled": records}))
    if not found:
        return render.out(f"Nobody is enrolled. Begin with: {render.command('enroll', 'PHOTO', '--as', 'NAME')}")
    rows = [[one.name, one.photo[:8], render.line(one.origin)] for one in found]
    render.out(render.table(["person", "picture", "from"], rows))
    return render.out(f"\nForget one:   {render.command('unenroll', 'NAME or PICTURE')}")


def unenroll(who: options.EnrolledOnes, library: options.Library = None, index: options.Index = None) -> None:
    """Say that enrolled pictures are references no more."""
    with writing("unenroll", library, index) as opened:
        outcome = enrolling.unenrol(opened, who, time.time_ns())
    tell(outcome, sentences.unenrolled(outcome.words))


def identify(
    paths: options.GivenPhotos,
    classifier: options.ByClassifier = None,
    annotate_to: options.Annotate = None,
    replace: options.Replace = False,
    workers: options.Workers = None,
    max_megapixels: options.MaxMegapixels = None,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """Say who is on photos, which need not lie in your library (1:K).

    For every face who it is, or who it may be, how far they are and who is next; or that it is nobody who is known.
    Nothing is remembered.
    """
    photos = photos_at(paths)
    targets = _targets(photos, annotate_to, several=len(photos) > 1 or any(path.is_dir() for path in paths))
    settings = load(library, index)
    with _gallery(settings) as opened:
        gallery = open_gallery(opened)
        trained = None if classifier is None else load_model(opened, classifier)
        for target in targets.values():
            _require_free(target, photos, (opened.root, opened.folder), replace=replace)
    shop = workshop(settings, None, workers, max_megapixels, bar.progress)
    eye = open_eye(shop, gallery.space)
    found = {}
    for photo, one in identify_each(gallery, shop, eye, sorted(set(photos)), trained):
        found[photo] = one
        if isinstance(one, Identified) and photo in targets:
            draw(one, targets[photo])
    if json:
        records = [_record(photo, found[photo]) for photo in photos]
        known = {"people": len(gallery.names), "references": gallery.n_references}
        render.out(to_json({"known": known, "photos": records}))
    else:
        for photo in photos:
            _tell_identified(photo, found[photo])
        if targets:
            render.out(f"\nDrawn on: {render.line(str(annotate_to))}")
    return ExitCode.PROBLEMS if any(isinstance(one, PhotoProblem) for one in found.values()) else ExitCode.DONE


def verify(
    photo: options.GivenPhoto,
    name: options.PersonArgument,
    max_megapixels: options.MaxMegapixels = None,
    library: options.Library = None,
    index: options.Index = None,
    json: options.Json = False,
) -> int:
    """Say whether somebody on a photo is who they are said to be (1:1).

    Compared with all references of that person. The exit code is 0 for a match and 1 for none.
    """
    require_photos([photo], [photo])
    settings = load(library, index)
    shop = workshop(settings, None, 1, max_megapixels, bar.progress)
    with _gallery(settings) as opened:
        gallery = open_gallery(opened)
        eye = open_eye(shop, gallery.space)
        guest = eye.look(photo)
        if isinstance(guest, PhotoProblem):
            raise UsageError(f"{photo} cannot be used. {guest.reason}")
        found = compare(opened, gallery, guest, name)
    if json:
        render.out(to_json(_verdict(found)))
    else:
        render.out(sentences.verified(found))
        render.out(f"Distance {found.distance:.3f}, limit {found.threshold:.3f}: {found.origin}.")
        if found.others:
            render.out(f"{render.count(found.others, 'more face')} on it; the largest was compared.")
    return ExitCode.DONE if found.is_match else NO_MATCH


@contextmanager
def _gallery(settings: Settings) -> Iterator[Index]:
    with wiring.reading(settings) as opened:
        if known_space(opened) is None:
            raise UsageError("Nobody is known yet. Enrol somebody: phototag enroll PHOTO --as NAME")
        yield opened


def _targets(photos: list[Path], into: Path | None, *, several: bool) -> dict[Path, Path]:
    """Where each photo with boxes goes: to a file for one, into a folder for several."""
    if into is None:
        return {}
    if not several and not into.is_dir():
        return {photos[0]: into}
    if into.is_file():
        raise UsageError(f"{into} is a file. For several photos give a folder: --annotate DIR")
    targets = {photo: into / f"{photo.stem}.jpg" for photo in photos}
    taken: dict[Path, Path] = {}
    for photo, target in targets.items():
        if taken.setdefault(target, photo) != photo:
            raise UsageError(f"{taken[target]} and {photo} would both be drawn on {target}. Give them one by one.")
    return targets


def _require_free(target: Path, photos: list[Path], ours: tuple[Path, Path], *, replace: bool) -> None:
    """Refuse to draw on what is there; on a photo, and on what is in the library or the index's folder, always."""
    if not target.exists():
        return
    is_ours = any(target.resolve().is_relative_to(folder.resolve()) for folder in ours)
    if is_ours or any(target.samefile(photo) for photo in photos):
        raise UsageError(f"{target} is a photo, or in the library. Nothing was written. Draw elsewhere.")
    if not replace:
        raise EditedError(f"{target} is there already. Nothing was written. To replace it: --force")


def _tell_identified(photo: Path, found: Identified | PhotoProblem) -> None:
    if isinstance(found, PhotoProblem):
        render.out(f"{render.line(str(photo))}: cannot be used. {found.reason}")
        return
    render.out(f"{render.line(str(photo))}: {render.count(len(found.faces), 'face')}")
    for face in found.faces:
        left, top, right, bottom = face.box
        render.out(f"  {sentences.sighted(face)}   [{left} {top} {right} {bottom}]")


def _record(photo: Path, found: Identified | PhotoProblem) -> dict[str, object]:
    if isinstance(found, PhotoProblem):
        return {"photo": str(photo), "reason": found.reason, "faces": []}
    return {
        "photo": str(photo),
        "size": [found.width, found.height],
        "faces": [_face(face) for face in found.faces],
    }


def _face(face: Sighting) -> dict[str, object]:
    return {
        "box": list(face.box),
        "score": round(face.score, 4),
        "quality": face.quality,
        "person": face.person,
        "perhaps": face.perhaps,
        "probability": None if face.probability is None else round(face.probability, 4),
        "nearest": None if face.nearest is None else [face.nearest.person, round(face.nearest.distance, 4)],
        "runner_up": None if face.runner_up is None else [face.runner_up.person, round(face.runner_up.distance, 4)],
    }


def _verdict(found: Verification) -> dict[str, object]:
    return {
        "person": found.person,
        "match": found.is_match,
        "distance": round(found.distance, 4),
        "threshold": round(found.threshold, 4),
        "threshold_from": found.origin,
        "references": found.references,
        "nearer": None if found.nearer is None else [found.nearer.person, round(found.nearer.distance, 4)],
        "box": list(found.box),
        "other_faces": found.others,
    }


def _problem(problem: PhotoProblem) -> dict[str, str]:
    return {"photo": os.fsdecode(problem.path), "reason": problem.reason}
