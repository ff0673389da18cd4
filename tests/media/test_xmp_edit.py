from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.core.regions import Region, Tagged
from phototag.errors import SidecarError
from phototag.media.xmp import parse
from phototag.media.xmp_edit import edit
from phototag.types import Box
from tests.media.packets import ADOBE, ANN, BOB, EXIFTOOL, FLAT, iptc, mwg, mwg_item, of, rdf

SIZE = (400, 300)
EDGES = '<ext:rbX>0.1</ext:rbX><ext:rbY ext:a="b">0.2</ext:rbY><ext:rbW>0.2</ext:rbW><ext:rbH>0.4</ext:rbH>'
ATTRIBUTES = of(
    '<MP:RegionInfo><rdf:Description><MPRI:Regions><rdf:Bag><rdf:li MPReg:Rectangle="0.1,0.2,0.2,0.4"'
    " MPReg:PersonDisplayName='Ann' MPReg:PersonEmailDigest=\"1\" /></rdf:Bag></MPRI:Regions></rdf:Description>"
    "</MP:RegionInfo>"
)
ALL = [ADOBE, EXIFTOOL, FLAT, ATTRIBUTES, iptc(EDGES), mwg(mwg_item('stArea:x="1" stArea:y="1" stArea:d=".1"'))]
EVERY_WAY = [
    *ALL,
    *(packet.decode().encode("utf-16") for packet in ALL),
    *(packet.replace(b"\n", b"\r\n") for packet in ALL),
]
FACES = (Region("Ann", ANN), Region("Bob", BOB))


@pytest.mark.parametrize("packet", EVERY_WAY)
def test_what_is_there_already_is_not_written(packet: bytes) -> None:
    assert edit(packet, parse(packet), SIZE) == packet
    assert edit(packet, parse(packet, SIZE), SIZE) == packet


@pytest.mark.parametrize("packet", EVERY_WAY)
def test_what_is_put_in_can_be_taken_out_again_and_nothing_is_left(packet: bytes) -> None:
    there = parse(packet)
    more = replace(there, subject=(*there.subject, "Carl"), hierarchical=("People|Carl",), person_in_image=("Carl",))
    more = replace(more, mwg=(*there.mwg, Region("Carl", BOB)), microsoft=(*there.microsoft, Region("Carl", BOB)))
    back = edit(edit(packet, more, SIZE), there, SIZE)
    assert parse(back) == there
    if b"/>" not in packet.replace(b"\0", b"")[-60:]:  # then its Description was one tag, and is two now
        assert back == packet


def test_a_new_name_is_all_that_changes() -> None:
    said = parse(ADOBE)
    after = edit(ADOBE, replace(said, mwg=(Region('Zo\u00eb "Z" <&>', ANN),)), SIZE)
    assert after == ADOBE.replace(b'Name="Ann"', 'Name="Zo\u00eb &quot;Z&quot; &lt;&amp;&gt;"'.encode())


def test_a_name_that_is_an_element_is_replaced_in_it() -> None:
    after = edit(EXIFTOOL, replace(parse(EXIFTOOL), microsoft=(Region("Zoë & Co", ANN),)), SIZE)
    assert after == EXIFTOOL.replace(b"Name>Ann<", "Name>Zoë &amp; Co<".encode())


def test_a_name_may_go_and_come() -> None:
    nobody = edit(ADOBE, replace(parse(ADOBE), mwg=(Region(None, ANN),)), SIZE)
    assert nobody == ADOBE.replace(b'\n        mwg-rs:Name="Ann"', b"")
    assert parse(edit(nobody, parse(ADOBE), SIZE)).mwg == parse(ADOBE).mwg
    nobody = edit(ATTRIBUTES, Tagged(microsoft=(Region(None, ANN),)), SIZE)
    assert edit(nobody, Tagged(microsoft=(Region("Bob", ANN),)), SIZE) == ATTRIBUTES.replace(
        b" MPReg:PersonDisplayName='Ann'", b""
    ).replace(b'"1"', b'"1" MPReg:PersonDisplayName="Bob"')


def test_a_region_of_iptc_keeps_its_other_fields() -> None:
    before = iptc(EDGES, "<ext:rId>7</ext:rId>")
    after = edit(before, Tagged(iptc=(Region("Ann", ANN),)), SIZE)
    name = '<ext:Name><rdf:Alt><rdf:li xml:lang="x-default">Ann</rdf:li></rdf:Alt></ext:Name>'
    person = "<ext:PersonInImage><rdf:Bag><rdf:li>Ann</rdf:li></rdf:Bag></ext:PersonInImage>"
    assert after == iptc(EDGES, f"<ext:rId>7</ext:rId>{name}{person}")
    assert parse(edit(after, Tagged(iptc=(Region("Bob", ANN),)), SIZE)).iptc == (
        Region("Bob", parse(before).iptc[0].box),
    )


