"""Periods whose words stand in several cells: a fiscal year over its quarters, a month beside its year,
a mark of its own.

Here: which part of a period a cell is, and what the parts of one column come to. Not here: which cells
belong to a column (`headers`), and periods that one cell says in full (`periods`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from etl.reading import periods
from etl.reading.values import CellValue, Period

Kind = Literal["whole", "year", "months", "mark"]

_MONTHS = re.compile(r"^(?P<first>[A-Za-z]{3,9})\.?(?:\s*[-–]\s*(?P<last>[A-Za-z]{3,9})\.?)?$")
_QUARTERS = {"Q1": "Jul-Sep", "Q2": "Oct-Dec", "Q3": "Jan-Mar", "Q4": "Apr-Jun"}
_WHOLE_YEAR = "Jul-Jun"
_FISCAL_YEAR = re.compile(r"^FY\s*(?P<year>\d{2}|(?:19|20)\d{2})$", re.I)
_TWO_YEARS = re.compile(
    r"^(?:FY\s*)?(?P<first>(?:19|20)\d{2})\s*[-–/]\s*(?P<last>\d{2}|(?:19|20)\d{2})$", re.I
)
_CALENDAR_YEAR = re.compile(r"^(?:19|20)\d{2}$")
_MARK = re.compile(r"^\(?\s*([PR])\s*\)?$", re.I)
_GLUED_MARK = re.compile(r"(?:\s*\(\s*([PR])\s*\)|(?<=\d)([PR])|\s([PR]))$", re.I)
_SEPARATOR = re.compile(r"[\s,–-]+")


@dataclass(frozen=True)
class Part:
    """What one cell says about a period, in words that `periods.parse_header` understands."""

    kind: Kind
    words: str
    mark: str | None


def part_of(cell: CellValue) -> Part | None:
    """Tell which part of a period a cell is; None where it is none."""
    if isinstance(cell, date):
        return Part("whole", f"{cell:%b %Y}", None)
    if isinstance(cell, float):
        return Part("year", str(int(cell)), None) if 1950 <= cell < 2100 and cell.is_integer() else None
    return _part_of_text(cell) if isinstance(cell, str) else None


def period_of(parts: Iterable[Part]) -> Period | None:
    """Give the period that these parts, from the outermost to the innermost, come to; None where they say
    none, two, or one that could be another: `2024` alone, `Q1` of a calendar year.
    """
    said: dict[Kind, Part] = {}
    mark = None
    for part in parts:
        mark = part.mark or mark
        if part.kind != "mark" and said.setdefault(part.kind, part) is not part:
            return None
    if "whole" in said and len(said) > 1:
        return None
    words = said["whole"].words if "whole" in said else _joined(said.get("months"), said.get("year"))
    parsed = periods.parse_header(f"{words} ({mark})" if mark else words) if words else None
    return parsed.period if parsed else None


@lru_cache(maxsize=4096)
def _part_of_text(text: str) -> Part | None:
    words = " ".join(text.replace("\xa0", " ").split())
    if match := _MARK.match(words):
        return Part("mark", "", match[1].upper())
    mark = None
    if match := _GLUED_MARK.search(words):
        mark = next(letter for letter in match.groups() if letter).upper()
        words = words[: match.start()].strip()
    if year := _year(words):
        return Part("year", year, mark)
    if months := _months(words):
        return Part("months", months, mark)
    if whole := _whole(words):
        return Part("whole", whole, mark)
    return None


def _year(words: str) -> str | None:
    """Give a year as `FY24` or, where it is a calendar's, `2024`; `2005-06` is a fiscal year at SBP."""
    if match := _FISCAL_YEAR.match(words):
        return f"FY{match['year']}"
    if match := _TWO_YEARS.match(words):
        last = int(match["first"]) + 1
        return f"FY{last}" if match["last"] in (str(last), str(last)[2:]) else None
    return words if _CALENDAR_YEAR.match(words) else None


def _months(words: str) -> str | None:
    """Give months as `Jul`, `Jul-Sep` or `Q1`; `Total` is all of a fiscal year's."""
    if words.casefold() == "total":
        return _WHOLE_YEAR
    if words.upper() in _QUARTERS:
        return words.upper()
    match = _MONTHS.match(words)
    is_known = match and all(periods.parse_header(f"{m} 2000") for m in match.groups() if m)
    return "-".join(m for m in match.groups() if m) if match and is_known else None


def _whole(words: str) -> str | None:
    """Give a cell that says months and year, in whichever order and with whatever between them."""
    if periods.parse_header(words):
        return words
    for gap in _SEPARATOR.finditer(words):
        one, other = words[: gap.start()], words[gap.end() :]
        for months, year in ((one, other), (other, one)):
            known_months, known_year = _months(months), _year(year)
            if known_months and known_year:
                return _words(known_months, known_year)
    return None


def _joined(months: Part | None, year: Part | None) -> str | None:
    if year is None:
        return None
    return year.words if months is None else _words(months.words, year.words)


def _words(months: str, year: str) -> str | None:
    """Put months and year together as `Jul-Sep FY24`, `Jul 2023`; a quarter's number counts from July in
    a fiscal year and may count from elsewhere in another.
    """
    if year.startswith("FY"):
        return f"{_QUARTERS.get(months, months)} {year}"
    if months in _QUARTERS:
        return None
    return _of_calendar_year(months, int(year)) if "-" in months else f"{months} {year}"


def _of_calendar_year(months: str, year: int) -> str | None:
    """Give months of a calendar year as those of its fiscal year; None where they lie in two of them."""
    for fiscal_year in (year, year + 1):
        parsed = periods.parse_header(f"{months} FY{fiscal_year}")
        if parsed and parsed.period.starts_on.year == parsed.period.ends_on.year == year:
            return f"{months} FY{fiscal_year}"
    return None
