"""What came of a decision, as a sentence: the same in a terminal and on a page, and without the commands of either."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from phototag.core.wording import clock as clock
from phototag.core.wording import count as count
from phototag.core.wording import day as day
from phototag.core.wording import listed as listed
from phototag.core.wording import year as year
from phototag.index.journal import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phototag.app.draw import Drawing
    from phototag.app.identify import Sighting, Verification
    from phototag.app.name import NameReport

UNCHANGED = "Nothing changed."
SAID_BEFORE = "You said so before."


def line(text: str) -> str:
    """Text on one line, whatever is in it."""
    if text.isprintable():  # nearly all are; letter by letter takes a second for 100,000 paths
        return text
    return "".join(repr(c)[1:-1] if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)


def upper(text: str) -> str:
    """A sentence begins with a capital, unless with a name as it was typed."""
    return text.capitalize() if text.startswith("group ") else text


def named(cluster: int, report: NameReport) -> list[str]:
    """A group has a name; a line for each thing that came of it."""
    are = "is" if report.faces == 1 else "are"
    lines = [
        f"{count(report.faces, 'face')} on {count(report.photos, 'photo')} {are} {report.name} now."
        if report.faces
        else f"Group {cluster} is {report.name} already."
    ]
    if report.faces and report.before:
        lines.append(f"{report.name} was there already, with {count(report.before, 'face')} that you named.")
    if report.faces and report.together:
        lines.append(_together(report.together))
    if report.auto_tagged:
        alike, on = count(report.auto_tagged, "look-alike"), count(report.auto_photos, "photo")
        lines.append(f"{alike} on {on} tagged automatically.")
    return lines


def may_be(report: NameReport) -> str:
    """Who else may be somebody who was named: "3 more faces may be elon."."""
    return f"{count(report.suggested, 'more face')} may be {report.name}."


def _together(photos: int) -> str:
    on = count(photos, "photo")
    return f"On {on} there are several of them. If that is no mirror and no collage, take it back."


def merged(words: Words) -> str:
    """People or groups are one person."""
    are = "is" if len(words["others"]) == 1 else "are"
    done = f"{upper(listed(words['others']))} {are} {words['name']} now: {count(words['faces'], 'face')}."
    return f"{done}\n{_together(words['together'])}" if words["together"] else done


def renamed(words: Words) -> str:
    """A person is called something else."""
    return f"{words['name']} is called {words['new']} now."


def moved(words: Words, when: str = "now") -> str:
    """Faces are somebody else, now or "already"."""
    return f"{_are(words)} {words['name']} {when}."


def confirmed(words: Words) -> str:
    """Faces are whom they were taken for."""
    return f"{_are(words)} {words['name']}, as you confirmed."


def rejected(words: Words) -> str:
    """Faces are not whom they were taken for."""
    return f"{_are(words)} not {words['name']}."


def ignored(words: Words, alike: int) -> str:
    """Nobody wants to hear of somebody, nor of so many who are like them."""
    more = f", and {count(alike, 'look-alike')}" if alike else ""
    return f"{upper(words['name'])} is ignored: {_faces(words)}{more}."


def noticed(words: Words) -> str:
    """Somebody is not ignored any more."""
    return f"{upper(words['name'])} is not ignored any more: {_faces(words)}."


def no_faces(words: Words, alike: int) -> str:
    """What was found is no face, nor are so many that are like it."""
    many = words["faces"] > 1
    if words.get("drawn") == words["faces"]:
        return f"{words['faces']} faces that you drew are gone." if many else "The face that you drew is gone."
    done = f"{words['faces']} finds are no faces" if many else "That is no face"
    more = f", and {count(alike, 'face')} like {'them' if many else 'it'}" if alike else ""
    return f"{done}{more}."


def collage(words: Words) -> str:
    """One person may be on a photo more than once."""
    return f"One person may be on {line(words['photo'])} more than once."


def present(words: Words) -> str:
    """Somebody is on photos."""
    return f"{words['name']} is on {count(words['photos'], 'photo')}."


def absent(words: Words) -> str:
    """Somebody is not on photos, of whom that was said."""
    return f"{words['name']} is not on {count(words['photos'], 'photo')}."


def drawn(drawing: Drawing) -> str:
    """A face was drawn, or drawn elsewhere; or there was one already."""
    of = f" of {drawing.name}" if drawing.name else ""
    is_news = drawing.outcome.decision is not None
    match drawing.how:
        case "new":
            return f"A face{of} is drawn on {line(drawing.photo)}."
        case "moved":
            return f"The face{of} is where you drew it {'now' if is_news else 'already'}."
        case "found":
            is_who = f"is {drawing.name} {'now' if is_news else 'already'}" if drawing.name else "has no name yet"
            return f"There is a face already, which was found: it {is_who}."


def split(words: Words) -> str:
    """Faces are somebody else."""
    new = listed([f"group {number}" for number in words["groups"]])
    are = "is" if words["faces"] == 1 else "are"
    return f"{_faces(words)} of {words['name']} {are} somebody else: {new}."


def enrolled(people: Mapping[str, int], *, is_new: bool = True) -> str:
    """People are known by pictures from elsewhere."""
    told = [name if n == 1 else f"{name} ({count(n, 'photo')})" for name, n in people.items()]
    more = [*told[:9], f"{len(told) - 9:,} more"] if len(told) > 10 else told
    are = "is" if len(told) == 1 else "are"
    return f"{listed(more)} {are} enrolled." if is_new else f"{listed(more)} {are} enrolled already, by the same."


def unenrolled(words: Words) -> str:
    """Pictures are references no more."""
    return f"{count(words['photos'], 'picture')} of {listed(words['names'])} {_is(words)} compared with no more."


def sighted(face: Sighting) -> str:
    """Who a face is: "ann, 0.21 (next: bob, 0.63)", or that it is nobody who is known."""
    first, second = face.nearest, face.runner_up
    far = "" if first is None else f"{first.person}, {first.distance:.2f}"
    after = "" if second is None else f" (next: {second.person}, {second.distance:.2f})"
    if face.probability is not None:
        return f"{face.person}, with a probability of {face.probability:.2f}; the nearest is {far}"
    if face.person is not None:
        return f"{far}{after}"
    if face.perhaps is not None:
        return f"perhaps {far}{after}"
    return f"not in the database; the nearest is {far}" if far else "not in the database"


def verified(found: Verification) -> str:
    """Whether somebody is who they are said to be."""
    known = f"of whom {count(found.references, 'face')} {'is' if found.references == 1 else 'are'} known"
    if found.is_match:
        return f"This is {found.person}, {known}."
    if found.nearer is not None:
        return f"This is not {found.person}, {known}: {found.nearer.person} is nearer ({found.nearer.distance:.3f})."
    return f"This is not {found.person}, {known}."


def _is(words: Words) -> str:
    return "is" if words["photos"] == 1 else "are"


def _faces(words: Words) -> str:
    return count(words["faces"], "face")


def _are(words: Words) -> str:
    """'1 face is', '2 faces are'."""
    return f"{_faces(words)} {'is' if words['faces'] == 1 else 'are'}"