def test_the_last_face_goes_and_the_dog_stays() -> None:
    after = edit(ADOBE, replace(parse(ADOBE), mwg=()), SIZE)
    assert b"Rex" in after
    assert after == re.sub(
        rb"\n      <rdf:li>\n       <rdf:Description\n        mwg-rs:Rot.*?</rdf:li>", b"", ADOBE, flags=re.S
    )


def test_a_list_without_anything_goes_whole() -> None:
    after = edit(EXIFTOOL, replace(parse(EXIFTOOL), tags_list=()), SIZE)
    assert after == re.sub(rb"\n  <digiKam.*</digiKam:TagsList>", b"", EXIFTOOL, flags=re.S)


def test_a_new_region_lies_as_its_neighbours_do() -> None:
    after = edit(EXIFTOOL, replace(parse(EXIFTOOL), microsoft=FACES), SIZE).decode()
    assert (
        """
     <rdf:li rdf:parseType="Resource">
      <MPReg:Rectangle>0.600000, 0.200000, 0.200000, 0.400000</MPReg:Rectangle>
      <MPReg:PersonDisplayName>Bob</MPReg:PersonDisplayName>
     </rdf:li>
    </rdf:Bag>"""
        in after
    )


def test_in_a_packet_of_one_line_all_stays_in_one_line() -> None:
    assert edit(FLAT, Tagged(subject=("a",)), SIZE) == FLAT.replace(
        b"/>",
        b'><dc:subject xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag></dc:subject>'
        b"</rdf:Description>",
    )


def test_lines_end_as_they_do_in_the_packet() -> None:
    after = edit(ADOBE.replace(b"\n", b"\r\n"), replace(parse(ADOBE), mwg=FACES), SIZE)
    assert after.count(b"\r\n") == after.count(b"\n") > ADOBE.count(b"\n")


def test_prefixes_that_mean_something_else_are_not_used() -> None:
    before = FLAT.replace(b"<rdf:D", b"<rdf:D").replace(b' rdf:about=""', b' xmlns:dc="urn:a" dc:subject="foreign"')
    after = edit(before, Tagged(subject=("a",)), SIZE)
    assert b"<dc1:subject xmlns:dc1=" in after
    assert b'dc:subject="foreign"' in after
    assert parse(after) == Tagged(subject=("a",))


def test_the_size_is_that_of_the_picture_and_one_that_is_there_stays() -> None:
    assert b"<stDim:w>400</stDim:w>" in edit(None, Tagged(mwg=FACES), SIZE)
    assert b"400" not in edit(ADOBE, replace(parse(ADOBE), mwg=FACES), SIZE).replace(b"0.400", b"").replace(
        b"0.20", b""
    )


def test_a_list_begins_in_the_structure_that_is_there() -> None:
    before = of('<MP:RegionInfo rdf:parseType="Resource"><MPRI:LastUpdate>2020</MPRI:LastUpdate></MP:RegionInfo>')
    after = edit(before, Tagged(microsoft=FACES), SIZE)
    assert b"<MPRI:LastUpdate>2020</MPRI:LastUpdate><MPRI:Regions><rdf:Bag>" in after
    assert len(parse(after).microsoft) == 2


def test_other_fields_of_an_odd_structure_are_never_lost() -> None:
    with pytest.raises(SidecarError, match="cannot change"):
        edit(of('<MP:RegionInfo MPRI:LastUpdate="2020"/>'), Tagged(microsoft=FACES), SIZE)


def test_what_stands_where_an_array_should_becomes_one() -> None:
    before = rdf('<rdf:Description dc:subject="a" tiff:Make="b"/>')
    after = edit(before, Tagged(subject=("a", "c")), SIZE)
    assert parse(after).subject == ("a", "c")
    assert b'<rdf:Description tiff:Make="b">' in after
    assert edit(before, Tagged(), SIZE) == rdf('<rdf:Description tiff:Make="b"/>')


def test_words_that_stay_keep_their_order_and_number() -> None:
    after = edit(ADOBE, replace(parse(ADOBE), subject=("new", "beach", "Ann")), SIZE)
    assert parse(after).subject == ("Ann", "beach", "beach", "new")
    assert edit(ADOBE, replace(parse(ADOBE), subject=("beach", "Ann")), SIZE) == ADOBE


