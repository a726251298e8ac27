"""Trade in goods and exchange rates: a row a period, a column an item.

Figures: see tests/support/tables_down.
"""

from datetime import date

import pytest

from etl.readers.values import NotUnderstood, Observation
from tests.support.readings import at, figures
from tests.support.readings import refusal_as_shape as refusal
from tests.support.readings import understood_as_shape as understood
from tests.support.tables_down import goods, rates
from tests.support.workbooks import Grid, xls

GOODS, RATES = "goods_trade", "exchange_rates"
AVERAGE, MONTH_END = "Monthly Average Exchange Rates", "Month End Exchange Rates"


def period(o: Observation) -> tuple[str, str, str, str | None]:
    return o.period_type, o.period_starts_on.isoformat(), o.period_ends_on.isoformat(), o.status_mark


def goods_period(cell: str, grid: Grid | None = None) -> tuple[str, str, str, str | None]:
    return period(at(understood(GOODS, (grid or goods()).xls()), cell))


# What a cell is of, and when


def test_the_column_says_what_a_number_is_of_and_the_row_when() -> None:
    number = at(understood(GOODS, goods().xls()), "C14")

    assert number.row_label == "Exports (BOP) > Value > a"
    assert number.row_key == "exports (bop) > value > a"
    assert number.column_label == "2026-03-01 P"
    assert period(number) == ("month", "2026-03-01", "2026-03-31", "P")
    assert (number.value, number.unit_label, number.row_number) == (2525.9859190784764, "(Million US $)", 14)


def test_a_date_means_its_month_whatever_its_day() -> None:
    assert goods_period("C8") == ("month", "2014-07-01", "2014-07-31", None)
    assert goods_period("C9") == ("month", "2025-05-01", "2025-05-31", "R")
    assert goods_period("C12") == ("month", "2025-07-01", "2025-07-31", None)


def test_a_column_that_counts_from_july_on_holds_fiscal_years_to_date() -> None:
    assert goods_period("D14") == ("fiscal_year_to_date", "2025-07-01", "2026-03-31", "P")
    assert goods_period("L14") == ("fiscal_year_to_date", "2025-07-01", "2026-03-31", "P")
    assert goods_period("H12") == ("fiscal_year_to_date", "2025-07-01", "2025-07-31", None)
    assert goods_period("H10") == ("fiscal_year", "2024-07-01", "2025-06-30", "R")


def test_columns_that_follow_from_others_are_passed_over_and_nothing_else_is() -> None:
    reading = understood(GOODS, goods().xls())

    assert {o.cell[0] for o in reading.observations} == set("CDGHKL")
    assert reading.unread == ()
    assert len(reading.observations) == 6 * 6


def test_what_the_file_says_does_not_hang_on_where_it_says_it() -> None:
    assert figures(understood(GOODS, goods().moved(3, 1).xls())) == figures(understood(GOODS, goods().xls()))
    assert figures(understood(GOODS, goods().xlsx())) == figures(understood(GOODS, goods().xls()))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Mar-26 (P)", ("month", "2026-03-01", "2026-03-31", "P")),
        ("31-Mar-2026", ("month", "2026-03-01", "2026-03-31", None)),
        ("2026-27R", ("fiscal_year", "2026-07-01", "2027-06-30", "R")),
    ],
)
def test_a_period_may_be_words(words: str, expected: tuple[str, str, str, str | None]) -> None:
    assert goods_period("C14", goods().put("A14", words).put("B14", None)) == expected


# Several tables in a file


def test_a_file_of_several_tables_has_a_flow_for_each() -> None:
    reading = understood(RATES, xls(*rates()))

    dollars = {(o.flow_label, period(o)): o.value for o in reading.observations if o.cell[0] == "D"}
    march = ("month", "2026-03-01", "2026-03-31", None)
    assert dollars[AVERAGE, march] == 279.5112857142858
    assert dollars[MONTH_END, march] == 279.3789285714285
    assert {o.unit_label for o in reading.observations} == {"Pak Rupees per Currency Unit"}
    assert len(reading.observations) == 2 * 5 * 3  # none of the sheet in US dollars, no appreciation
    assert reading.unread == ()


def test_a_period_may_stand_in_two_cells() -> None:
    reading = understood(RATES, xls(*rates()))

    january = next(o for o in reading.observations if o.column_label == "Jan 1957")
    december = next(o for o in reading.observations if o.column_label == "December ( R ) 2018")
    assert period(january) == ("month", "1957-01-01", "1957-01-31", None)
    assert period(december) == ("month", "2018-12-01", "2018-12-31", "R")


