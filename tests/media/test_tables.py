from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.media.tables import Row, read_table

COLUMNS = ("photo", "person")


def rows(data: bytes) -> list[Row]:
    return list(read_table(data, COLUMNS).rows)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_whatever_its_separator_encoding_and_line_ends(separator: str, encoding: str, end: str) -> None:
    text = f'Photo {separator} "PERSON"{end}a.jpg{separator}Zoë{end}'
    table = read_table(text.encode(encoding), COLUMNS)
    assert table.columns == COLUMNS
    assert list(table.rows) == [Row(2, {"photo": "a.jpg", "person": "Zoë"})]


def test_lines_are_counted_as_an_editor_does() -> None:
    data = b'\nphoto,person\n\n,\n"a\nb.jpg",Ann\nc.jpg,Bob\n'
    assert [row.line for row in rows(data)] == [5, 7]


def test_the_line_in_which_excel_says_what_separates_is_passed_over() -> None:
    assert rows(b"sep=;\r\nphoto;person\r\na,b.jpg;Ann\r\n") == [Row(3, {"photo": "a,b.jpg", "person": "Ann"})]


def test_rows_may_be_shorter_and_longer_than_the_head() -> None:
    assert rows(b"photo,person\na.jpg\nb.jpg,Ann,more") == [
        Row(2, {"photo": "a.jpg"}),
        Row(3, {"photo": "b.jpg", "person": "Ann"}),
    ]


def test_a_cell_that_never_ends_is_one_row_that_cannot_be_understood() -> None:
    assert rows(b'photo,person\n"' + b"a" * 200_000 + b"\nb.jpg,Ann\n")[0] == Row(2, None)


def test_nothing_has_no_columns() -> None:
    assert read_table(b"", COLUMNS).columns == ()


@given(st.binary())
def test_no_bytes_are_too_strange(data: bytes) -> None:
    assert all(row.line > 1 for row in rows(data))


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8).map(str.strip)


@given(st.lists(st.tuples(CELLS, CELLS).filter(any)), st.sampled_from([",", ";", "\t"]))
def test_what_is_written_is_read(table: list[tuple[str, str]], separator: str) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows([COLUMNS, *table])
    read = rows(file.getvalue().encode())
    assert [tuple(row.cells.values()) for row in read if row.cells] == table
