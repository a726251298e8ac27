"""Layout: items one way, periods the other, whichever way round: SBP's archives, which hold many years.

The labels that are known anchor the table: the column that has most of them is the stub; where a row has
more of them, the sheet is turned and read the same way. Above the table stand the periods, each said by one
cell or by several (`FY24` over `Q1`), with `Credit`, `Debit` and `Net` above or below them, or beside the
items. A sheet may hold several such tables below one another, and a file several sheets; `read` sees that
these agree.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from etl.catalog.labels import PATH_SEPARATOR, row_key
from etl.catalog.releases import Layout
from etl.readers import table
from etl.readers.period_headers import Content, flow_of, header_cells, part_of, period_columns
from etl.readers.values import Address, CellValue, LayoutChangedError, Observation, Sheet, Unread


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
    """Whether a row is a header: it has words of a period or a flow, and no numbers but years."""
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
    """Whether a row may be a further line of a header: marks or years, and nothing else."""
    return bool(cells) and all((part := part_of(cell)) and part.kind in ("mark", "year") for cell in cells)


Path = tuple[str, ...]


@lru_cache(maxsize=16)
def known_paths(known_rows: frozenset[str]) -> dict[str, tuple[Path, ...]]:
    """Give, for each label in one spelling, the paths that end in it: of the known rows and of the
    headings that these stand under.
    """
    paths = {
        tuple(steps[:depth])
        for key in known_rows
        if (steps := key.split(PATH_SEPARATOR))
        for depth in range(1, len(steps) + 1)
    }
    found: dict[str, tuple[Path, ...]] = {}
    for path in sorted(paths):
        found[path[-1]] = (*found.get(path[-1], ()), path)
    return found


def keys_in_order(labels: Iterable[str], known_rows: frozenset[str]) -> list[str]:
    """Return the key of each label of a table, from the first row to the last.

    A label that is known once is that row. One that is known several times is the row whose parent was
    printed above and is still open, if that is one row alone: the second `General Government` of the
    balance of payments stands under `Net Acquisition of Financial Assets`, since that came before it.
    Any other label keeps its own words as its key, which is then no known row, and closes what is open.
    """
    known = known_paths(known_rows)
    keys: list[str] = []
    above: Path = ()
    for label in labels:
        word = row_key(label)
        paths = known.get(word, ())
        open_ones = [path for path in paths if path[:-1] == above[: len(path) - 1]]
        certain = paths if len(paths) == 1 else open_ones
        above = certain[0] if len(certain) == 1 else ()
        keys.append(PATH_SEPARATOR.join(above) if above else word)
    return keys


@dataclass(frozen=True)
class _Anchored:
    """A sheet, turned so that its periods go across, and the columns of its stub."""

    sheet: Sheet
    labels: int
    flows: int | None
    """Column of the flows, where rows have them."""

    @property
    def stub(self) -> tuple[int, ...]:
        """Columns of the stub, from the left."""
        return (self.labels,) if self.flows is None else tuple(sorted((self.labels, self.flows)))

    @property
    def columns(self) -> range:
        """Columns right of the stub."""
        return range(self.stub[-1] + 1, self.sheet.width)


@dataclass(frozen=True)
class _Item:
    """A row of the table and the flow that it is about, where its row says one."""

    row: table.LabelledRow
    flow: str | None


def read_sheet(
    sheet: Sheet, layout: Layout, known_rows: frozenset[str]
) -> tuple[list[Observation], tuple[Unread, ...]] | None:
    """Read a sheet; None where it has no such table at all."""
    anchored = _anchored(sheet, layout, known_rows)
    if anchored is None:
        return None
    blocks = find_blocks(anchored.sheet, anchored.columns, layout.flows, _is_item(anchored, known_rows))
    _require_headers(anchored, blocks, known_rows)
    observations: list[Observation] = []
    rows: list[table.LabelledRow] = []
    for block in blocks:
        items = _items(anchored, block, layout, known_rows)
        rows += [item.row for item in items]
        observations += _read_block(sheet, anchored, block, items, layout, known_rows)
    if not observations:
        return None
    table.require_rows(rows, layout, sheet)
    header_rows = frozenset(row for block in blocks for row in block.header)
    return observations, table.unread_numbers(anchored.sheet, observations, header_rows)


def _anchored(sheet: Sheet, layout: Layout, known_rows: frozenset[str]) -> _Anchored | None:
    known = known_paths(known_rows)
    row, column = _fullest(sheet, lambda text: row_key(text) in known)
    if max(row[1], column[1]) < 2:
        return None
    turned, labels = (sheet.turned(), row[0]) if row[1] > column[1] else (sheet, column[0])
    row, column = _fullest(turned, lambda text: flow_of(text, layout.flows) is not None)
    return _Anchored(turned, labels, column[0] if column[1] > row[1] else None)


def _fullest(sheet: Sheet, is_meant: Callable[[str], bool]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the row and the column with most of the meant cells, each with how many it has."""
    in_rows: Counter[int] = Counter()
    in_columns: Counter[int] = Counter()
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and is_meant(cell):
                in_rows[row] += 1
                in_columns[column] += 1
    nothing = [(0, 0)]
    return (in_rows.most_common(1) or nothing)[0], (in_columns.most_common(1) or nothing)[0]


def _is_item(anchored: _Anchored, known_rows: frozenset[str]) -> Callable[[int], bool]:
    known, labels = known_paths(known_rows), anchored.labels

    def is_item(row: int) -> bool:
        label = anchored.sheet.at(Address(row, labels))
        return isinstance(label, str) and row_key(label) in known

    return is_item