def test_a_region_in_pixels_is_left_alone_by_who_read_without_the_size() -> None:
    pixels = EDGES.replace("0.1<", "40<").replace("0.2<", "60<").replace("0.4<", "90<")
    before = iptc(f"<ext:rbUnit>pixel</ext:rbUnit>{pixels}")
    assert edit(before, replace(parse(before), subject=("a",)), SIZE).count(b"rbX") == 2
    assert parse(edit(before, Tagged(iptc=(Region("Bob", BOB),)), SIZE), SIZE).iptc[0] == parse(before, SIZE).iptc[0]


@pytest.mark.parametrize("before", [b"", b"<a>", ADOBE[:-200], b"<html/>", b"<!DOCTYPE a>" + FLAT])
def test_what_cannot_be_read_is_not_overwritten(before: bytes) -> None:
    with pytest.raises(SidecarError):
        edit(before, Tagged(), SIZE)


@pytest.mark.parametrize("name", ["a\0b", "a\x1bb", "a\ud800", "a\ufffe"])
def test_a_name_that_xml_cannot_hold_is_refused(name: str) -> None:
    for wanted in (Tagged(subject=(name,)), Tagged(mwg=(Region(name, ANN),))):
        with pytest.raises(SidecarError, match=r"U\+"):
            edit(None, wanted, SIZE)


def test_more_regions_than_are_read_are_not_written() -> None:
    with pytest.raises(SidecarError, match="2,000"):
        edit(None, Tagged(mwg=(Region(None, ANN),) * 1000, iptc=(Region(None, ANN),) * 1001), SIZE)


def test_a_packet_without_a_description_gives_a_fresh_one() -> None:
    empty = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
    wanted = Tagged(subject=("a",))
    assert edit(empty, wanted, SIZE) == edit(None, wanted, SIZE)
    assert edit(empty, Tagged(), SIZE) == empty


edges = st.integers(0, 1000).map(lambda n: n / 1000)
boxes = (
    st.tuples(edges, edges, edges, edges)
    .filter(lambda e: e[0] != e[2] and e[1] != e[3])
    .map(lambda e: Box(min(e[0], e[2]), min(e[1], e[3]), max(e[0], e[2]), max(e[1], e[3])))
)
names = (
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"))
    .map(str.strip)
    .filter(bool)
)
names |= st.sampled_from(["&<>\"'", "a\r\nb\tc", "]]>", "👩‍👧", "مريم", "A|B/C"])
regions = st.lists(st.builds(Region, st.none() | names, boxes), max_size=4).map(tuple)
words = st.lists(names, max_size=4).map(tuple)
tagged = st.builds(Tagged, regions, regions, regions, words, words, words, words)


def assert_same(a: Tagged, b: Tagged) -> None:
    for name in ("mwg", "microsoft", "iptc"):
        left, right = (sorted(((r.name or "", r.box) for r in getattr(x, name)), key=_rounded) for x in (a, b))
        assert [r[0] for r in left] == [r[0] for r in right]
        for (_, one), (_, other) in zip(left, right, strict=True):
            assert one == pytest.approx(other, abs=1e-6)
    for name in ("person_in_image", "subject", "hierarchical", "tags_list"):
        assert Counter(getattr(a, name)) == Counter(getattr(b, name))


def _rounded(region: tuple[str, Box]) -> tuple[str, list[float]]:
    return region[0], [round(edge, 4) for edge in region[1]]


@given(tagged)
def test_what_is_written_is_read(wanted: Tagged) -> None:
    assert_same(parse(edit(None, wanted, SIZE)), wanted)


@given(st.sampled_from(EVERY_WAY), tagged, tagged)
def test_what_is_written_into_any_packet_is_read(packet: bytes, first: Tagged, then: Tagged) -> None:
    for wanted in (first, then):
        packet = edit(packet, wanted, SIZE)
        said = parse(packet)
        for name in ("person_in_image", "subject", "hierarchical", "tags_list"):
            assert set(getattr(said, name)) == set(getattr(wanted, name))
        assert_same(replace(said, **dict.fromkeys(WORDS, ())), replace(wanted, **dict.fromkeys(WORDS, ())))  # type: ignore[arg-type]
        assert edit(packet, wanted, SIZE) == packet


WORDS = ("person_in_image", "subject", "hierarchical", "tags_list")


@given(tagged)
def test_what_others_wrote_stays(wanted: Tagged) -> None:
    after = edit(ADOBE, wanted, SIZE)
    for foreign in (
        b"<!-- don't touch -->",
        b"xmp:Label='a \"red\" &gt; one'",
        b'mwg-rs:Name="Rex"',
        b'stDim:w="3144"',
    ):
        assert after.count(foreign) == 1
    assert after.startswith(ADOBE[:200])
    assert after.endswith(ADOBE[-60:])
