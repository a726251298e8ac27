"""Workbooks as sheets of cells, whatever age their format has.

Here: bytes in, `Sheet`s out, and when the file was last saved. Not here: what the cells mean.

python-calamine reads both formats ten times faster than the alternatives and skips the styling that
makes up nine tenths of SBP's files. It gives no indents and no formulas: for .xls xlrd is asked for indents
where a layout needs them, for .xlsx `xlsx`, which looks at every file first.
"""

import io
import posixpath
import re
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from string import ascii_uppercase, digits
from typing import NamedTuple
from xml.parsers import expat
from zoneinfo import ZoneInfo

import olefile
import pypdfium2
import xlrd
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from etl.common.formats import detect_format
from etl.readers.values import Address, CellValue, LayoutChangedError, Sheet

MAX_CELLS = 2_000_000
"""SBP's largest sheet has some 30,000 cells; a sheet that claims many more would only eat memory."""
_MAX_UNPACKED = 100_000_000
"""The same for the bytes of a workbook: 240,000 cells have some 10 MB."""
_MAX_SHEETS = 500
"""SBP's have up to twenty; ten thousand take a minute to read."""
_TEXT = frozenset({"s", "str", "inlineStr"})
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")

Element = Callable[[str, dict[str, str]], None]


class Look(NamedTuple):
    """What is seen of one sheet."""

    indents: dict[Address, int]
    """Of every cell with text."""
    formulas: frozenset[Address]
    """Cells whose number a program computed, or should have."""
    computes_on_load: bool
    """Whether the file asks to be computed when it is opened: its writer did not, and a zero is no result."""


def look_at(content: bytes) -> dict[str, Look]:
    """Return what is seen of each sheet, by its name.

    Raises `LayoutChangedError` where the workbook or a sheet is larger than can be held in memory.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _require_one_of_each(archive)
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > _MAX_UNPACKED:
            raise LayoutChangedError(
                "the workbook is too large", "the file", f"{_MAX_UNPACKED:,} bytes unpacked", f"{unpacked:,}"
            )
        if (damaged := archive.testzip()) is not None:  # calamine stops before it has seen a checksum
            raise ValueError(f"{damaged} is damaged: its checksum is another")
        levels = _levels_of_styles(archive)
        computes = _computes_on_load(archive)
        return {name: _of_cells(archive, part, name, levels, computes) for name, part in _sheets(archive)}


def _require_one_of_each(archive: zipfile.ZipFile) -> None:
    """Refuse what two parsers may see differently, and more sheets than any release has."""
    names = [part.filename for part in archive.infolist()]
    if len(set(names)) < len(names):
        raise ValueError("a part is there twice")
    sheets = sum(name.startswith("xl/worksheets/") for name in names)
    if sheets > _MAX_SHEETS:
        raise LayoutChangedError(
            "the workbook has too many sheets", "the file", f"{_MAX_SHEETS} at most", f"{sheets:,}"
        )


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Return each sheet's name and the part of the archive that holds it."""
    ids: list[tuple[str, str]] = []
    sheets: dict[str, str] = {}

    def sheet(tag: str, given: dict[str, str]) -> None:
        if tag == "sheet":
            ids.append((given["name"], next(value for key, value in given.items() if key.endswith(":id"))))

    def relation(tag: str, given: dict[str, str]) -> None:
        if tag == "Relationship" and given["Type"].endswith("/worksheet"):
            sheets[given["Id"]] = posixpath.normpath(posixpath.join("/xl", given["Target"])).lstrip("/")

    _walk(archive, "xl/workbook.xml", sheet)
    _walk(archive, "xl/_rels/workbook.xml.rels", relation)
    for name, id_ in ids:
        if id_ in sheets:  # a sheet may also be a chart
            yield name, sheets[id_]


def _computes_on_load(archive: zipfile.ZipFile) -> bool:
    asked: list[str] = []

    def element(tag: str, given: dict[str, str]) -> None:
        if tag == "calcPr":
            asked.append(given.get("fullCalcOnLoad", "0"))

    _walk(archive, "xl/workbook.xml", element)
    return bool({"1", "true"} & set(asked))


