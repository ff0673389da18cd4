"""Ann is on the left, Bob on the right, Carl in the middle."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from phototag.core.reconciliation import Base, Here, outside_edits, reconciled
from phototag.core.regions import Account, Region, Replacement, Tagged
from phototag.types import Box

PATH = b"a.jpg"
LEFT, MIDDLE, RIGHT = Box(0.1, 0.1, 0.3, 0.4), Box(0.4, 0.1, 0.6, 0.4), Box(0.7, 0.1, 0.9, 0.4)
ANN, BOB = Region("Ann", LEFT), Region("Bob", RIGHT)
FACES = [Here("Ann", LEFT), Here("Bob", RIGHT)]
LISTS = ("mwg", "microsoft", "iptc")


def written(*faces: Here, present: tuple[str, ...] = (), onto: Tagged | None = None) -> Base:
    """What a sidecar says after it was written."""
    return Base(*reconciled(Base(), onto or Tagged(), faces, present))


def again(base: Base, theirs: Tagged, *faces: Here, present: tuple[str, ...] = ()) -> Tagged:
    return reconciled(base, theirs, faces, present)[0]


def edits(base: Base, theirs: Tagged) -> Account:
    account, disputed = outside_edits(PATH, base, theirs)
    assert disputed == ()
    return account


def renamed(tagged: Tagged, old: str, new: str | None, lists: tuple[str, ...] = LISTS) -> Tagged:
    """As a program that knows some of the lists leaves it when a face is renamed."""
    for each in lists:
        regions = [Region(new, r.box) if r.name == old else r for r in getattr(tagged, each)]
        tagged = replace(tagged, **{each: tuple(regions)})
    return tagged


def removed(tagged: Tagged, name: str, lists: tuple[str, ...] = LISTS) -> Tagged:
    for each in lists:
        tagged = replace(tagged, **{each: tuple(r for r in getattr(tagged, each) if r.name != name)})
    return tagged


def without_keyword(tagged: Tagged, name: str) -> Tagged:
    return replace(
        tagged,
        subject=tuple(item for item in tagged.subject if item != name),
        hierarchical=tuple(item for item in tagged.hierarchical if not item.endswith(name)),
        tags_list=tuple(item for item in tagged.tags_list if not item.endswith(name)),
    )


def test_a_new_sidecar_has_everybody_in_every_list() -> None:
    assert written(*FACES, present=("Dora",)).whole == Tagged(
        mwg=(ANN, BOB),
        microsoft=(ANN, BOB),
        iptc=(ANN, BOB),
        person_in_image=("Ann", "Bob", "Dora"),
        subject=("Ann", "Bob", "Dora"),
        hierarchical=("People|Ann", "People|Bob", "People|Dora"),
        tags_list=("People/Ann", "People/Bob", "People/Dora"),
    )


def test_what_nobody_changed_is_left_as_it_is() -> None:
    base = written(*FACES)
    assert edits(base, base.whole).is_empty
    assert reconciled(base, base.whole, FACES, ()) == (base.whole, base.written)


def test_keywords_of_others_stay_and_are_never_ours() -> None:
    base = written(*FACES, onto=Tagged(subject=("beach", "Ann")))
    assert base.whole.subject == ("beach", "Ann", "Bob")
    assert base.written.subject == ("Bob",)
    assert again(base, base.whole).subject == ("beach", "Ann")


def test_a_face_that_got_a_name_here_is_added() -> None:
    base = written(FACES[0])
    assert again(base, base.whole, *FACES).mwg == (ANN, BOB)


def test_a_face_that_is_renamed_here_is_renamed_there() -> None:
    base = written(*FACES)
    after = again(base, base.whole, Here("Carl", LEFT), FACES[1])
    assert after.mwg == (Region("Carl", LEFT), BOB)
    assert after.subject == ("Carl", "Bob")


def test_a_face_that_lost_its_name_here_loses_it_there() -> None:
    base = written(*FACES)
    after = again(base, base.whole, Here(None, LEFT), FACES[1])
    assert after.iptc == (BOB,)
    assert after.tags_list == ("People/Bob",)


def test_a_sidecar_of_somebody_else_is_taken_over() -> None:
    theirs = Tagged(mwg=(ANN, Region(None, MIDDLE)), person_in_image=("Ann", "Dora"))
    assert edits(Base(), theirs) == Account(PATH, regions=(ANN,), people=("Dora",))


def test_a_name_that_was_changed_there_is_the_newer_word() -> None:
    base = written(*FACES)
    theirs = renamed(base.whole, "Ann", "Anna", ("mwg",))
    assert edits(base, theirs) == Account(PATH, replaced=(Replacement(LEFT, "Ann", "Anna"),))
    after = again(base, theirs, Here("Anna", LEFT), FACES[1])
    assert {region.name for region in (*after.mwg, *after.microsoft, *after.iptc)} == {"Anna", "Bob"}
    assert after.person_in_image == ("Anna", "Bob")


def test_other_capitals_are_no_change_and_stay() -> None:
    base = written(*FACES)
    theirs = renamed(base.whole, "Ann", "ANN", ("mwg",))
    assert edits(base, theirs).is_empty
    assert again(base, theirs, *FACES).mwg == (Region("ANN", LEFT), BOB)


def test_a_region_that_was_removed_there_is_a_rejection() -> None:
    base = written(*FACES)
    theirs = removed(base.whole, "Ann", ("mwg", "microsoft"))
    assert edits(base, theirs) == Account(PATH, replaced=(Replacement(LEFT, "Ann", None),))
    after = again(base, theirs, Here(None, LEFT, refused=frozenset({"ann"})), FACES[1])
    assert after.iptc == (BOB,)
    assert after.subject == ("Bob",)


def test_the_only_region_that_goes_with_its_keyword_is_a_rejection() -> None:
    base = written(FACES[0])
    theirs = without_keyword(removed(base.whole, "Ann", ("mwg", "microsoft")), "Ann")
    assert edits(base, theirs).replaced == (Replacement(LEFT, "Ann", None),)


def test_a_region_that_only_lists_lack_that_few_programs_know_is_still_there() -> None:
    base = written(*FACES)
    assert edits(base, Tagged(mwg=(ANN, BOB))).is_empty


def test_a_list_that_a_program_does_not_keep_is_written_anew() -> None:
    base = written(FACES[0])
    theirs = removed(base.whole, "Ann", ("mwg", "microsoft", "iptc"))
    assert edits(base, theirs).is_empty
    assert again(base, theirs, FACES[0]) == base.whole


def test_a_sidecar_of_which_nothing_is_left_is_written_anew() -> None:
    base = written(*FACES)
    for theirs in (Tagged(), Tagged(subject=("beach",))):
        assert edits(base, theirs).is_empty
        assert again(base, theirs, *FACES).mwg == (ANN, BOB)


def test_a_region_that_was_drawn_there_is_new() -> None:
    base = written(*FACES)
    carl = Region("Carl", MIDDLE)
    assert edits(base, replace(base.whole, mwg=(ANN, carl, BOB))) == Account(PATH, regions=(carl,))


def test_a_region_without_a_name_that_gets_one_there_is_new() -> None:
    base = written(FACES[0], onto=Tagged(mwg=(Region(None, RIGHT),)))
    theirs = replace(base.whole, mwg=tuple(Region(r.name or "Bob", r.box) for r in base.whole.mwg))
    assert edits(base, theirs) == Account(PATH, regions=(BOB,))


def test_a_rectangle_that_was_moved_there_stays_where_it_is() -> None:
    base = written(*FACES)
    for box in (Box(0.08, 0.06, 0.31, 0.41), MIDDLE):
        theirs = replace(base.whole, mwg=(Region("Ann", box), BOB))
        assert edits(base, theirs).is_empty
        assert again(base, theirs, *FACES).mwg == (Region("Ann", box), BOB)
        assert again(base, theirs, *FACES).microsoft == (ANN, BOB)


def test_a_face_that_is_found_more_exactly_here_moves_there() -> None:
    base = written(*FACES)
    exact = Box(0.12, 0.1, 0.3, 0.4)
    assert again(base, base.whole, Here("Ann", exact), FACES[1]).mwg == (Region("Ann", exact), BOB)


def test_a_keyword_that_was_taken_away_there_stays_away() -> None:
    base = written(*FACES)
    theirs = replace(base.whole, subject=("Bob",))
    assert edits(base, theirs).is_empty
    after = again(base, theirs, *FACES)
    assert after.subject == ("Bob",)
    assert after.person_in_image == ("Ann", "Bob")


def test_a_nested_tag_of_digikam_is_as_good_as_ours() -> None:
    base = written(*FACES, onto=Tagged(tags_list=("People/Family/Ann",)))
    assert base.whole.tags_list == ("People/Family/Ann", "People/Bob")


def test_a_name_with_a_separator_is_one_leaf_as_digikam_has_it() -> None:
    said = written(Here("A/B", LEFT)).whole
    assert (said.subject, said.tags_list, said.hierarchical) == (("A/B",), ("People/A\\B",), ("People|A/B",))
    assert written(Here("A|B", LEFT)).whole.hierarchical == ("People|A B",)


def test_a_slash_that_comes_back_as_a_backslash_is_no_change() -> None:
    base = written(Here("A/B", LEFT))
    theirs = replace(renamed(base.whole, "A/B", "A\\B"), subject=("A\\B",))
    assert edits(base, theirs).is_empty
    assert again(base, theirs, Here("A/B", LEFT)) == theirs


def test_a_rectangle_that_was_moved_there_stays_there_for_ever() -> None:
    base, moved = written(*FACES), Region("Ann", Box(0.12, 0.1, 0.32, 0.4))
    theirs = replace(base.whole, mwg=(moved, BOB))
    base = Base(*reconciled(base, theirs, FACES, ()))
    assert again(base, base.whole, Here("Anna", LEFT), FACES[1]).mwg == (Region("Anna", moved.box), BOB)


def test_a_rectangle_of_others_that_got_its_name_here_stays_when_the_name_goes() -> None:
    theirs = Tagged(mwg=(Region(None, Box(0.12, 0.1, 0.32, 0.4)),))
    base = Base(*reconciled(Base(), theirs, [Here("Ann", LEFT)], ()))
    assert base.whole.mwg == (Region("Ann", theirs.mwg[0].box),)
    base = Base(*reconciled(base, base.whole, [Here("Anna", LEFT)], ()))
    assert base.whole.mwg == (Region("Anna", theirs.mwg[0].box),)
    assert again(base, base.whole, Here(None, LEFT)).mwg == theirs.mwg


def test_keywords_follow_the_rectangle_of_their_name() -> None:
    """As digiKam renames: rectangles and keywords together."""
    base = written(FACES[0])
    theirs = replace(
        renamed(base.whole, "Ann", "Zoe", ("mwg", "microsoft")),
        subject=("beach", "Zoe"),
        hierarchical=("Places|Zoe", "People|Zoe"),
        tags_list=("People/Family/Zoe",),
    )
    base = Base(*reconciled(base, theirs, [Here("Zoe", LEFT)], ()))
    after = again(base, base.whole, Here("Mia", LEFT))
    assert after.subject == ("beach", "Mia")
    assert after.hierarchical == ("Places|Zoe", "People|Mia")
    assert after.tags_list == ("People/Family/Mia",)
    assert after.person_in_image == ("Mia",)


def test_keywords_go_with_the_rectangle_of_their_name() -> None:
    theirs = Tagged(mwg=(ANN,), subject=("Ann", "beach"), tags_list=("People/Ann", "Pets/Ann"))
    after = again(Base(theirs), theirs, Here(None, LEFT, refused=frozenset({"ann"})))
    assert after == Tagged(subject=("beach",), tags_list=("Pets/Ann",))


def test_a_keyword_stays_as_long_as_a_rectangle_has_its_name() -> None:
    theirs = Tagged(mwg=(ANN, Region("Ann", RIGHT)), subject=("Ann",))
    after = again(Base(theirs), theirs, Here("Mia", LEFT))
    assert after.subject == ("Ann", "Mia")


def test_a_presence_comes_and_goes_there() -> None:
    base = written(*FACES, present=("Dora",))
    theirs = replace(base.whole, person_in_image=("Ann", "Bob", "Emil"))
    assert edits(base, theirs) == Account(PATH, people=("Emil",), absent=("Dora",))


def test_whoever_was_without_a_place_and_got_one_there_is_not_absent() -> None:
    base = written(FACES[0], present=("Bob",))
    theirs = replace(base.whole, mwg=(ANN, BOB), person_in_image=("Ann",))
    assert edits(base, theirs) == Account(PATH, regions=(BOB,))


def test_two_lists_that_were_changed_otherwise_are_a_dispute() -> None:
    base = written(*FACES)
    theirs = renamed(renamed(base.whole, "Ann", "Carl", ("mwg",)), "Ann", "Dora", ("microsoft",))
    account, disputed = outside_edits(PATH, base, theirs)
    assert account.is_empty
    assert disputed == ("one list has Carl, another Dora",)


def test_a_region_of_others_goes_only_if_a_human_says_so_here() -> None:
    theirs = Tagged(mwg=(ANN, Region(None, MIDDLE)))
    base = Base(theirs)
    assert again(base, theirs, Here(None, LEFT)).mwg == theirs.mwg
    assert again(base, theirs, Here(None, LEFT, refused=frozenset({"ann"}))).mwg == (Region(None, MIDDLE),)
    assert again(base, theirs, Here(None, LEFT, is_ruled_out=True)).mwg == (Region(None, MIDDLE),)


def test_a_region_of_others_without_a_name_gets_one_from_here() -> None:
    theirs = Tagged(mwg=(Region(None, LEFT),))
    whole, ours = reconciled(Base(theirs), theirs, [FACES[0]], ())
    assert (whole.mwg, ours.mwg) == ((ANN,), (Region(None, LEFT),))


names = st.sampled_from(["Ann", "Bob", "Carl", "Dora|E", "ann"])
places = st.sampled_from([LEFT, MIDDLE, RIGHT])
regions = st.lists(st.builds(Region, st.none() | names, places), max_size=3, unique_by=lambda r: r.box).map(tuple)
texts = st.lists(names | st.just("beach"), max_size=3, unique=True).map(tuple)
tagged = st.builds(Tagged, regions, regions, regions, texts, texts)
known = st.builds(Here, st.none() | names, places, st.just(False), st.just(frozenset()))
here = st.lists(known, max_size=3, unique_by=lambda f: f.box)


@given(tagged, tagged, here, texts)
def test_a_second_time_nothing_changes(
    before: Tagged, theirs: Tagged, faces: list[Here], present: tuple[str, ...]
) -> None:
    once = reconciled(Base(before, before), theirs, faces, present)
    assert reconciled(Base(*once), once[0], faces, present)[0] == once[0]
    assert edits(Base(*once), once[0]).is_empty


@given(tagged, here, texts)
def test_what_is_theirs_stays(theirs: Tagged, faces: list[Here], present: tuple[str, ...]) -> None:
    whole, _ = reconciled(Base(theirs), theirs, faces, present)
    assert "beach" not in theirs.subject or "beach" in whole.subject
    assert [region.box for region in whole.mwg][: len(theirs.mwg)] == [region.box for region in theirs.mwg]
