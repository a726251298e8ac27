"""Which months a column header means. The headers are SBP's (of Trade in Services, the summary and
their relatives), and what a person might type instead.
"""

import calendar
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from etl.readers.periods import (
    Header,
    as_fiscal_year_to_date,
    begins_fiscal_year,
    fiscal_year_to,
    month_of,
    parse_day,
    parse_header,
    split_mark,
    week_of,
)
from etl.readers.values import Period

MONTHS = st.integers(1, 12)
YEARS = st.integers(1970, 2069)
"""What two digits can say."""


def last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def month(text: str, mark: str | None = None) -> Period:
    first = date.fromisoformat(f"{text}-01")
    return Period("month", first, last_day(first.year, first.month), mark)


def span(type_: str, starts_on: str, ends_on: str, mark: str | None = None) -> Period:
    return Period(type_, date.fromisoformat(starts_on), date.fromisoformat(ends_on), mark)


def period(text: str) -> Period:
    header = parse_header(text)
    assert header is not None, text
    return header.period


@pytest.mark.parametrize(
    ("header", "mark"),
    [
        ("Mar-26 (P)", "P"),
        ("Mar-26(P)", "P"),
        ("Mar-26 ( R )", "R"),
        ("Mar-26R", "R"),
        ("Mar-26 P", "P"),
        ("Mar-26 (p)", "P"),
        ("Mar-26", None),
        (" Mar-26  ", None),
        ("Mar\xa026 (R)", "R"),
        ("Mar 2026", None),
        ("Mar-2026  (P)", "P"),
        ("March 2026(P)", "P"),
        ("Mar '26", None),
        ("Mar.-26", None),
        ("MAR-26", None),
    ],
)
def test_a_calendar_month_is_understood_however_its_mark_is_attached(header: str, mark: str | None) -> None:
    assert parse_header(header) == Header(month("2026-03", mark), is_fiscal=False)


@pytest.mark.parametrize("header", ["Sep-26", "Sept-26", "September 2026", "Septem-26"])
def test_a_month_is_known_by_its_name_or_by_the_beginning_of_it(header: str) -> None:
    assert period(header) == month("2026-09")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("FY24", span("fiscal_year", "2023-07-01", "2024-06-30")),
        ("FY 2024", span("fiscal_year", "2023-07-01", "2024-06-30")),
        ("FY25 (R)", span("fiscal_year", "2024-07-01", "2025-06-30", "R")),
        ("FY25R", span("fiscal_year", "2024-07-01", "2025-06-30", "R")),
        ("Jul-Jun FY25R", span("fiscal_year", "2024-07-01", "2025-06-30", "R")),
        ("Jul-Jun, FY26 (P)", span("fiscal_year", "2025-07-01", "2026-06-30", "P")),
        ("Jul-Mar, FY26 (P)", span("fiscal_year_to_date", "2025-07-01", "2026-03-31", "P")),
        ("Jul-Mar, FY2026 (P)", span("fiscal_year_to_date", "2025-07-01", "2026-03-31", "P")),
        ("July-March FY26 (P)", span("fiscal_year_to_date", "2025-07-01", "2026-03-31", "P")),
        ("July-March-FY26 (P)", span("fiscal_year_to_date", "2025-07-01", "2026-03-31", "P")),
        ("Jul–Mar FY25 ", span("fiscal_year_to_date", "2024-07-01", "2025-03-31")),
        ("Jul-Aug FY27P", span("fiscal_year_to_date", "2026-07-01", "2026-08-31", "P")),
        ("Jul-Feb, FY25", span("fiscal_year_to_date", "2024-07-01", "2025-02-28")),
        ("Jul-Feb, FY24", span("fiscal_year_to_date", "2023-07-01", "2024-02-29")),
        ("Jul-Sep FY26", span("fiscal_quarter", "2025-07-01", "2025-09-30")),
        ("Oct-Dec FY26R", span("fiscal_quarter", "2025-10-01", "2025-12-31", "R")),
        ("Jan-Mar FY26 P", span("fiscal_quarter", "2026-01-01", "2026-03-31", "P")),
        ("Apr-Jun FY26", span("fiscal_quarter", "2026-04-01", "2026-06-30")),
        ("Feb-Apr FY26", span("part_of_year", "2026-02-01", "2026-04-30")),
        ("Nov-Feb FY26", span("part_of_year", "2025-11-01", "2026-02-28")),
        ("2020-21R", span("fiscal_year", "2020-07-01", "2021-06-30", "R")),
        ("1999–00", span("fiscal_year", "1999-07-01", "2000-06-30")),
    ],
)
def test_what_names_a_fiscal_year_is_months_of_july_to_june(header: str, expected: Period) -> None:
    assert parse_header(header) == Header(expected, is_fiscal=True)


