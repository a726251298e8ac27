"""Release tables as a printer puts them on pages: cells with widths and alignments, cut down and over.

All figures are SBP's own, from `etl/fetch/starter/figures/`. Numbers are printed as SBP's number formats show
them: whole, with thousands commas, negatives in parentheses, an exact zero as `-`. Here: the tables and
their page set-ups. Not here: how words get into a PDF (`drawn.py`).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from reportlab.lib.pagesizes import A4, landscape

from scripts.write_starter import FIGURES_FOLDER, FLOWS, ServicesEdition
from tests.support.drawn import Text, drawn, width

FONT_SIZE = 10.0
MARGIN = 30.0
Align = Literal["left", "centre", "right"]


@dataclass(frozen=True)
class Cell:
    """Words in a cell or a merged area of cells."""

    row: int
    first: int
    last: int
    words: str
    align: Align = "left"
    indent: float = 0.0
    mark: str = ""
    """Raised and small behind the words."""
    lowered: float = 0.0
    """By this share of a row: a half where the cell is merged with the one below."""


@dataclass(frozen=True)
class Table:
    """A sheet to be printed: its first column holds the labels."""

    widths: tuple[float, ...]
    header_rows: int
    rows: int
    cells: tuple[Cell, ...]
    row_height: float = 13.0


@dataclass(frozen=True)
class Setup:
    """How a printer cuts the sheet into pages, and what it does to digits."""

    size: tuple[float, float] = landscape(A4)
    scale: float = 0.39
    rows: int = 200
    """On a page, besides the header."""
    columns: tuple[int, ...] = (100,)
    """Of numbers on the first page, the next one to the right, and so on."""
    is_over_first: bool = False
    """Over and then down; else down and then over."""
    repeats_header: bool = True
    repeats_labels: bool = True
    splits_digits: bool = False
    """Draws the first digit of a long number a quarter of an em further left."""
    fills_cells: bool = False
    """Draws spaces over the first digits, as Excel fills a cell up to its width."""
    numbers_pages: bool = True


def printed(table: Table, setup: Setup | None = None) -> bytes:
    """Print a table to PDF."""
    setup = setup or Setup()
    pages = pages_of(table, setup)
    if setup.numbers_pages:
        middle = setup.size[0] / 2
        for number, page in enumerate(pages, 1):
            page.append(Text(middle, MARGIN / 2, f"Page {number} of {len(pages)}", 6, "centre"))
    return drawn(*pages, size=setup.size)


def pages_of(table: Table, setup: Setup) -> list[list[Text]]:
    """Return the words of each page, without its number."""
    return [list(_page(table, setup, *window)) for window in _windows(table, setup)]


def _windows(table: Table, setup: Setup) -> Iterator[tuple[list[int], list[int]]]:
    """Return the rows and columns of each page, in the printer's order."""
    body = list(range(table.header_rows, table.rows))
    downs = [body[start : start + setup.rows] for start in range(0, len(body), setup.rows)]
    overs: list[list[int]] = []
    left = list(range(1, len(table.widths)))
    for count in setup.columns:
        overs.append(left[:count])
        left = left[count:]
    overs += [left] if left else []
    pairs = (
        [(down, over) for down in range(len(downs)) for over in range(len(overs))]
        if setup.is_over_first
        else [(down, over) for over in range(len(overs)) for down in range(len(downs))]
    )
    for down, over in pairs:
        header = list(range(table.header_rows)) if down == 0 or setup.repeats_header else []
        labels = [0] if over == 0 or setup.repeats_labels else []
        yield header + downs[down], labels + overs[over]


def _page(table: Table, setup: Setup, rows: list[int], columns: list[int]) -> Iterator[Text]:
    lefts = {column: sum(table.widths[c] for c in columns[:place]) for place, column in enumerate(columns)}
    places = {row: place for place, row in enumerate(rows)}
    for cell in table.cells:
        if cell.row not in places:
            continue
        shown = [column for column in range(cell.first, cell.last + 1) if column in lefts]
        if shown:
            # A merged area that the page cuts keeps its middle, which may lie outside the page's part.
            left = lefts[shown[0]] - sum(table.widths[cell.first : shown[0]])
            right = left + sum(table.widths[cell.first : cell.last + 1])
            down = (places[cell.row] + 1 + cell.lowered) * table.row_height
            yield from _drawn(cell, setup, left, right, down)


