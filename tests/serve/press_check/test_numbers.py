"""Numbers as they are printed, and when two can be the same."""

from decimal import Decimal

import pytest

from etl.serve.press_check.judge import agrees
from etl.serve.press_check.values import Number, NumberError, base_of, growth, parse


def number(text: str) -> Number:
    return parse(text).number


@pytest.mark.parametrize(
    ("text", "value", "half"),
    [
        ("437", "437", "0.5"),
        ("1,720", "1720", "0.5"),
        ("2.24 billion", "2240", "5"),
        ("$2.24bn", "2240", "5"),
        ("US$ 1.023 billion", "1023", "0.5"),
        ("366m", "366", "0.5"),
        ("350.15 million US$", "350.15", "0.005"),
        ("-302", "-302", "0.5"),
        ("−302", "-302", "0.5"),
        ("-1.73 billion", "-1730", "5"),
        ("+23 %", "23", "0.5"),
        ("25.57pc", "25.57", "0.005"),
        ("20 per cent", "20", "0.5"),
        ("20 percent", "20", "0.5"),
        ("0.3", "0.3", "0.05"),
    ],
)
def test_a_number_is_read_as_exactly_as_it_is_printed(text: str, value: str, half: str) -> None:
    assert number(text) == Number(Decimal(value), Decimal(half))


@pytest.mark.parametrize(
    "text", ["", "many", "3.5-3.8 billion", "1.2.3", "12 crore", "Rs 5", "--5", "NaN", "%"]
)
def test_what_is_no_number_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(NumberError, match="is no number; write 437"):
        parse(text)


@pytest.mark.parametrize(("text", "is_pct"), [("23 %", True), ("23pc", True), ("23", None), ("23m", False)])
def test_a_unit_says_whether_it_is_a_rate(text: str, is_pct: bool | None) -> None:
    assert parse(text).is_pct is is_pct


@pytest.mark.parametrize(
    ("claimed", "known"),
    [
        ("437", "436.6"),
        ("436.6", "437"),
        ("2.24 billion", "2,236"),
        ("2.236 billion", "2,236.95"),
        ("23 %", "22.75 %"),
        ("364", "363.81"),
        ("-302", "-302.4"),
    ],
)
def test_rounded_numbers_agree(claimed: str, known: str) -> None:
    assert agrees(number(claimed), number(known))


@pytest.mark.parametrize(
    ("claimed", "known"),
    [("2.23 billion", "2,236"), ("317", "317.64"), ("19 %", "19.96 %"), ("-401", "-401.7")],
)
def test_numbers_that_were_cut_off_agree(claimed: str, known: str) -> None:
    assert agrees(number(claimed), number(known))


@pytest.mark.parametrize(
    ("claimed", "known"),
    [
        ("437", "438.6"),
        ("249", "250"),
        ("339", "338"),
        ("365", "363.81"),
        ("2.24 billion", "2,252"),
        ("2 billion", "2.9 billion"),
        ("2 %", "2.9 %"),
        ("356", "-356"),
        ("23 %", "24.1 %"),
        ("314", "317"),
    ],
)
def test_other_numbers_do_not(claimed: str, known: str) -> None:
    assert not agrees(number(claimed), number(known))


def test_the_roundings_of_a_sum_add_up() -> None:
    assert number("1.443 billion") + number("356") == Number(Decimal(1799), Decimal(1))
    assert number("1.799 billion") - number("1.443 billion") == Number(Decimal(356), Decimal(1))


def test_growth_is_as_exact_as_both_amounts() -> None:
    grown = growth(number("437"), number("356"))
    assert grown.low == pytest.approx(Decimal("22.4404"), abs=Decimal("0.001"))
    assert grown.high == pytest.approx(Decimal("23.0661"), abs=Decimal("0.001"))
    assert grown.equals(number("23 %"))
    assert not grown.equals(number("19 %"))


def test_an_amount_and_its_growth_say_the_base() -> None:
    base = base_of(number("286"), number("33.64 %"))
    assert base.equals(number("214"))
    assert not base.equals(number("224.95"))
    assert base.half < Decimal("0.4")


@pytest.mark.parametrize(("text", "shown"), [("437", "437"), ("2.24 billion", "2240"), ("436.64", "436.64")])
def test_no_more_digits_are_shown_than_are_known(text: str, shown: str) -> None:
    assert str(number(text).known_digits) == shown
    assert str(Number(Decimal("355.2871"), Decimal("0.3")).known_digits) == "355.3"
