from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from phototag.core.regions import Region, Tagged, match_regions
from phototag.types import Box

LEFT, RIGHT = Box(0.1, 0.1, 0.3, 0.4), Box(0.6, 0.1, 0.8, 0.4)


def test_a_region_in_several_lists_is_one() -> None:
    nearly = Box(0.101, 0.099, 0.301, 0.4)
    tagged = Tagged(mwg=(Region("ann", LEFT),), microsoft=(Region("ann", nearly), Region("bob", RIGHT)))
    assert tagged.regions == (Region("ann", LEFT), Region("bob", RIGHT))


def test_where_lists_differ_the_first_one_counts() -> None:
    tagged = Tagged(mwg=(Region("ann", LEFT),), microsoft=(Region("bob", LEFT),), iptc=(Region("carl", LEFT),))
    assert tagged.regions == (Region("ann", LEFT),)


def test_a_region_without_a_name_says_nothing() -> None:
    tagged = Tagged(mwg=(Region(None, LEFT),), microsoft=(Region("bob", LEFT),))
    assert tagged.regions == (Region("bob", LEFT),)
    assert tagged.tells_of_people


def test_keywords_alone_tell_of_nobody() -> None:
    assert not Tagged(subject=("beach",), hierarchical=("Places|Beach",), tags_list=("Places/Beach",)).tells_of_people


def test_a_rectangle_round_the_whole_head_is_matched_to_the_face() -> None:
    head = Box(0.05, 0.0, 0.35, 0.5)
    assert match_regions([RIGHT, head], [LEFT, RIGHT]) == {0: 1, 1: 0}


def test_a_rectangle_beside_a_face_is_not() -> None:
    beside = Box(0.21, 0.1, 0.41, 0.4)  # overlaps by 0.29, but its centre is not in the face
    assert match_regions([beside], [LEFT]) == {}


def test_a_group_photo_is_not_matched_to_one_face() -> None:
    assert match_regions([Box(0, 0, 1, 1)], [Box(0.45, 0.45, 0.55, 0.55)]) == {}


def test_of_two_rectangles_the_nearer_one_is_the_face() -> None:
    assert match_regions([Box(0.08, 0.1, 0.3, 0.4), LEFT], [LEFT]) == {1: 0}


boxes = st.tuples(*[st.floats(0, 1)] * 4).map(
    lambda v: Box(min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3]))
)


@given(st.lists(boxes, max_size=6), st.lists(boxes, max_size=6))
def test_nobody_is_matched_twice(drawn: list[Box], faces: list[Box]) -> None:
    pairs = match_regions(drawn, faces)
    assert len(set(pairs.values())) == len(pairs)
