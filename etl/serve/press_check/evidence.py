"""What the published warehouse knows, as witnesses for the press check.

Here: the one place of the press check that reads marts, and the prints that come with the project. Not here:
what they prove.

Most of the past is known to the warehouse only from prints (`basis = 'transcribed'`), each with its link. So
a print is one witness by its link, whether the warehouse holds it or the list of claims does.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, product
from typing import NamedTuple

from etl.common.location import Database
from etl.serve.press_check.claims import ClaimError, canonical
from etl.serve.press_check.values import (
    Claim,
    ClaimedFigure,
    Days,
    Kind,
    Measure,
    Number,
    Span,
    Witness,
    base_of,
)
from etl.serve.series import place
from etl.warehouse import connect

_VINTAGES = """
select
    code,
    flow,
    period_starts_on,
    period_ends_on,
    value_usd_mn,
    coalesce(rounding_usd_mn, 0),
    coalesce(files.original_name, vintages.release_id),
    vintages.sheet,
    vintages.cell,
    vintages.source_url,
    valid_from,
    vintages.published_on,
    valid_to,
    is_first_print,
    vintages.published_on_is
from marts.vintages
left join marts.dim_release_file as files
    on vintages.file_sha256 = files.file_sha256 and vintages.release_id = files.release_id
where
    series = 'services'
    and code in (select unnest(?))
    and value_usd_mn is not null
    and period_type <> 'week'
    and basis <> 'derived'
order by vintages.vintage_id
"""


# The day of these is when a file was found or served: it may have been published before.
_UPPER_BOUNDS = ("http_last_modified", "first_seen", "capture_date", "seen_by_this_day")


def witnesses(database: Database, claims: Sequence[Claim], prints: Sequence[Claim]) -> list[Witness]:
    """Return every witness for the items of some claims: the vintages of the published warehouse and
    `prints`.

    Months that the warehouse derives from cumulative columns are left out: the same sums are made here, of
    what was known on each claim's day. Raises `ClaimError` for an item that there is not.
    """
    codes = sorted({claim.figure.code for claim in claims if claim.figure})
    with connect.read(database) as connection:
        items = {code for (code,) in connection.execute("select item_code from marts.dim_item").fetchall()}
        rows = connection.execute(_VINTAGES, [codes]).fetchall()
    if unknown := set(codes) - items:
        raise ClaimError(f"there is no item {', '.join(sorted(unknown))}; items are in marts.dim_item")
    found = [_of_vintage(_Vintage(*row)) for row in rows]
    known = {
        (witness.figure, source, witness.number.value) for witness in found for source in witness.sources
    }
    return found + [
        witness
        for witness in map(_of_print, _distinct(prints))
        if witness and (witness.figure, min(witness.sources), witness.number.value) not in known
    ]


def _distinct(prints: Iterable[Claim]) -> list[Claim]:
    return list({(item.figure, item.source, item.number): item for item in prints}.values())


def _of_print(claim: Claim) -> Witness | None:
    if claim.figure is None or claim.source is None or claim.link is None:
        return None
    sources = frozenset({claim.source})
    return Witness(claim.figure, claim.number, claim.printed, Kind.PRINT, sources, claim.link)


class _Vintage(NamedTuple):
    """A row of `_VINTAGES`."""

    code: str
    flow: str
    starts_on: date
    ends_on: date
    value_usd_mn: Decimal
    rounding_usd_mn: float
    name: str
    sheet: str | None
    cell: str | None
    link: str
    valid_from: date
    published_on: date
    valid_to: date | None
    is_first_print: bool
    published_on_is: str


def _of_vintage(row: _Vintage) -> Witness:
    figure = ClaimedFigure(row.code, row.flow, Measure.AMOUNT, Span.of(row.starts_on, row.ends_on))
    number = Number(row.value_usd_mn, Decimal(repr(row.rounding_usd_mn)))
    if row.cell is None:
        days = Days(row.published_on, row.published_on)
        return Witness(figure, number, days, Kind.PRINT, frozenset({canonical(row.link)}), row.link)
    return Witness(
        figure,
        number,
        Days(row.valid_from, row.valid_from),
        Kind.FILE,
        frozenset({f"{row.name} of {row.published_on}"}),
        f"{place(row.sheet or '', row.cell)} of {row.name}",
        replaced_on=row.valid_to,
        may_be_older=row.published_on_is in _UPPER_BOUNDS,
        is_first_print=row.is_first_print,
    )


NOW = Days(date.max, date.max)
"""As of now: after everything that is known."""


def was_out(witness: Witness, printed: Days) -> bool:
    """Whether a number was out by the end of the day or month of a print."""
    return witness.known.first <= printed.last


def is_of_its_day(witness: Witness, printed: Days) -> bool:
    """Whether a number was the known one when something was printed: a file's that no other file had
    changed, or one that was printed in the same month.
    """
    if not was_out(witness, printed):
        return False
    if witness.kind is Kind.FILE and not witness.is_worked_out:
        return witness.replaced_on is None or witness.replaced_on > printed.first
    return _month(witness.known.last) in (_month(printed.first), _month(printed.last))


def is_before(witness: Witness, printed: Days) -> bool:
    """Whether a number was out before the day or month of a print and is not of it."""
    return was_out(witness, printed) and not is_of_its_day(witness, printed)


def of_its_day(witnesses: Iterable[Witness], printed: Days) -> list[Witness]:
    """Return the numbers that were the known ones on that day."""
    return [witness for witness in witnesses if is_of_its_day(witness, printed)]


def last_before(witnesses: Iterable[Witness], printed: Days) -> list[Witness]:
    """Return the newest numbers that were out on that day: all of one month."""
    out = [witness for witness in witnesses if was_out(witness, printed)]
    newest = max((_month(witness.known.first) for witness in out), default=None)
    return [witness for witness in out if _month(witness.known.first) == newest]


def first_after(witnesses: Iterable[Witness], printed: Days) -> list[Witness]:
    """Return the first numbers that came out after that day: all of one month."""
    later = [witness for witness in witnesses if not was_out(witness, printed)]
    first = min((_month(witness.known.first) for witness in later), default=None)
    return [witness for witness in later if _month(witness.known.first) == first]


def around(witnesses: list[Witness], printed: Days) -> list[Witness]:
    """Return what can have been known on that day: the numbers of its day, and where only the month of the
    print is known, the last before it, for SBP's next may not have been out yet. Where there are none of its
    day, the last before and the first after, between which nobody knows when SBP revised. A file that may be
    older than its day can be of any.
    """
    found = of_its_day(witnesses, printed)
    found += [witness for witness in witnesses if witness.may_be_older and witness not in found]
    if not of_its_day(witnesses, printed):
        return [*found, *last_before(witnesses, printed), *first_after(witnesses, printed)]
    if printed.first < printed.last:
        before = printed.first - timedelta(days=1)
        found += [item for item in last_before(witnesses, Days(before, before)) if item not in found]
    return found


def a_month_later(printed: Days) -> Days:
    """Return the days of a print moved by a month: what was printed till then is of the same release."""
    return Days(*(day + timedelta(days=31) for day in printed))


def newest(witnesses: list[Witness]) -> list[Witness]:
    """Return what is known now: a file's value that stands, else the newest prints."""
    standing = [witness for witness in witnesses if witness.kind is Kind.FILE and not witness.replaced_on]
    return last_before(standing or witnesses, NOW)


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


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

