from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.core.regions import Region, Tagged
from phototag.errors import SidecarError
from phototag.media.markup import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS
from phototag.media.xmp import MAX_REGIONS, parse
from phototag.types import Box
from tests.media.packets import ADOBE, ANN, EXIFTOOL, FLAT, iptc, mwg, mwg_item, of, rdf

AREA = 'stArea:x="0.2" stArea:y="0.4" stArea:w="0.2" stArea:h="0.4"'
PIXELS = '<mwg-rs:AppliedToDimensions stDim:w="200" stDim:h="100" stDim:unit="pixel"/>'
RECTANGLE = "<ext:rbX>.1</ext:rbX><ext:rbY>.2</ext:rbY><ext:rbW>.2</ext:rbW><ext:rbH>.4</ext:rbH>"
EDGES = f"<ext:rbUnit>relative</ext:rbUnit>{RECTANGLE}"
NAMED = "<mwg-rs:Name>Ann</mwg-rs:Name>"


def about(*regions: Region) -> list[tuple[str | None, Box]]:
    """With numbers rounded, to be compared."""
    return [(name, Box(*(round(edge, 6) for edge in box))) for name, box in regions]


def test_a_packet_of_lightroom() -> None:
    said = parse(ADOBE)
    assert about(*said.mwg) == [("Ann", ANN)]
    assert (said.subject, said.orientation) == (("Ann", "beach", "beach"), 6)


def test_a_packet_of_exiftool() -> None:
    said = parse(EXIFTOOL)
    assert about(*said.microsoft) == [("Ann", ANN)]
    assert said.tags_list == ("People/Ann",)


@pytest.mark.parametrize(
    "item",
    [
        mwg_item(AREA, f"{NAMED}<mwg-rs:Type>Face</mwg-rs:Type>"),
        mwg_item(AREA, "<mwg-rs:Name> Ann\n</mwg-rs:Name>"),
        f'<rdf:li><rdf:Description mwg-rs:Name="Ann"><mwg-rs:Area {AREA}/></rdf:Description></rdf:li>',
        f'<rdf:li rdf:parseType="Resource">{NAMED}<mwg-rs:Area rdf:parseType="Resource"><stArea:h>0.4</stArea:h>'
        "<stArea:w>0.2</stArea:w><stArea:x>0.2</stArea:x><stArea:y>0.4</stArea:y></mwg-rs:Area></rdf:li>",
        '<rdf:li><rdf:Description><mwg-rs:Name><rdf:Description rdf:value="Ann"/></mwg-rs:Name>'
        f"<mwg-rs:Area><rdf:Description {AREA}/></mwg-rs:Area></rdf:Description></rdf:li>",
        '<rdf:li rdf:parseType="Resource"><mwg-rs:Name rdf:parseType="Resource"><rdf:value>Ann</rdf:value>'
        f"</mwg-rs:Name><mwg-rs:Area {AREA}/></rdf:li>",
    ],
)
def test_a_structure_may_be_written_in_many_ways(item: str) -> None:
    assert about(*parse(mwg(item)).mwg) == [("Ann", ANN)]


def test_prefixes_are_only_words() -> None:
    assert parse(ADOBE.replace(b"mwg-rs:", b"a:").replace(b":mwg-rs=", b":a=")) == parse(ADOBE)


@pytest.mark.parametrize("kind", ["Pet", "Focus", "BarCode"])
def test_what_is_no_face_is_left_out(kind: str) -> None:
    assert parse(mwg(mwg_item(AREA, f"<mwg-rs:Type>{kind}</mwg-rs:Type>"))).mwg == ()


def test_pixels_become_fractions_where_the_picture_has_a_size() -> None:
    item = mwg_item('stArea:x="40" stArea:y="40" stArea:w="40" stArea:h="40" stArea:unit="pixel"')
    assert about(*parse(mwg(item, dimensions=PIXELS)).mwg) == [(None, ANN)]
    assert parse(mwg(item)).mwg == ()


