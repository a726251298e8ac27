"""What is seen of an .xlsx file before calamine opens it: indents, and sizes that would end the process."""

import io
import zipfile

import pytest

from etl.readers import workbook
from etl.readers.read import read_release
from etl.readers.values import Address, NotUnderstood, Reading
from etl.readers.workbook import read_sheets
from tests.support import workbooks
from tests.support.hostile import with_part
from tests.support.readings import SUMMARY, known_rows, layout, refusal
from tests.support.workbooks import Grid, summary_grid

ENTITIES = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def test_the_indent_of_every_label_is_given() -> None:
    printed = summary_grid()

    (of_sheet,) = (look.indents for look in workbook.look_at(printed.xlsx()).values())

    texts = {at for at, value in printed.cells.items() if isinstance(value, str)}
    assert of_sheet == {Address(*at): printed.indents[at] for at in texts}
    assert of_sheet[Address(54, 1)] == 6


def test_elements_may_have_a_prefix() -> None:
    content = Grid("x", {(0, 0): "Items"}, {(0, 0): 3}).xlsx()
    for old, new in (("<worksheet xmlns=", "<x:worksheet xmlns:x="), ("</worksheet>", "</x:worksheet>")):
        content = with_part(content, "xl/worksheets/sheet1.xml", old, new)
    for tag in ("sheetData", "row", "c", "is", "t"):
        content = with_part(content, "xl/worksheets/sheet1.xml", f"<{tag}", f"<x:{tag}")
        content = with_part(content, "xl/worksheets/sheet1.xml", f"</{tag}", f"</x:{tag}")

    assert workbook.look_at(content)["x"].indents == {Address(0, 0): 3}


@pytest.mark.parametrize("cell", ["XFD1048576", "XFD2000", "A1048576"])
def test_a_cell_far_away_ends_no_process(cell: str) -> None:
    answer = refusal(SUMMARY, summary_grid().put("AA1", 1.0).put(cell, 1.0).xlsx())

    assert answer.reason == "the sheet is too large"
    assert answer.expected == "2000000 cells"


def test_cells_that_are_only_styled_do_not_count() -> None:
    content = with_part(
        summary_grid().xlsx(),
        "xl/worksheets/sheet1.xml",
        "</sheetData>",
        '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>',
    )

    (sheet,) = read_sheets(content)

    assert sheet.width == 12


def test_a_declared_size_is_not_believed() -> None:
    content = with_part(
        summary_grid().xlsx(),
        "xl/worksheets/sheet1.xml",
        "<sheetData>",
        '<dimension ref="A1:XFD1048576"/><sheetData>',
    )

    (sheet,) = read_sheets(content)

    assert sheet.width == 12


def test_a_workbook_that_unpacks_to_a_flood_is_refused() -> None:
    buffer = io.BytesIO(summary_grid().xlsx())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(101_000_000))
    assert len(buffer.getvalue()) < 200_000

    answer = refusal(SUMMARY, buffer.getvalue())

    assert (answer.reason, answer.expected) == ("the workbook is too large", "100,000,000 bytes unpacked")


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"])
def test_entities_are_not_expanded(part: str) -> None:
    content = with_part(summary_grid().xlsx(), part, "?>", "?>" + ENTITIES)

    answer = refusal(SUMMARY, content)

    assert answer.reason == "the workbook cannot be opened"
    assert answer.found == f"ValueError: {part} declares a document type, as no workbook does"


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", "</row>", "</rwo>"),
        ("xl/worksheets/sheet1.xml", 'r="B2"', 'r="2B"'),
        ("xl/workbook.xml", 'name="BPM6_Summary"', ""),
        ("xl/styles.xml", 'indent="3"', 'indent="three"'),
        ("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/sheet2.xml"),
    ],
)
def test_a_damaged_part_is_explained(part: str, old: str, new: str) -> None:
    answer = refusal(SUMMARY, with_part(summary_grid().xlsx(), part, old, new))

    assert answer.reason == "the workbook cannot be opened"


def test_no_single_wrong_byte_of_an_xlsx_ends_a_refresh() -> None:
    content = workbooks.xlsx(summary_grid())

    for at in range(0, len(content), 101):
        damaged = content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]
        result = read_release(damaged, layout(SUMMARY), known_rows(SUMMARY))

        assert isinstance(result, Reading | NotUnderstood)