Term = tuple[int, ClaimedFigure]
"""A figure with its sign in a sum."""


class Pool:
    """Witnesses by figure."""

    def __init__(self, witnesses: Iterable[Witness]) -> None:
        """Take all witnesses there are."""
        self._all: dict[ClaimedFigure, list[Witness]] = defaultdict(list)
        for witness in witnesses:
            self._all[witness.figure].append(witness)
        self._keep: Callable[[Witness], bool] = lambda witness: True

    def without(self, source: str | None) -> "Pool":
        """Return the pool without all that a print says: it is never evidence for itself."""
        return self._kept(lambda witness: source not in witness.sources)

    def of(self, kind: Kind) -> "Pool":
        """Return the pool of the files, or of the prints, alone."""
        return self._kept(lambda witness: witness.kind is kind)

    def direct(self, figure: ClaimedFigure) -> list[Witness]:
        """Return the witnesses that say the figure itself."""
        return [witness for witness in self._all.get(figure, ()) if self._keep(witness)]

    def said_by(self, source: str | None, figure: ClaimedFigure) -> list[Witness]:
        """Return the numbers that one print gives for a figure, whatever else the pool leaves out."""
        return [witness for witness in self._all.get(figure, ()) if source in witness.sources]

    def worked_out(self, figure: ClaimedFigure, printed: Days) -> list[Witness]:
        """Return the numbers that follow for an amount, as of that day and of now, closely enough to tell."""
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

    def _sums(self, figure: ClaimedFigure, terms: list[Term], as_of: Days) -> Iterator[Witness]:
        """Add up what was known of each term on that day, in each way where prints of a month disagree;
        nothing where a term was not known.
        """
        known = [(sign, _distinct_witnesses(last_before(self.direct(term), as_of))) for sign, term in terms]
        for choice in islice(product(*(parts for _, parts in known)), _MOST_WAYS):
            if adds_up(figure) or len({part.sources for part in choice}) == 1:
                signed = [(sign, part) for (sign, _), part in zip(known, choice, strict=True)]
                words = " ".join(f"{'+' if sign > 0 else '-'} {_said(part)}" for sign, part in signed)
                yield _from_parts(figure, signed, words.removeprefix("+ "))

    def _accounts(self, figure: ClaimedFigure) -> Iterator[Witness]:
        """Return what follows from a balance and a flow, or from both flows, of one print or file."""
        one, sign, other = _ACCOUNTS[figure.flow]
        for first in self.direct(figure._replace(flow=one)):
            for second in self.direct(figure._replace(flow=other)):
                if first.sources == second.sources:
                    words = f"{one} {'plus' if sign > 0 else 'less'} {other}, {first.where}"
                    yield _from_parts(figure, [(1, first), (sign, second)], words)

    def _bases(self, figure: ClaimedFigure) -> Iterator[Witness]:
        """Return what later prints say that they count growth from."""
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


def adds_up(figure: ClaimedFigure) -> bool:
    """Whether amounts of several prints or editions add up: those of item 9 and its parts do within
    their rounding. Totals of services, imports and balances do not: they are revised by 2 to 26 per cent.
    """
    return figure.code.split(".")[0] == "9" and figure.flow == "exports"


def _said(witness: Witness) -> str:
    return f"{witness.number.known_digits:,} ({witness.figure.span}, {witness.where})"


def _distinct_witnesses(witnesses: list[Witness]) -> list[Witness]:
    """Return one witness for each number, the most exact first; none of a print that gives two for a figure:
    one of them is a slip.
    """
    said: dict[frozenset[str], set[Decimal]] = defaultdict(set)
    for witness in witnesses:
        said[witness.sources].add(witness.number.value)
    by_value = {
        witness.number.value: witness for witness in reversed(witnesses) if len(said[witness.sources]) == 1
    }
    return sorted(by_value.values(), key=lambda witness: (witness.number.half, witness.where))


def _from_parts(figure: ClaimedFigure, parts: list[tuple[int, Witness]], words: str) -> Witness:
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


def _sums_of_months(figure: ClaimedFigure) -> Iterator[list[Term]]:
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