def test_a_circle_becomes_a_square() -> None:
    item = mwg_item('stArea:x="0.2" stArea:y="0.4" stArea:d="0.4"')
    assert about(*parse(mwg(item, dimensions=PIXELS)).mwg) == [(None, ANN)]  # 40 x 40 pixels
    assert about(*parse(mwg(item)).mwg) == [(None, Box(0.0, 0.2, 0.4, 0.6))]


@pytest.mark.parametrize(
    "numbers",
    [
        "nan 0.4 0.2 0.4",
        "0.2 inf 0.2 0.4",
        "0.2 0.4 0 0.4",
        "0.2 0.4 -0.2 0.4",
        "200 400 200 400",
        "1.3 0.4 0.2 0.4",
        "a b c d",
    ],
)
def test_a_region_of_no_sense_is_left_out(numbers: str) -> None:
    area = " ".join(f'stArea:{name}="{number}"' for name, number in zip("xywh", numbers.split(), strict=True))
    assert parse(mwg(mwg_item(area), mwg_item(AREA))).mwg == parse(mwg(mwg_item(AREA))).mwg


def test_a_region_is_clipped_to_the_picture() -> None:
    item = mwg_item('stArea:x="0" stArea:y="0.4" stArea:w="0.6" stArea:h="0.4"', "<mwg-rs:Name> </mwg-rs:Name>")
    assert about(*parse(mwg(item)).mwg) == [(None, Box(0.0, 0.2, 0.3, 0.6))]


@pytest.mark.parametrize(
    ("boundary", "box"),
    [
        (EDGES, ANN),
        ("<ext:rbX>.2</ext:rbX><ext:rbY>.4</ext:rbY><ext:rbRx>.1</ext:rbRx>", ANN),
        (
            '<ext:rbVertices><rdf:Seq><rdf:li ext:rbX=".1" ext:rbY=".4"/><rdf:li ext:rbX=".3" ext:rbY=".2"/>'
            '<rdf:li ext:rbX=".3" ext:rbY=".6"/></rdf:Seq></ext:rbVertices>',
            ANN,
        ),
        (
            "<ext:rbUnit>pixel</ext:rbUnit><ext:rbX>20</ext:rbX><ext:rbY>20</ext:rbY><ext:rbW>40</ext:rbW><ext:rbH>40</ext:rbH>",
            ANN,
        ),
    ],
)
def test_boundaries_of_iptc(boundary: str, box: Box) -> None:
    assert about(*parse(iptc(boundary), (200, 100)).iptc) == [(None, box)]


def test_pixels_of_iptc_need_the_size() -> None:
    assert parse(iptc(EDGES.replace("relative", "pixel"))).iptc == ()


def bag(name: str, *items: str) -> str:
    return f"<ext:{name}><rdf:Bag>{''.join(f'<rdf:li>{item}</rdf:li>' for item in items)}</rdf:Bag></ext:{name}>"


LANGUAGES = '<rdf:li xml:lang="de">Anna</rdf:li><rdf:li xml:lang="x-default">Ann</rdf:li>'
NAME = f"<ext:Name><rdf:Alt>{LANGUAGES}</rdf:Alt></ext:Name>"


def kind(of: str, term: str) -> str:
    inside = f"<xmp:Identifier><rdf:Bag><rdf:li>{term}</rdf:li></rdf:Bag></xmp:Identifier>"
    return f'<ext:{of}><rdf:Bag><rdf:li rdf:parseType="Resource">{inside}</rdf:li></rdf:Bag></ext:{of}>'


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        (NAME, ["Ann"]),
        (NAME + bag("PersonInImage", "Bob"), ["Bob"]),
        (bag("PersonInImage", "Ann", "Bob"), []),
        (NAME + kind("rCtype", "http://cv.iptc.org/newscodes/imageregiontype/human"), ["Ann"]),
        (NAME + kind("rCtype", "http://cv.iptc.org/newscodes/imageregiontype/animal"), []),
        (NAME + kind("rRole", "http://cv.iptc.org/newscodes/imageregionrole/squareCropping"), []),
        (NAME + kind("rRole", "http://cv.iptc.org/newscodes/imageregionrole/mainSubjectArea"), ["Ann"]),
    ],
)
def test_a_region_of_iptc_is_of_one_person(fields: str, names: list[str]) -> None:
    assert [region.name for region in parse(iptc(EDGES, fields)).iptc] == names