def test_a_stretch_of_years_is_a_span() -> None:
    assert period("Aug 1947 to Jun 1949") == span("span", "1947-08-01", "1949-06-30")
    assert period("Jul 1952 to Jul 1955 (R)") == span("span", "1952-07-01", "1955-07-31", "R")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Jun FY26", "2026-06"),
        ("Jul FY27", "2026-07"),
        ("Dec FY27", "2026-12"),
        ("Jan FY27", "2027-01"),
        ("Jul FY00", "1999-07"),
        ("Jun FY00", "2000-06"),
    ],
)
def test_the_fiscal_year_turns_between_june_and_july(header: str, expected: str) -> None:
    assert parse_header(header) == Header(month(expected), is_fiscal=True)


def test_two_digits_mean_a_year_from_1970_to_2069() -> None:
    assert period("Jul-70").starts_on == date(1970, 7, 1)
    assert period("Jul-69").starts_on == date(2069, 7, 1)
    assert period("FY70").starts_on == date(1969, 7, 1)


def test_july_with_a_fiscal_year_is_a_month_until_the_columns_beside_it_say_otherwise() -> None:
    july = period("Jul, FY27 (P)")

    assert july == month("2026-07", "P")
    assert begins_fiscal_year(july)
    assert as_fiscal_year_to_date(july) == span("fiscal_year_to_date", "2026-07-01", "2026-07-31", "P")


def test_a_whole_fiscal_year_stays_one_when_it_is_read_as_the_fiscal_year_to_date() -> None:
    year = period("Jul-Jun, FY26 (P)")

    assert as_fiscal_year_to_date(year) == year


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("2025-07", span("fiscal_year_to_date", "2025-07-01", "2025-07-31", "P")),
        ("2025-12", span("fiscal_year_to_date", "2025-07-01", "2025-12-31", "P")),
        ("2026-03", span("fiscal_year_to_date", "2025-07-01", "2026-03-31", "P")),
        ("2026-06", span("fiscal_year", "2025-07-01", "2026-06-30", "P")),
    ],
)
def test_the_fiscal_year_to_a_month_begins_in_july_and_in_june_is_whole(end: str, expected: Period) -> None:
    assert fiscal_year_to(month(end, "P")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "6-Mar-26",
        "6 Mar 26",
        "06-March-2026",
        " 6-Mar-2026 ",
        "6-MAR-2026",
        "2026-03-06",
        "2026-03-06T00:00:00",
    ],
)
def test_a_day_is_understood_however_it_is_written(text: str) -> None:
    assert parse_day(text) == date(2026, 3, 6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mar-26",
        "30-Feb-26",
        "6-Mrz-26",
        "6/3/26",
        "06/03/2026",
        "6-Mar-26 (P)",
        "20260306",
        "2026-13-01",
        "2026-03",
    ],
)
def test_other_words_are_no_day(text: str) -> None:
    assert parse_day(text) is None


def test_a_week_ends_on_its_day_even_across_a_year() -> None:
    assert week_of(date(2026, 1, 2), "R") == span("week", "2025-12-27", "2026-01-02", "R")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("December ( R )", ("December", "R")),
        ("2020-21R", ("2020-21", "R")),
        ("Feb 25 R", ("Feb 25", "R")),
        ("Mar", ("Mar", None)),
        ("Mar-26", ("Mar-26", None)),
    ],
)
def test_a_mark_is_parted_from_the_words_before_it(text: str, expected: tuple[str, str | None]) -> None:
    assert split_mark(text) == expected


