"""A table printed over one page or several, put together as the sheet that it was printed from.

Here: which pages go on below and which beside the ones before, and the `Sheet` that comes of them, with
the page, line and print of every cell. Not here: the words of a page (`pages.py`), its header and rows
(`printed_header.py`, `printed_rows.py`), and what the table means: the layouts read the sheet as they
read a workbook's.

A printer cuts a table that is too wide or too long: down and then over, or over and then down, with the
header and the labels repeated on every page or on the first ones alone.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import NamedTuple

from etl.catalog.labels import PATH_SEPARATOR, row_key
from etl.catalog.releases import Layout
from etl.readers import periods
from etl.readers.pdf import Line, Page, Phrase
from etl.readers.values import Address, CellValue, LayoutChangedError, Print, Sheet

_MARK = re.compile(r"\(?[PR]\)?")
_CLEARLY_NEARER = 0.75
"""The word over three columns is half as far from the outer ones as the next word is."""


class Heading(NamedTuple):
    """What stands over one column of numbers, and where the lower word of it stands."""

    upper: str
    lower: str
    left: float
    right: float

    @property
    def centre(self) -> float:
        """Return the middle between the edges."""
        return (self.left + self.right) / 2

    def distance(self, phrase: Phrase) -> float:
        """Return how far aside of it a phrase stands; 0 where one is below the other."""
        return max(self.left - phrase.right, phrase.left - self.right, 0.0)


@dataclass(frozen=True)
class PrintedHeader:
    """The header of the table on a page."""

    headings: tuple[Heading, ...]
    """From left to right, one a column."""
    stub: str
    """Words beside them, over the labels; empty where there are none."""
    first_line: int
    """Number of its first line: titles stand above."""
    last_line: int
    """Number of its last line: rows stand below."""


def find_header(page: Page, layout: Layout) -> PrintedHeader | None:
    """Find the header; None on a page that has none, because it only goes on.

    Raises `LayoutChangedError` where the words above the lower row are no periods.
    """
    for index, line in enumerate(page.lines):
        stub, lowers = _headers(line, partial(_is_lower, layout))
        if lowers:
            return _with_uppers(page, index, layout, stub, lowers)
    return None


def _with_uppers(page: Page, index: int, layout: Layout, stub: str, lowers: list[Phrase]) -> PrintedHeader:
    marks = [phrase for phrase in lowers if _is_mark(phrase)]
    lowers = [phrase for phrase in lowers if not _is_mark(phrase)]
    stubs = [stub]
    for line in reversed(page.lines[:index]):
        stub, uppers = _headers(line, partial(_is_upper, layout))
        if uppers:
            headings = _headings(page, line, uppers, lowers, marks)
            text = " ".join(text for text in [stub, *stubs] if text)
            return PrintedHeader(headings, text, line.number, page.lines[index].number)
        if all(_is_mark(phrase) for phrase in line.phrases):
            marks += line.phrases
        elif line.phrases[-1].right < lowers[0].left:
            stubs.insert(0, line.text)
        else:
            raise _not_understood(page, line)
    raise _not_understood(page, page.lines[index])


def _headers(line: Line, is_header: Callable[[str], bool]) -> tuple[str, list[Phrase]]:
    """Return the words before the first header of a line and its headers; none where other words follow."""
    phrases = list(line.phrases)
    first = next((i for i, phrase in enumerate(phrases) if is_header(phrase.text)), len(phrases))
    headers = phrases[first:]
    is_all = all(is_header(phrase.text) or _is_mark(phrase) for phrase in headers)
    return " ".join(phrase.text for phrase in phrases[:first]), headers if is_all else []


def _headings(
    page: Page, line: Line, uppers: list[Phrase], lowers: list[Phrase], marks: list[Phrase]
) -> tuple[Heading, ...]:
    """Put over each lower word the upper word whose middle is nearest, and beside it its mark."""
    marks += [phrase for phrase in uppers if _is_mark(phrase)]
    uppers = [phrase for phrase in uppers if not _is_mark(phrase)]
    texts = {lower: lower.text for lower in lowers}
    for mark in marks:
        texts[min(lowers, key=lambda lower: abs(lower.right - mark.left))] += f" {mark.text}"
    over = {lower: _nearest(page, line, uppers, lower) for lower in lowers}
    idle = [upper.text for upper in uppers if upper not in over.values()]
    if idle:
        expected = "a column under each period"
        raise LayoutChangedError(
            "a column is missing", _where(page, line), expected, f"none under {idle[0]!r}"
        )
    return tuple(Heading(over[low].text, texts[low], low.left, low.right) for low in lowers)


def _nearest(page: Page, line: Line, uppers: list[Phrase], lower: Phrase) -> Phrase:
    first, *others = sorted(uppers, key=lambda upper: abs(upper.centre - lower.centre))
    if others and abs(first.centre - lower.centre) > _CLEARLY_NEARER * abs(others[0].centre - lower.centre):
        raise LayoutChangedError(
            "a column stands between two period headers",
            _where(page, line),
            f"one period over {lower.text!r}",
            f"{first.text!r} and {others[0].text!r} about as far from it",
        )
    return first


def _is_lower(layout: Layout, text: str) -> bool:
    if layout.flows:
        return row_key(text) in {row_key(flow) for flow in layout.flows}
    header = periods.parse_header(text)
    return header is not None and header.period.type == "fiscal_year"


def _is_upper(layout: Layout, text: str) -> bool:
    return periods.parse_header(text if layout.flows else f"{text} FY00") is not None


def _is_mark(phrase: Phrase) -> bool:
    return _MARK.fullmatch(phrase.text) is not None


def _not_understood(page: Page, line: Line) -> LayoutChangedError:
    expected = "periods like 'Mar-26 (P)' and 'Jul-Mar, FY26 (P)', or 'Jul-Mar' over 'FY26'"
    return LayoutChangedError(
        "a period header is not understood", _where(page, line), expected, repr(line.text)
    )


def _where(page: Page, line: Line) -> str:
    return f"page {page.number}, line {line.number}"


_DASHES = frozenset({"-", "–", "—", "−", "- -"})
_ABSENCES = frozenset({"N/A", "n.a.", "..."})
_GROUPED = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"
_NUMBER = re.compile(rf"(?P<open>\()?(?P<minus>[-−])?(?P<digits>{_GROUPED}|\d+(?:\.\d+)?)(?(open)\))")
_SIGN_APART = re.compile(r"(?<=[(\-−]) | (?=\))")


def is_dash(text: str) -> bool:
    """Whether a print says zero without a digit: SBP's number formats do so for an exact zero."""
    return text in _DASHES


