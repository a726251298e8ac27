"""What the press check speaks of: figures, claims, witnesses and judgements.

Here: values. Not here: how a claim is read, found evidence for, or judged.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Self

from etl.common.errors import EtlError

_FORM = re.compile(
    r"(?P<sign>[+\-−]?)\s*(?:US)?\s*\$?\s*(?P<sign_behind>[+\-−]?)(?P<digits>\d[\d,]*(?:\.\d+)?|\.\d+)\s*"
    r"(?P<unit>%|pc|per\s?cent|percent|billion|bn|b|million|mn|m)?(?:\s*(?:US\s*\$|US\s*dollars|dollars))?",
    re.IGNORECASE,
)
_HALF = Decimal("0.5")
_PER_CENT = ("%", "pc", "percent", "per cent")
_BILLION = ("billion", "bn", "b")


class NumberError(EtlError):
    """A number that cannot be read."""


@dataclass(frozen=True)
class Number:
    """A value that is known to within a half of its rounding on either side."""

    value: Decimal
    """Million US$, or per cent."""
    half: Decimal
    """Half a unit of the last printed digit; of a sum, the halves of its parts."""

    @property
    def low(self) -> Decimal:
        """The least that it can be."""
        return self.value - self.half

    @property
    def high(self) -> Decimal:
        """The most that it can be."""
        return self.value + self.half

    @property
    def known_digits(self) -> Decimal:
        """The value with no more digits than are known of it, and two after the point at most."""
        decimals = 0 if self.half >= _HALF else 1 if self.half >= _HALF / 10 else 2
        return round(self.value, decimals)

    def __add__(self, other: "Number") -> "Number":
        """Add; the roundings add up."""
        return Number(self.value + other.value, self.half + other.half)

    def __sub__(self, other: "Number") -> "Number":
        """Subtract; the roundings add up."""
        return Number(self.value - other.value, self.half + other.half)

    def equals(self, other: "Number") -> bool:
        """Whether both can be the same number, each rounded as it is: 437 and 436.5, not 437 and 436."""
        apart, room = abs(self.value - other.value), self.half + other.half
        return apart < room or (apart == room and not (self.half and other.half))

    def is_cut_from(self, known: "Number") -> bool:
        """Whether this is the known number with its further digits cut off instead of rounded, as
        2.23 billion is of 2,236; a number that is no more exact has none.
        """
        if known.half * 4 > self.half:
            return False
        beyond = (known.value - self.value) * (1 if known.value >= 0 else -1)
        return -known.half <= beyond < 2 * self.half + known.half and known.value * self.value > 0


@dataclass(frozen=True)
class Printed:
    """A number as a print has it."""

    number: Number
    is_pct: bool | None
    """None where no unit is said, which is per cent for a growth rate and million US$ for an amount."""


def parse(text: str) -> Printed:
    """Read a printed number: `437`, `1,720`, `$2.24 billion`, `366m`, `+23 %`; without a unit in million US$.

    Raises `NumberError` with how to write it.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None or (found["sign"] and found["sign_behind"]):
        raise NumberError(f"{text!r} is no number; write 437, '2.24 billion' or '+23 %'")
    digits = found["digits"].replace(",", "")
    unit = " ".join((found["unit"] or "").lower().split())
    scale = 1000 if unit in _BILLION else 1
    decimals = len(digits.partition(".")[2])
    sign = -1 if (found["sign"] or found["sign_behind"]) in ("-", "−") else 1
    number = Number(sign * scale * Decimal(digits), scale * Decimal(1).scaleb(-decimals) / 2)
    return Printed(number, unit in _PER_CENT if unit else None)


def growth(number: Number, base: Number) -> Number:
    """Return the growth from a base in per cent, with what both roundings make of it; the base is
    positive.
    """
    low = (number.low / base.high - 1) * 100
    high = (number.high / base.low - 1) * 100
    return Number((low + high) / 2, (high - low) / 2)


def base_of(number: Number, growth_pct: Number) -> Number:
    """Return the base from which a number grew by so many per cent, with what both roundings make of it."""
    low = number.low / (1 + growth_pct.high / 100)
    high = number.high / (1 + growth_pct.low / 100)
    return Number((low + high) / 2, (high - low) / 2)


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
        """Return the run of months from one day to another."""
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
        """Return its months."""
        return [Span(month, month) for month in range(self.first, self.last + 1)]

    def moved(self, months: int) -> "Span":
        """Return the span so many months later."""
        return Span(self.first + months, self.last + months)

    def since_july(self) -> "Span":
        """Return the fiscal year to the end of this span."""
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