def _require_headers(anchored: _Anchored, blocks: list[Block], known_rows: frozenset[str]) -> None:
    """Check that every known row with numbers has periods above it, and that no other column has labels."""
    sheet, known = anchored.sheet, known_paths(known_rows)
    first = blocks[0].body.start if blocks else len(sheet.rows)
    for number, cells in enumerate(sheet.rows):
        is_known = [isinstance(cell, str) and row_key(cell) in known for cell in cells]
        has_numbers = any(isinstance(cells[column], float) for column in anchored.columns)
        if number < first and is_known[anchored.labels] and has_numbers:
            raise LayoutChangedError(
                "no header of periods is understood",
                f"sheet {sheet.name!r}, before {sheet.name_rows(number)}",
                "periods such as 'Mar-26 (P)', a date or 'FY24' over 'Q1'",
                _words_before(sheet, number, anchored.columns),
            )
        second = next((c for c in anchored.columns if is_known[c]), None) if has_numbers else None
        if number >= first and second is not None:
            raise LayoutChangedError(
                "labels stand in two places",
                f"{sheet.name!r} {sheet.in_file(Address(number, second))}",
                f"labels in {sheet.name_columns(anchored.labels)} alone",
                repr(cells[second]),
            )


def _words_before(sheet: Sheet, number: int, columns: range) -> str:
    """Show what stands nearest to where the header should be."""
    for cells in reversed(sheet.rows[:number]):
        if words := [repr(cell.strip()) for c in columns if isinstance(cell := cells[c], str)]:
            return " ".join(words[:8])
    return "no words"


def _items(anchored: _Anchored, block: Block, layout: Layout, known_rows: frozenset[str]) -> list[_Item]:
    """Return the labelled rows of a table, each with its key and, where rows have one, its flow."""
    sheet = anchored.sheet
    cells = header_cells(sheet.turned(), anchored.stub, block.body)
    labels: dict[int, str] = {}  # by the row in which each is written; several rows may share one
    rows: dict[int, int] = {}
    flows: dict[int, str | None] = {}
    for number, found in cells.items():
        for cell in found:
            if cell.at.row == anchored.flows:
                flows[number] = flow_of(cell.value, layout.flows)
            elif isinstance(cell.value, str):
                rows[number] = cell.at.column
                labels[cell.at.column] = cell.value
    keys = dict(zip(labels, keys_in_order(labels.values(), known_rows), strict=True))
    return [
        _Item(
            table.LabelledRow(
                number, labels[at], keys[at], None, f"sheet {sheet.name!r}, {sheet.name_rows(number)}"
            ),
            flows.get(number),
        )
        for number, at in rows.items()
    ]


def _read_block(
    sheet: Sheet,
    anchored: _Anchored,
    block: Block,
    items: list[_Item],
    layout: Layout,
    known_rows: frozenset[str],
) -> list[Observation]:
    turned = anchored.sheet
    columns = period_columns(
        turned,
        header_cells(turned, block.header, anchored.columns),
        layout.flows,
        _contents(turned, block, anchored.columns),
    )
    if not columns:
        return []
    columns = table.distinct_periods(turned, columns, block.body)
    first_row = columns[0].number if turned.is_turned else block.body.start
    unit_label = table.find_unit(sheet, layout, first_row)
    if layout.flows and anchored.flows is None and not any(column.flow_label for column in columns):
        flow = _only_flow(sheet, layout, first_row)
        columns = [replace(column, flow_label=flow) for column in columns]
    observations: list[Observation] = []
    for row_flow in dict.fromkeys(item.flow for item in items):
        rows = [item.row for item in items if item.flow == row_flow]
        of_flow = [_with_flow(turned, column, row_flow, layout) for column in columns]
        observations += table.observe(turned, rows, of_flow, unit_label, known_rows)
    return observations


def _contents(sheet: Sheet, block: Block, columns: range) -> dict[int, Content]:
    """Tell what each column of a table holds below its header; an empty one is left out."""
    contents: dict[int, Content] = {}
    for row in block.body:
        for column in columns:
            cell = sheet.at(Address(row, column))
            if isinstance(cell, float):
                contents[column] = "numbers"
            elif cell is not None:
                contents.setdefault(column, "words")
    return contents


def _with_flow(
    sheet: Sheet, column: table.PeriodColumn, row_flow: str | None, layout: Layout
) -> table.PeriodColumn:
    """Return a column with the flow of its header or of its row: one of them says it, where flows are
    known.
    """
    said = [flow for flow in (column.flow_label, row_flow) if flow is not None]
    if len(said) != (1 if layout.flows else 0):
        raise LayoutChangedError(
            "a number's flow is not said once",
            f"sheet {sheet.name!r}, {sheet.name_columns(column.number)} ({column.column_label!r})",
            " or ".join(layout.flows),
            " and ".join(said) or "none",
        )
    return replace(column, flow_label=said[0]) if said else column


def _only_flow(sheet: Sheet, layout: Layout, first_row: int) -> str:
    """Return the flow of a sheet with only one: its name or the words above its table say which."""
    words = [
        sheet.name,
        *(cell for cells in sheet.rows[:first_row] for cell in cells if isinstance(cell, str)),
    ]
    named = [
        flow
        for flow in layout.flows
        if any(re.search(rf"\b{re.escape(flow)}\b", text, re.IGNORECASE) for text in words)
    ]
    if len(named) != 1:
        raise LayoutChangedError(
            "it is not said which flow the numbers are",
            f"sheet {sheet.name!r}, its name and the rows above row {first_row + 1}",
            f"one of {', '.join(layout.flows)}",
            ", ".join(named) or "none of them",
        )
    return named[0]