def cell_text(words: str) -> str:
    """Return the words of a cell with a number's parts put together; other words as they are.

    `1 6,341.1` is 16,341.1: with thousands commas a number is whole or not. `12 345` stays as it is:
    nothing says that it is one number.
    """
    closed = _SIGN_APART.sub("", words)
    together = closed.replace(" ", "")
    if together != closed and re.search(_GROUPED, together) and _NUMBER.fullmatch(together):
        return together
    return closed if _NUMBER.fullmatch(closed) else words


def parse_cell(words: str) -> CellValue:
    """Return the number of a cell, or the text in its place (`N/A`); None where it is neither."""
    text = cell_text(words)
    if is_dash(text):
        return 0.0
    if text in _ABSENCES:
        return text
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    value = float(match["digits"].replace(",", ""))
    return -value if value and (match["open"] or match["minus"]) else value


def decimals_of(text: str) -> int:
    """Return the digits that a print has after its point."""
    return len(text.rstrip(")").partition(".")[2])


IsKnown = Callable[[str], bool]
_LONGEST_LABEL = 3
"""Lines above or below that may belong to one label."""


class PrintedCell(NamedTuple):
    """A number, or the text in its place, and how it is printed."""

    value: CellValue
    text: str


class PrintedRow(NamedTuple):
    """A row as printed; one that only opens a block of rows has no cells."""

    page: int
    line: int
    label: str
    """Empty where the page has only the numbers of rows that another page labels."""
    cells: tuple[PrintedCell, ...]

    @property
    def place(self) -> str:
        """Return where a person finds it."""
        return f"page {self.page}, line {self.line}"


