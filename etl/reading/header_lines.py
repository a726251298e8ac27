"""Where the headers of periods are on a sheet, and so its tables.

Here: the rows that hold periods or flows, and the rows below each of them. Not here: which period a column
is about (`period_columns`).
"""

from collections.abc import Callable
from typing import NamedTuple

from etl.reading.period_columns import flow_of
from etl.reading.period_parts import part_of
from etl.reading.values import CellValue, Sheet


class Block(NamedTuple):
    """One table: the rows of its header, and those below it down to its last figure."""

    header: range
    body: range


def find_blocks(
    sheet: Sheet, columns: range, flows: tuple[str, ...], is_item: Callable[[int], bool]
) -> list[Block]:
    """Find the tables of a sheet by the headers over these columns; a header with no figures below is none,
    such as a date in the title. A figure is a number, or whatever stands in the row of a known item.
    """
    rows = [[cells[column] for column in columns if cells[column] is not None] for cells in sheet.rows]
    headers = _headers(
        says=[_says_periods(cells, flows) for cells in rows],
        may_belong=[_may_belong(cells) for cells in rows],
    )
    following = [header.start for header in headers[1:]] + [len(rows)]
    blocks = []
    for header, stop in zip(headers, following, strict=False):
        with_figures = [
            row
            for row in range(header.stop, stop)
            if any(isinstance(cell, float) for cell in rows[row]) or (rows[row] and is_item(row))
        ]
        if with_figures:
            blocks.append(Block(header, range(header.stop, with_figures[-1] + 1)))
    return blocks


def _headers(says: list[bool], may_belong: list[bool]) -> list[range]:
    """Put rows that say periods and those beside them that may belong to them together."""
    headers: list[range] = []
    for row, is_one in enumerate(says):
        if not is_one or (headers and row in headers[-1]):
            continue
        start, stop = row, row + 1
        while start and may_belong[start - 1]:
            start -= 1
        while stop < len(says) and (says[stop] or may_belong[stop]):
            stop += 1
        headers.append(range(start, stop))
    return headers


def _says_periods(cells: list[CellValue], flows: tuple[str, ...]) -> bool:
    """Tell whether a row is a header: it has words of a period or a flow, and no numbers but years."""
    has_words = False
    for cell in cells:
        part = part_of(cell)
        if isinstance(cell, float):
            if part is None:
                return False
        elif flow_of(cell, flows) or (part is not None and part.kind != "mark"):
            has_words = True
    return has_words


def _may_belong(cells: list[CellValue]) -> bool:
    """Tell whether a row may be a further line of a header: marks or years, and nothing else."""
    return bool(cells) and all((part := part_of(cell)) and part.kind in ("mark", "year") for cell in cells)