def test_one_rate_for_a_stretch_of_years_is_a_span() -> None:
    dollar = at(understood(RATES, xls(*rates())), "D10")

    assert period(dollar) == ("span", "1947-08-01", "1949-06-30", None)
    assert (dollar.value, dollar.row_key) == (3.30852, "u.s.a > u.s. dollar")


def test_three_dots_are_a_printed_absence() -> None:
    euro = at(understood(RATES, xls(*rates())), "E10")

    assert (euro.value, euro.value_as_printed, euro.decimals) == (None, "...", None)


def test_a_missing_table_is_refused() -> None:
    average, dollars, _, endnotes = rates()

    answer = refusal(RATES, xls(average, dollars, endnotes))

    assert (answer.reason, answer.expected) == ("a table is missing", repr(MONTH_END))


def test_a_repeated_table_is_reported_and_one_that_disagrees_refused() -> None:
    average, _, month_end, _ = rates()
    again = Grid("Sheet3", average.cells, merged=average.merged)

    reading = understood(RATES, xls(average, month_end, again))
    answer = refusal(RATES, xls(average, month_end, again.put("D14", 280.0)))

    assert {cell.sheet for cell in reading.unread} == {"Sheet3"}
    assert figures(reading) == figures(understood(RATES, xls(*rates())))
    assert (answer.reason, answer.where) == (
        "two tables disagree about one figure",
        "'Monthly Ave Ex. Rates in Pak ' D14 and 'Sheet3' D14",
    )


# What is refused


def test_a_period_that_is_not_understood_is_refused() -> None:
    answer = refusal(GOODS, goods().put("A13", "Febuary 26").xls())

    assert answer == NotUnderstood(
        "a period is not understood",
        "'Exp.Imp.(BOP)' A13",
        "a date or a period like 'Mar-26', 'June' beside '2024' or '2020-21'",
        "'Febuary 26'",
    )


def test_a_month_without_its_year_is_refused() -> None:
    average, dollars, month_end, _ = rates()

    answer = refusal(RATES, xls(average.put("B13", None), dollars, month_end))

    assert (answer.reason, answer.found) == ("a period is not understood", "'February'")


def test_two_rows_of_one_month_are_refused() -> None:
    answer = refusal(GOODS, goods().put("A14", date(2026, 2, 28)).xls())

    assert (answer.reason, answer.where) == (
        "two rows are about the same period",
        "sheet 'Exp.Imp.(BOP)', rows 13 and 14",
    )


def test_a_column_that_is_not_known_is_refused() -> None:
    answer = refusal(GOODS, goods().put("G5", "Quantity").xls())

    assert answer.reason == "a row is missing"
    average, dollars, month_end, _ = rates()
    answer = refusal(RATES, xls(average.put("D9", "U.S. Cent"), dollars, month_end))
    assert answer == NotUnderstood(
        "a column is not known",
        "sheet 'Monthly Ave Ex. Rates in Pak ', column D",
        "a known column, such as 'u.s.a > u.s. dollar'",
        "'u.s.a > u.s. cent'",
    )


def test_two_columns_with_one_header_are_refused() -> None:
    average, dollars, month_end, _ = rates()
    twice = average.put("F8", " U.S.A").put("F9", "U.S. Dollar").put("F14", 279.5)

    answer = refusal(RATES, xls(twice, dollars, month_end))

    assert answer.reason == "two columns are the same"
    sheet = "sheet 'Monthly Ave Ex. Rates in Pak '"
    assert answer.where == f"{sheet}, column D and {sheet}, column F"


def test_another_unit_is_refused() -> None:
    answer = refusal(GOODS, goods().put("K3", "(Thousand US $)").xls())

    assert (answer.reason, answer.found) == ("the unit is not the one known", "(Thousand US $)")


def test_rates_in_another_currency_are_refused() -> None:
    average, dollars, month_end, _ = rates()
    in_cents = average.put("A6", "Pak Rupees per 100 Currency Units")

    answer = refusal(RATES, xls(in_cents, dollars, month_end))

    assert (answer.reason, answer.found) == (
        "the unit is not the one known",
        "Pak Rupees per 100 Currency Units",
    )


def test_words_among_the_numbers_are_refused() -> None:
    answer = refusal(GOODS, goods().put("G13", "see note").xls())

    assert answer.reason == "a cell of the table holds no number"
    assert answer.where == "'Exp.Imp.(BOP)' G13 ('Imports (BOP) > Value > c', '2026-02-01 R')"


def test_a_number_beside_the_table_is_reported() -> None:
    (unread,) = understood(GOODS, goods().put("N9", 4.5).xls()).unread

    assert (unread.cell, unread.value_as_printed) == ("N9", "4.5")


def test_a_number_in_a_row_without_a_period_is_reported() -> None:
    (unread,) = understood(GOODS, goods().put("C11", 4.5).xls()).unread

    assert unread.cell == "C11"