@dataclass
class _Entry:
    """A line, split; `cells` is None where the numbers are not one a column."""

    line: Line
    label: str
    numbers: tuple[Phrase, ...]
    cells: tuple[PrintedCell, ...] | None
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
    """Return the lines above the first footnote."""
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


def _cells(numbers: Sequence[Phrase], headings: Sequence[Heading]) -> tuple[PrintedCell, ...] | None:
    """Put each number below the heading that is least aside of it; None where that is not one each."""
    columns = [min(range(len(headings)), key=lambda i: headings[i].distance(number)) for number in numbers]
    if columns != list(range(len(headings))):
        return None
    return tuple(PrintedCell(parse_cell(number.text), cell_text(number.text)) for number in numbers)


def _label(entries: list[_Entry], index: int, is_known: IsKnown) -> str:
    """Return the label of a row, with the lines above and below that complete it to a known one."""
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
    """Return the lines next to a row that hold words only and belong to no other label."""
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


@dataclass
class _Strip:
    """Columns that stand on the same pages, and all their rows."""

    page: int
    header: PrintedHeader
    rows: list[PrintedRow] = field(default_factory=list)

    @property
    def headings(self) -> tuple[Heading, ...]:
        return self.header.headings

    @property
    def words(self) -> list[tuple[str, str]]:
        return [(heading.upper, heading.lower) for heading in self.headings]


def as_sheet(pages: Sequence[Page], layout: Layout, known_rows: frozenset[str]) -> Sheet:
    """Put the pages of a table together.

    Raises `LayoutChangedError` where no page has its header, where a page belongs to no other, and where
    pages do not have the same rows.
    """
    labels = {key.rsplit(PATH_SEPARATOR)[-1] if layout.blocks else key for key in known_rows}
    titles: list[Print] = []
    strips: list[_Strip] = []
    for page in pages:
        titles += _read_page(page, strips, layout, lambda label: row_key(label) in labels)
    if not any(strip.rows for strip in strips):
        headers = (
            " ".join(layout.flows) + " under periods" if layout.flows else "'Mar' over 'FY26' and the like"
        )
        expected = f"{headers}, and numbers below"
        raise LayoutChangedError(
            "the table is not there", _name(pages), expected, _first_words(pages), nearness=0
        )
    return _sheet(_name(pages), titles, strips, layout)


def _read_page(page: Page, strips: list[_Strip], layout: Layout, is_known: IsKnown) -> list[Print]:
    """Add a page to the strip that it goes on; returns its titles."""
    header = find_header(page, layout)
    if header is None:
        _go_on(page, strips, layout, is_known)
        return []
    found = _Strip(page.number, header)
    strip = next((strip for strip in strips if strip.words == found.words), found)
    if strip is found:
        strips.append(strip)
    below = [line for line in page.lines if line.number > header.last_line]
    strip.rows += read_rows(page.number, below, header.headings, layout, is_known)
    above = [line for line in page.lines if line.number < header.first_line]
    return [Print(f"page {page.number}", f"line {line.number}", line.text) for line in above]


def _go_on(page: Page, strips: list[_Strip], layout: Layout, is_known: IsKnown) -> None:
    """Add a page without a header to the latest strip whose columns its numbers fit below."""
    refusals = []
    for strip in reversed(strips):
        try:
            rows = read_rows(page.number, page.lines, strip.headings, layout, is_known)
        except LayoutChangedError as error:
            refusals.append(error)
            continue
        if rows:
            strip.rows += rows
            return
    if refusals:
        raise refusals[0]


