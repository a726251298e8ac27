"""What an .xlsx is made of, written by hand: the XML of its parts.

Here: no more than the standard asks for. Not here: the file around the parts (`workbooks.xlsx`).
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tests.support.cells import Value, name

if TYPE_CHECKING:
    from tests.support.workbooks import Grid

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">{}</dcterms:modified></cp:coreProperties>'
)
"""The part that says when the workbook was last saved, with a place for the time."""
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="17"><xf numFmtId="0"/><xf numFmtId="17" applyNumberFormat="1"/>'
    + "".join(f'<xf numFmtId="0"><alignment horizontal="left" indent="{n}"/></xf>' for n in range(1, 16))
    + "</cellXfs></styleSheet>"
)
"""Style 1 has format 17, `mmm-yy`: that is what makes a number a date. From style 2 on cells are indented."""


def parts(grids: "Sequence[Grid]", hidden: Sequence[str]) -> dict[str, str]:
    """Return the parts of a workbook with these sheets by their paths: the least that the standard asks
    for.
    """
    sheets = "".join(
        f'<sheet name="{escape(of.sheet)}" sheetId="{n}" r:id="rId{n}"'
        + (' state="hidden"/>' if of.sheet in hidden else "/>")
        for n, of in enumerate(grids, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(grids) + 1)
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_CONTENT}.worksheet+xml"/>'
        for n in range(1, len(grids) + 1)
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{_CONTENT}.sheet.main+xml"/><Override '
        f'PartName="/xl/styles.xml" ContentType="{_CONTENT}.styles+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{relations}<Relationship '
        f'Id="rIdS" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    } | {f"xl/worksheets/sheet{n}.xml": _sheet_xml(of) for n, of in enumerate(grids, 1)}


def _sheet_xml(of: "Grid") -> str:
    by_row: dict[int, list[str]] = {}
    for at in sorted(of.cells):
        by_row.setdefault(at[0], []).append(_cell_xml(name(at), of.cells[at], of.indents.get(at, 0)))
    rows = "".join(f'<row r="{row + 1}">{"".join(cells)}</row>' for row, cells in by_row.items())
    areas = "".join(f'<mergeCell ref="{name(first)}:{name(last)}"/>' for first, last in of.merged)
    merged = f"<mergeCells>{areas}</mergeCells>" if areas else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{merged}</worksheet>'


def _cell_xml(cell: str, value: Value, indent: int) -> str:
    if isinstance(value, str):
        style, text = f' s="{indent + 1}"' if indent else "", escape(value)
        return f'<c r="{cell}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if isinstance(value, bool):
        return f'<c r="{cell}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        return f'<c r="{cell}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    return f'<c r="{cell}"><v>{value!r}</v></c>'
