"""Archives as SBP might lay them out: the starter's figures as a cube of items, periods and flows, written
in every shape that such a table can have.

Nobody has seen these files. The first month here has March 2026's figures, the second twice these and so
on, so that figures tell the months apart; what a shape must give is what the reader of
the usual layout gives of the same cube (`usual`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import groupby
from typing import Literal

from scripts.write_starter import ServicesEdition, StarterRow, SummaryEdition
from tests.support.cells import Place, Value, place
from tests.support.workbooks import FLOWS, Grid, services, services_file, summary, summary_file

Head = tuple[Value, ...]
LayOut = Callable[..., Grid]
PeriodHead = Callable[[date], Head]
"""How a period is written: in one word or in several, of which the first stands over the second."""
Written = Literal["merged", "first", "each"]
"""How a word that stands over several places is written: merged, in the first of them, or in each."""

ARCHIVE = "trade_in_services_archive"
MONTHS = "balance_of_payments_monthly_archive"
QUARTERS = "balance_of_payments_quarterly_archive"
HEADLINE = "services_headline_archive"
CREDIT_DEBIT_NET = ("Credit", "Debit", "Net")
_TOP, _LEFT = 4, 1
"""Where a table begins: below title and unit, right of a blank column."""


@dataclass(frozen=True)
class Cube:
    """The figures of an archive: its rows, its months or quarters, and its flows, where it has any."""

    rows: tuple[StarterRow, ...]
    periods: tuple[date, ...]
    """A day in each; of a quarter in its last month."""
    flows: tuple[str, ...]
    unit: str
    usual: bytes
    """The same figures as the usual layout has them."""

    def value(self, row: int, period: int, flow: int = 0) -> Value | None:
        """Return the figure of an item, a period and a flow, each counted from 0."""
        return self.rows[row].values[period * max(len(self.flows), 1) + flow]

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the items, as printed."""
        return tuple(row.label for row in self.rows)


def month_ends(first: date, count: int) -> tuple[date, ...]:
    """Return a day in each of so many months from one on."""
    months = [divmod(first.month - 1 + n, 12) for n in range(count)]
    return tuple(date(first.year + years, month + 1, 28) for years, month in months)


@cache
def services_cube(first: date = date(2004, 7, 1), months: int = 24) -> Cube:
    """Return Trade in Services for so many months."""
    periods = month_ends(first, months)
    rows = tuple(
        replace(row, values=_spread(row.values[2 * FLOWS : 3 * FLOWS], months), number_formats=())
        for row in services().rows
    )
    edition = ServicesEdition(tuple(f"{month:%b-%y}" for month in periods), rows)
    return Cube(rows, periods, CREDIT_DEBIT_NET, "(Amount in Thousand US$)", services_file(edition))


@cache
def summary_cube(first: date = date(2013, 7, 1), months: int = 24) -> Cube:
    """Return the balance of payments for so many months."""
    periods = month_ends(first, months)
    rows = tuple(
        replace(row, values=_spread(row.values[6:7], months), number_formats=()) for row in summary().rows
    )
    columns = tuple((f"{month:%b}", fiscal_year(month)) for month in periods)
    usual = summary_file(SummaryEdition(periods[-1], columns, rows))
    return Cube(rows, periods, (), "(Million US$)", usual)


def quarters_cube() -> Cube:
    """Return the balance of payments for the eight quarters of FY14 and FY15."""
    cube = summary_cube(date(2013, 9, 1), 8)
    ends = month_ends(date(2013, 7, 1), 24)[2::3]
    columns = tuple((quarter_months(end), fiscal_year(end)) for end in ends)
    usual = summary_file(SummaryEdition(ends[-1], columns, cube.rows))
    return replace(cube, periods=ends, usual=usual)


@cache
def headline_cube(first: date = date(2010, 7, 1), months: int = 14) -> Cube:
    """Return the headline table for so many months: total services and the twelve main items in whole million
    US$, the exports before the imports. Nobody has seen its labels but the ones that `pdf` editions had.
    """
    periods = month_ends(first, months)
    rows = [
        StarterRow(label, 0, False, _spread([float(round(row.values[2 * FLOWS + flow] / 1000))], months))
        for flow, total in enumerate(("2. Exports of Services", "4. Imports of Services"))
        for row in services().rows
        if (label := total if row.label == "Services" else _main_item(row.label))
    ]
    return Cube(tuple(rows), periods, (), "(Million US$)", b"")


def _main_item(label: str) -> str | None:
    """Return a main item's label as the headline table spells it; None for any other row."""
    words = " ".join(label.split())
    return words.replace("Computer and", "Computer, and") if re.match(r"\d+\. ", words) else None