def _levels_of_styles(archive: zipfile.ZipFile) -> list[str]:
    """Return the indent level of each style that a cell may name by its number."""
    levels: list[str] = []
    inside = ""

    def element(tag: str, given: dict[str, str]) -> None:
        nonlocal inside
        if tag in ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            inside = tag
        elif inside == "cellXfs" and tag == "xf":
            levels.append("0")
        elif inside == "cellXfs" and tag == "alignment":
            levels[-1] = given.get("indent", "0")

    if "xl/styles.xml" in archive.namelist():
        _walk(archive, "xl/styles.xml", element)
    return levels


def _of_cells(archive: zipfile.ZipFile, part: str, name: str, levels: list[str], computes: bool) -> Look:
    level_of = {str(number): int(level) for number, level in enumerate(levels)}
    found: dict[str, int] = {}
    formulas: list[str] = []
    rows, columns = set[str](), set[str]()
    cell: dict[str, str] = {}

    def element(tag: str, given: dict[str, str]) -> None:
        nonlocal cell
        if tag == "c":
            cell = given
        elif tag == "f" and cell.get("t") not in _TEXT:
            formulas.append(cell.get("r", ""))
        elif tag in ("v", "is"):  # a cell without either is only styled
            place = cell.get("r", "")
            rows.add(place.lstrip(ascii_uppercase))
            columns.add(place.rstrip(digits))
            if cell.get("t") in _TEXT:
                found[place] = level_of.get(cell.get("s", "0"), 0)

    _walk(archive, part, element)
    height = _extent([_address(f"A{row}").row for row in rows])
    width = _extent([_address(f"{column}1").column for column in columns])
    require_size(name, height, width)
    of_text = {_address(place): level for place, level in found.items()}
    return Look(of_text, frozenset(map(_address, formulas)), computes)


def _extent(numbers: list[int]) -> int:
    return max(numbers) - min(numbers) + 1 if numbers else 0


def require_size(name: str, height: int, width: int) -> None:
    """Refuse a sheet that would not be held in memory."""
    if height * width > MAX_CELLS:
        size = f"{height} rows of {width} columns"
        raise LayoutChangedError("the sheet is too large", f"sheet {name!r}", f"{MAX_CELLS} cells", size)


def _address(name: str) -> Address:
    match = _CELL.fullmatch(name)
    if match is None:
        raise ValueError(f"{name!r} is no cell")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return Address(int(match[2]) - 1, column - 1)


