"""The first two sheets of the workbook: what it is and where its figures come from, and what each column is.

Here: their words and how they are laid out. Not here: the sheets of the marts.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from etl.exporting.origin import LICENCE, TITLE, Origin
from etl.exporting.tables import Mart

_TEXT_WIDTH = 110
_LINE_HEIGHT = 15


class MartSheet(NamedTuple):
    """A sheet of a mart, or of a part of one."""

    name: str
    mart: Mart
    rows: int


class Looks(NamedTuple):
    """How cells look that hold no figures."""

    header: Format
    bold: Format
    wrapped: Format
    link: Format

    @classmethod
    def of(cls, book: Workbook) -> "Looks":
        """Give the looks of a workbook."""
        return cls(
            book.add_format({"bold": True, "bg_color": "#E8ECF0", "bottom": 1}),
            book.add_format({"bold": True}),
            book.add_format({"text_wrap": True, "valign": "top"}),
            book.add_format({"font_color": "#0645AD", "underline": 1, "valign": "top"}),
        )


def fill_about(sheet: Worksheet, origin: Origin, sheets: Sequence[MartSheet], looks: Looks) -> None:
    """Say what the workbook is, where its figures come from, and what each sheet holds."""
    row = 0
    for label, texts in _about(origin):
        sheet.write_string(row, 0, label, looks.bold)
        for text in texts:
            sheet.write_string(row, 1, text)
            row += 1
    widths = {"sheet": 34, "one row is": _TEXT_WIDTH, "rows": 12}
    rows = [(name, mart.description, f"{count:,}") for name, mart, count in sheets]
    _fill_table(sheet, row + 1, widths, rows, looks, has_links=True)


def fill_columns(sheet: Worksheet, marts: Sequence[Mart], looks: Looks) -> None:
    """Say what each column of each mart is, and its unit."""
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
    """Give what the workbook says of itself: labels and their lines."""
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
    looks: Looks,
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