def _sheet(name: str, titles: list[Print], strips: list[_Strip], layout: Layout) -> Sheet:
    rows: list[tuple[CellValue, ...]] = []
    prints: dict[Address, Print] = {}
    above: list[_SheetRow] = [((title.text,), (title,)) for title in titles]
    for cells, places in (*above, *_header_rows(strips, layout), *_table_rows(strips)):
        prints |= {Address(len(rows), column): print_ for column, print_ in enumerate(places) if print_}
        rows.append(cells)
    return Sheet(name, tuple(rows), merged=(), indents={}, prints=prints)


_SheetRow = tuple[tuple[CellValue, ...], tuple[Print | None, ...]]


def _header_rows(strips: list[_Strip], layout: Layout) -> list[_SheetRow]:
    """Return the two rows of the header; over a group of flows its period stands once, as in a workbook."""
    headings = [(strip, heading) for strip in strips for heading in strip.headings]
    uppers: list[str | None] = []
    for (_, before), (strip, heading) in zip([headings[-1], *headings], headings, strict=False):
        is_first = not layout.flows or row_key(heading.lower) == row_key(layout.flows[0])
        if not is_first and heading.upper != before.upper:
            raise LayoutChangedError(
                "a group of columns is not as known",
                f"page {strip.page}, line {strip.header.last_line}",
                f"{' '.join(layout.flows)} under {before.upper!r}",
                f"{heading.lower!r} under {heading.upper!r}",
            )
        uppers.append(heading.upper if is_first else None)
    lowers = [heading.lower for _, heading in headings]
    places = [Print(f"page {strip.page}", f"line {strip.header.last_line}", "") for strip, _ in headings]
    # The words over the labels differ between releases and were not seen in all: the headings decide.
    return [((layout.stub, *uppers), (None, *places)), ((None, *lowers), (None, *places))]


def _table_rows(strips: list[_Strip]) -> list[_SheetRow]:
    """Return the rows of all strips side by side, which must be the same ones in the same order."""
    longest = max(strips, key=lambda strip: len(strip.rows)).rows
    for strip in strips:
        for row, other in zip(strip.rows, longest, strict=False):
            if row.label and other.label and row_key(row.label) != row_key(other.label):
                raise _misfit(row, other)
        if len(strip.rows) < len(longest):
            raise _too_few(strip, longest)
    return [_side_by_side(parts) for parts in zip(*(strip.rows for strip in strips), strict=True)]


def _side_by_side(parts: tuple[PrintedRow, ...]) -> _SheetRow:
    labelled = next((part for part in parts if part.label), None)
    if labelled is None:
        first = parts[0]
        found = " ".join(cell.text for cell in first.cells)
        raise LayoutChangedError("a row has no label", first.place, "words beside its numbers", found)
    label = Print(f"page {labelled.page}", f"line {labelled.line}", labelled.label)
    numbers = [
        (cell.value, Print(f"page {part.page}", f"line {part.line}, number {number}", cell.text))
        for part in parts
        for number, cell in enumerate(part.cells, 1)
    ]
    return (labelled.label, *(value for value, _ in numbers)), (label, *(print_ for _, print_ in numbers))


def _misfit(row: PrintedRow, other: PrintedRow) -> LayoutChangedError:
    expected = f"the row {other.label!r} of {other.place}"
    return LayoutChangedError("pages do not have the same rows", row.place, expected, repr(row.label))


def _too_few(strip: _Strip, longest: list[PrintedRow]) -> LayoutChangedError:
    over = ", ".join(repr(f"{upper} {lower}") for upper, lower in strip.words)
    return LayoutChangedError(
        "pages do not have the same rows",
        f"page {strip.rows[-1].page if strip.rows else strip.page}, below {over}",
        f"{len(longest)} rows, as below the other columns",
        f"{len(strip.rows)}",
    )


def _name(pages: Sequence[Page]) -> str:
    return "page 1" if len(pages) == 1 else f"pages 1 to {len(pages)}"


def _first_words(pages: Sequence[Page]) -> str:
    lines = [line.text for page in pages for line in page.lines]
    return f"none of these headers; the first line is {lines[0]!r}"
