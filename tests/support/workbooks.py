"""Release files as SBP might publish them: the starter's figures, rearranged, relabelled or damaged.

All figures are SBP's own, from `etl/fetch/starter/figures/` (services of February and March 2026, the
balance-of-payments summary of March 2026). An edition of another month (July, September) has March's
figures under that month's headers: what is tested there is which column is about which period, and the
figures tell the columns apart.

Editions (`scripts.write_starter`) are changed as values before they are rendered; what an edition cannot say
(a table elsewhere on the sheet, a text where a number was) is changed in a `Grid`, the cells of a
rendered workbook, which is written again as .xls or .xlsx. A grid is read with xlrd and written by hand,
so that no code of `etl.readers` checks itself.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TypeVar

import xlrd
import xlwt
from xlwt.CompoundDoc import XlsDoc

from scripts.write_starter import (
    ServicesEdition,
    StarterRow,
    SummaryEdition,
    load_services,
    load_summary,
    services_workbook,
    summary_workbook,
)
from tests.support import xlsx_parts
from tests.support.cells import Place, Value, name, place

Edition = TypeVar("Edition", ServicesEdition, SummaryEdition)
FLOWS = 3

AUGUST_COLUMNS = (
    (0, ("Jul-Jun", "FY25")),
    (1, ("Aug", "FY26R")),
    (2, ("Jul-Jun", "FY26R")),
    (5, ("Jul", "FY27R")),
    (6, ("Aug", "FY27P")),
    (8, ("Jul-Aug", "FY26R")),
    (9, ("Jul-Aug", "FY27P")),
)
"""The columns of the August 2026 edition of the summary, as it was seen at SBP."""

SEPTEMBER_COLUMNS = (
    (0, ("Jul-Jun", "FY25")),
    (1, ("Sep", "FY26R")),
    (2, ("Jul-Jun", "FY26R")),
    (5, ("Aug", "FY27R")),
    (6, ("Sep", "FY27P")),
    (7, ("Jul-Sep", "FY27P")),
    (8, ("Jul-Sep", "FY26R")),
    (7, ("Jul-Sep", "FY27P")),
)
"""In September the current quarter is also the fiscal year to date: the same numbers stand twice."""

JULY_COLUMNS = (
    (0, ("Jul-Jun", "FY25")),
    (1, ("Jul", "FY26R")),
    (2, ("Jul-Jun", "FY26R")),
    (5, ("Jun", "FY26R")),
    (6, ("Jul", "FY27P")),
    (1, ("Jul", "FY26R")),
    (6, ("Jul", "FY27P")),
)
"""In July the month is also the fiscal year to date: the same numbers stand twice."""


# Editions, and changes to them


@cache
def services(month: str = "2026-03") -> ServicesEdition:
    """Return Trade in Services as published: `2026-02` (its first header is a date cell) or `2026-03`."""
    return load_services(month)


@cache
def summary() -> SummaryEdition:
    """Return the balance-of-payments summary of March 2026 as published."""
    return load_summary("2026-03")


def july_services() -> ServicesEdition:
    """Return an edition of July: the fiscal year to date is one month, and called `Jul, FY27 (P)`."""
    return headed(
        with_groups(services(), 0, 1, 2, 0, 2),
        "Jul-25 (R)",
        "Jun-26 (R)",
        "Jul-26 (P)",
        "Jul, FY26 (R)",
        "Jul, FY27 (P)",
    )


def june_services() -> ServicesEdition:
    """Return an edition of June: the fiscal year to date is the whole fiscal year."""
    return headed(
        services(), "Jun-25 (R)", "May-26 (R)", "Jun-26 (P)", "Jul-Jun, FY25 (R)", "Jul-Jun, FY26 (P)"
    )


def headed(edition: ServicesEdition, *labels: str | date) -> ServicesEdition:
    """Return an edition with other period headers."""
    return replace(edition, column_labels=labels)


def scaled(edition: ServicesEdition, factor: float) -> ServicesEdition:
    """Return an edition with every figure so many times as large: it still adds up."""
    rows = (
        replace(row, values=tuple(v if isinstance(v, str) else factor * v for v in row.values))
        for row in edition.rows
    )
    return replace(edition, rows=tuple(rows))


def april_services() -> ServicesEdition:
    """Return the services edition of April 2026, made up: its figures are a hundredth larger than March's."""
    labels = ("Apr-25 (R)", "Mar-26 (R)", "Apr-26 (P)", "Jul-Apr, FY25 (R)", "Jul-Apr, FY26 (P)")
    return headed(scaled(services(), 1.01), *labels)


