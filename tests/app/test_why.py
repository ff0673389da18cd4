"""Dark red has a name in most of these albums; what light, pale and blue are then: tests/conftest.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from phototag.app.correct import ignore, reject
from phototag.app.why import CANDIDATES, Rule, Why, why
from phototag.engines import fake
from phototag.errors import UsageError
from phototag.types import Source
from tests.conftest import BLUE, CYAN, DARK_RED, GREEN, LIGHT_RED, MAGENTA, PALE_RED, RED, YELLOW, Album

STRONG, POSSIBLE, GAP = fake.THRESHOLDS.strong, fake.THRESHOLDS.possible, fake.THRESHOLDS.largest_gap


def asked(album: Album, photo: str, number: int = 0) -> Why:
    return why(album.index, album.face(photo, number).id)


# The rule that decided


def test_what_you_said_decides_before_all_else(album: Album) -> None:
    album.scan(dark=[DARK_RED], blue=[BLUE])
    album.name("elon", "dark", "blue")
    album.name("ann", "blue")
    found = asked(album, "blue")
    assert found.rule is Rule.HUMAN
    then = datetime.fromtimestamp(0).strftime("%Y-%m-%d %H:%M")
    assert found.because == f"You said that this is ann (decision 2, {then})."


def test_where_nobody_has_a_name_nobody_is_known(album: Album) -> None:
    album.scan(dark=[DARK_RED])
    found = asked(album, "dark")
    assert (found.rule, found.because) == (Rule.NOBODY_KNOWN, "Nobody has a name yet.")
    assert (found.candidates, found.margin, found.score, found.strong) == ((), None, None, None)
    assert "clusters" in found.changes[0]


def test_where_everybody_was_ruled_out_nobody_is_known(album: Album) -> None:
    album.scan(dark=[DARK_RED], light=[LIGHT_RED])
    album.name("elon", "dark")
    album.refuse("elon", "light")
    found = asked(album, "light")
    assert (found.rule, found.because) == (Rule.NOBODY_KNOWN, "Everybody who has a name was ruled out by you.")
    assert found.refused == ("elon",)


def test_a_face_that_is_like_nobody_is_no_match(album: Album) -> None:
    album.scan(dark=[DARK_RED], blue=[BLUE])
    album.name("elon", "dark")
    found = asked(album, "blue")
    assert found.rule is Rule.NO_MATCH
    assert "the nearest is elon" in found.because
    assert found.score is not None
    assert found.score > POSSIBLE
    assert f"nearer by {found.score - POSSIBLE:.2f} would make it a question" in found.changes[0]


def test_a_face_that_is_not_quite_like_somebody_is_in_doubt(album: Album) -> None:
    album.scan(dark=[DARK_RED], pale=[PALE_RED])
    album.name("elon", "dark")
    found = asked(album, "pale")
    assert found.rule is Rule.DOUBT
    assert "may be elon" in found.because
    assert found.score is not None
    assert STRONG < found.score <= POSSIBLE
    assert f"nearer by {found.score - STRONG:.2f}" in found.changes[0]
    assert "phototag review" in found.changes[1]


def test_somebody_who_is_on_the_photo_already_is_taken(album: Album) -> None:
    album.scan(mirror=[DARK_RED, LIGHT_RED])
    album.name("elon", "mirror")
    found = asked(album, "mirror", 1)
    assert found.rule is Rule.TAKEN
    assert album.face("mirror", 0).id in found.because
    assert found.score is not None
    assert found.score <= STRONG


def test_of_two_faces_on_a_photo_that_could_be_tagged_the_farther_is_taken(album: Album) -> None:
    album.scan(dark=[DARK_RED], both=[LIGHT_RED, DARK_RED])
    album.name("elon", "dark")
    assert [asked(album, "both", i).rule for i in (0, 1)] == [Rule.TAKEN, Rule.STRONG]


def test_a_face_that_is_near_somebody_and_nobody_else_is_strong(album: Album) -> None:
    album.scan(dark=[DARK_RED], light=[LIGHT_RED])
    album.name("elon", "dark")
    found = asked(album, "light")
    assert (found.rule, found.face.source) == (Rule.STRONG, Source.AUTO)
    assert found.score is not None
    assert f"{STRONG - found.score:.2f} farther" in found.changes[0]


SAYS: Mapping[Source | None, set[Rule]] = {
    Source.HUMAN: {Rule.HUMAN},
    Source.AUTO: {Rule.STRONG},
    Source.SUGGESTED: {Rule.DOUBT, Rule.TAKEN},
    None: {Rule.NO_MATCH, Rule.NOBODY_KNOWN, Rule.IGNORED},
}


def test_the_rule_is_the_one_by_which_the_face_was_tagged(album: Album) -> None:
    album.scan(
        **{f"dark{i}": [DARK_RED, BLUE] for i in range(3)},
        **{f"mix{i}": [PALE_RED, "#c80000", LIGHT_RED] for i in range(3)},
        **{f"cold{i}": [CYAN, "#6080e0", GREEN] for i in range(3)},
    )
    album.name("elon", "dark0", "dark1")
    album.name("ann", "cold0")
    album.refuse("elon", "mix0")
    ignore(album.index, str(album.face("cold0", 2).cluster), at_ns=1)
    told = {
        (photo.stem, i): (asked(album, photo.stem, i).rule, album.face(photo.stem, i).source)
        for photo in album.root.glob("*.png")
        for i in range(2 if photo.stem.startswith("dark") else 3)
    }
    assert {rule for rule, _ in told.values()} == set(Rule) - {Rule.NOBODY_KNOWN}
    assert [place for place, (rule, source) in told.items() if rule not in SAYS[source]] == []


# The evidence


def test_candidates_are_told_the_nearest_first_with_what_they_were_compared_with(album: Album) -> None:
    album.scan(here=["#e00000"], a=["#d00000"], b=["#c00000"], c=["#a00000"], d=["#700000"], blue=[BLUE])
    album.name("elon", "a", "b", "c", "d")
    album.name("ann", "blue")
    found = asked(album, "here")
    elon, ann = found.candidates
    assert (elon.name, ann.name) == ("elon", "ann")
    assert [reference.path for reference in elon.references] == [b"a.png", b"b.png", b"c.png"]  # d is farther
    assert [reference.face for reference in elon.references] == [album.face(photo).id for photo in "abc"]
    assert elon.distance == pytest.approx(sum(reference.distance for reference in elon.references) / 3, abs=1e-4)
    assert found.margin == pytest.approx(ann.distance - elon.distance)
    assert found.score == pytest.approx(elon.distance - GAP)  # no more of the margin counts
    assert (found.strong, found.possible) == (STRONG, POSSIBLE)


def test_a_margin_that_is_small_counts_whole(album: Album) -> None:
    album.scan(here=["#980000"], elon=["#e00000"], ann=[DARK_RED])
    album.name("elon", "elon")
    album.name("ann", "ann")
    found = asked(album, "here")
    assert found.margin is not None
    assert 0 < found.margin < GAP
    assert found.score == pytest.approx(found.candidates[0].distance - found.margin)


def test_a_named_face_is_no_reference_of_its_own(album: Album) -> None:
    album.scan(one=[RED], two=["#b00000"], blue=[BLUE])
    album.name("elon", "one", "two")
    album.name("ann", "blue")
    elon, _ = asked(album, "one").candidates
    assert [reference.path for reference in elon.references] == [b"two.png"]
    assert elon.distance == pytest.approx(elon.references[0].distance)
    assert [candidate.name for candidate in asked(album, "blue").candidates] == ["elon"]


def test_whoever_was_ruled_out_is_no_candidate(album: Album) -> None:
    album.scan(dark=[DARK_RED], light=[LIGHT_RED], blue=[BLUE])
    album.name("elon", "dark")
    album.name("ann", "blue")
    album.refuse("elon", "light")
    found = asked(album, "light")
    assert [candidate.name for candidate in found.candidates] == ["ann"]
    assert found.refused == ("elon",)
    assert found.rule is Rule.NO_MATCH


def test_the_nearest_people_are_told_and_not_all(album: Album) -> None:
    colours = {"red": RED, "yellow": YELLOW, "green": GREEN, "cyan": CYAN, "blue": BLUE, "magenta": MAGENTA}
    album.scan(here=["#c00000"], **{name: [colour] for name, colour in colours.items()})
    for name in colours:
        album.name(name, name)
    found = asked(album, "here").candidates
    assert len(found) == CANDIDATES < len(colours)
    assert found[0].name == "red"
    assert [candidate.distance for candidate in found] == sorted(candidate.distance for candidate in found)


def test_the_group_is_told_with_how_near_its_others_are(album: Album) -> None:
    album.scan(a=[LIGHT_RED], b=[LIGHT_RED], c=[PALE_RED], alone=[BLUE])
    found = asked(album, "c")
    assert found.group_faces == 3
    assert found.group_distance == pytest.approx(0.136, abs=0.005)
    alone = asked(album, "alone")
    assert (alone.group_faces, alone.group_distance) == (0, None)


def test_a_face_too_weak_to_found_a_group_is_said_to_be_so(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    album.scan(firm=[RED])
    assert not asked(album, "firm").is_weak
    monkeypatch.setattr(fake, "THRESHOLDS", replace(fake.THRESHOLDS, weak_quality=1.1))
    album.scan(a=[BLUE], b=[BLUE])
    assert asked(album, "a").is_weak
    assert asked(album, "a").group_faces == 0


# Which face


def test_the_beginning_of_an_id_is_enough_in_any_capitals(album: Album) -> None:
    album.scan(dark=[DARK_RED], blue=[BLUE])
    dark, blue = album.face("dark").id, album.face("blue").id
    assert dark[:8] != blue[:8]
    for text in (dark, dark[:8], dark[:8].upper(), f" {dark[:8]}\n"):
        assert why(album.index, text).face.id == dark


def test_a_beginning_that_several_ids_have_is_not_enough(album: Album) -> None:
    album.scan(crowd=[RED] * 17)  # more faces than there are hexadecimal digits
    ids = [album.face("crowd", i).id for i in range(17)]
    first = next(digit for digit in "0123456789abcdef" if sum(id_.startswith(digit) for id_ in ids) > 1)
    several = [id_ for id_ in ids if id_.startswith(first)]
    with pytest.raises(UsageError, match=f"{len(several)} faces begin with '{first}': {', '.join(several[:5])}"):
        why(album.index, first)


@pytest.mark.parametrize("text", ["zz", "", "  ", "*", "?", "[0-9a-f]*", "%", "0" * 17, "café"])
def test_a_face_that_there_is_not(album: Album, text: str) -> None:
    album.scan(dark=[DARK_RED])
    with pytest.raises(UsageError, match="There is no face"):
        why(album.index, text)


def test_a_face_on_a_photo_that_is_gone_is_not_explained(album: Album) -> None:
    album.scan(dark=[DARK_RED], blue=[BLUE])
    gone = album.face("dark").id
    (album.root / "dark.png").unlink()
    album.scan()
    with pytest.raises(UsageError, match="There is no face"):
        why(album.index, gone)


def test_a_face_like_somebody_without_a_name_is_like_nobody_who_has_one(album: Album) -> None:
    album.scan(red1=[RED], red2=[RED], red3=[RED], blue=[BLUE])
    album.name("ann", "blue")
    reject(album.index, album.ids("red1"), at_ns=5)
    number = album.face("red1").cluster
    assert asked(album, "red2").because == "It is like nobody who has a name: the nearest is ann, and too far."
    album.scan(red9=[RED])
    found = asked(album, "red9")
    assert found.rule is Rule.NO_MATCH
    assert found.because == f"It is like nobody who has a name: the nearest is group {number}, who has no name yet."
    assert found.refused == ()
