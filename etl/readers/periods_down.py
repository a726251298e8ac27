"""Layout: one row a period, said in the stub by a date or by words (`June` beside `2024`), and one column
an item, its header in one or more rows. `exp_import_BOP.xls` (trade in goods) and `IBF_Arch.xls` (exchange
rates, several such tables a file) are two.

A column is told apart by the path of its headers: `exports (bop) > value > a`. Turned, such a table is one
with periods across and is observed as any other; observations keep the address that they have in the file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from etl.catalog.labels import PATH_SEPARATOR, path_key, row_key
from etl.catalog.releases import Layout
from etl.readers import periods, plausibility, table
from etl.readers.period_headers import part_of, period_of
from etl.readers.values import Address, CellValue, LayoutChangedError, Observation, Period, Sheet, Unread

_PERIODS = "a date or a period like 'Mar-26', 'June' beside '2024' or '2020-21'"


@dataclass(frozen=True)
class _Head:
    """A column: what it is of, and how it is read."""

    item: table.LabelledRow
    is_cumulative: bool
    is_passed_over: bool


def read_sheet(
    sheet: Sheet, layout: Layout, known_rows: frozenset[str]
) -> tuple[list[Observation], tuple[Unread, ...]] | None:
    """Read a sheet; None where it has no such table, or one of columns that are passed over."""
    stub = _find_stub(sheet, layout)
    if stub is None:
        return None
    first_row = _first_data_row(sheet, layout, stub)
    all_heads = _heads(sheet, layout, stub, first_row)
    heads = [head for head in all_heads if not head.is_passed_over]
    if not heads:
        return None
    table.require_rows([head.item for head in heads], layout, sheet)
    unit_label = table.find_unit(sheet, layout, first_row)
    area = range(first_row, _find_end(sheet, layout, stub, first_row))
    lines = list(_lines(sheet, layout, stub, area, heads))
    lines = table.distinct_periods(sheet.turned(), lines, [head.item.number for head in heads])
    plausibility.check_columns(lines, layout)
    observations = list(_observe(sheet.turned(), heads, lines, unit_label, known_rows))
    understood = _passed_over(area, stub, all_heads)
    return observations, table.unread_numbers(sheet, observations, range(stub.row, first_row), understood)


def _find_stub(sheet: Sheet, layout: Layout) -> Address | None:
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            if table.is_text(cell, layout.stub):
                return Address(row, column)
    return None


def _first_data_row(sheet: Sheet, layout: Layout, stub: Address) -> int:
    for row in range(stub.row + 1, len(sheet.rows)):
        if _period(sheet, layout, Address(row, stub.column)) is not None:
            return row
    raise LayoutChangedError(
        "no period is understood",
        f"sheet {sheet.name!r}, below {stub}",
        _PERIODS,
        table.header_text(sheet.at(Address(stub.row + 1, stub.column))) or "nothing",
    )


def _heads(sheet: Sheet, layout: Layout, stub: Address, first_row: int) -> list[_Head]:
    """Return every column that has headers. The stub's own may be merged over more than one column."""
    heads: list[_Head] = []
    for number in range(_right_of_stub(sheet, stub), sheet.width):
        above = [table.header_cell(sheet, Address(row, number)) for row in range(first_row)]
        labels = [text for text in above[stub.row :] if text]
        if labels:
            where = f"sheet {sheet.name!r}, {sheet.name_columns(number)}"
            item = table.LabelledRow(number, PATH_SEPARATOR.join(labels), path_key(labels), None, where)
            is_cumulative = _starts_with(labels, layout.cumulative)
            heads.append(_Head(item, is_cumulative, _starts_with(above, layout.passed_over)))
    return heads


def _right_of_stub(sheet: Sheet, stub: Address) -> int:
    return next((last.column + 1 for first, last in sheet.merged if first == stub), stub.column + 1)


def _starts_with(texts: list[str], beginnings: tuple[str, ...]) -> bool:
    return any(row_key(text).startswith(row_key(beginning)) for text in texts for beginning in beginnings)


def _find_end(sheet: Sheet, layout: Layout, stub: Address, first_row: int) -> int:
    for row in range(first_row, len(sheet.rows)):
        label = sheet.at(Address(row, stub.column))
        if isinstance(label, str) and row_key(label).startswith(row_key(layout.ends_at)):
            return row
    return len(sheet.rows)


def _lines(
    sheet: Sheet, layout: Layout, stub: Address, area: range, heads: list[_Head]
) -> Iterator[table.PeriodColumn]:
    """Return the rows with a period, as columns of the turned sheet.

    A row with figures whose period is not understood is a changed layout; figures beside no label at all
    are reported as unread.
    """
    title = _title(sheet, layout, area.start)
    for row in area:
        at = Address(row, stub.column)
        label = table.header_text(sheet.at(at))
        if not label or all(sheet.at(Address(row, head.item.number)) is None for head in heads):
            continue
        found = _period(sheet, layout, at)
        if found is None:
            where = f"{sheet.name!r} {at}"
            raise LayoutChangedError("a period is not understood", where, _PERIODS, repr(label))
        words, period = found
        yield table.PeriodColumn(row, period, words, title, sheet.where(at))


def _title(sheet: Sheet, layout: Layout, first_row: int) -> str | None:
    """Find which of the layout's titles stands above the table."""
    above = [cell for cells in sheet.rows[:first_row] for cell in cells]
    return next((title for title in layout.titles if any(table.is_text(c, title) for c in above)), None)


def _period(sheet: Sheet, layout: Layout, at: Address) -> tuple[str, Period] | None:
    """Understand the period of a row; the year or the mark of it may stand in the next cell."""
    cell, beside = sheet.at(at), sheet.at(Address(at.row, at.column + 1))
    if cell is None:
        return None
    # Without the next cell too: what looks like a year may be the first figure.
    for cells in ([cell, beside], [cell]):
        if None not in cells and (period := _said(layout, cells)):
            return " ".join(table.header_text(part) for part in cells), period
    return None


def _said(layout: Layout, cells: Sequence[CellValue]) -> Period | None:
    words = [cell for cell in cells if isinstance(cell, str)]
    if len(words) == len(cells) and (period := periods.of_words(" ".join(words), layout.day_means)):
        return period
    parts = [part for cell in cells if (part := part_of(cell))]
    period = period_of(parts) if len(parts) == len(cells) else None
    day = cells[0]
    if period and isinstance(day, date):
        return periods.of_day(day, layout.day_means, period.status_mark)
    return period


def _observe(
    turned: Sheet,
    heads: list[_Head],
    lines: list[table.PeriodColumn],
    unit_label: str,
    known_rows: frozenset[str],
) -> Iterator[Observation]:
    to_date = [replace(line, period=periods.fiscal_year_to(line.period)) for line in lines]
    for is_cumulative, columns in ((False, lines), (True, to_date)):
        items = [head.item for head in heads if head.is_cumulative == is_cumulative]
        yield from table.observe(turned, items, columns, unit_label, known_rows)


def _passed_over(area: range, stub: Address, heads: list[_Head]) -> frozenset[str]:
    """Return the cells of the stub (years are numbers too) and of the columns that are passed over."""
    first = min(head.item.number for head in heads)
    columns = [*range(stub.column, first), *(head.item.number for head in heads if head.is_passed_over)]
    return frozenset(str(Address(row, column)) for row in area for column in columns)
