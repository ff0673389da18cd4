"""phototag merge, rename, move, confirm, reject, ignore, notice, ignored, not-a-face, collage."""

from __future__ import annotations

import time
from dataclasses import asdict

from phototag import wiring
from phototag.app import correct, sentences
from phototag.app.export import to_json
from phototag.app.known import ignored_people
from phototag.cli import options, render
from phototag.cli.decision import tell, writing
from phototag.errors import UsageError
from phototag.settings import load


def merge(subjects: options.Subjects, library: options.Library = None, index: options.Index = None) -> None:
    """Say that people or groups are one person.

    The first one with a name keeps it and takes the others in. Without a name among them they become one group.
    """
    with writing("merge", library, index) as opened:
        outcome = correct.merge(opened, subjects, time.time_ns())
    tell(outcome, sentences.merged(outcome.words), "They are one already.")


def rename(
    name: options.PersonArgument, new: options.NewName, library: options.Library = None, index: options.Index = None
) -> None:
    """Call a person something else."""
    with writing("rename", library, index) as opened:
        outcome = correct.rename(opened, name, new, time.time_ns())
    tell(outcome, sentences.renamed(outcome.words), f"{outcome.words['name']} is called so already.")


def move(faces: options.Faces, name: options.To, library: options.Library = None, index: options.Index = None) -> None:
    """Say that faces are somebody else than they are taken for."""
    with writing("move", library, index) as opened:
        outcome = correct.move(opened, faces, name, time.time_ns())
    tell(outcome, sentences.moved(outcome.words), sentences.moved(outcome.words, "already"))


def confirm(
    faces: options.SomeFaces = None,
    person: options.ConfirmPerson = None,
    library: options.Library = None,
    index: options.Index = None,
) -> None:
    """Say that faces are whom phototag takes them for.

    Give faces, or --person for all that were tagged as somebody automatically.
    """
    if bool(faces) == (person is not None):
        raise UsageError("Give the faces that are right, or --person NAME for all of somebody's automatic tags.")
    with writing("confirm", library, index) as opened:
        if person is None:
            outcome = correct.confirm(opened, faces or [], time.time_ns())
        else:
            outcome = correct.confirm_person(opened, person, time.time_ns())
    tell(outcome, sentences.confirmed(outcome.words), sentences.SAID_BEFORE)


def reject(faces: options.Faces, library: options.Library = None, index: options.Index = None) -> None:
    """Say that faces are not who they are taken for.

    A face that carries a name, or may be somebody, is not that person; any other is not of its group. The same guess
    never comes back.
    """
    with writing("reject", library, index) as opened:
        outcome = correct.reject(opened, faces, time.time_ns())
    tell(outcome, sentences.rejected(outcome.words), sentences.SAID_BEFORE)


def ignore(subject: options.SubjectName, library: options.Library = None, index: options.Index = None) -> None:
    """Hear no more of a person or group, nor of who looks like them.

    For strangers, statues and posters. Nothing is deleted: see them with `ignored`, take them back with `notice`.
    """
    with writing("ignore", library, index) as opened:
        outcome = correct.ignore(opened, subject, time.time_ns())
        alike = correct.count_alike(opened, outcome)
    tell(outcome, sentences.ignored(outcome.words, alike))


def notice(subject: options.SubjectName, library: options.Library = None, index: options.Index = None) -> None:
    """Hear again of somebody who was ignored."""
    with writing("notice", library, index) as opened:
        outcome = correct.notice(opened, subject, time.time_ns())
    tell(outcome, sentences.noticed(outcome.words))


def ignored(library: options.Library = None, index: options.Index = None, json: options.Json = False) -> None:
    """List whom you ignore."""
    with wiring.reading(load(library, index)) as opened:
        found = ignored_people(opened)
    if json:
        render.out(to_json({"ignored": [asdict(person) for person in found]}))
    elif found:
        rows = [[person.called, str(person.faces), str(person.alike)] for person in found]
        render.out(render.table(["ignored", "faces", "look-alikes"], rows, right=(1, 2)))
        render.out(f"\nHear of one again:   {render.command('notice', 'NAME or NUMBER')}")
    else:
        render.out(f"Nobody is ignored. To ignore a person or group: {render.command('ignore', 'WHO')}")


def not_a_face(faces: options.Faces, library: options.Library = None, index: options.Index = None) -> None:
    """Say that what was found is no face.

    A pattern, a statue, a poster: it is nobody, and what is like it is dismissed too.
    """
    with writing("not-a-face", library, index) as opened:
        outcome, alike = correct.not_a_face(opened, faces, time.time_ns())
    tell(outcome, sentences.no_faces(outcome.words, alike), sentences.SAID_BEFORE)


def present(
    name: options.AnyName,
    photos: options.Photos,
    library: options.Library = None,
    index: options.Index = None,
) -> None:
    """Say that somebody is on photos, though no face shows it.

    From behind, behind a mask, behind the camera: find finds them, and no face is guessed.
    """
    with writing("present", library, index) as opened:
        outcome = correct.present(opened, name, photos, time.time_ns())
    tell(outcome, sentences.present(outcome.words))


def absent(
    name: options.PersonArgument,
    photos: options.Photos,
    library: options.Library = None,
    index: options.Index = None,
) -> None:
    """Say that somebody is not on photos, of whom that was said.

    Takes back what present said, or an import. Of a face: phototag reject FACE
    """
    with writing("absent", library, index) as opened:
        outcome = correct.present(opened, name, photos, time.time_ns(), is_there=False)
    tell(outcome, sentences.absent(outcome.words))


def collage(photo: options.PhotoArgument, library: options.Library = None, index: options.Index = None) -> None:
    """Say that a photo may show one person more than once.

    A mirror, a collage, a picture in the picture. Otherwise two faces of one photo are never one group.
    """
    with writing("collage", library, index) as opened:
        outcome = correct.collage(opened, photo, time.time_ns())
    tell(outcome, sentences.collage(outcome.words), sentences.SAID_BEFORE)
    if outcome.decision is not None:
        render.out(f"Group anew by it: {render.command('scan', 'DIR')}")