def with_groups(edition: ServicesEdition, *groups: int) -> ServicesEdition:
    """Return an edition with these groups of columns (counted from 0), in this order."""
    picked = [group * FLOWS + offset for group in groups for offset in range(FLOWS)]
    labels = tuple(edition.column_labels[group] for group in groups)
    return replace(edition, column_labels=labels, rows=_picked(edition.rows, picked))


def with_columns(edition: SummaryEdition, columns: Iterable[tuple[int, tuple[str, str]]]) -> SummaryEdition:
    """Return a summary with these columns: each the figures of a column (counted from 0) and a header."""
    numbers, headers = zip(*columns, strict=True)
    return replace(edition, columns=headers, rows=_picked(edition.rows, numbers))


def relabelled(edition: Edition, old: str, new: str) -> Edition:
    """Return an edition in which a row is called otherwise."""
    _index(edition, old)
    rows = [replace(row, label=new) if row.label == old else row for row in edition.rows]
    return replace(edition, rows=tuple(rows))


def with_row(edition: Edition, after: str, label: str) -> Edition:
    """Return an edition with one more row, which repeats the figures of the row before it."""
    place = _index(edition, after)
    row = replace(edition.rows[place], label=label)
    return replace(edition, rows=(*edition.rows[: place + 1], row, *edition.rows[place + 1 :]))


def without_row(edition: Edition, label: str) -> Edition:
    """Return an edition without a row."""
    place = _index(edition, label)
    return replace(edition, rows=edition.rows[:place] + edition.rows[place + 1 :])


def swapped(edition: Edition, first: str, second: str) -> Edition:
    """Return an edition in which two rows have changed places."""
    one, other = _index(edition, first), _index(edition, second)
    rows = list(edition.rows)
    rows[one], rows[other] = rows[other], rows[one]
    return replace(edition, rows=tuple(rows))


def _index(edition: ServicesEdition | SummaryEdition, label: str) -> int:
    return next(i for i, row in enumerate(edition.rows) if row.label == label)


def _picked(rows: Iterable[StarterRow], columns: Sequence[int]) -> tuple[StarterRow, ...]:
    return tuple(
        replace(
            row,
            values=tuple(row.values[column] for column in columns),
            number_formats=tuple(row.number_formats[column] for column in columns),
        )
        for row in rows
    )


services_file = cache(services_workbook)
"""Renders an edition of Trade in Services as `scripts.write_starter` does, once."""
summary_file = cache(summary_workbook)
"""Renders an edition of the balance-of-payments summary as `scripts.write_starter` does, once."""


# Workbooks as cells


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet, to be changed and written as a workbook of either age."""

    sheet: str
    cells: dict[Place, Value]
    indents: dict[Place, int] = field(default_factory=dict)
    merged: tuple[tuple[Place, Place], ...] = ()

    def put(self, cell: str, value: Value | None) -> "Grid":
        """Return the grid with another value in a cell, or with none."""
        cells = {at: old for at, old in self.cells.items() if at != place(cell)}
        return replace(self, cells=cells if value is None else cells | {place(cell): value})

    def moved(self, down: int, right: int) -> "Grid":
        """Return the grid with everything on it shifted."""

        def shifted(at: Place) -> Place:
            return at[0] + down, at[1] + right

        return replace(
            self,
            cells={shifted(at): value for at, value in self.cells.items()},
            indents={shifted(at): indent for at, indent in self.indents.items()},
            merged=tuple((shifted(first), shifted(last)) for first, last in self.merged),
        )

    def numbers(self, below: int = 0) -> dict[str, float]:
        """Return every number from a row (counted from 0) on, by the name of its cell."""
        return {
            name(at): value for at, value in self.cells.items() if at[0] >= below and isinstance(value, float)
        }

    def xls(self) -> bytes:
        """Write it as a workbook of Excel 97."""
        return xls(self)

    def xlsx(self, saved_at: str | None = None) -> bytes:
        """Write it as a workbook of Excel 2007, last saved at this time."""
        return xlsx(self, saved_at=saved_at)


@cache
def services_grid(edition: ServicesEdition | None = None) -> Grid:
    """Return the cells of an edition of Trade in Services; by default of March 2026's."""
    return grid(services_file(edition or services()))


