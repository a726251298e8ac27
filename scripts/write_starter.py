"""Writes the starter archive: release files in SBP's own layouts, from the figures beside this module.

Here: the two layouts as SBP prints them, and the loading of `figures/*.csv` into the values they are
rendered from. Not here: the reading of release files (`etl.readers`), which shares no code with this
module so that each checks the other. `python -m scripts.write_starter [DIR]`: same figures, same bytes.
"""

import csv
import io
import struct
import sys
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from string import ascii_uppercase

import xlwt

STARTER_FOLDER = Path(__file__).resolve().parents[1] / "etl" / "fetch" / "starter"
FIGURES_FOLDER = STARTER_FOLDER / "figures"

FLOWS = ("Credit", "Debit", "Net")
NUMBER_FORMATS = {
    "whole": "#,##0",
    "tenths": "#,##0.0",
    "accounting_whole": '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)',
    "accounting_tenths": '_(* #,##0.0_);_(* \\(#,##0.0\\);_(* "-"??_);_(@_)',
    "accounting_hundredths": '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
}
_MONTH_FORMAT = "[$-409]mmm\\-yy;@"
_GENERAL, _LEFT = xlwt.Alignment.HORZ_GENERAL, xlwt.Alignment.HORZ_LEFT
_CENTER, _RIGHT = xlwt.Alignment.HORZ_CENTER, xlwt.Alignment.HORZ_RIGHT


@dataclass(frozen=True)
class StarterRow:
    """One row of a release table."""

    label: str
    indent: int
    is_bold: bool
    values: tuple[float | str | None, ...]
    """From left to right; text such as `N/A` stays text, `None` is an empty cell."""
    number_formats: tuple[str, ...] = ()
    """Keys of `NUMBER_FORMATS`, one a value; empty: the layout's usual format."""


@dataclass(frozen=True)
class ServicesEdition:
    """One edition of Trade in Services: each column group is Credit, Debit, Net."""

    column_labels: tuple[str | date, ...]
    """Header of each group; a `date` becomes a real date cell, as SBP sometimes prints it."""
    rows: tuple[StarterRow, ...]


@dataclass(frozen=True)
class SummaryEdition:
    """One edition of the balance-of-payments summary."""

    month: date
    """The latest month, printed in the title."""
    columns: tuple[tuple[str, str], ...]
    """Period and fiscal-year label of each column; equal neighbouring periods share one header."""
    rows: tuple[StarterRow, ...]


@dataclass(frozen=True)
class _DoubleCell:
    """A number in full precision, as SBP's are: xlwt would shorten 453.0 to an integer cell."""

    rowx: int
    colx: int
    xf_idx: int
    number: float

    def get_biff_data(self) -> bytes:
        """Return a complete NUMBER record, as xlwt asks for it."""
        return struct.pack("<5Hd", 0x0203, 14, self.rowx, self.colx, self.xf_idx, self.number)


def _style(
    font: str = "Times New Roman",
    points: int = 10,
    bold: bool = False,
    indent: int = 0,
    align: int = _GENERAL,
    number_format: str = "General",
) -> xlwt.XFStyle:
    """Return a cell style; xlwt counts a font's height in twentieths of a point."""
    style = xlwt.XFStyle()
    style.font.name, style.font.height, style.font.bold = font, 20 * points, bold
    style.alignment.inde, style.alignment.horz = indent, align
    style.num_format_str = number_format
    return style


def _bytes(book: xlwt.Workbook) -> bytes:
    """Return the workbook as the bytes of an .xls file."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_rows(
    sheet: xlwt.Worksheet, top: int, rows: tuple[StarterRow, ...], font: str, points: int, usual: str
) -> None:
    """Write labels into column B and values from column C on, beginning at row index `top`."""
    for index, row in enumerate(rows, top):
        sheet.write(index, 1, row.label, _style(font, points, row.is_bold, row.indent, _LEFT))
        formats = row.number_formats or (usual,) * len(row.values)
        for column, (value, name) in enumerate(zip(row.values, formats, strict=True), 2):
            if value is not None:
                align = _RIGHT if isinstance(value, str) else _GENERAL
                style = _style(font, points, row.is_bold, 0, align, NUMBER_FORMATS[name])
                sheet.write(index, column, value, style)
            if isinstance(value, float):
                number = _DoubleCell(index, column, sheet.parent.add_style(style), value)
                sheet.row(index).insert_cell(column, number)


def _figures(name: str, key: str, value: str) -> list[dict[str, str]]:
    """Load the lines of one file of figures whose `key` column holds `value`."""
    with (FIGURES_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return [line for line in csv.DictReader(file) if line[key] == value]


def _write_footnotes(sheet: xlwt.Worksheet, top: int, release: str, style: xlwt.XFStyle) -> None:
    """Write a release's footnotes and contact block, beginning at row index `top`."""
    for note in _figures("footnotes.csv", "release", release):
        column = ascii_uppercase.index(note["column"])
        sheet.write(top + int(note["rows_below_table"]), column, note["text"], style)