def fiscal_year(month: date) -> str:
    """Return the fiscal year of a month as SBP writes it."""
    return f"FY{(month.year + (month.month > 6)) % 100:02}"


def quarter_months(end: date) -> str:
    """Return the quarter that a month ends, as its months."""
    return {9: "Jul-Sep", 12: "Oct-Dec", 3: "Jan-Mar", 6: "Apr-Jun"}[end.month]


def quarter(end: date) -> str:
    """Return the quarter that a month ends, as its number in the fiscal year."""
    return {9: "Q1", 12: "Q2", 3: "Q3", 6: "Q4"}[end.month]


def month(day: date) -> str:
    """Return a month as SBP heads a column: `Mar-26`."""
    return f"{day:%b-%y}"


def across(
    cube: Cube,
    head: PeriodHead = lambda day: (month(day),),
    written: Written = "merged",
    sheet: str = "Archive",
) -> Grid:
    """Write items down the stub, and above them the periods over the flows."""
    places = [(p, f) for p in range(len(cube.periods)) for f in range(max(len(cube.flows), 1))]
    heads = [(*head(cube.periods[p]), *cube.flows[f : f + 1]) for p, f in places]
    stub: list[Head] = [(label,) for label in cube.labels]
    return crossed(
        stub, heads, lambda row, k: cube.value(row, *places[k]), cube.unit, written=written, sheet=sheet
    )


def down(cube: Cube, head: PeriodHead = lambda day: (month(day),), written: Written = "merged") -> Grid:
    """Write periods down the stub, and above them the items over the flows."""
    places = [(r, f) for r in range(len(cube.rows)) for f in range(max(len(cube.flows), 1))]
    heads = [(cube.labels[r], *cube.flows[f : f + 1]) for r, f in places]
    stub = [head(day) for day in cube.periods]

    def value(p: int, k: int) -> Value | None:
        return cube.value(places[k][0], p, places[k][1])

    return crossed(stub, heads, value, cube.unit, written=written)


def years(cube: Cube, first: int, last: int) -> Cube:
    """Return a part of a cube: these periods, counted from 0."""
    width = max(len(cube.flows), 1)
    rows = [replace(row, values=row.values[first * width : last * width]) for row in cube.rows]
    return replace(cube, rows=tuple(rows), periods=cube.periods[first:last])


def without(of: Grid, cell: str) -> Grid:
    """Return a grid in which a cell is empty and in no merged area."""
    at_ = place(cell)
    merged = tuple(area for area in of.merged if not (area[0] <= at_ <= area[1]))
    return replace(of.put(cell, None), merged=merged)


def crossed(
    stubs: Sequence[Head],
    heads: Sequence[Head],
    value: Callable[[int, int], Value | None],
    unit: str,
    *,
    sheet: str = "Archive",
    written: Written = "merged",
) -> Grid:
    """Write a table: to the left a stub of one or more columns, above it headers of one or more rows."""
    lines, columns = len(heads[0]), len(stubs[0])
    first_row, first_column = _TOP + lines, _LEFT + columns
    cells: dict[Place, Value] = {(1, _LEFT): "Archive as published", (2, first_column): unit}
    merged: list[tuple[Place, Place]] = []
    for line, start, stop, word in _words(heads, written):
        cells[_TOP + line, first_column + start] = word
        merged.append(((_TOP + line, first_column + start), (_TOP + line, first_column + stop - 1)))
    for line, start, stop, word in _words(stubs, written):
        cells[first_row + start, _LEFT + line] = word
        merged.append(((first_row + start, _LEFT + line), (first_row + stop - 1, _LEFT + line)))
    figures = {
        (first_row + row, first_column + column): figure
        for row in range(len(stubs))
        for column in range(len(heads))
        if (figure := value(row, column)) is not None
    }
    wide = tuple((first, last) for first, last in merged if first != last and written == "merged")
    return Grid(sheet, cells | figures, {}, wide)


def _words(paths: Sequence[Head], written: Written) -> Iterator[tuple[int, int, int, Value]]:
    """Return each word with its line and the places over which it stands; the innermost over one each."""
    for line in range(len(paths[0])):
        is_each = written == "each" or line == len(paths[0]) - 1
        above = [(path[: line + 1], place if is_each else 0) for place, path in enumerate(paths)]
        for (path, _), run in groupby(range(len(paths)), key=above.__getitem__):
            places = list(run)
            if path[-1] != "":
                yield line, places[0], places[-1] + 1, path[-1]


def _spread(values: Sequence[float | str | None], periods: int) -> tuple[float | str | None, ...]:
    """Repeat the figures of one period: once, twice, three times as large, so that all sums hold."""
    return tuple(
        value * (period + 1) if isinstance(value, float) else value
        for period in range(periods)
        for value in values
    )
