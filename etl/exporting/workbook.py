"""The Excel workbook: a sheet for each mart, a sheet about them all, and a sheet of their columns.

Here: what a cell, a header and a sheet look like. Numbers are numbers with the fifteen digits that Excel
keeps, whatever of them is shown; dates are dates; text is text, also where it begins like a formula; lists
are JSON. Not here: which marts there are and what they mean.

Rows go to disk as they come, so the workbook may be larger than the memory. Excel's sheets end at 1,048,576
rows: a larger mart goes on in a further sheet.
"""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from etl.exporting.front_sheets import Looks, MartSheet, fill_about, fill_columns
from etl.exporting.origin import TITLE, Origin
from etl.exporting.tables import Column, Mart
from etl.warehouse import Connection

ROWS_PER_SHEET = 1_048_575
"""Excel's limit, less the header."""
_NAME_LENGTH = 31
"""Excel's limit for the name of a sheet."""
_BATCH = 2_000
_MONEY = "#,##0.0"
_PER_CENT = '0.0" %"'
"""It is per cent already: Excel's own format would multiply it by a hundred."""
_NUMBER_FORMATS = {
    "million US$": _MONEY,
    "million rupees": _MONEY,
    "rupees": _MONEY,
    "per cent": _PER_CENT,
    "percentage points": _PER_CENT,
}
_WIDEST = 48

Row = tuple[Any, ...]
WriteCell = Callable[[Worksheet, int, int, Any], object]


def write(
    connection: Connection,
    marts: list[Mart],
    origin: Origin,
    path: Path,
    *,
    is_sorted: bool,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> list[MartSheet]:
    """Write the workbook and give the sheets of the marts."""
    book = _Book(path, origin)
    for mart in marts:
        book.add(mart, _rows(connection, mart, is_sorted=is_sorted), rows_per_sheet)
    return book.close()


def sheet_name(mart: str, part: int = 1) -> str:
    """Give the name of a mart's sheet, cut to what Excel allows."""
    end = f" ({part})" if part > 1 else ""
    return mart[: _NAME_LENGTH - len(end)] + end


def _rows(connection: Connection, mart: Mart, *, is_sorted: bool) -> Iterator[Row]:
    result = connection.execute(mart.query(is_flat=True, is_sorted=is_sorted))
    while batch := result.fetchmany(_BATCH):
        yield from batch


class _Book:
    """A workbook being written. Its first two sheets are filled last: they say what the others hold."""

    def __init__(self, path: Path, origin: Origin) -> None:
        options = {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True}
        self._book = xlsxwriter.Workbook(str(path), options)
        created = origin.published_at.replace(tzinfo=None, microsecond=0)
        self._book.set_properties({"title": TITLE, "comments": origin.citation, "created": created})
        self._origin = origin
        self._about = self._book.add_worksheet("About")
        self._columns = self._book.add_worksheet("Columns")
        self._sheets: list[MartSheet] = []
        self._looks = Looks.of(self._book)
        self._formats: dict[str, Format] = {}

    def add(self, mart: Mart, rows: Iterator[Row], rows_per_sheet: int) -> None:
        """Add a mart, in as many sheets as it takes."""
        cells = [self._cell(column) for column in mart.columns]
        first, rows = _peek(rows)
        for part in itertools.count(1):
            name = sheet_name(mart.name, part)
            sheet = self._book.add_worksheet(name)
            self._head(sheet, mart, first)
            count = 0
            for count, row in enumerate(itertools.islice(rows, rows_per_sheet), 1):
                for place, value in enumerate(row):
                    if value is not None:
                        cells[place](sheet, count, place, value)
            sheet.autofilter(0, 0, count, len(mart.columns) - 1)
            self._sheets.append(MartSheet(name, mart, count))
            following, rows = _peek(rows)
            if not following:
                return

    def close(self) -> list[MartSheet]:
        """Fill the first two sheets and finish the file."""
        fill_about(self._about, self._origin, self._sheets, self._looks)
        fill_columns(self._columns, list(dict.fromkeys(sheet.mart for sheet in self._sheets)), self._looks)
        self._book.close()
        return self._sheets

    def _head(self, sheet: Worksheet, mart: Mart, first: list[Row]) -> None:
        """Write the header, with what each column is as a note, and set the widths by the first rows."""
        for place, column in enumerate(mart.columns):
            sheet.write_string(0, place, column.name, self._looks.header)
            note = f"{column.description}\n{column.unit or ''}".strip()
            sheet.write_comment(0, place, note, {"x_scale": 2.5, "y_scale": 1 + len(note) / 150})
            shown = (len(_shown(row[place])) for row in first)
            # The button of the filter takes some three characters of the header.
            sheet.set_column(place, place, min(max(len(column.name) + 3, *shown, 0) + 1, _WIDEST))
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)

    def _cell(self, column: Column) -> WriteCell:
        """Give what writes the values of a column."""
        match column.field_type:
            case "boolean":
                return lambda sheet, row, place, value: sheet.write_boolean(row, place, value)
            case "date":
                return self._dated("yyyy-mm-dd")
            case "datetime":
                return self._dated("yyyy-mm-dd hh:mm:ss")
            case "number" | "integer":
                look = self._format(_NUMBER_FORMATS.get(column.unit or "", "General"))
                return lambda sheet, row, place, value: sheet.write_number(row, place, float(value), look)
            case _:
                return lambda sheet, row, place, value: sheet.write_string(row, place, value)

    def _dated(self, number_format: str) -> WriteCell:
        look = self._format(number_format)
        return lambda sheet, row, place, value: sheet.write_datetime(row, place, value, look)

    def _format(self, number_format: str) -> Format:
        if number_format not in self._formats:
            self._formats[number_format] = self._book.add_format({"num_format": number_format})
        return self._formats[number_format]


def _peek(rows: Iterator[Row]) -> tuple[list[Row], Iterator[Row]]:
    """Give the first rows, some hundred, and an iterator that begins with them again."""
    first = list(itertools.islice(rows, 100))
    return first, itertools.chain(first, rows)


def _shown(value: object) -> str:
    """Give about what is shown of a value, for its width."""
    if value is None:
        return ""
    return f"{float(str(value)):,.1f}" if type(value).__name__ in ("Decimal", "float") else str(value)
