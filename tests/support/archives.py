"""Archives as SBP might lay them out: the starter's figures as a cube of items, periods and flows, written
in every shape that such a table can have.

Nobody has seen these files. A month here has March 2026's figures plus a number of its own, so that
figures tell the months apart; what a shape must give is what the reader of the usual layout gives of the
same cube laid out as usual (`usual`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import groupby
from typing import Literal

from etl.starter.write import Row, ServicesEdition, SummaryEdition
from tests.support.workbooks import FLOWS, Grid, Place, Value, services, services_file, summary, summary_file

Head = tuple[Value, ...]
Written = Literal["merged", "first", "each"]
"""How a word that stands over several places is written: merged, in the first of them, or in each."""

CREDIT_DEBIT_NET = ("Credit", "Debit", "Net")
_TOP, _LEFT = 4, 1
"""Where a table begins: below title and unit, right of a blank column."""


@dataclass(frozen=True)
class Cube:
    """The figures of an archive: its rows, its months or quarters, and its flows, where it has any."""

    rows: tuple[Row, ...]
    periods: tuple[date, ...]
    """The last day of each."""
    flows: tuple[str, ...]
    unit: str
    usual: bytes
    """The same figures as the usual layout has them."""

    def value(self, row: int, period: int, flow: int = 0) -> Value | None:
        """Give the figure of an item, a period and a flow, each counted from 0."""
        return self.rows[row].values[period * max(len(self.flows), 1) + flow]

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the items, as printed."""
        return tuple(row.label for row in self.rows)


def month_ends(first: date, count: int) -> tuple[date, ...]:
    """Give the first days of so many months from one on."""
    months = [divmod(first.month - 1 + n, 12) for n in range(count)]
    return tuple(date(first.year + years, month + 1, 28) for years, month in months)


@cache
def services_cube(first: date = date(2004, 7, 1), months: int = 24) -> Cube:
    """Give Trade in Services for so many months."""
    periods = month_ends(first, months)
    rows = tuple(
        replace(row, values=_spread(row.values[2 * FLOWS : 3 * FLOWS], months), number_formats=())
        for row in services().rows
    )
    edition = ServicesEdition(tuple(f"{month:%b-%y}" for month in periods), rows)
    return Cube(rows, periods, CREDIT_DEBIT_NET, "(Amount in Thousand US$)", services_file(edition))


@cache
def summary_cube(first: date = date(2013, 7, 1), months: int = 24) -> Cube:
    """Give the balance of payments for so many months."""
    periods = month_ends(first, months)
    rows = tuple(
        replace(row, values=_spread(row.values[6:7], months), number_formats=()) for row in summary().rows
    )
    columns = tuple((f"{month:%b}", fiscal_year(month)) for month in periods)
    usual = summary_file(SummaryEdition(periods[-1], columns, rows))
    return Cube(rows, periods, (), "(Million US$)", usual)


def quarters_cube() -> Cube:
    """Give the balance of payments for the eight quarters of FY14 and FY15."""
    cube = summary_cube(date(2013, 9, 1), 8)
    ends = month_ends(date(2013, 7, 1), 24)[2::3]
    columns = tuple((quarter_months(end), fiscal_year(end)) for end in ends)
    usual = summary_file(SummaryEdition(ends[-1], columns, cube.rows))
    return replace(cube, periods=ends, usual=usual)


def fiscal_year(month: date) -> str:
    """Give the fiscal year of a month as SBP writes it."""
    return f"FY{(month.year + (month.month > 6)) % 100:02}"


def quarter_months(end: date) -> str:
    """Give the quarter that a month ends, as its months."""
    return {9: "Jul-Sep", 12: "Oct-Dec", 3: "Jan-Mar", 6: "Apr-Jun"}[end.month]


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
    for line in range(lines):
        for start, stop, word in _runs([head[: line + 1] for head in heads], written, line < lines - 1):
            cells[_TOP + line, first_column + start] = word
            if written == "merged" and stop - start > 1:
                merged.append(((_TOP + line, first_column + start), (_TOP + line, first_column + stop - 1)))
    for column in range(columns):
        for start, stop, word in _runs([stub[: column + 1] for stub in stubs], written, column < columns - 1):
            cells[first_row + start, _LEFT + column] = word
            if written == "merged" and stop - start > 1:
                merged.append(((first_row + start, _LEFT + column), (first_row + stop - 1, _LEFT + column)))
    for row in range(len(stubs)):
        for column in range(len(heads)):
            if (figure := value(row, column)) is not None:
                cells[first_row + row, first_column + column] = figure
    return Grid(sheet, cells, {}, tuple(merged))


def _runs(paths: list[Head], written: Written, is_outer: bool) -> list[tuple[int, int, Value]]:
    """Give where each word of a line stands: once for neighbours under the same words, or each time."""
    if written == "each" or not is_outer:
        return [(place, place + 1, path[-1]) for place, path in enumerate(paths) if path[-1] != ""]
    runs = [[place for place, _ in run] for _, run in groupby(enumerate(paths), key=lambda item: item[1])]
    return [(run[0], run[-1] + 1, paths[run[0]][-1]) for run in runs if paths[run[0]][-1] != ""]


def _spread(values: Sequence[float | str | None], periods: int) -> tuple[float | str | None, ...]:
    """Repeat the figures of one period, each time with another number added."""
    return tuple(
        value + 1000.0 * period if isinstance(value, float) else value
        for period in range(periods)
        for value in values
    )
