"""Liquid reserves: a printed row a period, whose columns add up.

Figures: see tests/support/reserves.
"""

import pytest

from etl.readers.values import NotUnderstood, Observation, Reading
from tests.support.readings import refusal, understood
from tests.support.reserves import HEADERS, ROWS, reserves, with_row

RESERVES = "foreign_exchange_reserves"


def numbers(reading: Reading) -> dict[str, tuple[float | None, ...]]:
    """Return the numbers of each row, by its period as printed."""
    rows: dict[str, list[float | None]] = {}
    for o in reading.observations:
        rows.setdefault(o.column_label, []).append(o.value)
    return {label: tuple(values) for label, values in rows.items()}


def of(reading: Reading, label: str) -> Observation:
    return next(o for o in reading.observations if o.column_label == label)


def test_each_row_has_a_number_of_each_holder() -> None:
    reading = understood(RESERVES, reserves())

    assert numbers(reading)["10-Apr-26"] == (15079.5, 5445.0, 20524.5)
    assert [o.row_key for o in reading.observations[:3]] == [
        "net reserves with > sbp",
        "net reserves with > banks",
        "total liquid > fx reserves",
    ]
    assert len(reading.observations) == 10 * 3
    assert reading.unread == ()


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("2024-25R", ("fiscal_year", "2024-07-01", "2025-06-30", "R")),
        ("Feb 25 R", ("month", "2025-02-01", "2025-02-28", "R")),
        ("Mar 25", ("month", "2025-03-01", "2025-03-31", None)),
        ("6-Mar-26", ("week", "2026-02-28", "2026-03-06", None)),
    ],
)
def test_a_row_is_about_a_year_a_month_or_a_week(
    label: str, expected: tuple[str, str, str, str | None]
) -> None:
    o = of(understood(RESERVES, reserves()), label)

    found = (o.period_type, o.period_starts_on.isoformat(), o.period_ends_on.isoformat(), o.status_mark)
    assert found == expected


def test_a_number_says_where_it_stands() -> None:
    total = understood(RESERVES, reserves()).observations[-1]

    assert (total.sheet, total.cell, total.row_number) == ("page 1", "line 18, number 3", 18)
    assert (total.value_as_printed, total.decimals, total.unit_label) == ("20,524.5", 1, "(MILLION US$)")
    assert total.row_label == "TOTAL LIQUID > FX RESERVES"


def test_digits_drawn_apart_find_together_where_the_row_adds_up() -> None:
    apart = {"16,341.1": 1, "5,257.2": 1, "20,524.5": 1, "9,389.6": 1, "15,014.0": 1}

    assert numbers(understood(RESERVES, reserves(apart=apart))) == numbers(understood(RESERVES, reserves()))


def test_a_row_that_adds_up_in_no_way_is_refused() -> None:
    rows = with_row("6-Mar-26", ("6-Mar-26", "16,341.1", "5,257.2", "21,588.3"))

    assert refusal(RESERVES, reserves(rows)) == NotUnderstood(
        "a row is not understood",
        "page 1, line 13",
        "a period and 3 numbers that add up",
        "'6-Mar-26 16,341.1 5,257.2 21,588.3'",
    )


def test_a_row_that_adds_up_in_two_ways_is_refused() -> None:
    """`1 1 0 11`: 1 and 10 are 11, and 11 and 0 are 11."""
    rows = with_row("6-Mar-26", ("6-Mar-26", "1", "10", "11"))

    answer = refusal(RESERVES, reserves(rows, apart={"10": 1}))

    assert answer.reason == "a row can be read in more than one way"
    assert answer.found == "'6-Mar-26 1 1 0 11'"


def test_a_rounded_total_adds_up() -> None:
    rows = with_row("6-Mar-26", ("6-Mar-26", "16,341.1", "5,257.2", "21,598.4"))

    assert numbers(understood(RESERVES, reserves(rows)))["6-Mar-26"] == (16341.1, 5257.2, 21598.4)


def test_a_row_without_a_number_is_refused() -> None:
    rows = with_row("6-Mar-26", ("6-Mar-26", "16,341.1", "", "21,598.3"))

    assert refusal(RESERVES, reserves(rows)).reason == "a row is not understood"


