from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.media import dates

NOON = "2019-06-01T12:00:00"
MIDNIGHT = "2019-06-01T00:00:00"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2019:06:01 12:00:00", NOON),
        ("2019-06-01T12:00:00", NOON),
        ("2019-06-01T12:00", NOON),
        ("2019-06-01", MIDNIGHT),
        ("2019:06:01 12:00:00.25", NOON),
        ("2019-06-01T12:00:00.25+02:00", NOON + "+02:00"),
        ("2019-06-01T12:00:00-0330", NOON + "-03:30"),
        ("2019-06-01T12:00:00Z", NOON + "+00:00"),
        ("2019-06-01T12:00:00+99:00", NOON),
        ("2019", None),
        ("2019-06", None),
        ("2019-02-30", None),
        (b"2019:06:01 12:00:00", None),
        (None, None),
    ],
)
def test_a_written_time_is_read(text: object, time: str | None) -> None:
    assert dates.written(text) == time


@pytest.mark.parametrize(
    ("offset", "behind"),
    [("+02:00", "+02:00"), ("-11:00\0", "-11:00"), ("+15:00", ""), ("summer", ""), (b"+02:00", ""), (None, "")],
)
def test_an_offset_that_is_written_apart_comes_behind_the_time(offset: object, behind: str) -> None:
    assert dates.written("2019:06:01 12:00:00", offset) == NOON + behind


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("IMG_20190601_120000.jpg", NOON),
        ("IMG20190601120000.jpg", NOON),
        ("PXL_20190601_120000123.jpg", NOON),
        ("PXL_20190601_120000123.MP.jpg", NOON),
        ("20190601_120000(0).jpg", NOON),
        ("2019-06-01 12.00.00.jpg", NOON),
        ("2019-06-01 12.00.00-1.jpg", NOON),
        ("Screenshot_20190601-120000.png", NOON),
        ("Screenshot_2019-06-01-12-00-00-123_com.app.png", NOON),
        ("Screenshot 2019-06-01 at 12.00.00.png", NOON),
        ("Screen Shot 2019-06-01 at 12.00.00 PM.png", NOON),
        ("Screen Shot 2019-06-01 at 3.04.05 PM.png", "2019-06-01T15:04:05"),
        ("Screen Shot 2019-06-01 at 12.30.00 AM.png", "2019-06-01T00:30:00"),
        ("WhatsApp Image 2019-06-01 at 12.00.00.jpeg", NOON),
        ("signal-2019-06-01-120000.jpg", NOON),
        ("IMG-20190601-WA0001.jpg", MIDNIGHT),
        ("2019-06-01 Lake 3.jpg", MIDNIGHT),
        ("IMG_0001.jpg", None),
        ("DSC12345.jpg", None),
        ("1234567890123456789.jpg", None),
        ("20191301_120000.jpg", None),
        ("IMG_20190601_256199.jpg", MIDNIGHT),
        ("3fa19990101bb.jpg", "1999-01-01T00:00:00"),
        ("", None),
    ],
)
def test_a_time_in_a_name_is_read(name: str, time: str | None) -> None:
    assert dates.in_name(name) == time


@pytest.mark.parametrize("name", ["1559390400000.jpg", "FB_IMG_1559390400000.jpg"])
def test_milliseconds_in_a_name_are_this_machines_local_time(name: str) -> None:
    assert dates.in_name(name) == datetime.fromtimestamp(1_559_390_400).isoformat()


def test_a_time_beyond_the_calendar_is_none() -> None:
    assert dates.local(10**30) is None


@given(st.text(max_size=40))
def test_any_name_is_read_or_says_nothing(name: str) -> None:
    time = dates.in_name(name)
    assert time is None or datetime.fromisoformat(time)
