"""Layout: one row a period, said in the stub by a date or by words (`June` beside `2024`), and one column
an item, its header in one or more rows. `exp_import_BOP.xls` (trade in goods) and `IBF_Arch.xls` (exchange
rates, several such tables a file) are two.

A column is told apart by the path of its headers: `exports (bop) > value > a`. Observations keep their
address; what they are of is said by the column, and when by the row (see `Observation`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from etl.catalog import Layout
from etl.reading import periods, table
from etl.reading.labels import PATH_SEPARATOR, path_key, row_key
from etl.reading.values import Address, CellValue, LayoutChangedError, Observation, Period, Sheet, Unread

_MARKS = frozenset({"P", "R"})
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


@dataclass(frozen=True)
class _Head:
    """A column: where it is, what it is of, and how it is read."""

    number: int
    label: str
    key: str
    flow_label: str | None
    is_cumulative: bool
    is_passed_over: bool


@dataclass(frozen=True)
class _Line:
    """A row: where it is, and when it is about, as printed and as understood."""

    number: int
    label: str
    period: Period


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
    _check_heads(sheet, layout, heads)
    unit_label = table.find_unit(sheet, layout, first_row)
    # Only where they are matters to the search for the end.
    columns = [table.Column(head.number, periods.month_of(date.min), "", None) for head in heads]
    area = range(first_row, table.find_end(sheet, layout, stub.column, first_row, columns))
    lines = list(_lines(sheet, layout, stub, area, heads))
    observations = list(_observe(sheet, lines, heads, unit_label, known_rows))
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
        if _period(sheet, layout, row, stub.column) is not None:
            return row
    raise LayoutChangedError(
        "no period is understood",
        f"sheet {sheet.name!r}, below {stub}",
        "a date or a period like 'Mar-26', 'June' beside '2024' or '2020-21'",
        table.header_text(sheet.at(Address(stub.row + 1, stub.column))) or "nothing",
    )


def _heads(sheet: Sheet, layout: Layout, stub: Address, first_row: int) -> list[_Head]:
    """Give every column that has headers. The stub's own may be merged over more than one column."""
    title = _title(sheet, layout, first_row)
    heads: list[_Head] = []
    for number in range(_right_of_stub(sheet, stub), sheet.width):
        above = [table.header_cell(sheet, Address(row, number)) for row in range(first_row)]
        labels = [text for text in above[stub.row :] if text]
        if not labels:
            continue
        flow = next(
            (flow for flow in layout.flows if any(table.is_text(text, flow) for text in labels)), None
        )
        path = [text for text in labels if flow is None or not table.is_text(text, flow)]
        heads.append(
            _Head(
                number=number,
                label=PATH_SEPARATOR.join(path),
                key=path_key(path),
                flow_label=flow or title,
                is_cumulative=_starts_with(labels, layout.cumulative),
                is_passed_over=_starts_with(above, layout.passed_over),
            )
        )
    return heads


def _title(sheet: Sheet, layout: Layout, first_row: int) -> str | None:
    """Find the title of the table among the flows, where a file has several tables."""
    above = [cell for cells in sheet.rows[:first_row] for cell in cells]
    return next((flow for flow in layout.flows if any(table.is_text(cell, flow) for cell in above)), None)


def _right_of_stub(sheet: Sheet, stub: Address) -> int:
    for first, last in sheet.merged:
        if first == stub:
            return last.column + 1
    return stub.column + 1


def _starts_with(texts: list[str], beginnings: tuple[str, ...]) -> bool:
    return any(row_key(text).startswith(row_key(beginning)) for text in texts for beginning in beginnings)