@cache
def summary_grid(edition: SummaryEdition | None = None) -> Grid:
    """Return the cells of an edition of the summary; by default of March 2026's."""
    return grid(summary_file(edition or summary()))


def three_row_header(of: Grid) -> Grid:
    """Return the summary as of older editions: the fiscal year's `P` or `R` in a row of its own below."""
    for (row, column), text in list(of.cells.items()):
        if row == 5 and isinstance(text, str) and text[-1] in "PR":
            of = of.put(name((5, column)), text[:-1]).put(name((6, column)), text[-1])
    return of


def grid(content: bytes) -> Grid:
    """Return the cells of the one sheet of an .xls file, read by xlrd."""
    book = xlrd.open_workbook(file_contents=content, formatting_info=True)
    sheet = book.sheet_by_index(0)
    cells: dict[Place, Value] = {}
    indents: dict[Place, int] = {}
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            if cell.ctype == xlrd.XL_CELL_DATE:
                cells[row, column] = xlrd.xldate_as_datetime(cell.value, book.datemode).date()
            elif cell.ctype in (xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER):
                cells[row, column] = cell.value
                indents[row, column] = book.xf_list[cell.xf_index].alignment.indent_level
    merged = [((top, left), (bottom - 1, right - 1)) for top, bottom, left, right in sheet.merged_cells]
    return Grid(sheet.name, cells, indents, tuple(merged))


def xls(*grids: Grid, hidden: Sequence[str] = ()) -> bytes:
    """Write grids as the sheets of one .xls file."""
    buffer = io.BytesIO()
    _book(grids, hidden).save(buffer)
    return buffer.getvalue()


def xls_stream(*grids: Grid) -> bytes:
    """Return the records of such a workbook, without the container around them."""
    return bytes(_book(grids).get_biff_data())


def _book(grids: Iterable[Grid], hidden: Sequence[str] = ()) -> xlwt.Workbook:
    book = xlwt.Workbook()
    for of in grids:
        sheet = book.add_sheet(of.sheet, cell_overwrite_ok=True)
        sheet.visibility = int(of.sheet in hidden)
        for (top, left), (bottom, right) in of.merged:
            # With a style of its own: xlwt alters one that is saved, and its default one is shared.
            # Before the values: it blanks all of the area.
            sheet.merge(top, bottom, left, right, _style(0, False))
        for (row, column), value in of.cells.items():
            sheet.write(row, column, value, _style(of.indents.get((row, column), 0), isinstance(value, date)))
    return book


@cache
def _style(indent: int, is_date: bool) -> xlwt.XFStyle:
    style = xlwt.XFStyle()
    style.alignment.inde = indent
    style.num_format_str = "mmm-yy" if is_date else "General"
    return style


def encrypted_xls() -> bytes:
    """Return a workbook that says of itself that it needs a password: a FILEPASS record after its first."""
    stream = _book([services_grid()]).get_biff_data()
    end_of_first = 4 + int.from_bytes(stream[2:4], "little")
    filepass = bytes.fromhex("2f00 3600 0100 0100 0100") + bytes(48)
    buffer = io.BytesIO()
    XlsDoc().save(buffer, stream[:end_of_first] + filepass + stream[end_of_first:])
    return buffer.getvalue()


def container_without_workbook() -> bytes:
    """Return an OLE file with another stream than a workbook, as an encrypted .xlsx is one."""
    return services_grid().xls().replace("Workbook".encode("utf-16-le"), "Encrypte".encode("utf-16-le"))


def xlsx(*grids: Grid, hidden: Sequence[str] = (), saved_at: str | None = None) -> bytes:
    """Write grids as the sheets of one .xlsx file: the least that the standard asks for."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in xlsx_parts.parts(grids, hidden).items():
            archive.writestr(path, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)
        if saved_at is not None:
            archive.writestr("docProps/core.xml", xlsx_parts.CORE.format(saved_at))
    return buffer.getvalue()
