"""A table printed over one page or several, put together as the sheet that it was printed from.

Here: which pages go on below and which beside the ones before, and the `Sheet` that comes of them, with
the page, line and print of every cell. Not here: the words of a page (`pages.py`), its header and rows
(`printed_header.py`, `printed_rows.py`), and what the table means: the layouts read the sheet as they
read a workbook's.

A printer cuts a table that is too wide or too long: down and then over, or over and then down, with the
header and the labels repeated on every page or on the first ones alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from etl.catalog import Layout
from etl.reading.labels import PATH_SEPARATOR, row_key
from etl.reading.pages import Page
from etl.reading.printed_header import Header, Heading, find_header
from etl.reading.printed_rows import IsKnown, PrintedRow, read_rows
from etl.reading.values import Address, CellValue, LayoutChangedError, Print, Sheet


@dataclass
class _Strip:
    """Columns that stand on the same pages, and all their rows."""

    page: int
    header: Header
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
    """Add a page to the strip that it goes on; gives its titles."""
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
    """Give the two rows of the header; over a group of flows its period stands once, as in a workbook."""
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
    """Give the rows of all strips side by side, which must be the same ones in the same order."""
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