def test_a_row_whose_period_is_not_understood_is_refused() -> None:
    rows = with_row("6-Mar-26", ("6-Mrz-26", "16,341.1", "5,257.2", "21,598.3"))

    assert refusal(RESERVES, reserves(rows)).reason == "a row is not understood"


def test_a_period_on_two_rows_is_refused() -> None:
    rows = with_row("6-Mar-26", ("10-Apr-26", "16,341.1", "5,257.2", "21,598.3"))

    answer = refusal(RESERVES, reserves(rows))

    assert (answer.reason, answer.where) == ("two rows are about the same period", "page 1, lines 13 and 18")


def test_columns_in_another_order_are_told_by_their_headers() -> None:
    rows = [row if isinstance(row, str) else (row[0], row[2], row[1], row[3]) for row in ROWS]
    swapped = understood(RESERVES, reserves(rows, headers=(HEADERS[1], HEADERS[0], HEADERS[2])))

    assert {(o.row_key, o.column_label): o.value for o in swapped.observations} == {
        (o.row_key, o.column_label): o.value for o in understood(RESERVES, reserves()).observations
    }


def test_numbers_under_swapped_headers_are_refused() -> None:
    answer = refusal(RESERVES, reserves(headers=(HEADERS[0], HEADERS[2], HEADERS[1])))

    assert answer.reason == "a row is not understood"


def test_a_column_that_is_not_known_is_refused() -> None:
    answer = refusal(RESERVES, reserves(headers=(HEADERS[0], ("NET RESERVES WITH", "DFIs"), HEADERS[2])))

    assert (answer.reason, answer.found) == ("a column is not known", "'net reserves with > dfis'")


def test_another_unit_is_refused() -> None:
    answer = refusal(RESERVES, reserves(unit="(BILLION US$)"))

    assert answer.reason == "the unit is not the one known"
    assert "(BILLION US$)" in answer.found


def test_a_page_of_another_release_is_refused() -> None:
    answer = refusal(RESERVES, reserves(stub="ITEMS"))

    assert answer == NotUnderstood(
        "the table is not there",
        "pages 1 to 1",
        "the header 'END PERIOD'",
        "'Domestic Markets & Monetary Management Department'",
    )


def test_a_page_without_rows_is_refused() -> None:
    assert refusal(RESERVES, reserves(rows=("WEEK-END LEVELS1/",))).reason == "no period is understood"


def test_a_number_below_the_table_is_reported() -> None:
    (unread,) = understood(RESERVES, reserves(notes=("1/ Provisonal", "12.5"))).unread

    assert (unread.sheet, unread.cell, unread.value_as_printed) == ("page 1", "line 20", "12.5")


# Which periods stand beside one another


@pytest.mark.parametrize(
    ("old", "label", "reason"),
    [
        ("13-Mar-26", "15-Mar-26", "two weeks that follow each other are not seven days apart"),
        ("3-Apr-26", "3-Apr-56", "two weeks that follow each other are not seven days apart"),
        ("10-Apr-26", "17-Apr-26", "two weeks that follow each other are not seven days apart"),
        ("Mar 25", "Apr 25", "the periods do not follow each other"),
        ("2023-24R", "2022-23R", "the periods do not follow each other"),
    ],
)
def test_a_label_with_another_digit_does_not_fit_the_others(old: str, label: str, reason: str) -> None:
    row = next(row for row in ROWS if row[0] == old)

    assert refusal(RESERVES, reserves(with_row(old, (label, row[1], row[2], row[3])))).reason == reason


def test_the_week_of_a_holiday_ends_the_day_before() -> None:
    """Eid was on Friday, 20 March 2026: SBP's own page has the 19th."""
    assert "19-Mar-26" in {o.column_label for o in understood(RESERVES, reserves()).observations}


@pytest.mark.parametrize("unit", ["(MILLION US$9", "(MILLION USS)", "MILLION US$)x"])
def test_a_damaged_unit_is_not_the_unit(unit: str) -> None:
    assert refusal(RESERVES, reserves(unit=unit)).reason == "the unit is not the one known"
