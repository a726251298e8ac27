"""What a workbook can hold besides its table, and what can be done to the table: read right, or quarantined
with the reason; never another number, and never a figure less without a word.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import pytest

from etl.readers.read import read_release
from etl.readers.values import NotUnderstood, Reading
from tests.support.cells import Place, place
from tests.support.hostile import with_entry, with_part
from tests.support.readings import SERVICES, SUMMARY, figures, known_rows, layout, understood
from tests.support.tables_down import goods_of_a_year
from tests.support.workbooks import (
    Grid,
    container_without_workbook,
    encrypted_xls,
    relabelled,
    services,
    services_file,
    services_grid,
    summary_grid,
    swapped,
    with_row,
    without_row,
)

Tries = Callable[[int, int], Iterator[int]]
GOODS = "goods_trade"
SHEET = "xl/worksheets/sheet1.xml"
TABLES = {SERVICES: services_grid, SUMMARY: summary_grid, GOODS: goods_of_a_year}
SOFTWARE = "9.2.2 Software consultancy services  "
Area = tuple[Place, Place]
ASIDE = ((0, 1), (0, -1), (1, 0), (-1, 0), (0, 3))
A_MONTH = {SERVICES: "I59", SUMMARY: "I14", GOODS: "C13"}


def read(release_id: str, content: bytes) -> Reading | NotUnderstood:
    return read_release(content, layout(release_id), known_rows(release_id))


def reason(release_id: str, content: bytes) -> str:
    result = read(release_id, content)
    assert isinstance(result, NotUnderstood)
    assert all((result.where, result.expected, result.found))
    return result.reason


def with_cell(of: Grid, cell: str, inside: str, kind: str = "") -> bytes:
    """Return the .xlsx with other XML inside of a number's cell."""
    value = of.cells[place(cell)]
    return with_part(
        of.xlsx(), SHEET, f'<c r="{cell}"><v>{value!r}</v></c>', f'<c r="{cell}"{kind}>{inside}</c>'
    )


@pytest.mark.fault("an encrypted workbook, of either age", promise="quarantined as one that cannot be opened")
def test_an_encrypted_workbook_is_quarantined(tries: Tries) -> None:
    for _ in tries(1, 1):
        for content in (encrypted_xls(), container_without_workbook()):
            assert reason(SERVICES, content) == "the workbook cannot be opened"


@pytest.mark.fault(
    "macros, links to other workbooks and formulas that fetch from the network, in an .xlsx",
    promise="nothing of it runs or is asked; the numbers that the file holds are read",
)
def test_what_a_workbook_would_do_is_not_done(tries: Tries) -> None:
    grid = services_grid()
    value = grid.cells[place("I59")]
    formulas = (
        "[1]Sheet1!$A$1",
        'WEBSERVICE("http://127.0.0.1:9/")',
        "cmd|'/c calc'!A0",
        "I60+I64",
    )
    for _ in tries(1, 1):
        for formula in formulas:
            content = with_cell(grid, "I59", f"<f>{formula.replace(chr(34), '&quot;')}</f><v>{value!r}</v>")
            content = with_part(
                content, "[Content_Types].xml", "sheet.main+xml", "sheet.macroEnabled.main+xml"
            )
            content = with_entry(content, "xl/vbaProject.bin", encrypted_xls())
            content = with_entry(content, "xl/externalLinks/externalLink1.xml", b"<externalLink/>")
            assert figures(understood(SERVICES, content)) == figures(understood(SERVICES, grid.xls()))


@pytest.mark.fault(
    "a formula that nobody computed, or that came to an error, in place of a figure (.xlsx)",
    promise="quarantined, with the cell: never read as zero, nor as an empty cell",
)
@pytest.mark.parametrize("release_id", TABLES)
@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        ("<f>A1+A2</f>", ""),
        ("<f>A1+A2</f><v/>", ""),
        ("<f>A1+A2</f><v></v>", ""),
        ("<f>A1/0</f><v>#DIV/0!</v>", ' t="e"'),
    ],
)
def test_a_formula_without_a_result_is_no_empty_cell(
    release_id: str, inside: str, kind: str, tries: Tries
) -> None:
    for _ in tries(1, 1):
        content = with_cell(TABLES[release_id](), A_MONTH[release_id], inside, kind)
        assert reason(release_id, content) == "a cell of the table holds no number"


@pytest.mark.fault(
    "a workbook whose formulas all say 0, as programs write them that compute nothing (.xlsx)",
    promise="quarantined, with the cell",
)
@pytest.mark.parametrize("release_id", TABLES)
def test_a_zero_that_is_to_be_computed_is_no_zero(release_id: str, tries: Tries) -> None:
    asks = '</sheets><calcPr calcId="124519" fullCalcOnLoad="1"/>'
    for _ in tries(1, 1):
        content = with_cell(TABLES[release_id](), A_MONTH[release_id], "<f>A1+A2</f><v>0</v>")
        content = with_part(content, "xl/workbook.xml", "</sheets>", asks)
        assert reason(release_id, content) == "a cell of the table holds no number"