def test_lists_of_words() -> None:
    said = parse(
        of(
            "<dc:subject><rdf:Seq><rdf:li> a </rdf:li><rdf:li/><rdf:li>&#228;&amp;</rdf:li></rdf:Seq></dc:subject>"
            "<lr:hierarchicalSubject>People|Ann</lr:hierarchicalSubject>" + bag("PersonInImage", "Ann")
        )
    )
    assert said == Tagged(person_in_image=("Ann",), subject=("a", "ä&"), hierarchical=("People|Ann",))


def test_properties_may_be_attributes_and_stand_in_several_places() -> None:
    packet = rdf('<rdf:Description dc:subject="a" tiff:Orientation="9"/><rdf:Description dc:subject="b"/>')
    assert parse(packet) == Tagged(subject=("a", "b"))


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_and_padding(codec: str) -> None:
    text = of("<dc:subject>Ä𝄞</dc:subject>").decode()
    assert parse(
        ("\ufeff" if codec == "utf-16-be" else "").encode(codec) + (text + " \n\0\0").encode(codec)
    ).subject == ("Ä𝄞",)


def test_an_encoding_that_is_declared() -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + of("<dc:subject>Ä</dc:subject>").decode()
    assert parse(text.encode("latin-1")).subject == ("Ä",)
    with pytest.raises(SidecarError, match="encoding"):
        parse(text.replace("ISO-8859-1", "zlib_codec").encode())


def nested(depth: int) -> bytes:
    return of("<dc:subject>" + "<dc:a>" * depth + "</dc:a>" * depth + "</dc:subject>")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\0\0 ", "empty"),
        (b"\xff\xd8\xff", "bytes that are no text"),
        (ADOBE[:900], "no well-formed XML"),
        (b"<html/>", "no XMP"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>' + FLAT, "entities"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + FLAT, "entities"),
        (of("<dc:subject>&unknown;</dc:subject>"), "no well-formed XML"),
        (FLAT + b" " * MAX_BYTES, "more than 10 MB"),
        (nested(MAX_DEPTH), "more elements"),
        (nested(100_000), "more elements"),
        (of("<dc:a/>" * MAX_ELEMENTS), "more elements"),
        (of("<dc:a " + " ".join(f"a{i}=''" for i in range(MAX_ELEMENTS)) + "/>"), "more elements"),
        (of("<dc:a " + " ".join(f"xmlns:a{i}='b'" for i in range(MAX_ELEMENTS)) + "/>"), "more elements"),
        (mwg(mwg_item(AREA) * (MAX_REGIONS + 1)), "more than 2,000 regions"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(SidecarError, match=reason):
        parse(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try_to_parse(data)


@given(
    st.sampled_from([ADOBE, EXIFTOOL, iptc(EDGES, NAME), mwg(mwg_item(AREA), dimensions=PIXELS)]),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 30), st.binary(max_size=5)), min_size=1, max_size=4),
)
def test_damaged_packets_are_read_or_refused(packet: bytes, damages: list[tuple[int, int, bytes]]) -> None:
    for start, length, instead in damages:
        packet = packet[:start] + instead + packet[start + length :]
    try_to_parse(packet)


@given(st.text("0123456789.e-+naif,", max_size=8), st.text("0123456789.e-+naif,", max_size=8))
def test_any_numbers_are_read_or_left_out(a: str, b: str) -> None:
    area = f'stArea:x="{a}" stArea:y="0.4" stArea:w="{b}" stArea:h="0.4" stArea:unit="pixel"'
    dimensions = f'<mwg-rs:AppliedToDimensions stDim:w="{b}" stDim:h="{a}"/>'
    for region in parse(mwg(mwg_item(area), dimensions=dimensions)).mwg:
        assert 0 <= region.box.left < region.box.right <= 1


def try_to_parse(data: bytes) -> None:
    for size in (None, (200, 100)):
        try:
            parse(data, size)
        except SidecarError as error:
            assert str(error).endswith(".")
