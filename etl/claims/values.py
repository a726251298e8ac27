"""What the press check speaks of: figures, claims, witnesses and judgements.

Here: values. Not here: how a claim is read, found evidence for, or judged.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from etl.claims.numbers import Number
from etl.claims.spans import Span


class Measure(StrEnum):
    """What is said of a period: an amount, or its growth. The ends of the marts' column names."""

    AMOUNT = "usd_mn"
    ON_YEAR = "yoy_pct"
    ON_MONTH = "mom_pct"

    @property
    def months_back(self) -> int:
        """How many months before the period its base is."""
        return {Measure.AMOUNT: 0, Measure.ON_YEAR: 12, Measure.ON_MONTH: 1}[self]


class Figure(NamedTuple):
    """A figure that can be printed: a measure of a flow of an item in a period."""

    code: str
    """EBOPS item, or S for all services."""
    flow: str
    """exports, imports or balance."""
    measure: Measure
    span: Span

    def of(self, span: Span) -> "Figure":
        """Give the same figure of another period."""
        return self._replace(span=span)

    @property
    def amount(self) -> "Figure":
        """Give the amount that a growth rate is of."""
        return self._replace(measure=Measure.AMOUNT)

    @property
    def base(self) -> "Figure":
        """Give the amount from which a growth rate counts."""
        return self.amount.of(self.span.moved(-self.measure.months_back))


class Days(NamedTuple):
    """When something was printed: a day, or a month where the day is not known."""

    first: date
    last: date


@dataclass(frozen=True)
class Claim:
    """A number that was printed of a figure."""

    subject: str
    figure: Figure | None
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

    figure: Figure
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