class Measure(StrEnum):
    """What is said of a period: an amount, or its growth. The ends of the marts' column names."""

    AMOUNT = "usd_mn"
    ON_YEAR = "yoy_pct"
    ON_MONTH = "mom_pct"

    @property
    def months_back(self) -> int:
        """How many months before the period its base is."""
        return {Measure.AMOUNT: 0, Measure.ON_YEAR: 12, Measure.ON_MONTH: 1}[self]


class ClaimedFigure(NamedTuple):
    """A figure that can be printed: a measure of a flow of an item in a period."""

    code: str
    """EBOPS item, or S for all services."""
    flow: str
    """exports, imports or balance."""
    measure: Measure
    span: Span

    def of(self, span: Span) -> "ClaimedFigure":
        """Return the same figure of another period."""
        return self._replace(span=span)

    @property
    def amount(self) -> "ClaimedFigure":
        """Return the amount that a growth rate is of."""
        return self._replace(measure=Measure.AMOUNT)

    @property
    def base(self) -> "ClaimedFigure":
        """Return the amount from which a growth rate counts."""
        return self.amount.of(self.span.moved(-self.measure.months_back))


class Days(NamedTuple):
    """When something was printed: a day, or a month where the day is not known."""

    first: date
    last: date


@dataclass(frozen=True)
class Claim:
    """A number that was printed of a figure."""

    subject: str
    figure: ClaimedFigure | None
    """None where the warehouse has no such measure; then `why_not` says why."""
    number: Number
    printed: Days
    link: str | None
    source: str | None = None
    """The link in the one spelling that `Witness.sources` has; None without a link."""
    why_not: str | None = None
    text: tuple[str, str, str, str] = ("", "", "", "")
    """Measure, period, number and day as they were given."""


class Kind(StrEnum):
    """What a witness is."""

    FILE = "file"
    PRINT = "print"


@dataclass(frozen=True)
class Witness:
    """A number that a source gives for a figure, or that follows from such numbers by addition."""

    figure: ClaimedFigure
    number: Number
    known: Days
    """When it was out; of a number that follows from others, when the last of them was."""
    kind: Kind
    """A number that follows from files and prints is a print's."""
    sources: frozenset[str]
    """Links and names of files, in one spelling: two witnesses that share one are not independent."""
    where: str
    """File, sheet and cell, link, or the sum in words."""
    is_worked_out: bool = False
    replaced_on: date | None = None
    """Day on which a file's next value took its place; None while it stands, and for prints."""
    may_be_older: bool = False
    """Whether the day on which it was out is an upper bound: an old file that was found late."""
    is_first_print: bool = False
    """Whether a file was the first to have the period: nothing else can have been known before it."""


class Verdict(StrEnum):
    """What the check says of a claim."""

    RIGHT = "right for its day"
    RIGHT_NOW = "right now only"
    WRONG = "wrong"
    CANNOT = "cannot be judged"


class Reason(StrEnum):
    """Why a claim cannot be judged."""

    NO_MEASURE = "no such measure here"
    NO_EVIDENCE = "no other source has it"
    LATER_ONLY = "only later sources have it: it may have been revised"
    EARLIER_ONLY = "only earlier sources have it: it may have been revised"
    IN_REVISION = "it was revised about that time"
    TOO_NEAR = "it differs by no more than prints of one figure do"
    ONE_WORD = "one print against another"
    BASE_UNKNOWN = "the amounts it grew from and to are not settled for that day"


@dataclass(frozen=True)
class Judgement:
    """A claim's verdict with what it rests on."""

    claim: Claim
    verdict: Verdict
    should_be: Number | None = None
    """What is known instead, of a wrong claim or one that is right now only."""
    reason: Reason | None = None
    """Of a claim that cannot be judged."""
    evidence: tuple[Witness, ...] = field(default=())
    """What agrees with a right claim and disagrees with a wrong one."""
    is_right_now: bool | None = None
    """Whether the newest known value agrees; None where nothing is known."""
    note: str = ""
    """What else is to be said of it, in words."""