def services_workbook(edition: ServicesEdition) -> bytes:
    """Render Trade in Services as SBP lays it out (`dt.xls`)."""
    book = xlwt.Workbook(style_compression=2)
    sheet = book.add_sheet("EBOPS ", cell_overwrite_ok=True)
    sheet.set_panes_frozen(True)
    sheet.set_horz_split_pos(8)
    sheet.set_vert_split_pos(1)
    end = 2 + len(FLOWS) * len(edition.column_labels)
    unit_column = max(2, end - 2 * len(FLOWS))
    for column in range(end):
        sheet.col(column).width = {0: 1605, 1: 17058}.get(column, 2978 if column < unit_column else 3746)
    head = _style(bold=True, align=_CENTER)
    month_head = _style(bold=True, align=_CENTER, number_format=_MONTH_FORMAT)
    title = _style(points=14, bold=True)
    sheet.write(1, 1, "Trade in Services", title)
    sheet.write(2, 1, "BPM6 - Extended Balance of Payments Services Classification (EBOPS 2010)", title)
    if unit_column > 2:
        sheet.merge(5, 5, 2, unit_column - 1)
    sheet.write_merge(5, 5, unit_column, end - 1, "(Amount in Thousand US$)", _style(align=_RIGHT))
    sheet.write_merge(6, 7, 1, 1, "Trade in Services", head)
    for group, label in enumerate(edition.column_labels):
        first = 2 + len(FLOWS) * group
        sheet.write_merge(6, 6, first, first + len(FLOWS) - 1, label, month_head)
        for offset, flow in enumerate(FLOWS):
            sheet.write(7, first + offset, flow, head)
    _write_rows(sheet, 8, edition.rows, "Times New Roman", 10, "accounting_whole")
    _write_footnotes(sheet, 8 + len(edition.rows), "trade_in_services", _style())
    return _bytes(book)


def summary_workbook(edition: SummaryEdition) -> bytes:
    """Render the balance-of-payments summary as SBP lays it out (`Balancepayment_BPM6.xls`)."""
    book = xlwt.Workbook(style_compression=2)
    sheet = book.add_sheet("BPM6_Summary", cell_overwrite_ok=True)
    end = 2 + len(edition.columns)
    for column in range(end):
        sheet.col(column).width = {0: 186, 1: 18501}.get(column, 2350)
    head = _style("Calibri", 11, bold=True, align=_CENTER)
    title = f"Summary Balance of Payments as per BPM6 - {edition.month:%B %Y}"
    sheet.write(1, 1, title, _style("Calibri", 16, bold=True))
    sheet.write(3, end - 1, "(Million US$)", _style("Calibri", 11, bold=True, align=_RIGHT))
    sheet.write_merge(4, 5, 1, 1, "Items", _style("Calibri", 12, bold=True))
    for period, group in groupby(enumerate(edition.columns, 2), key=lambda column: column[1][0]):
        members = [index for index, _ in group]
        if len(members) > 1:
            sheet.write_merge(4, 4, members[0], members[-1], period, head)
        else:
            sheet.write(4, members[0], period, head)
    for index, (_, fiscal_year_label) in enumerate(edition.columns, 2):
        sheet.write(5, index, fiscal_year_label, head)
    _write_rows(sheet, 7, edition.rows, "Calibri", 12, "whole")
    _write_footnotes(sheet, 7 + len(edition.rows), "balance_of_payments_summary", _style("Calibri", 11))
    return _bytes(book)


def _value(text: str) -> float | str | None:
    """Return a figure as the cell holds it: a number, a text such as `N/A`, or nothing."""
    try:
        return float(text)
    except ValueError:
        return text or None


def _column_label(text: str) -> str | date:
    """Return a column header as the cell holds it: `2025-02-28` in the figures is a date cell."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _sheet_rows(name: str, edition: str) -> list[list[dict[str, str]]]:
    """Load the figures of one edition, row of the sheet by row, each from left to right."""
    return [list(row) for _, row in groupby(_figures(name, "edition", edition), itemgetter("sheet_row"))]


def _row(figures: list[dict[str, str]]) -> StarterRow:
    """Return the row that these figures, from left to right, make."""
    first = figures[0]
    return StarterRow(
        first["label"],
        int(first["indent"]),
        first["is_bold"] == "true",
        tuple(_value(figure["value"]) for figure in figures),
        tuple(figure["number_format"] for figure in figures),
    )


def load_services(edition: str) -> ServicesEdition:
    """Load one edition (`2026-02`) of Trade in Services from the figures."""
    sheet = _sheet_rows("trade_in_services.csv", edition)
    labels = (_column_label(figure["column_label"]) for figure in sheet[0][:: len(FLOWS)])
    return ServicesEdition(tuple(labels), tuple(map(_row, sheet)))


def load_summary(edition: str) -> SummaryEdition:
    """Load one edition (`2026-03`) of the balance-of-payments summary from the figures."""
    sheet = _sheet_rows("balance_of_payments_summary.csv", edition)
    columns = ((figure["column_label"], figure["fiscal_year_label"]) for figure in sheet[0])
    return SummaryEdition(date.fromisoformat(f"{edition}-01"), tuple(columns), tuple(map(_row, sheet)))


def write_archive(folder: Path) -> list[Path]:
    """Write the starter's release files under `folder` and give their paths."""
    summary = summary_workbook(load_summary("2026-03"))
    contents = {
        folder / "trade_in_services" / "dt-2026-02.xls": services_workbook(load_services("2026-02")),
        folder / "trade_in_services" / "dt-2026-03.xls": services_workbook(load_services("2026-03")),
        folder / "balance_of_payments_summary" / "Balancepayment_BPM6-2026-03.xls": summary,
    }
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(contents)


if __name__ == "__main__":
    for written_path in write_archive(Path(sys.argv[1]) if len(sys.argv) > 1 else STARTER_FOLDER):
        print(written_path)
