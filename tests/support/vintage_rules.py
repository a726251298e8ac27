"""What was known when, in plain Python: the rules as they are written down, and none of the models' SQL.

An edition is one release file; a quote is a figure that somebody printed from a file which is gone. Editions
of a release are in the order of the latest month in them, then of publication. A day of publication may be an
upper bound only, so an edition was out when any after it was.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

FLOWS = ("exports", "imports")

Figure = tuple[str, str, date]
"""Item, flow and month."""


@dataclass(frozen=True)
class Edition:
    """A release file of the services detail: whole thousands of US$ by item, flow and month."""

    name: str
    month: date
    published_on: date
    figures: dict[Figure, int]
    cumulative: dict[Figure, int] = field(default_factory=dict)
    """Fiscal years to date: they bear on no printed month."""


@dataclass(frozen=True)
class Quote:
    """A figure in million US$ from print, with one decimal or none."""

    figure: Figure
    value: float
    decimals: int
    published_on: date
    is_first_print: bool


@dataclass(frozen=True)
class Vintage:
    """One value that one source gave for a figure, once per change."""

    figure: Figure
    value: float
    published_on: date
    valid_from: date
    valid_to: date | None
    is_withdrawn: bool
    last_confirmed_on: date
    rounding: float
    source: str
    newest_month: date
    """Of the edition that confirmed it last; of a print the month before it, the newest that it can know."""

    def is_valid_on(self, day: date) -> bool:
        """Whether this was its source's value on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Known:
    """What counts for a figure as of a day."""

    value: float
    first_published: float | None
    is_superseded: bool
    source: str


@dataclass(frozen=True)
class _Print:
    value: float | None
    """None: the edition prints the month and leaves the figure out."""
    order: tuple[date, date]
    published_on: date
    valid_from: date
    rounding: float
    is_first_print: bool
    newest_month: date


def vintages(editions: Sequence[Edition], quotes: Sequence[Quote], as_of: date) -> list[Vintage]:
    """Return every vintage of every figure as it was known on a day."""
    found: list[Vintage] = []
    for source, prints in _prints(editions, quotes).items():
        for figure in prints:
            found += _vintages_of(figure, _of_day(prints[figure], as_of), source)
    return found


def known(editions: Sequence[Edition], quotes: Sequence[Quote], as_of: date) -> dict[Figure, Known]:
    """Return what counts for each figure as of a day: source first, vintage second."""
    standing: dict[Figure, list[Vintage]] = {}
    for vintage in vintages(editions, quotes, as_of):
        if vintage.valid_to is None:
            standing.setdefault(vintage.figure, []).append(vintage)
    first = _first_prints(editions, quotes, as_of)
    return {figure: _known(candidates, first) for figure, candidates in standing.items()}


def _known(candidates: list[Vintage], first: dict[tuple[str, Figure], float]) -> Known:
    detail = [vintage for vintage in candidates if vintage.source == "detail"]
    others = [vintage for vintage in candidates if vintage.source != "detail"]
    newest_exact = sorted(others, key=lambda vintage: (*_order(vintage), -vintage.rounding))
    counting = detail[0] if detail else newest_exact[-1]
    is_superseded = any(
        _order(other) > _order(counting)
        and abs(other.value - counting.value) > max(other.rounding, counting.rounding)
        for other in candidates
    )
    sources = (counting.source, "detail", "quotes")
    firsts = [first[source, counting.figure] for source in sources if (source, counting.figure) in first]
    return Known(counting.value, firsts[0] if firsts else None, is_superseded, counting.source)


def _order(vintage: Vintage) -> tuple[date, date]:
    """Return where a vintage stands among those of other sources: by its edition, then by its day."""
    return vintage.newest_month, vintage.last_confirmed_on


def _prints(editions: Sequence[Edition], quotes: Sequence[Quote]) -> dict[str, dict[Figure, list[_Print]]]:
    detail: dict[Figure, list[_Print]] = {}
    ordered = sorted(editions, key=lambda edition: (edition.month, edition.published_on))
    for place, edition in enumerate(ordered):
        valid_from = min(later.published_on for later in ordered[place:])
        for figure in _figures_about(edition, ordered[:place]):
            printed = edition.figures.get(figure)
            value = None if printed is None else printed / 1000
            order = (edition.month, edition.published_on)
            first = figure[2] == edition.month
            detail.setdefault(figure, []).append(
                _Print(value, order, edition.published_on, valid_from, 0.0005, first, edition.month)
            )
    quoted: dict[Figure, list[_Print]] = {}
    for quote in sorted(quotes, key=lambda quote: quote.published_on):
        day = quote.published_on
        rounding = 0.5 / 10**quote.decimals
        quoted.setdefault(quote.figure, []).append(
            _Print(quote.value, (day, day), day, day, rounding, quote.is_first_print, _month_before(day))
        )
    return {"detail": detail, "quotes": quoted}


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _figures_about(edition: Edition, before: Sequence[Edition]) -> Iterator[Figure]:
    """Return the figures that an edition prints, and those it leaves out of the months and flows it
    prints.
    """
    columns = {(flow, month) for _, flow, month in edition.figures}
    left_out = {
        figure
        for earlier in before
        for figure in earlier.figures
        if figure not in edition.figures and figure[1:] in columns
    }
    yield from edition.figures
    yield from left_out


def _of_day(prints: Iterable[_Print], as_of: date) -> list[_Print]:
    """Return the prints that were out, in order. A vintage is called by its day of publication, so each day
    has one print of a figure, whenever it is looked at: of two editions the later, of two quotes the more
    exact.
    """
    by_day = groupby(sorted(prints, key=lambda each: each.published_on), key=lambda each: each.published_on)
    of_days = [max(same, key=lambda each: (each.order, -each.rounding)) for _, same in by_day]
    return sorted((each for each in of_days if each.valid_from <= as_of), key=lambda each: each.order)


def _vintages_of(figure: Figure, prints: Sequence[_Print], source: str) -> Iterator[Vintage]:
    runs = [(value, list(run)) for value, run in groupby(prints, key=lambda each: each.value)]
    for place, (value, run) in enumerate(runs):
        following = runs[place + 1] if place + 1 < len(runs) else None
        if value is not None:
            yield Vintage(
                figure,
                value,
                run[0].published_on,
                run[0].valid_from,
                following[1][0].valid_from if following else None,
                following is not None and following[0] is None,
                run[-1].published_on,
                run[0].rounding,
                source,
                run[-1].newest_month,
            )


def _first_prints(
    editions: Sequence[Edition], quotes: Sequence[Quote], as_of: date
) -> dict[tuple[str, Figure], float]:
    """Return how each source first printed a figure, where it did as what was new."""
    first: dict[tuple[str, Figure], float] = {}
    for source, prints in _prints(editions, quotes).items():
        for figure, of_figure in prints.items():
            for each in _of_day(of_figure, as_of):
                if each.is_first_print and each.value is not None:
                    first.setdefault((source, figure), each.value)
    return first
