"""Cells that are no formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phototag.core.spreadsheets import as_it_was, harmless


@pytest.mark.parametrize("text", ["Ann", "O'Neil", "'Ann'", "2019/IMG-1=2.jpg", "", " =1"])
def test_a_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
    assert as_it_was(text) == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-x"])
def test_a_formula_gets_an_apostrophe_and_loses_it_again(text: str) -> None:
    assert harmless(text) == "'" + text
    assert as_it_was("'" + text) == text


@given(st.text("'=+-@\t\ra ", max_size=6))
def test_every_text_comes_back(text: str) -> None:
    assert harmless(text)[:1] not in tuple("=+-@\t\r")
    assert as_it_was(harmless(text)) == text
