"""Periods in one cell or in several: what each says, and nothing where it could be two things."""

from datetime import date

import pytest

from etl.readers.period_headers import PeriodPart, part_of, period_of
from etl.readers.values import CellValue, Period


def said(*cells: CellValue) -> Period | None:
    parts = [part for cell in cells if (part := part_of(cell))]
    assert len(parts) == len(cells), cells
    return period_of(parts)


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        ("FY24", PeriodPart("year", "FY24", None)),
        (" FY 2024 ", PeriodPart("year", "FY2024", None)),
        ("FY24R", PeriodPart("year", "FY24", "R")),
        ("2023-24", PeriodPart("year", "FY2024", None)),
        ("1999-2000 (P)", PeriodPart("year", "FY2000", "P")),
        ("FY2023-24", PeriodPart("year", "FY2024", None)),
        ("2024", PeriodPart("year", "2024", None)),
        (2024.0, PeriodPart("year", "2024", None)),
        ("Jul", PeriodPart("months", "Jul", None)),
        ("September", PeriodPart("months", "September", None)),
        ("Jul - Sep", PeriodPart("months", "Jul-Sep", None)),
        ("q3", PeriodPart("months", "Q3", None)),
        ("Total", PeriodPart("months", "Jul-Jun", None)),
        ("Mar-26 (P)", PeriodPart("whole", "Mar-26", "P")),
        ("Q1 FY24", PeriodPart("whole", "Jul-Sep FY24", None)),
        (date(2026, 3, 31), PeriodPart("whole", "Mar 2026", None)),
        ("(R)", PeriodPart("mark", "", "R")),
        ("p", PeriodPart("mark", "", "P")),
    ],
)
def test_a_cell_is_a_part_of_a_period(cell: CellValue, part: PeriodPart) -> None:
    assert part_of(cell) == part


@pytest.mark.parametrize(
    "cell", [None, True, 1270.5, 12.0, "2023-25", "Marhc", "Jul-Mra", "FY06 to FY15", "Q5", "Items", "", "PR"]
)
def test_other_cells_are_none(cell: CellValue) -> None:
    assert part_of(cell) is None


@pytest.mark.parametrize(
    ("cells", "kind", "first", "last"),
    [
        (("FY24", "Q1"), "fiscal_quarter", "2023-07-01", "2023-09-30"),
        (("FY24", "Apr-Jun"), "fiscal_quarter", "2024-04-01", "2024-06-30"),
        (("Jul-Mar", "FY26"), "fiscal_year_to_date", "2025-07-01", "2026-03-31"),
        (("2023-24", "Total"), "fiscal_year", "2023-07-01", "2024-06-30"),
        (("2023-24",), "fiscal_year", "2023-07-01", "2024-06-30"),
        (("FY24", "Jan"), "month", "2024-01-01", "2024-01-31"),
        (("Jan", 2024.0), "month", "2024-01-01", "2024-01-31"),
        (("2023", "July"), "month", "2023-07-01", "2023-07-31"),
        (("2023", "Oct-Dec"), "fiscal_quarter", "2023-10-01", "2023-12-31"),
        (("Jan-Mar 2024",), "fiscal_quarter", "2024-01-01", "2024-03-31"),
        (("FY24-Q4",), "fiscal_quarter", "2024-04-01", "2024-06-30"),
        ((date(2024, 2, 11),), "month", "2024-02-01", "2024-02-29"),
    ],
)
def test_parts_come_to_a_period(cells: tuple[CellValue, ...], kind: str, first: str, last: str) -> None:
    period = said(*cells)

    assert period is not None
    assert (period.type, period.starts_on.isoformat(), period.ends_on.isoformat()) == (kind, first, last)


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param((2024.0,), id="a calendar's year alone"),
        pytest.param(("Q1", "2024"), id="a quarter's number in a calendar's year"),
        pytest.param(("Jul-Mar", "2024"), id="months in two calendar's years"),
        pytest.param(("Jul",), id="a month without a year"),
        pytest.param(("FY24", "2023", "Jul"), id="two years"),
        pytest.param(("FY24", "Jul", "Aug"), id="two months"),
        pytest.param(("Jul-23", "FY24"), id="a year too many"),
        pytest.param(("Total", "2024"), id="the total of a calendar's year"),
        pytest.param(("P",), id="a mark alone"),
    ],
)
def test_parts_that_could_be_two_things_come_to_none(cells: tuple[CellValue, ...]) -> None:
    assert said(*cells) is None


def test_the_innermost_mark_counts() -> None:
    period = said("FY25 (R)", "Q4", "P")

    assert period is not None
    assert period.status_mark == "P"