@pytest.mark.fault(
    "a million columns declared, in either age, and a cell in column BDWGN",
    promise="what is declared is not trusted; a cell that no sheet has is refused",
)
def test_declared_columns_are_not_believed(tries: Tries) -> None:
    grid = services_grid()
    declared = '<dimension ref="A1:BDWGN1048576"/><cols><col min="1" max="1000000" hidden="1"/></cols>'
    for _ in tries(1, 1):
        content = with_part(grid.xlsx(), SHEET, "<sheetData>", declared + "<sheetData>")
        assert figures(understood(SERVICES, content)) == figures(understood(SERVICES, grid.xls()))
        beyond = '<sheetData><row r="1"><c r="BDWGN1"><v>1</v></c></row>'
        content = with_part(grid.xlsx(), SHEET, "<sheetData>", beyond)
        assert reason(SERVICES, content) == "the workbook cannot be opened"


@pytest.mark.fault(
    "a hidden row or column with other numbers than the one seen",
    promise="quarantined with both places (hidden months of their own are read: SBP hides old ones)",
)
def test_a_hidden_double_with_other_numbers_is_quarantined(tries: Tries) -> None:
    grid = services_grid()
    march = {at: value for at, value in grid.cells.items() if at[0] > 5 and at[1] in (8, 9, 10)}
    doubled = {
        (row, column + 9): value * 2 if isinstance(value, float) else value
        for (row, column), value in march.items()
    }
    beside = replace(grid, cells=grid.cells | doubled)
    below = services_grid(with_row(services(), SOFTWARE, SOFTWARE))
    for _ in tries(1, 1):
        hides = '<cols><col min="18" max="20" hidden="1"/></cols><sheetData>'
        content = with_part(beside.xlsx(), SHEET, "<sheetData>", hides)
        assert reason(SERVICES, content) == "two columns are about the same period"
        row = next(at[0] for at, value in below.cells.items() if value == SOFTWARE) + 2
        content = below.put(f"I{row}", 1.0).xlsx()
        content = with_part(content, SHEET, f'<row r="{row}"', f'<row r="{row}" hidden="1"')
        assert reason(SERVICES, content) == "two rows are the same"


@pytest.mark.fault(
    "a merged header moved by a row or column, or merged over its neighbours",
    promise="read right, or quarantined with the header or the column that has none",
)
@pytest.mark.parametrize("release_id", [SERVICES, SUMMARY])
def test_a_header_that_moved_gives_no_other_period(release_id: str, tries: Tries) -> None:
    grid = TABLES[release_id]()
    right = figures(understood(release_id, grid.xls()))
    for _ in tries(1, 1):
        for area, (down, aside), takes_along in product(grid.merged, ASIDE, (True, False)):
            moved = with_header_moved(grid, area, down, aside, takes_along=takes_along)
            result = read(release_id, moved.xlsx())
            assert isinstance(result, NotUnderstood) or figures(result) == right, (area, down, aside)


def with_header_moved(of: Grid, area: Area, down: int, aside: int, *, takes_along: bool) -> Grid:
    """Return the grid with a merged area elsewhere, with its words or without."""
    first, last = ((row + down, column + aside) for row, column in area)
    cells = dict(of.cells)
    if takes_along and area[0] in cells:
        cells[first] = cells.pop(area[0])
    merged = tuple((first, last) if other == area else other for other in of.merged)
    return replace(of, cells=cells, merged=merged)


@pytest.mark.fault(
    "rows inserted, swapped, repeated, left out, renamed, or called by the code of another",
    promise="an empty row is read right; another order and what is not as known is quarantined with its row",
)
def test_rows_are_told_by_their_labels(tries: Tries) -> None:
    edition = services()
    right = figures(understood(SERVICES, services_file(edition)))
    others = {
        "a row is not known": with_row(edition, SOFTWARE, "9.2.3 Artificial intelligence services"),
        "two rows are the same": with_row(edition, SOFTWARE, SOFTWARE),
        "the figures do not add up": without_row(edition, SOFTWARE),
    }
    reused = relabelled(edition, SOFTWARE, "9.2.1 Software consultancy services")
    for _ in tries(1, 1):
        for first, second in ((3, 40), (1, 80), (60, 61)):
            order = swapped(edition, edition.rows[first].label, edition.rows[second].label)
            assert reason(SERVICES, services_file(order)) == "the codes of the rows are out of order"
        assert figures(understood(SERVICES, with_empty_row(services_grid(), 40).xls())) == right
        assert reason(SERVICES, services_file(reused)) == "a row is not known"
        for said, altered in others.items():
            assert reason(SERVICES, services_file(altered)) == said


def with_empty_row(of: Grid, row: int) -> Grid:
    """Return the grid with an empty row in between."""
    cells = {(at[0] + (at[0] >= row), at[1]): value for at, value in of.cells.items()}
    return replace(of, cells=cells)