@pytest.mark.parametrize(
    "header",
    [
        "",
        "2020-22",
        "2020-2021",
        "6-Mar-26",
        "Jun 1949 to Aug 1947",
        "Items",
        "Mar",
        "Jul-Mar",
        "2026",
        "26",
        "FY",
        "FY26-27",
        "FY2",
        "FY026",
        "Mar-026",
        "Mar-1",
        "Mar FY26X",
        "Mar-26 (P) (R)",
        "Mar-26 (Q)",
        "Marx-26",
        "Abc-26",
        "Foo-Bar FY26",
        "Jul-Foo FY26",
        "13-26",
        "Growth over Mar-26",
        "Mar-26 of which",
        "2026-03-31",
        "Q1 FY26",
        "0.5",
    ],
)
def test_other_words_are_no_period(header: str) -> None:
    assert parse_header(header) is None


@pytest.mark.parametrize("header", ["Mar-Sep, FY26", "Jun-Jul FY26", "Jan-Dec FY26"])
def test_months_that_end_before_they_begin_are_no_period(header: str) -> None:
    assert parse_header(header) is None


@pytest.mark.parametrize("header", ["Mar-0000", "FY0000", "Jul FY0001", "FY9999", "Mar-2126"])
def test_four_digits_that_are_no_year_of_this_or_the_last_century_are_no_period(header: str) -> None:
    assert parse_header(header) is None


@pytest.mark.parametrize("day", [date(2024, 2, 1), date(2024, 2, 14), date(2024, 2, 29)])
def test_a_date_means_the_month_that_it_lies_in(day: date) -> None:
    assert month_of(day) == month("2024-02")


@st.composite
def marks(draw: st.DrawFn) -> tuple[str, str | None]:
    mark = draw(st.sampled_from(["P", "R", None]))
    shapes = ["{}", " {}", " ({})", "({})", "  ( {} )", "\xa0({})"]
    return ("" if mark is None else draw(st.sampled_from(shapes)).format(mark)), mark


@given(
    year=YEARS,
    number=MONTHS,
    names=st.sampled_from([calendar.month_abbr, calendar.month_name]),
    between=st.sampled_from(["-", " ", " - ", " '"]),
    has_two_digits=st.booleans(),
    mark=marks(),
)
def test_a_month_that_is_written_down_is_read_back(
    year: int,
    number: int,
    names: "list[str]",
    between: str,
    has_two_digits: bool,
    mark: tuple[str, str | None],
) -> None:
    digits = f"{year % 100:02}" if has_two_digits else str(year)

    header = parse_header(f"{names[number]}{between}{digits}{mark[0]}")

    assert header == Header(month(f"{year}-{number:02}", mark[1]), is_fiscal=False)


@given(
    fiscal_year=YEARS,
    first=MONTHS,
    last=MONTHS,
    names=st.sampled_from([calendar.month_abbr, calendar.month_name]),
    dash=st.sampled_from(["-", " - ", "–"]),
    before_year=st.sampled_from([", ", " ", "-", ",  "]),
    mark=marks(),
)
def test_months_of_a_fiscal_year_that_are_written_down_are_read_back(
    fiscal_year: int,
    first: int,
    last: int,
    names: "list[str]",
    dash: str,
    before_year: str,
    mark: tuple[str, str | None],
) -> None:
    starts_on = date(fiscal_year - (first >= 7), first, 1)
    ends_on = last_day(fiscal_year - (last >= 7), last)
    assume(starts_on < ends_on)
    words = names[first] if first == last else f"{names[first]}{dash}{names[last]}"

    header = parse_header(f"{words}{before_year}FY{fiscal_year % 100:02}{mark[0]}")

    assert header is not None
    assert header.is_fiscal
    assert (header.period.starts_on, header.period.ends_on) == (starts_on, ends_on)
    assert header.period.status_mark == mark[1]
    assert (header.period.type == "month") == (first == last)


@given(st.text(max_size=30))
def test_no_header_at_all_makes_reading_fail(header: str) -> None:
    found = parse_header(header)

    assert found is None or found.period.starts_on < found.period.ends_on
