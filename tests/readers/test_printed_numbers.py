"""Numbers as pages print them."""

import pytest

from etl.readers.printed_table import cell_text, decimals_of, is_dash, parse_cell


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("363,810", 363810.0),
        ("0", 0.0),
        ("8450", 8450.0),
        ("17,298.6", 17298.6),
        ("(257,281)", -257281.0),
        ("( 257,281 )", -257281.0),
        ("-1,234", -1234.0),
        ("(0)", 0.0),
        ("-", 0.0),
        ("–", 0.0),
        ("N/A", "N/A"),
    ],
)
def test_a_cell_is_the_number_it_prints(words: str, value: float | str) -> None:
    assert parse_cell(words) == value
    assert str(parse_cell(words)) == str(value), "and no zero is negative"


@pytest.mark.parametrize("words", ["1 6,341.1", "16 ,341.1", "16, 341.1", "16,34 1.1", "16,341 .1"])
def test_digits_drawn_apart_are_put_together_where_commas_say_so(words: str) -> None:
    assert cell_text(words) == "16,341.1"
    assert parse_cell(words) == 16341.1


@pytest.mark.parametrize(
    "words",
    ["12 345", "1,234 5,678", "12 34,56", "1,23", "1.2.3", "4. Travel", "FY27", "(12", "12)", "", "R"],
)
def test_what_is_not_surely_one_number_is_none(words: str) -> None:
    assert parse_cell(words) is None
    assert cell_text(words) == words


def test_a_dash_is_a_zero_that_is_exact() -> None:
    assert is_dash("-")
    assert not is_dash("0")


@pytest.mark.parametrize(("text", "decimals"), [("363,810", 0), ("-", 0), ("17,298.6", 1), ("(1.25)", 2)])
def test_decimals_are_those_of_the_print(text: str, decimals: int) -> None:
    assert decimals_of(text) == decimals
