"""The rows of a table on a page: a label, and below each heading one number.

Here: which words of a line are its label and which its numbers, and labels that take several lines. Not
here: the header (`printed_header.py`), and how the pages fit together (`printed_table.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from etl.catalog import Layout
from etl.reading.labels import row_key
from etl.reading.pages import Line, Phrase
from etl.reading.printed_header import Heading
from etl.reading.printed_numbers import cell_text, parse_cell
from etl.reading.values import CellValue, LayoutChangedError

IsKnown = Callable[[str], bool]
_LONGEST_LABEL = 3
"""Lines above or below that may belong to one label."""


class Cell(NamedTuple):
    """A number, or the text in its place, and how it is printed."""

    value: CellValue
    text: str


class PrintedRow(NamedTuple):
    """A row as printed; one that only opens a block of rows has no cells."""

    page: int
    line: int
    label: str
    """Empty where the page has only the numbers of rows that another page labels."""
    cells: tuple[Cell, ...]

    @property
    def place(self) -> str:
        """Say where a person finds it."""
        return f"page {self.page}, line {self.line}"


@dataclass
class _Entry:
    """A line, split; `cells` is None where the numbers are not one a column."""

    line: Line
    label: str
    numbers: tuple[Phrase, ...]
    cells: tuple[Cell, ...] | None
    is_taken: bool = field(default=False)
    """Its words are part of the label of another line."""


def read_rows(
    page: int, lines: Sequence[Line], headings: Sequence[Heading], layout: Layout, is_known: IsKnown
) -> list[PrintedRow]:
    """Read the rows among the lines of a page.

    Lines above the first row and below the last one are titles, notes and page numbers; between them, or
    with the label of a row, each line must have one number in each column: raises `LayoutChangedError`.
    """
    entries = [_entry(line, headings) for line in _table_lines(lines, layout)]
    complete = [index for index, entry in enumerate(entries) if entry.cells]
    for index, entry in enumerate(entries):
        is_inside = bool(complete) and complete[0] < index < complete[-1]
        if entry.numbers and entry.cells is None and (is_inside or is_known(entry.label)):
            raise _incomplete(page, entry, headings)
    rows = []
    for index in complete:
        entry = entries[index]
        rows.append(PrintedRow(page, entry.line.number, _label(entries, index, is_known), entry.cells or ()))
    openers = [
        PrintedRow(page, entry.line.number, entry.label, ())
        for entry in entries[: max(complete, default=0)]
        if not entry.numbers and not entry.is_taken and _opens_block(entry.label, layout)
    ]
    return sorted(rows + openers, key=lambda row: row.line)


def _table_lines(lines: Sequence[Line], layout: Layout) -> Iterator[Line]:
    """Give the lines above the first footnote."""
    for line in lines:
        if row_key(line.text).startswith(row_key(layout.ends_at)):
            return
        yield line


def _entry(line: Line, headings: Sequence[Heading]) -> _Entry:
    """Split a line: its numbers are the phrases at its end that are numbers, its label is the rest."""
    phrases = list(line.phrases)
    first = len(phrases)
    while first > 0 and parse_cell(phrases[first - 1].text) is not None:
        first -= 1
    label = " ".join(phrase.text for phrase in phrases[:first])
    numbers = tuple(phrases[first:])
    return _Entry(line, label, numbers, _cells(numbers, headings))


def _cells(numbers: Sequence[Phrase], headings: Sequence[Heading]) -> tuple[Cell, ...] | None:
    """Put each number below the heading that is least aside of it; None where that is not one each."""
    columns = [min(range(len(headings)), key=lambda i: headings[i].distance(number)) for number in numbers]
    if columns != list(range(len(headings))):
        return None
    return tuple(Cell(parse_cell(number.text), cell_text(number.text)) for number in numbers)


def _label(entries: list[_Entry], index: int, is_known: IsKnown) -> str:
    """Give the label of a row, with the lines above and below that complete it to a known one."""
    own = entries[index].label
    if is_known(own):
        return own
    above = _free(entries, range(index - 1, -1, -1))
    below = _free(entries, range(index + 1, len(entries)))
    for upward, downward in product(range(len(above) + 1), range(len(below) + 1)):
        pieces = [*reversed(above[:upward]), entries[index], *below[:downward]]
        label = _joined([piece.label for piece in pieces if piece.label])
        if is_known(label):
            for piece in pieces:
                piece.is_taken = True
            return label
    return own


def _free(entries: list[_Entry], indexes: range) -> list[_Entry]:
    """Give the lines next to a row that hold words only and belong to no other label."""
    free: list[_Entry] = []
    for index in indexes:
        entry = entries[index]
        if entry.numbers or entry.is_taken or len(free) == _LONGEST_LABEL:
            break
        free.append(entry)
    return free


def _joined(pieces: list[str]) -> str:
    """Join the lines of a label: a word that is broken at its hyphen goes on without a space."""
    label = pieces[0] if pieces else ""
    for piece in pieces[1:]:
        label += piece if label.endswith("-") else f" {piece}"
    return label


def _opens_block(label: str, layout: Layout) -> bool:
    return any(word in row_key(label) for word in layout.blocks)


def _incomplete(page: int, entry: _Entry, headings: Sequence[Heading]) -> LayoutChangedError:
    expected = f"{len(headings)} numbers, one under each of " + ", ".join(
        repr(f"{heading.upper} {heading.lower}") for heading in headings
    )
    found = " ".join(phrase.text for phrase in entry.numbers)
    return LayoutChangedError(
        "a row has not one number in each column",
        f"page {page}, line {entry.line.number}",
        expected,
        f"{found!r} beside {entry.label!r}",
    )
