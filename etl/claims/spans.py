"""Periods as runs of whole months, so that they can be added and taken from each other.

Here: a month, quarter, fiscal year and fiscal year to date as one kind of value, and its words. Not here:
what is known of one.
"""

import re
from datetime import date, timedelta
from typing import NamedTuple, Self

from etl.errors import EtlError

JULY = 7
_FORMS = re.compile(
    r"(?P<month>\d{4}-\d\d)|FY(?P<year>\d\d)(?:-Q(?P<quarter>[1-4])|-to-(?P<to>\d\d)|-H(?P<half>[12]))?"
)
_CENTURY_TURNS = 48
"""`FY48` is the first fiscal year that can only be of the last century: the bank is of 1948."""


class SpanError(EtlError):
    """A period that cannot be read."""


class Span(NamedTuple):
    """A run of months, each counted from year 0; both ends belong to it."""

    first: int
    last: int

    @classmethod
    def of(cls, starts_on: date, ends_on: date) -> Self:
        """Give the run of months from one day to another."""
        return cls(_count(starts_on.year, starts_on.month), _count(ends_on.year, ends_on.month))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-03`, `FY26`, `FY26-Q3`, `FY26-to-03`, `FY26-H1`; `FY26` is July 2025 to June 2026.

        Raises `SpanError` with how to write it.
        """
        found = _FORMS.fullmatch(text.strip())
        if found and found["month"]:
            year, month = (int(part) for part in text.strip().split("-"))
            if 1 <= month <= 12:
                return cls(_count(year, month), _count(year, month))
        elif found:
            july = _count(_year(found["year"]) - 1, JULY)
            if found["quarter"]:
                first = july + 3 * (int(found["quarter"]) - 1)
                return cls(first, first + 2)
            if found["half"]:
                first = july + 6 * (int(found["half"]) - 1)
                return cls(first, first + 5)
            to = int(found["to"] or 6)
            if 1 <= to <= 12:
                return cls(july, july + (to - JULY) % 12)
        raise SpanError(f"{text!r} is no period; write 2026-03, FY26, FY26-Q3, FY26-H1 or FY26-to-03")

    @property
    def months(self) -> int:
        """How many months it has."""
        return self.last - self.first + 1

    @property
    def is_from_july(self) -> bool:
        """Whether it is a fiscal year to date, of one month or more."""
        return _month(self.first) == JULY and self.months <= 12

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return _first_day(self.last + 1) - timedelta(days=1)

    def each(self) -> list["Span"]:
        """Give its months."""
        return [Span(month, month) for month in range(self.first, self.last + 1)]

    def moved(self, months: int) -> "Span":
        """Give the span so many months later."""
        return Span(self.first + months, self.last + months)

    def since_july(self) -> "Span":
        """Give the fiscal year to the end of this span."""
        return Span(self.last - (_month(self.last) - JULY) % 12, self.last)

    def __str__(self) -> str:
        """Write it as `parse` reads it, a fiscal quarter from July as the year to September."""
        first, last = _first_day(self.first), _first_day(self.last)
        if self.months == 1:
            return f"{first:%Y-%m}"
        fiscal_year = f"FY{(last.year + (last.month >= JULY)) % 100:02d}"
        if self.is_from_july:
            return fiscal_year if self.months == 12 else f"{fiscal_year}-to-{last:%m}"
        if self.months == 3 and first.month % 3 == 1:
            return f"{fiscal_year}-Q{(first.month - JULY) % 12 // 3 + 1}"
        return f"{first:%Y-%m} to {last:%Y-%m}"


def _count(year: int, month: int) -> int:
    return 12 * year + month - 1


def _month(count: int) -> int:
    return count % 12 + 1


def _first_day(count: int) -> date:
    return date(count // 12, _month(count), 1)


def _year(two_digits: str) -> int:
    year = int(two_digits)
    return 1900 + year if year > _CENTURY_TURNS else 2000 + year
