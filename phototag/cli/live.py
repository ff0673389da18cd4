"""phototag live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from phototag import wiring
from phototag.app.export import to_json
from phototag.app.guests import open_eye
from phototag.app.identify import open_gallery
from phototag.app.known import known_space
from phototag.app.live import Comes, Film, Goes, Greeter, Lookout, Summary, events, open_frames
from phototag.cli import bar, options, render
from phototag.cli.stopping import stoppable
from phototag.errors import ExitCode, UsageError
from phototag.settings import load
from phototag.workshop import workshop

LAST_WORDS_S = 10.0
"""So long the end of a video waits for greetings that are still being spoken."""


def live(
    video: options.GivenVideo = None,
    camera: options.Camera = None,
    fps: options.FramesASecond = 5.0,
    greet: options.Greet = None,
    annotate_to: options.AnnotatedVideo = None,
    replace: options.Replace = False,
    workers: options.Workers = None,
    library: options.Library = None,
    index: options.Index = None,
    json: options.JsonEvents = False,
) -> int:
    """Say who comes and goes before a camera or in a video.

    Until the video ends, or it is stopped: Ctrl-C or SIGTERM is the normal end. Nothing is remembered.
    """
    if video is not None and camera is not None:
        raise UsageError("A video or a camera: give one of them.")
    if annotate_to is not None and annotate_to.exists() and not replace:
        raise UsageError(f"{annotate_to} is there already. Nothing was written. To replace it: --force")
    settings = load(library, index)
    with wiring.reading(settings) as opened:
        if known_space(opened) is None:
            raise UsageError("Nobody is known yet. Enrol somebody: phototag enroll PHOTO --as NAME")
        gallery = open_gallery(opened)
    pictures = open_frames(video, camera, fps)
    shop = workshop(settings, None, workers, None, bar.progress)
    lookout = Lookout(gallery, open_eye(shop, gallery.space).engine)
    greeter = Greeter(greet, render.note if json else _greeting) if greet is not None else None
    if video is None:
        render.note("Looking. Stop with Ctrl-C.")
    is_over = False
    with _film(annotate_to, fps) as film, stoppable(), closing(events(shop, lookout, pictures, film)) as happening:
        _tell(happening, greeter, json)
        is_over = True
    _tell(lookout.end(), greeter, json)
    _sum_up(lookout.summary(), json)
    if greeter is not None and is_over:
        greeter.close(LAST_WORDS_S)
    if is_over and video is None:
        render.note("The camera sends no more pictures.")
        return ExitCode.PROBLEMS
    return ExitCode.DONE


@contextmanager
def _film(target: Path | None, fps: float) -> Iterator[Film | None]:
    if target is None:
        yield None
        return
    film, is_whole = Film(target, fps), False
    try:
        yield film
        is_whole = True
    finally:
        film.close(is_whole)


def _greeting(text: str) -> None:
    render.out(f"          {render.line(text)}")
    render.flush()


def _tell(events: Iterable[Comes | Goes], greeter: Greeter | None, json: bool) -> None:
    for event in events:
        if json:
            said = greeter.greet(event) if greeter is not None and isinstance(event, Comes) else None
            render.out(to_json(_came(event, said) if isinstance(event, Comes) else _went(event)))
        else:
            render.out(f"{_clock(event.at_s):>7}  {_sentence(event)}")
            if greeter is not None and isinstance(event, Comes):
                greeter.greet(event)
        render.flush()


def _sentence(event: Comes | Goes) -> str:
    who = f"unknown {event.unknown}" if event.person is None else render.line(event.person)
    if isinstance(event, Goes):
        return f"{who} goes, {_long(event.seconds)}"
    far = "" if event.nearest is None else f"{event.nearest.distance:.2f}"
    if event.person is None:
        return f"{who} comes" + ("" if event.nearest is None else f" (nearest: {event.nearest.person}, {far})")
    return f"{who} comes ({far})" if event.unknown is None else f"unknown {event.unknown} is {who} ({far})"


def _sum_up(found: Summary, json: bool) -> None:
    if json:
        render.out(to_json(_ended(found)))
        return
    render.out()
    for name, one in found.people.items():
        render.out(f"{render.line(name)}: {render.count(one.visits, 'visit')}, {_long(one.seconds)}")
    if found.unknown or not found.people:
        render.out(f"Unknown: {render.count(found.unknown, 'visit')}" if found.unknown else "Nobody was seen.")
    render.out(f"{render.count(found.frames, 'frame')} of {_long(found.seconds)} looked at.")


def _ended(found: Summary) -> dict[str, object]:
    return {
        "event": "end",
        "seconds": _round(found.seconds),
        "frames": found.frames,
        "people": [
            {"person": name, "visits": one.visits, "seconds": _round(one.seconds)} for name, one in found.people.items()
        ],
        "unknown": found.unknown,
    }


def _came(comes: Comes, greeting: str | None) -> dict[str, object]:
    near = None if comes.nearest is None else [comes.nearest.person, round(comes.nearest.distance, 4)]
    return {
        "event": "comes",
        "at": _round(comes.at_s),
        "since": _round(comes.since_s),
        "visit": comes.visit,
        "person": comes.person,
        "unknown": comes.unknown,
        "nearest": near,
        "greeting": greeting,
    }


def _went(goes: Goes) -> dict[str, object]:
    return {
        "event": "goes",
        "at": _round(goes.at_s),
        "visit": goes.visit,
        "person": goes.person,
        "unknown": goes.unknown,
        "seconds": _round(goes.seconds),
    }


def _round(seconds: float) -> float:
    return round(seconds, 3)


def _clock(seconds: float) -> str:
    """'0:12', '1:02:03'."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _long(seconds: float) -> str:
    """'19 s', or as a clock has it."""
    return f"{seconds:.0f} s" if seconds < 100 else _clock(seconds)