def _check_heads(sheet: Sheet, layout: Layout, heads: list[_Head]) -> None:
    """See that no two columns say the same of themselves, and that the required ones are there."""
    seen: dict[tuple[str, str | None], _Head] = {}
    for head in heads:
        first = seen.setdefault((head.key, head.flow_label), head)
        if first is not head:
            where = f"sheet {sheet.name!r}, columns {_letters(first)} and {_letters(head)}"
            raise LayoutChangedError(
                "two columns are the same", where, "headers of its own for each", f"{head.key!r} twice"
            )
    rows = [table.Row(head.number, head.label, head.key, None) for head in heads]
    table.require_rows(rows, layout, sheet)


def _lines(sheet: Sheet, layout: Layout, stub: Address, area: range, heads: list[_Head]) -> Iterator[_Line]:
    """Give the rows with a period; one with numbers whose period is not understood is a changed layout."""
    seen: dict[tuple[date, date], int] = {}
    for row in area:
        label = table.header_text(sheet.at(Address(row, stub.column)))
        if not label or all(sheet.at(Address(row, head.number)) is None for head in heads):
            continue
        found = _period(sheet, layout, row, stub.column)
        if found is None:
            raise LayoutChangedError(
                "a period is not understood",
                f"{sheet.name!r} {Address(row, stub.column)}",
                "a date or a period like 'Mar-26', 'June' beside '2024' or '2020-21'",
                repr(label),
            )
        words, period = found
        first = seen.setdefault((period.starts_on, period.ends_on), row)
        if first != row:
            where = f"sheet {sheet.name!r}, rows {first + 1} and {row + 1}"
            raise LayoutChangedError(
                "two rows are about the same period", where, "a period of its own for each", repr(words)
            )
        yield _Line(row, words, period)


def _period(sheet: Sheet, layout: Layout, row: int, column: int) -> tuple[str, Period] | None:
    """Understand the period of a row; the year or the mark of it may stand in the next cell."""
    cell, beside = sheet.at(Address(row, column)), sheet.at(Address(row, column + 1))
    mark_beside = beside.strip() if isinstance(beside, str) and beside.strip() in _MARKS else None
    if isinstance(cell, date):
        words = f"{cell.isoformat()} {mark_beside or ''}".strip()
        return words, periods.of_day(cell, layout.day_means, mark_beside)
    if not isinstance(cell, str):
        return None
    words, mark = periods.split_mark(cell)
    for year in (_year(beside), ""):  # without it: what looks like a year may be the first figure
        text, mark = f"{words} {year}".strip(), mark or mark_beside
        label = " ".join(part for part in (cell.strip(), year, mark_beside) if part)
        if period := periods.of_words(text, layout.day_means):
            return label, replace(period, status_mark=mark)
    return None


def _year(cell: CellValue) -> str:
    is_year = isinstance(cell, float) and cell.is_integer() and _FIRST_YEAR <= cell <= _LAST_YEAR
    return table.printed(cell) if is_year else ""


def _observe(
    sheet: Sheet, lines: list[_Line], heads: list[_Head], unit_label: str, known_rows: frozenset[str]
) -> Iterator[Observation]:
    for line in lines:
        cumulative = periods.fiscal_year_to(line.period)
        for head in heads:
            cell = sheet.at(Address(line.number, head.number))
            if cell is None:
                continue
            if head.key not in known_rows:
                where = f"sheet {sheet.name!r}, column {_letters(head)}"
                raise table.unknown("column", where, head.key, known_rows)
            row = table.Row(line.number, head.label, head.key, None)
            period = cumulative if head.is_cumulative else line.period
            column = table.Column(head.number, period, line.label, head.flow_label)
            yield table.observation(sheet, row, column, unit_label, cell)


def _passed_over(area: range, stub: Address, heads: list[_Head]) -> frozenset[str]:
    """Give the cells of the stub (years are numbers too) and of the columns that are passed over."""
    first = min(head.number for head in heads)
    columns = [*range(stub.column, first), *(head.number for head in heads if head.is_passed_over)]
    return frozenset(str(Address(row, column)) for row in area for column in columns)


def _letters(head: _Head) -> str:
    return str(Address(0, head.number)).rstrip("1")
