"""Words and dates as periods: `Mar-26 (P)`, `Jul-Mar, FY26 (P)`, `Mar FY25R`, `FY24`, `2020-21R`,
`10-Apr-26`, `2026-04-10`, `Aug 1947 to Jun 1949`, or a date cell.

Here: what SBP prints above columns and beside rows, and the days it means. Not here: finding it, and
what to call a fiscal year (the models do that).

SBP's fiscal year FYnn runs from July of the year before to June of nn.
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from etl.readers.values import Period, PeriodType

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_MARK = re.compile(
    r"(?:\s*\(\s*(?P<in_parentheses>[PR])\s*\)|(?<=\d)(?P<glued>[PR])|\s(?P<apart>[PR]))$", re.I
)
_MONTH = r"(?P<{name}>[A-Za-z]{{3,9}})\.?"
_FIRST, _LAST = _MONTH.format(name="first"), _MONTH.format(name="last")
_YEAR = r"(?P<year>\d{2}|(?:19|20)\d{2})"
_CALENDAR_MONTH = re.compile(rf"^{_FIRST}\s*[-' ]\s*{_YEAR}$")
_FISCAL_MONTHS = re.compile(rf"^{_FIRST}(?:\s*[-–]\s*{_LAST})?[\s,–-]+FY\s*{_YEAR}$", re.I)
_FISCAL_YEAR = re.compile(rf"^FY\s*{_YEAR}$", re.I)
_TWO_YEARS = re.compile(r"^(?P<first>(?:19|20)\d{2})\s*[-–]\s*(?P<last>\d{2})$")
_FULL_YEAR = r"(?P<{name}>(?:19|20)\d{{2}})"
_SPAN = re.compile(
    rf"^{_FIRST} {_FULL_YEAR.format(name='first_year')} to {_LAST} {_FULL_YEAR.format(name='last_year')}$"
)
_DAY = re.compile(rf"^(?P<day>\d{{1,2}})[- ]{_FIRST}[- ]{_YEAR}$")
_ISO_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}(?:[T ]|$)")
_FIRST_MONTH_OF_FISCAL_YEAR = 7
_PIVOT = 70
"""Two-digit years from here on are of the last century: SBP's oldest monthly series begin in 1970."""


@dataclass(frozen=True)
class Header:
    """A header that was understood; `is_fiscal` where it names a fiscal year and not a calendar one."""

    period: Period
    is_fiscal: bool


@lru_cache(maxsize=4096)
def parse_header(text: str) -> Header | None:
    """Understand a header's words; None where they name no period.

    `Jul, FY27` is taken as a month: whether a column is that month or the fiscal year to July is told
    only by the columns beside it (`as_fiscal_year_to_date`).
    """
    words, mark = split_mark(text)
    if match := _FISCAL_YEAR.match(words):
        return Header(_fiscal_period(7, 6, _year(match["year"]), mark), is_fiscal=True)
    if match := _TWO_YEARS.match(words):
        return _two_years(int(match["first"]), int(match["last"]), mark)
    if match := _SPAN.match(words):
        return _span(match, mark)
    if match := _CALENDAR_MONTH.match(words):
        month = _month(match["first"])
        if month is None:
            return None
        return Header(month_of(date(_year(match["year"]), month, 1), mark), is_fiscal=False)
    if match := _FISCAL_MONTHS.match(words):
        first, last = _month(match["first"]), _month(match["last"] or match["first"])
        if first and last and _place_in_fiscal_year(first) <= _place_in_fiscal_year(last):
            return Header(_fiscal_period(first, last, _year(match["year"]), mark), is_fiscal=True)
    return None


def split_mark(text: str) -> tuple[str, str | None]:
    """Part the words of a period from the `P` (provisional) or `R` (revised) at their end."""
    words = " ".join(text.replace("\xa0", " ").split())
    match = _MARK.search(words)
    if match is None:
        return words, None
    return words[: match.start()].strip(), (
        match["in_parentheses"] or match["glued"] or match["apart"]
    ).upper()


@lru_cache(maxsize=8192)
def parse_day(text: str) -> date | None:
    """Understand `10-Apr-26`, `31-Aug-2026` or `2026-08-31`, with or without a time; None where the words
    name no day.

    Apart from `parse_header`: whether a day stands for its month or for the week that it ends, only the
    release tells.
    """
    words = " ".join(text.split())
    try:
        if _ISO_DAY.match(words):
            return date.fromisoformat(words[:10])
        match = _DAY.match(words)
        month = _month(match["first"]) if match else None
        return date(_year(match["year"]), month, int(match["day"])) if match and month else None
    except ValueError:  # there is no such day in the month
        return None


def of_day(day: date, means: Literal["month", "week"], mark: str | None = None) -> Period:
    """Return the month that a day lies in, or the week that it ends."""
    return week_of(day, mark) if means == "week" else month_of(day, mark)


def of_words(text: str, day_means: Literal["month", "week"]) -> Period | None:
    """Understand the words of a period, which may be a day; None where they name none."""
    words, mark = split_mark(text)
    if day := parse_day(words):
        return of_day(day, day_means, mark)
    header = parse_header(text)
    return header.period if header else None