def _drawn(cell: Cell, setup: Setup, left: float, right: float, down: float) -> Iterator[Text]:
    at = {"left": left + 2 + cell.indent, "centre": (left + right) / 2, "right": right - 2}[cell.align]
    size = FONT_SIZE * setup.scale
    x, y = MARGIN + at * setup.scale, setup.size[1] - MARGIN - down * setup.scale
    if cell.align == "right":
        x -= _padding(cell.words) * size
    text = Text(x, y, cell.words, size, cell.align)
    if setup.fills_cells and cell.align == "right":
        yield Text(text.start, y, "    ", size)
    if setup.splits_digits and cell.align == "right" and cell.words[0].isdigit() and "," in cell.words:
        yield Text(text.start - 0.25 * size, y, cell.words[0], size)
        yield Text(text.start + width(cell.words[0], size), y, cell.words[1:], size)
    elif cell.words:
        yield text
    if cell.mark:
        yield Text(text.start + width(cell.words, size), y + 0.33 * size, cell.mark, 0.66 * size)


def _padding(words: str) -> float:
    """Return the room, in ems, that SBP's number format leaves at the right: for `)`, or two digits more."""
    return {"-": 1.33, "N/A": 0.0}.get(words, 0.0 if words.endswith(")") else 0.33)


def as_printed(value: float | str | None) -> str:
    """Return a figure as the number format shows it."""
    if value is None or isinstance(value, str):
        return value or ""
    if value == 0:
        return "-"
    return f"({-value:,.0f})" if value < 0 else f"{value:,.0f}"


def services_table(edition: ServicesEdition) -> Table:
    """Lay out Trade in Services as the workbook does, from its titles to its notes."""
    count = len(FLOWS) * len(edition.column_labels)
    widths = (350.0, *(61.0 if column < 9 else 77.0 for column in range(count)))
    cells = [
        Cell(0, 0, 0, "Trade in Services"),
        Cell(1, 0, 0, "BPM6 - Extended Balance of Payments Services Classification (EBOPS 2010)"),
        Cell(2, count - 2, count, "(Amount in Thousand US$)", "right"),
        Cell(3, 0, 0, "Trade in Services", "centre", lowered=0.5),
    ]
    for group, label in enumerate(edition.column_labels):
        first = 1 + len(FLOWS) * group
        words = f"{label:%b-%y}" if isinstance(label, date) else label
        cells.append(Cell(3, first, first + len(FLOWS) - 1, words, "centre"))
        cells += [
            Cell(4, first + offset, first + offset, flow, "centre") for offset, flow in enumerate(FLOWS)
        ]
    for row, figures in enumerate(edition.rows, 5):
        cells.append(Cell(row, 0, 0, figures.label.replace("\xa0", " "), indent=4.0 * figures.indent))
        cells += [
            Cell(row, column, column, as_printed(value), "right")
            for column, value in enumerate(figures.values, 1)
            if value is not None
        ]
    end = 5 + len(edition.rows)
    cells += [Cell(end + row, column, column, words) for row, column, words in _notes()]
    return Table(widths, 5, max(cell.row for cell in cells) + 1, tuple(cells))


def _notes() -> Iterator[tuple[int, int, str]]:
    with (FIGURES_FOLDER / "footnotes.csv").open(encoding="utf-8", newline="") as file:
        for note in csv.DictReader(file):
            if note["release"] == "trade_in_services":
                yield int(note["rows_below_table"]), "BCDEFGHIJK".index(note["column"]), note["text"]


def with_words(table: Table, row: int, column: int, words: str) -> Table:
    """Return a table with other words in one cell; none empty it."""
    cells = [
        replace(cell, words=words) if (cell.row, cell.first) == (row, column) else cell
        for cell in table.cells
    ]
    return replace(table, cells=tuple(cell for cell in cells if cell.words))


def without_column(table: Table, column: int) -> Table:
    """Return a table whose columns from this one on are cut off."""
    return replace(
        table,
        widths=table.widths[:column],
        cells=tuple(cell for cell in table.cells if cell.first < column),
    )


