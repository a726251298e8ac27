"""Numbers and months in words."""

from datetime import date
from decimal import Decimal

import pytest

from etl.serve.report import style


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("437.000000", "437"),
        ("413.622892", "413.6"),
        ("359.006681", "359.0"),
        ("3387.915858", "3,387.9"),
        ("0.047674", "0.05"),
        ("0", "0"),
        ("-22.890846", "−22.9"),
    ],
)
def test_an_amount_has_one_decimal_unless_it_was_printed_whole(value: str, shown: str) -> None:
    assert style.amount(Decimal(value)) == shown


def test_changes_have_their_sign() -> None:
    assert style.change(Decimal("-14.000000")) == "−14"
    assert style.change(Decimal("2.927796")) == "+2.9"
    assert style.change(Decimal(0)) == "0"
    assert style.growth(Decimal("22.7528")) == "+22.8 %"


def test_what_is_not_known_says_so() -> None:
    assert {style.amount(None), style.change(None), style.growth(None)} == {"not known"}


def test_an_axis_marks_the_julys_inside_it() -> None:
    axis = style.axis_of_months([date(2024, 7, 1), date(2026, 6, 1)]).to_dict()
    assert [value["year"] for value in axis["values"]] == [2024, 2025]
