"""Workbooks as sheets of cells, whatever age their format has.

Here: bytes in, `Sheet`s out, and when the file was last saved. Not here: what the cells mean.

python-calamine reads both formats ten times faster than the alternatives and skips the styling that
makes up nine tenths of SBP's files. It gives no indents and no formulas: for .xls xlrd is asked for indents
where a layout needs them, for .xlsx `xlsx`, which looks at every file first.
"""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import olefile
import xlrd
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from etl.reading import xlsx
from etl.reading.formats import detect_format
from etl.reading.values import Address, CellValue, LayoutChangedError, Sheet
from etl.reading.xlsx import require_size

_KARACHI = ZoneInfo("Asia/Karachi")
_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>([^<]+)<")


@lru_cache(maxsize=2)  # a file that a person gives is read by one layout after the other
def read_sheets(content: bytes, *, with_indents: bool = False) -> tuple[Sheet, ...]:
    """Read every visible sheet of a workbook.

    Raises `LayoutChangedError` where the bytes are no workbook that can be opened (cut off, encrypted,
    another format).
    """
    found = detect_format(content)
    if found not in ("xls", "xlsx"):
        raise LayoutChangedError("not a workbook", "the first bytes", "xls or xlsx", found)
    try:
        looks = xlsx.look_at(content) if found == "xlsx" else {}
        indents = {name: look.indents for name, look in looks.items()}
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if found == "xls" and with_indents:
            indents = _indents_xls(content)
        names = [s.name for s in workbook.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
        sheets = [_sheet(workbook, name, indents.get(name, {}) if with_indents else {}) for name in names]
        return tuple(_with_what_is_missing(sheet, looks.get(sheet.name)) for sheet in sheets)
    except BaseException as error:
        if not _is_parsers(error):
            raise
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise LayoutChangedError(
            "the workbook cannot be opened", "the file", "a whole, unencrypted workbook", said
        ) from error


def _with_what_is_missing(sheet: Sheet, look: xlsx.Look | None) -> Sheet:
    """Put words where a formula has no result, which calamine gives as an empty cell: in a table they are
    no number and refuse the file, elsewhere nobody reads them. An .xls always has a number: sums must tell.
    """
    if look is None or not look.formulas:
        return sheet
    rows = [list(row) for row in sheet.rows]
    for address in look.formulas:
        result = sheet.at(address)
        if result is None:
            rows[address.row][address.column] = "a formula that has an error or no result"
        elif result == 0 and look.computes_on_load:
            rows[address.row][address.column] = "a formula that asks to be computed when the file is opened"
    return replace(sheet, rows=tuple(map(tuple, rows)))


def last_saved_on(content: bytes) -> date | None:
    """Give the day in Karachi on which the workbook was last saved, as it says of itself."""
    try:
        saved_at = _saved_at_xls(content) if detect_format(content) == "xls" else _saved_at_xlsx(content)
    except Exception:  # a damaged property is none: the file's other clocks do
        return None
    return saved_at.astimezone(_KARACHI).date() if saved_at else None


def _is_parsers(error: BaseException) -> bool:
    """Tell whether a parser gave up on damaged bytes. Both do it by any exception there is (xlrd by
    IndexError and AssertionError too), and calamine by a panic of Rust, which is no `Exception`.
    """
    if isinstance(error, LayoutChangedError | MemoryError):  # want of memory says nothing of the bytes alone
        return False
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _sheet(workbook: CalamineWorkbook, name: str, indents: dict[Address, int]) -> Sheet:
    sheet = workbook.get_sheet_by_name(name)
    require_size(name, sheet.total_height, sheet.total_width)
    rows = tuple(tuple(_value(cell) for cell in row) for row in sheet.to_python(skip_empty_area=False))
    merged = tuple((Address(*first), Address(*last)) for first, last in sheet.merged_cell_ranges or ())
    return Sheet(name, rows, merged, indents)


def _value(cell: object) -> CellValue:
    if isinstance(cell, float):
        return cell
    if isinstance(cell, str):
        return None if not cell or cell.isspace() else cell
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int):
        return float(cell)
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else str(cell)


def _indents_xls(content: bytes) -> dict[str, dict[Address, int]]:
    book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    levels: dict[str, dict[Address, int]] = {}
    for sheet in book.sheets():
        of_sheet = levels.setdefault(sheet.name, {})
        for row in range(sheet.nrows):
            for column, cell in enumerate(sheet.row(row)):
                if cell.ctype == xlrd.XL_CELL_TEXT and cell.xf_index is not None:
                    alignment = book.xf_list[cell.xf_index].alignment
                    of_sheet[Address(row, column)] = alignment.indent_level if alignment else 0
    return levels


def _saved_at_xls(content: bytes) -> datetime | None:
    with olefile.OleFileIO(io.BytesIO(content)) as document:
        saved_at = document.get_metadata().last_saved_time
    return saved_at.replace(tzinfo=UTC) if isinstance(saved_at, datetime) else None


def _saved_at_xlsx(content: bytes) -> datetime | None:
    """Look for the one element by its text: no XML parser is needed, and none meets a foreign file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        modified = _MODIFIED.search(archive.read("docProps/core.xml"))
    return datetime.fromisoformat(modified[1].decode()).astimezone(UTC) if modified else None