def week_of(day: date, mark: str | None = None) -> Period:
    """Return the week that a day ends: SBP's weekly figures are as of a day, mostly a Friday."""
    return Period("week", day - timedelta(days=6), day, mark)


def month_of(day: date, mark: str | None = None) -> Period:
    """Return the month that a day lies in: header dates are month ends, first days or any day between."""
    return Period("month", day.replace(day=1), _last_day(day.year, day.month), mark)


def as_fiscal_year_to_date(period: Period) -> Period:
    """Read a period that begins in July as the fiscal year to its end; a whole fiscal year stays one."""
    if period.type == "fiscal_year":
        return period
    return replace(period, type="fiscal_year_to_date")


def fiscal_year_to(period: Period) -> Period:
    """Return the fiscal year to the end of a month: in June that is the whole fiscal year."""
    starts_on = date(_calendar_year(7, _fiscal_year(period.ends_on)), _FIRST_MONTH_OF_FISCAL_YEAR, 1)
    is_whole = period.ends_on.month == _FIRST_MONTH_OF_FISCAL_YEAR - 1
    type_: PeriodType = "fiscal_year" if is_whole else "fiscal_year_to_date"
    return replace(period, type=type_, starts_on=starts_on)


def begins_fiscal_year(period: Period) -> bool:
    """Whether a period begins with a fiscal year."""
    return period.starts_on.month == _FIRST_MONTH_OF_FISCAL_YEAR


def month_end(day: date, later: int) -> date:
    """Return the last day of the month that lies so many months after (or, below 0, before) that of a day."""
    months = day.year * 12 + day.month - 1 + later
    return _last_day(months // 12, months % 12 + 1)


def month_before(day: date) -> date:
    """Return the last day of the month before that of a day."""
    return month_end(day, -1)


def year_before(day: date) -> date:
    """Return the last day of the same month of the year before."""
    return month_end(day, -12)


def fiscal_year_starts_on(day: date) -> date:
    """Return the first day of the fiscal year in which a day lies: 1 July."""
    return date(_fiscal_year(day) - 1, _FIRST_MONTH_OF_FISCAL_YEAR, 1)


def fiscal_year_ends_on(day: date) -> date:
    """Return the last day of the fiscal year in which a day lies: 30 June."""
    return date(_fiscal_year(day), _FIRST_MONTH_OF_FISCAL_YEAR - 1, 30)


def months_of_fiscal_year(ends_on: date) -> tuple[date, ...]:
    """Return the last days of the twelve months of the fiscal year that ends on a day."""
    return tuple(month_end(ends_on, later) for later in range(-11, 1))


def quarters_of_fiscal_year(ends_on: date) -> tuple[date, ...]:
    """Return the last days of the four quarters of the fiscal year that ends on a day."""
    return months_of_fiscal_year(ends_on)[2::3]


def _fiscal_period(first: int, last: int, fiscal_year: int, mark: str | None) -> Period:
    starts_on = date(_calendar_year(first, fiscal_year), first, 1)
    ends_on = _last_day(_calendar_year(last, fiscal_year), last)
    return Period(_type(first, last), starts_on, ends_on, mark)


def _two_years(first: int, last: int, mark: str | None) -> Header | None:
    """Read `2020-21` as the fiscal year that it is; `2020-22` is none."""
    if (first + 1) % 100 != last:
        return None
    return Header(_fiscal_period(7, 6, first + 1, mark), is_fiscal=True)


def _span(match: re.Match[str], mark: str | None) -> Header | None:
    first, last = _month(match["first"]), _month(match["last"])
    if first is None or last is None:
        return None
    starts_on = date(int(match["first_year"]), first, 1)
    ends_on = _last_day(int(match["last_year"]), last)
    return Header(Period("span", starts_on, ends_on, mark), is_fiscal=False) if starts_on < ends_on else None


def _fiscal_year(day: date) -> int:
    return day.year + 1 if day.month >= _FIRST_MONTH_OF_FISCAL_YEAR else day.year


def _type(first: int, last: int) -> PeriodType:
    if first == last:
        return "month"
    if (first, last) == (7, 6):
        return "fiscal_year"
    if (first, last) in {(7, 9), (10, 12), (1, 3), (4, 6)}:
        return "fiscal_quarter"
    return "fiscal_year_to_date" if first == _FIRST_MONTH_OF_FISCAL_YEAR else "part_of_year"


def _calendar_year(month: int, fiscal_year: int) -> int:
    return fiscal_year - 1 if month >= _FIRST_MONTH_OF_FISCAL_YEAR else fiscal_year


def _place_in_fiscal_year(month: int) -> int:
    return (month - _FIRST_MONTH_OF_FISCAL_YEAR) % 12


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return 1900 + year if year >= _PIVOT else 2000 + year


def _month(name: str) -> int | None:
    """Return the month of a name or of its first letters (`Sept`, `July`); None for another word."""
    number = _MONTHS.get(name[:3].lower())
    is_name = number is not None and calendar.month_name[number].lower().startswith(name.lower())
    return number if is_name or name.lower() == "sept" else None


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
