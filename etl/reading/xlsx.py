"""What calamine neither tells of an .xlsx file nor survives: indents, which cells are formulas, and sizes
that no sheet has.

Here: one pass over the XML of a workbook before calamine opens it. Not here: the values of cells.

calamine holds a sheet as the rectangle around its cells, and the process ends where memory does not suffice:
one cell in XFD1048576, in a file of 9 kB, is enough. The standard library's expat makes the pass, in which
no document type may be declared: without one there are no entities to expand. openpyxl would also give
indents, but makes an object of every style and refuses the file for one that it does not know.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from string import ascii_uppercase, digits
from typing import NamedTuple
from xml.parsers import expat

from etl.reading.values import Address, LayoutChangedError

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
    """Give what is seen of each sheet, by its name.

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
    """Give each sheet's name and the part of the archive that holds it."""
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
    """Give the indent level of each style that a cell may name by its number."""
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
