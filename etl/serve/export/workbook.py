"""The Excel workbook: a sheet for each mart, a sheet about them all, and a sheet of their columns.

Here: what a cell, a header and a sheet look like. Numbers are numbers with the fifteen digits that Excel
keeps, whatever of them is shown; dates are dates; text is text, also where it begins like a formula; lists
are JSON. Not here: which marts there are and what they mean.

Rows go to disk as they come, so the workbook may be larger than the memory. Excel's sheets end at 1,048,576
rows: a larger mart goes on in a further sheet.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from etl.serve.export.tables import LICENCE, TITLE, ExportedMart, MartColumn, Origin
from etl.warehouse.connect import Connection

_TEXT_WIDTH = 110
_LINE_HEIGHT = 15


class MartSheet(NamedTuple):
    """A sheet of a mart, or of a part of one."""

    name: str
    mart: ExportedMart
    rows: int


class CellFormats(NamedTuple):
    """How cells look that hold no figures."""

    header: Format
    bold: Format
    wrapped: Format
    link: Format

    @classmethod
    def of(cls, book: Workbook) -> "CellFormats":
        """Return the looks of a workbook."""
        return cls(
            book.add_format({"bold": True, "bg_color": "#E8ECF0", "bottom": 1}),
            book.add_format({"bold": True}),
            book.add_format({"text_wrap": True, "valign": "top"}),
            book.add_format({"font_color": "#0645AD", "underline": 1, "valign": "top"}),
        )


def fill_about(sheet: Worksheet, origin: Origin, sheets: Sequence[MartSheet], looks: CellFormats) -> None:
    """Return what the workbook is, where its figures come from, and what each sheet holds."""
    row = 0
    for label, texts in _about(origin):
        sheet.write_string(row, 0, label, looks.bold)
        for text in texts:
            sheet.write_string(row, 1, text)
            row += 1
    widths = {"sheet": 34, "one row is": _TEXT_WIDTH, "rows": 12}
    rows = [(name, mart.description, f"{count:,}") for name, mart, count in sheets]
    _fill_table(sheet, row + 1, widths, rows, looks, has_links=True)


def fill_columns(sheet: Worksheet, marts: Sequence[ExportedMart], looks: CellFormats) -> None:
    """Return what each column of each mart is, and its unit."""
    widths = {"mart": 34, "column": 38, "unit": 18, "type": 10, "what it is": _TEXT_WIDTH}
    rows = [
        (mart.name, column.name, column.unit or "", column.field_type, column.description)
        for mart in marts
        for column in mart.columns
    ]
    _fill_table(sheet, 0, widths, rows, looks)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(widths) - 1)
    sheet.repeat_rows(0)


def _about(origin: Origin) -> list[tuple[str, list[str]]]:
    """Return what the workbook says of itself: labels and their lines."""
    sources = [f"{title}: {address}" if address else title for title, address in origin.sources]
    return [
        ("What it is", [f"{TITLE}: the marts that analysts query, a sheet each."]),
        ("State", [f"{origin.version[0].upper()}{origin.version[1:]}."]),
        ("Licence", [LICENCE]),
        ("Citation", [origin.citation]),
        (
            "Units",
            ["The end of a column's name says its unit; the sheet Columns and the headers' notes too."],
        ),
        (
            "Way back",
            ["A column ending in vintage_id names the row of vintages with the file and cell of its figure."],
        ),
        ("Sources", sources),
    ]


def _fill_table(
    sheet: Worksheet,
    top: int,
    widths: dict[str, int],
    rows: Sequence[tuple[str, ...]],
    looks: CellFormats,
    *,
    has_links: bool = False,
) -> None:
    """Write a table of texts, with rows as high as their texts are long; its first column may name sheets."""
    for place, (name, width) in enumerate(widths.items()):
        sheet.set_column(place, place, width)
        sheet.write_string(top, place, name, looks.header)
    for row, texts in enumerate(rows, top + 1):
        sheet.set_row(row, _LINE_HEIGHT * math.ceil(max(map(len, texts)) / (_TEXT_WIDTH * 0.95)))
        for place, text in enumerate(texts):
            if has_links and place == 0:
                sheet.write_url(row, place, f"internal:'{text}'!A1", looks.link, text)
            else:
                sheet.write_string(row, place, text, looks.wrapped)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


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
    marts: list[ExportedMart],
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
    """Return the name of a mart's sheet, cut to what Excel allows."""
    end = f" ({part})" if part > 1 else ""
    return mart[: _NAME_LENGTH - len(end)] + end


def _rows(connection: Connection, mart: ExportedMart, *, is_sorted: bool) -> Iterator[Row]:
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
        self._looks = CellFormats.of(self._book)
        self._formats: dict[str, Format] = {}

    def add(self, mart: ExportedMart, rows: Iterator[Row], rows_per_sheet: int) -> None:
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

    def _head(self, sheet: Worksheet, mart: ExportedMart, first: list[Row]) -> None:
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

    def _cell(self, column: MartColumn) -> WriteCell:
        """Return what writes the values of a column."""
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
    """Return the first rows, some hundred, and an iterator that begins with them again."""
    first = list(itertools.islice(rows, 100))
    return first, itertools.chain(first, rows)


def _shown(value: object) -> str:
    """Return about what is shown of a value, for its width."""
    if value is None:
        return ""
    return f"{float(str(value)):,.1f}" if type(value).__name__ in ("Decimal", "float") else str(value)
