"""What is known of a figure: every witness but those of one print, and what follows from them.

Here: finding witnesses and adding them up. Not here: what they prove (`judging`).

A number follows from others where the accounts say so: a span is its months; a fiscal year to date is the one
a month later less that month; a balance is exports less imports of the same source; and a print that says an
amount and its growth says the base too. A sum is of files only or of prints only: a file's cumulative figure
less a print's month would mix vintages.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import islice, product

from etl.claims.numbers import Number, base_of
from etl.claims.spans import Span
from etl.claims.times import NOW, a_month_later, last_before
from etl.claims.values import Days, Figure, Kind, Measure, Witness

_MONTHS_AHEAD = 2
"""A fiscal year to date is also taken from one that ends so many months later: SBP's file holds the
cumulative column and the single months back to two before it."""

_MOST_WAYS = 16
"""So many ways of adding up are tried where prints of one month disagree."""
_CLOSE_ENOUGH = Decimal("0.01")
"""What follows from rounded numbers to within more than this share tells no misprint from a right number."""

_ACCOUNTS = {
    "balance": ("exports", -1, "imports"),
    "exports": ("balance", 1, "imports"),
    "imports": ("exports", -1, "balance"),
}

Term = tuple[int, Figure]
"""A figure with its sign in a sum."""


class Pool:
    """Witnesses by figure."""

    def __init__(self, witnesses: Iterable[Witness]) -> None:
        """Take all witnesses there are."""
        self._all: dict[Figure, list[Witness]] = defaultdict(list)
        for witness in witnesses:
            self._all[witness.figure].append(witness)
        self._keep: Callable[[Witness], bool] = lambda witness: True

    def without(self, source: str | None) -> "Pool":
        """Give the pool without all that a print says: it is never evidence for itself."""
        return self._kept(lambda witness: source not in witness.sources)

    def of(self, kind: Kind) -> "Pool":
        """Give the pool of the files, or of the prints, alone."""
        return self._kept(lambda witness: witness.kind is kind)

    def direct(self, figure: Figure) -> list[Witness]:
        """Give the witnesses that say the figure itself."""
        return [witness for witness in self._all.get(figure, ()) if self._keep(witness)]

    def said_by(self, source: str | None, figure: Figure) -> list[Witness]:
        """Give the numbers that one print gives for a figure, whatever else the pool leaves out."""
        return [witness for witness in self._all.get(figure, ()) if source in witness.sources]

    def worked_out(self, figure: Figure, printed: Days) -> list[Witness]:
        """Give the numbers that follow for an amount, as of that day and of now, closely enough to tell."""
        days = (printed, a_month_later(printed), NOW)
        sums = (
            witness
            for kind in Kind
            for as_of in days
            for terms in _sums_of_months(figure)
            for witness in self.of(kind)._sums(figure, terms, as_of)
        )
        found = (*sums, *self._accounts(figure), *self._bases(figure))
        return [
            witness
            for witness in dict.fromkeys(found)
            if witness.number.half <= _CLOSE_ENOUGH * abs(witness.number.value)
        ]

    def _kept(self, keep: Callable[[Witness], bool]) -> "Pool":
        pool = Pool(())
        pool._all = self._all
        pool._keep = lambda witness: self._keep(witness) and keep(witness)
        return pool

    def _sums(self, figure: Figure, terms: list[Term], as_of: Days) -> Iterator[Witness]:
        """Add up what was known of each term on that day, in each way where prints of a month disagree;
        nothing where a term was not known.
        """
        known = [(sign, _distinct(last_before(self.direct(term), as_of))) for sign, term in terms]
        for choice in islice(product(*(parts for _, parts in known)), _MOST_WAYS):
            if adds_up(figure) or len({part.sources for part in choice}) == 1:
                signed = [(sign, part) for (sign, _), part in zip(known, choice, strict=True)]
                words = " ".join(f"{'+' if sign > 0 else '-'} {_said(part)}" for sign, part in signed)
                yield _from_parts(figure, signed, words.removeprefix("+ "))

    def _accounts(self, figure: Figure) -> Iterator[Witness]:
        """Give what follows from a balance and a flow, or from both flows, of one print or file."""
        one, sign, other = _ACCOUNTS[figure.flow]
        for first in self.direct(figure._replace(flow=one)):
            for second in self.direct(figure._replace(flow=other)):
                if first.sources == second.sources:
                    words = f"{one} {'plus' if sign > 0 else 'less'} {other}, {first.where}"
                    yield _from_parts(figure, [(1, first), (sign, second)], words)

    def _bases(self, figure: Figure) -> Iterator[Witness]:
        """Give what later prints say that they count growth from."""
        for measure in (Measure.ON_YEAR, Measure.ON_MONTH):
            if measure is Measure.ON_MONTH and figure.span.months > 1:
                continue
            amount = figure.of(figure.span.moved(measure.months_back))
            for rate in self.direct(amount._replace(measure=measure)):
                for level in self.direct(amount):
                    if level.sources == rate.sources and level.number.low > 0:
                        grown = f"what {_said(level)} grew from by {rate.number.known_digits} %"
                        known = _from_parts(figure, [(1, level)], grown)
                        yield replace(known, number=base_of(level.number, rate.number))


def adds_up(figure: Figure) -> bool:
    """Tell whether amounts of several prints or editions add up: those of item 9 and its parts do within
    their rounding. Totals of services, imports and balances do not: they are revised by 2 to 26 per cent.
    """
    return figure.code.split(".")[0] == "9" and figure.flow == "exports"


def _said(witness: Witness) -> str:
    return f"{witness.number.known_digits:,} ({witness.figure.span}, {witness.where})"


def _distinct(witnesses: list[Witness]) -> list[Witness]:
    """Give one witness for each number, the most exact first; none of a print that gives two for a figure:
    one of them is a slip.
    """
    said: dict[frozenset[str], set[Decimal]] = defaultdict(set)
    for witness in witnesses:
        said[witness.sources].add(witness.number.value)
    by_value = {
        witness.number.value: witness for witness in reversed(witnesses) if len(said[witness.sources]) == 1
    }
    return sorted(by_value.values(), key=lambda witness: (witness.number.half, witness.where))


def _from_parts(figure: Figure, parts: list[tuple[int, Witness]], words: str) -> Witness:
    number = Number(Decimal(0), Decimal(0))
    for sign, part in parts:
        number = number + part.number if sign > 0 else number - part.number
    witnesses = [part for _, part in parts]
    return Witness(
        figure,
        number,
        Days(max(part.known.first for part in witnesses), max(part.known.last for part in witnesses)),
        Kind.FILE if all(part.kind is Kind.FILE for part in witnesses) else Kind.PRINT,
        frozenset().union(*(part.sources for part in witnesses)),
        words,
        is_worked_out=True,
        may_be_older=any(part.may_be_older for part in witnesses),
    )


def _sums_of_months(figure: Figure) -> Iterator[list[Term]]:
    span = figure.span
    if span.months > 1:
        yield [(1, figure.of(month)) for month in span.each()]
    to_date = span.since_july()
    before = Span(to_date.first, span.first - 1)
    less = [(-1, figure.of(before))] if before.months > 0 else []
    for ahead in range(_MONTHS_AHEAD + 1):
        longer = Span(to_date.first, span.last + ahead)
        if longer.months > 12 or longer == span:
            continue
        months = [(-1, figure.of(month)) for month in Span(span.last + 1, longer.last).each()]
        yield [(1, figure.of(longer)), *months, *less]
    if span.is_from_july and span.months > 1:
        last = Span(span.last, span.last)
        yield [(1, figure.of(Span(span.first, span.last - 1))), (1, figure.of(last))]