def _walk(archive: zipfile.ZipFile, part: str, element: Element) -> None:
    """Hand every element of a part to a function, by its name without prefix, with its attributes."""

    def start(tag: str, given: dict[str, str]) -> None:
        element(tag.rpartition(":")[2], given)

    def refuse(*_: object) -> None:
        raise ValueError(f"{part} declares a document type, as no workbook does")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    with archive.open(part) as file:
        parser.ParseFile(file)


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
        looks = look_at(content) if found == "xlsx" else {}
        indents = {name: look.indents for name, look in looks.items()}
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if found == "xls" and with_indents:
            indents = _indents_xls(content)
        names = [s.name for s in workbook.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
        errors = _errors_xls(content, [s.name for s in workbook.sheets_metadata]) if found == "xls" else {}
        sheets = [_sheet(workbook, name, indents.get(name, {}) if with_indents else {}) for name in names]
        return tuple(
            _with_errors(_with_what_is_missing(sheet, looks.get(sheet.name)), errors.get(sheet.name, {}))
            for sheet in sheets
        )
    except BaseException as error:
        if not _is_parsers(error):
            raise
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise LayoutChangedError(
            "the workbook cannot be opened", "the file", "a whole, unencrypted workbook", said
        ) from error


def _with_what_is_missing(sheet: Sheet, look: Look | None) -> Sheet:
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


def _with_errors(sheet: Sheet, errors: Mapping[Address, str]) -> Sheet:
    """Put the error values of an .xls into its cells: calamine gives them as empty ones, which a sum that
    fails may tell or may not.
    """
    if not errors:
        return sheet
    rows = [list(row) for row in sheet.rows]
    for address, error in errors.items():
        rows[address.row][address.column] = error
    return replace(sheet, rows=tuple(map(tuple, rows)))


_BOF, _BOUND_SHEET, _BOOL_ERR, _FORMULA = 0x0809, 0x0085, 0x0205, 0x0006
ERROR_VALUES = {
    **{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!"},
    **{0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"},
}
"""Error values by the codes that an .xls has for them."""


def _errors_xls(content: bytes, names: Sequence[str]) -> dict[str, dict[Address, str]]:
    """Return the cells with an error value, by sheet, from the records of an .xls: cells that hold one, and
    formulas that came to one.
    """
    with olefile.OleFileIO(io.BytesIO(content)) as document:
        stream = next(name for name in ("Workbook", "Book") if document.exists(name))
        data = document.openstream(stream).read()
    starts: dict[int, str] = {}
    of_sheet: dict[Address, str] | None = None
    found: dict[str, dict[Address, str]] = {}
    at = 0
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        body = data[at + 4 : at + 4 + size]
        if kind == _BOUND_SHEET and len(starts) < len(names):
            starts[struct.unpack_from("<I", body)[0]] = names[len(starts)]
        elif kind == _BOF:
            of_sheet = found.setdefault(starts[at], {}) if at in starts else None
        elif of_sheet is not None and (code := _error_code(kind, body)) is not None:
            row, column = struct.unpack_from("<HH", body)
            of_sheet[Address(row, column)] = ERROR_VALUES.get(code, "#ERROR!")
        at += 4 + size
    return found


def _error_code(kind: int, body: bytes) -> int | None:
    """Return the code of the error that a record holds; None where it holds none."""
    if kind == _BOOL_ERR and len(body) >= 8 and body[7] == 1:
        return body[6]
    if kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        return body[8]
    return None


def last_saved_on(content: bytes) -> date | None:
    """Return the day in Karachi on which the workbook was last saved, as it says of itself."""
    try:
        saved_at = _saved_at_xls(content) if detect_format(content) == "xls" else _saved_at_xlsx(content)
    except Exception:  # a damaged property is none: the file's other clocks do
        return None
    return saved_at.astimezone(_KARACHI).date() if saved_at else None


def _is_parsers(error: BaseException) -> bool:
    """Whether a parser gave up on damaged bytes. Both do it by any exception there is (xlrd by
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


_KARACHI = ZoneInfo("Asia/Karachi")
_PDF_DATE = re.compile(
    r"(?:D:)?(?P<at>\d{14})(?:(?P<sign>[+-])(?P<hours>\d\d)'?(?P<minutes>\d\d)?|(?P<utc>Z))?"
)


def last_saved_in_properties(content: bytes) -> date | None:
    """Return the day in Karachi on which a workbook or a PDF was last saved; None where it does not say."""
    if detect_format(content) != "pdf":
        return last_saved_on(content)
    try:
        with pypdfium2.PdfDocument(content) as document:
            stated = document.get_metadata_value("ModDate") or document.get_metadata_value("CreationDate")
        return _day_in_karachi(stated)
    except (
        pypdfium2.PdfiumError,
        ValueError,
        OverflowError,
    ):  # a damaged property is none: the file's other clocks do
        return None


def _day_in_karachi(stated: str) -> date | None:
    """Return the day of a date such as `D:20260416144804+05'00'`; without a zone it is taken as Karachi's."""
    match = _PDF_DATE.match(stated)
    if match is None:
        return None
    offset = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
    zone = timezone(-offset if match["sign"] == "-" else offset)
    at = datetime.strptime(match["at"], "%Y%m%d%H%M%S").replace(
        tzinfo=zone if match["sign"] or match["utc"] else _KARACHI
    )
    return at.astimezone(_KARACHI).date()
