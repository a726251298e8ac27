"""The balance-of-payments summary: a column a period, rows told by what they are indented under.

Figures: see tests/support/workbooks.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from etl.readers.values import NotUnderstood, Period
from tests.support.readings import SUMMARY, at, figures, periods, refusal, understood, understood_as_shape
from tests.support.workbooks import (
    AUGUST_COLUMNS,
    JULY_COLUMNS,
    SEPTEMBER_COLUMNS,
    summary,
    summary_file,
    summary_grid,
    swapped,
    three_row_header,
    with_columns,
    with_row,
    without_row,
)

Columns = Sequence[tuple[int, tuple[str, str]]]


def columns_of(columns: Columns) -> list[Period]:
    return periods(understood_as_shape(SUMMARY, summary_file(with_columns(summary(), columns))))


def p(kind: str, starts_on: str, ends_on: str, mark: str | None = None) -> Period:
    return Period(kind, date.fromisoformat(starts_on), date.fromisoformat(ends_on), mark)


MARCH = [
    p("fiscal_year", "2023-07-01", "2024-06-30"),
    p("month", "2025-03-01", "2025-03-31", "R"),
    p("fiscal_year", "2024-07-01", "2025-06-30", "R"),
    p("fiscal_quarter", "2025-07-01", "2025-09-30"),
    p("fiscal_quarter", "2025-10-01", "2025-12-31", "R"),
    p("month", "2026-02-01", "2026-02-28", "R"),
    p("month", "2026-03-01", "2026-03-31", "P"),
    p("fiscal_quarter", "2026-01-01", "2026-03-31", "P"),
    p("fiscal_year_to_date", "2024-07-01", "2025-03-31", "R"),
    p("fiscal_year_to_date", "2025-07-01", "2026-03-31", "P"),
]


# What columns are about


def test_the_edition_of_march_has_years_quarters_months_and_the_fiscal_year_to_date() -> None:
    reading = understood(SUMMARY, summary_file(summary()))

    assert periods(reading) == MARCH
    assert reading.latest_period_ends_on == date(2026, 3, 31)
    assert at(reading, "I13").value == 903.0
    assert at(reading, "I13").column_label == "Mar FY26P"
    assert at(reading, "K13").column_label == "Jul-Mar FY25R"
    assert at(reading, "L13").column_label == "Jul-Mar FY26P"  # under a header merged from K on


def test_the_edition_of_august_has_other_columns() -> None:
    assert columns_of(AUGUST_COLUMNS) == [
        p("fiscal_year", "2024-07-01", "2025-06-30"),
        p("month", "2025-08-01", "2025-08-31", "R"),
        p("fiscal_year", "2025-07-01", "2026-06-30", "R"),
        p("month", "2026-07-01", "2026-07-31", "R"),
        p("month", "2026-08-01", "2026-08-31", "P"),
        p("fiscal_year_to_date", "2025-07-01", "2025-08-31", "R"),
        p("fiscal_year_to_date", "2026-07-01", "2026-08-31", "P"),
    ]


def test_in_september_july_to_september_is_a_quarter_and_at_the_end_the_fiscal_year_to_date() -> None:
    assert columns_of(SEPTEMBER_COLUMNS)[-3:] == [
        p("fiscal_quarter", "2026-07-01", "2026-09-30", "P"),
        p("fiscal_year_to_date", "2025-07-01", "2025-09-30", "R"),
        p("fiscal_year_to_date", "2026-07-01", "2026-09-30", "P"),
    ]


def test_in_september_the_pair_at_the_end_is_cumulative_without_a_quarter_beside_it_too() -> None:
    without_quarter = [column for i, column in enumerate(SEPTEMBER_COLUMNS) if i != 5]

    assert columns_of(without_quarter)[-2:] == [
        p("fiscal_year_to_date", "2025-07-01", "2025-09-30", "R"),
        p("fiscal_year_to_date", "2026-07-01", "2026-09-30", "P"),
    ]


def test_in_july_the_month_stands_twice_and_is_at_the_end_the_fiscal_year_to_date() -> None:
    found = columns_of(JULY_COLUMNS)

    assert found[4] == p("month", "2026-07-01", "2026-07-31", "P")
    assert found[-2:] == [
        p("fiscal_year_to_date", "2025-07-01", "2025-07-31", "R"),
        p("fiscal_year_to_date", "2026-07-01", "2026-07-31", "P"),
    ]


def test_two_julys_at_the_end_stay_months_where_neither_stands_before() -> None:
    assert columns_of(((1, ("Jul", "FY26R")), (6, ("Jul", "FY27P")))) == [
        p("month", "2025-07-01", "2025-07-31", "R"),
        p("month", "2026-07-01", "2026-07-31", "P"),
    ]


def test_two_quarters_in_a_row_are_no_cumulative_pair() -> None:
    assert columns_of(((3, ("Jul-Sep", "FY26")), (4, ("Oct-Dec", "FY26R")))) == [
        p("fiscal_quarter", "2025-07-01", "2025-09-30"),
        p("fiscal_quarter", "2025-10-01", "2025-12-31", "R"),
    ]


def test_in_june_the_fiscal_year_to_date_is_the_fiscal_year_and_last_years_stands_twice() -> None:
    june = (
        (0, ("Jul-Jun", "FY24")),
        (1, ("Jun", "FY25R")),
        (2, ("Jul-Jun", "FY25R")),
        (6, ("Jun", "FY26P")),
        (7, ("Apr-Jun", "FY26P")),
        (2, ("Jul-Jun", "FY25R")),
        (9, ("Jul-Jun", "FY26P")),
    )

    reading = understood_as_shape(SUMMARY, summary_file(with_columns(summary(), june)))

    assert periods(reading)[-1] == p("fiscal_year", "2025-07-01", "2026-06-30", "P")
    assert periods(reading).count(p("fiscal_year", "2024-07-01", "2025-06-30", "R")) == 1
    assert {cell.cell.rstrip("0123456789") for cell in reading.unread} == {"H"}
    assert len(reading.unread) == sum(isinstance(row.values[2], float) for row in summary().rows)


def test_the_same_period_twice_with_different_numbers_is_refused() -> None:
    doubled = with_columns(summary(), ((5, ("Mar", "FY26R")), (6, ("Mar", "FY26P"))))

    answer = refusal(SUMMARY, summary_file(doubled))

    assert answer == NotUnderstood(
        "two columns are about the same period",
        "sheet 'BPM6_Summary', columns C and D",
        "a period of its own for each",
        "'Mar FY26R' and 'Mar FY26P' with different numbers",
    )


def test_in_older_editions_the_mark_stands_in_a_third_row_of_the_header() -> None:
    older = three_row_header(summary_grid())
    assert (older.cells[5, 8], older.cells[6, 8]) == ("FY26", "P")

    reading = understood(SUMMARY, older.xls())

    assert periods(reading) == MARCH
    assert figures(reading) == figures(understood(SUMMARY, summary_grid().xls()))
    assert at(reading, "I13").column_label == "Mar FY26 P"


def test_a_header_may_be_a_date() -> None:
    dated = summary_grid().put("I5", date(2026, 3, 31)).put("I6", "P")

    assert periods(understood(SUMMARY, dated.xls())) == MARCH


def test_a_date_that_is_merged_over_two_rows_is_said_once() -> None:
    printed = summary_grid().put("I5", date(2026, 3, 31)).put("I6", None)
    merged = type(printed)(printed.sheet, printed.cells, printed.indents, (*printed.merged, ((4, 8), (5, 8))))

    reading = understood(SUMMARY, merged.xls())

    assert periods(reading)[6] == p("month", "2026-03-01", "2026-03-31")


@pytest.mark.parametrize("order", [(9, 8, 7, 6, 5, 4, 3, 2, 1, 0), (6, 0, 2, 1, 5, 4, 3, 7, 8, 9)])
def test_the_order_of_the_columns_does_not_matter(order: tuple[int, ...]) -> None:
    as_printed = understood(SUMMARY, summary_file(summary()))
    reordered = with_columns(summary(), [(i, summary().columns[i]) for i in order])

    assert figures(understood(SUMMARY, summary_file(reordered))) == figures(as_printed)


def test_a_header_that_names_no_period_is_quoted_with_its_cell() -> None:
    answer = refusal(SUMMARY, summary_grid().put("I5", "Latest month").xls())

    assert answer == NotUnderstood(
        "a period header is not understood",
        "'BPM6_Summary' I5",
        "a period like 'Mar FY26P' or 'Jul-Mar FY26P'",
        "'Latest month FY26P'",
    )


def test_a_column_without_a_header_is_not_landed_and_its_numbers_are_reported() -> None:
    reading = understood(SUMMARY, summary_grid().put("M13", 4711.0).xls())

    assert [(cell.cell, cell.value_as_printed) for cell in reading.unread] == [("M13", "4711")]


# Which row is which


def test_rows_that_are_labelled_alike_are_told_by_the_rows_above_them() -> None:
    reading = understood(SUMMARY, summary_file(summary()))

    governments = {at(reading, cell).row_key for cell in ("I22", "I55", "I60")}
    assert len(governments) == 3
    assert at(reading, "I55").row_key.endswith("net acquisition of financial assets > general government")
    assert at(reading, "I60").row_key.endswith("net incurrence of liabilities > general government")


def test_rows_may_change_places_within_their_group() -> None:
    as_printed = understood(SUMMARY, summary_file(summary()))
    exchanged = swapped(summary(), "Exports of Services", "Imports of Services")

    assert figures(understood(SUMMARY, summary_file(exchanged))) == figures(as_printed)


def test_an_inserted_row_that_is_not_known_is_named_with_the_nearest_known_one() -> None:
    inserted = with_row(summary(), after="Exports of Services", label="Exports of Digital Services")

    answer = refusal(SUMMARY, summary_file(inserted))

    above = "current account balance without official transfers"
    assert answer == NotUnderstood(
        "a row is not known",
        "sheet 'BPM6_Summary', row 14",
        f"a known row, such as '{above} > exports of services'",
        f"'{above} > exports of digital services'",
    )


def test_a_row_that_makes_the_table_complete_must_be_there() -> None:
    answer = refusal(SUMMARY, summary_file(without_row(summary(), "Overall Balance")))

    assert answer.reason == "a row is missing"
    assert answer.expected == "'overall balance'"


def test_a_table_without_rows_is_explained() -> None:
    printed = summary_grid()
    header_only = type(printed)(printed.sheet, {at: v for at, v in printed.cells.items() if at[0] < 6})

    answer = refusal(SUMMARY, header_only.xls())

    assert answer.reason == "the table is empty"


def test_the_indents_of_an_xlsx_tell_its_rows_apart_as_those_of_an_xls_do() -> None:
    printed = summary_grid()

    assert understood(SUMMARY, printed.xlsx()).observations == understood(SUMMARY, printed.xls()).observations


def test_without_indents_rows_that_are_labelled_alike_cannot_be_told_and_the_file_is_refused() -> None:
    answer = refusal(SUMMARY, replace(summary_grid(), indents={}).xlsx())

    assert answer.reason == "a row is not known"
    assert answer.found == "'exports of goods fob'"