def wrapped(table: Table, label: str, numbers: Literal["top", "middle", "bottom"]) -> Table:
    """Return a table in which a label takes two lines, and its numbers stand beside one or between them."""
    row = next(cell.row for cell in table.cells if cell.first == 0 and cell.words == label)
    lowered = {"top": -0.25, "middle": 0.0, "bottom": 0.25}[numbers]
    cells = []
    for cell in table.cells:
        if cell.row != row:
            cells.append(cell)
        elif cell.first > 0:
            cells.append(replace(cell, lowered=lowered))
        else:
            middle = label.index(" ", len(label) // 2)
            cells.append(replace(cell, words=label[:middle], lowered=-0.25))
            cells.append(replace(cell, words=label[middle + 1 :], lowered=0.25))
    return replace(table, cells=tuple(cells), row_height=26.0)


HeadlineColumns = tuple[tuple[str, tuple[tuple[int, str, str], ...]], ...]
"""Each period with the columns below it: a group of the services workbook whose figures they have, the
fiscal year, and its mark.
"""

MARCH_HEADLINE: HeadlineColumns = (
    ("Jul-Jun", ((3, "FY25", ""),)),
    ("Mar", ((0, "FY25", ""),)),
    ("Feb", ((1, "FY26", "R"),)),
    ("Mar", ((2, "FY26", "P"),)),
    ("Jul-Mar", ((3, "FY25", "R"), (4, "FY26", "P"))),
)
"""In the order of the editions of June and August 2026."""

JULY_HEADLINE: HeadlineColumns = (
    ("Jul-Jun", ((3, "FY25", ""),)),
    ("Jul", ((0, "FY26", ""),)),
    ("Jul-Jun", ((4, "FY26", ""),)),
    ("Jun", ((1, "FY26", "R"),)),
    ("Jul", ((2, "FY27", "P"),)),
    ("Jul", ((0, "FY26", ""), (2, "FY27", "P"))),
)
"""In July the fiscal year to date is headed like the month."""

_HEADLINE_LABELS = {
    "9": "9. Telecommunications, Computer, and Information Services",
    "6": "6. Insurance and Pension Services",
}


def headline_table(edition: ServicesEdition, columns: HeadlineColumns = MARCH_HEADLINE) -> Table:
    """Lay out the headline table in whole million US$: exports, then imports, with the same labels.

    The figures are those of the services workbook. Goods are left out: the workbook has none, and how
    their rows are called was not seen.
    """
    groups = [group for _, below in columns for group, _, _ in below]
    cells = [Cell(0, 0, 0, "Exports and Imports of Goods & Services"), Cell(1, 0, 0, "(Million US $ )")]
    cells += _headline_header(columns)
    row = 4
    for opener, flow in (("2. Exports of Services", 0), ("4. Imports of Services", 1)):
        for figures in edition.rows:
            label = opener if figures.label == "Services" else _headline_label(figures.label)
            if label is None:
                continue
            cells.append(Cell(row, 0, 0, label, indent=0.0 if label == opener else 12.0))
            for column, group in enumerate(groups, 1):
                value = figures.values[group * len(FLOWS) + flow]
                assert isinstance(value, float)
                cells.append(Cell(row, column, column, as_printed(value / 1000), "right"))
            row += 1
    cells.append(Cell(row, 0, 0, "P: Provisional; R: Revised"))
    return Table((330.0, *(60.0 for _ in groups)), 4, row + 1, tuple(cells))


def _headline_label(label: str) -> str | None:
    """Return a main item as the headline table calls it; None for an item below one."""
    code, _, rest = label.replace("\xa0", " ").partition(".")
    if not code.isdigit() or rest[:1].isdigit():
        return None
    return _HEADLINE_LABELS.get(code, f"{code}.{rest}")


def _headline_header(columns: HeadlineColumns) -> Iterator[Cell]:
    first = 1
    for period, below in columns:
        yield Cell(2, first, first + len(below) - 1, period, "centre")
        for number, (_, fiscal_year, mark) in enumerate(below, first):
            yield Cell(3, number, number, fiscal_year, "centre", mark=mark)
        first += len(below)
