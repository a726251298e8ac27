"""Periods as runs of months."""

from datetime import date

import pytest

from etl.serve.press_check.values import Span, SpanError


@pytest.mark.parametrize(
    ("text", "first", "last", "months"),
    [
        ("2026-03", "2026-03", "2026-03", 1),
        ("FY26", "2025-07", "2026-06", 12),
        ("FY26-Q1", "2025-07", "2025-09", 3),
        ("FY26-Q3", "2026-01", "2026-03", 3),
        ("FY26-H1", "2025-07", "2025-12", 6),
        ("FY26-H2", "2026-01", "2026-06", 6),
        ("FY26-to-12", "2025-07", "2025-12", 6),
        ("FY23-to-05", "2022-07", "2023-05", 11),
        ("FY00", "1999-07", "2000-06", 12),
        ("FY71", "1970-07", "1971-06", 12),
    ],
)
def test_a_period_is_a_run_of_months(text: str, first: str, last: str, months: int) -> None:
    span = Span.parse(text)
    assert (str(span.each()[0]), str(span.each()[-1]), span.months) == (first, last, months)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "FY2026", "FY26-Q5", "FY26-13", "FY26-to-13", "Nov 2025"]
)
def test_another_form_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(SpanError, match="is no period; write 2026-03"):
        Span.parse(text)


@pytest.mark.parametrize("text", ["2026-03", "FY26", "FY26-to-03", "FY26-Q3"])
def test_it_is_written_as_it_is_read(text: str) -> None:
    assert str(Span.parse(text)) == text


def test_july_is_a_month_and_a_fiscal_year_to_date() -> None:
    assert Span.parse("FY26-to-07") == Span.parse("2025-07")
    assert Span.parse("2025-07").is_from_july
    assert not Span.parse("2025-08").is_from_july


def test_the_fiscal_year_to_a_month_begins_in_july() -> None:
    assert Span.parse("2026-03").since_july() == Span.parse("FY26-to-03")
    assert Span.parse("2026-06").since_july() == Span.parse("FY26")


def test_it_ends_on_its_last_day() -> None:
    assert Span.parse("2024-02").ends_on == date(2024, 2, 29)
    assert Span.parse("FY26-H1").ends_on == date(2025, 12, 31)


def test_days_of_a_vintage_are_the_same_run() -> None:
    assert Span.of(date(2025, 7, 1), date(2026, 3, 31)) == Span.parse("FY26-to-03")
    assert str(Span.parse("2025-11").moved(-12)) == "2024-11"
