"""Cells are called as a spreadsheet calls them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.readers.values import Address, LayoutChangedError, NotUnderstood, Sheet


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (Address(0, 0), "A1"),
        (Address(58, 8), "I59"),
        (Address(0, 25), "Z1"),
        (Address(0, 26), "AA1"),
        (Address(0, 701), "ZZ1"),
        (Address(0, 702), "AAA1"),
        (Address(1048575, 16383), "XFD1048576"),
    ],
)
def test_an_address_reads_as_in_a_spreadsheet(address: Address, text: str) -> None:
    assert str(address) == text


@given(row=st.integers(0, 1_048_575), column=st.integers(0, 16_383))
def test_an_address_can_be_told_from_its_text(row: int, column: int) -> None:
    text = str(Address(row, column))

    letters = text.rstrip("0123456789")
    number = 0
    for letter in letters:
        number = number * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter) + 1
    assert (int(text[len(letters) :]) - 1, number - 1) == (row, column)


def test_outside_the_used_area_there_is_nothing() -> None:
    sheet = Sheet("x", ((1.0,), (2.0, 3.0)), merged=(), indents={})

    assert sheet.at(Address(1, 1)) == 3.0
    assert sheet.at(Address(0, 1)) is None
    assert sheet.at(Address(2, 0)) is None
    assert sheet.width == 2
    assert Sheet("empty", (), merged=(), indents={}).width == 0


def test_an_explanation_says_what_where_and_what_was_expected() -> None:
    error = LayoutChangedError("a row is missing", "sheet 'EBOPS '", "'services'", "nothing")

    assert error.explanation == NotUnderstood("a row is missing", "sheet 'EBOPS '", "'services'", "nothing")
    assert str(error.explanation) == "a row is missing at sheet 'EBOPS ': expected 'services'; found nothing"
