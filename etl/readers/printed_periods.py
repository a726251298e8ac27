"""Layout: a printed table with one row a period and one column an item, whose columns add up: `forex.pdf`
(liquid foreign exchange reserves) is one.

A row is a line that begins with a period; what follows are its numbers, from left to right. Where digits
are drawn apart (`1 6,341.1 5 ,257.2 21,598.3`) the identity of the columns says which belong together; a
row that adds up in no way, or in more than one, is a changed layout.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise
from typing import NamedTuple

from etl.catalog.labels import PATH_SEPARATOR, path_key, row_key
from etl.catalog.releases import Layout
from etl.readers import periods, table
from etl.readers.pdf import Line, Page, Phrase, read_pages
from etl.readers.printed_table import decimals_of, parse_cell
from etl.readers.values import LayoutChangedError, Observation, Period, Reading, Unread
from etl.readers.workbook import last_saved_in_properties

_MOST_PIECES = 12
"""A row of SBP's has three numbers in up to six pieces."""


@dataclass(frozen=True)
class _Head:
    """A column: the words above it, and from where to where they stand."""

    labels: tuple[str, ...]
    left: float
    right: float

    @property
    def key(self) -> str:
        """The path of its headers in one spelling."""
        return path_key(list(self.labels))


class _Row(NamedTuple):
    """One way to read a line: its period, as printed and as understood, and its numbers as printed."""

    label: str
    period: Period
    numbers: tuple[str, ...]


def read(content: bytes, layout: Layout, known_rows: frozenset[str]) -> Reading:
    """Read the pages of a file, of which one holds the table; raises `LayoutChangedError` where it is not
    understood.
    """
    pages = read_pages(content)
    page, stub = _find_stub(pages, layout)
    first = _first_row(page, stub, layout)
    unit_line, unit_label = _find_unit(page, stub, layout)
    heads = _heads(page.lines[unit_line + 1 : first], layout)
    _check_heads(page, heads, layout, known_rows)
    last = _find_end(page, first, layout)
    rows = [(line, row) for line in page.lines[first:last] if (row := _read_row(page, line, heads, layout))]
    _check_periods(page, rows)
    observations = [o for line, row in rows for o in _observe(page, line, row, heads, unit_label)]
    return Reading(
        observations=tuple(observations),
        unread=tuple(_unread(pages, page, range(first, last))),
        latest_period_ends_on=max(o.period_ends_on for o in observations),
        figures_sha256=table.figures_sha256(observations),
        last_saved_on=last_saved_in_properties(content),
    )


def _find_stub(pages: Sequence[Page], layout: Layout) -> tuple[Page, int]:
    for page in pages:
        for number, line in enumerate(page.lines):
            if any(table.is_text(phrase.text, layout.stub) for phrase in line.phrases):
                return page, number
    raise LayoutChangedError(
        "the table is not there",
        f"pages 1 to {len(pages)}",
        f"the header {layout.stub!r}",
        next((repr(line.text) for page in pages for line in page.lines), "no words at all"),
        nearness=0,
    )


def _first_row(page: Page, stub: int, layout: Layout) -> int:
    for number in range(stub + 1, len(page.lines)):
        if any(_periods(page.lines[number], layout)):
            return number
    raise LayoutChangedError(
        "no period is understood", f"page {page.number}", "rows that begin with one", page.lines[stub].text
    )


def _find_unit(page: Page, stub: int, layout: Layout) -> tuple[int, str]:
    for number, line in enumerate(page.lines[: stub + 1]):
        if any(table.says_unit(text, layout.unit) for text in (line.text, *(p.text for p in line.phrases))):
            return number, line.text
    raise LayoutChangedError(
        "the unit is not the one known",
        f"page {page.number}, above line {stub + 1}",
        f"words with {layout.unit!r}",
        " ".join(line.text for line in page.lines[:stub]) or "nothing",
    )


def _heads(lines: Sequence[Line], layout: Layout) -> list[_Head]:
    """Return the columns from left to right: header words that stand below one another belong together."""
    heads: list[_Head] = []
    for phrase in (phrase for line in lines for phrase in line.phrases):
        if table.is_text(phrase.text, layout.stub):
            continue
        above = [head for head in heads if head.left < phrase.right and phrase.left < head.right]
        heads = [head for head in heads if head not in above] + [_joined(above, phrase)]
    return sorted(heads, key=lambda head: head.left)


def _joined(above: list[_Head], phrase: Phrase) -> _Head:
    labels = tuple(label for head in above for label in head.labels)
    left = min([phrase.left, *(head.left for head in above)])
    return _Head((*labels, phrase.text), left, max([phrase.right, *(head.right for head in above)]))


def _check_heads(page: Page, heads: list[_Head], layout: Layout, known_rows: frozenset[str]) -> None:
    where = f"page {page.number}, above the table"
    for head in heads:
        if head.key not in known_rows:
            raise table.unknown("column", where, head.key, known_rows)
    keys = [head.key for head in heads]
    if sorted(set(keys)) != sorted(keys) or not set(layout.required_rows) <= set(keys):
        raise LayoutChangedError(
            "the columns are not as known", where, ", ".join(layout.required_rows), ", ".join(keys)
        )


def _find_end(page: Page, first: int, layout: Layout) -> int:
    for number in range(first, len(page.lines)):
        if row_key(page.lines[number].text).startswith(row_key(layout.ends_at)):
            return number
    return len(page.lines)


def _read_row(page: Page, line: Line, heads: list[_Head], layout: Layout) -> _Row | None:
    """Read a line in the one way in which it adds up; None where it holds words only."""
    ways = [
        _Row(label, period, numbers)
        for count, label, period in _periods(line, layout)
        for numbers in _numbers([word.text for word in line.words[count:]], len(heads))
    ]
    keys = [head.key for head in heads]
    good = [way for way in ways if _adds_up(dict(zip(keys, way.numbers, strict=True)), layout)]
    if len(good) == 1:
        return good[0]
    if not ways and not any(_is_number(word.text) for word in line.words):
        return None
    raise LayoutChangedError(
        "a row can be read in more than one way" if good else "a row is not understood",
        f"page {page.number}, line {line.number}",
        f"a period and {len(heads)} numbers that add up",
        repr(line.text),
    )


def _periods(line: Line, layout: Layout) -> Iterator[tuple[int, str, Period]]:
    """Return each period that the first words of a line may be, and how many they are."""
    words = [word.text for word in line.words]
    for count in range(1, len(words)):
        label = " ".join(words[:count])
        if period := periods.of_words(label, layout.day_means):
            yield count, label, period


def _numbers(pieces: list[str], columns: int) -> Iterator[tuple[str, ...]]:
    """Return each way to put pieces together to one number a column."""
    if len(pieces) > _MOST_PIECES:
        return
    for cuts in combinations(range(1, len(pieces)), columns - 1):
        numbers = tuple("".join(pieces[start:end]) for start, end in pairwise([0, *cuts, len(pieces)]))
        if all(_is_number(number) for number in numbers):
            yield numbers


def _is_number(text: str) -> bool:
    return isinstance(parse_cell(text), float)


def _adds_up(numbers: dict[str, str], layout: Layout) -> bool:
    """Whether each identity holds, within the rounding of its three figures."""
    for keys in layout.identities:
        whole, plus, minus = (Decimal(str(parse_cell(numbers[key]))) for key in keys)
        rounding = Decimal("1.5").scaleb(-max(decimals_of(numbers[key]) for key in keys))
        if abs(whole - (plus - minus)) > rounding:
            return False
    return True


def _check_periods(page: Page, rows: list[tuple[Line, _Row]]) -> None:
    seen: dict[tuple[str, date], Line] = {}
    for line, row in rows:
        first = seen.setdefault((row.period.type, row.period.ends_on), line)
        if first is not line:
            where = f"page {page.number}, lines {first.number} and {line.number}"
            raise LayoutChangedError(
                "two rows are about the same period", where, "a period of its own for each", repr(row.label)
            )


def _observe(page: Page, line: Line, row: _Row, heads: list[_Head], unit_label: str) -> Iterator[Observation]:
    for number, (head, text) in enumerate(zip(heads, row.numbers, strict=True), start=1):
        value = parse_cell(text)
        yield Observation(
            sheet=f"page {page.number}",
            cell=f"line {line.number}, number {number}",
            row_number=line.number,
            row_label=PATH_SEPARATOR.join(head.labels),
            row_key=head.key,
            indent=None,
            column_label=row.label,
            flow_label=None,
            unit_label=unit_label,
            period_type=row.period.type,
            period_starts_on=row.period.starts_on,
            period_ends_on=row.period.ends_on,
            status_mark=row.period.status_mark,
            value=value if isinstance(value, float) else None,
            value_as_printed=text,
            decimals=decimals_of(text),
        )


def _unread(pages: Sequence[Page], of_table: Page, rows: range) -> Iterator[Unread]:
    """Return the numbers outside the rows of the table."""
    for page in pages:
        for number, line in enumerate(page.lines):
            if page is of_table and number in rows:
                continue
            for phrase in line.phrases:
                if _is_number(phrase.text) and any(map(str.isdigit, phrase.text)):
                    yield Unread(f"page {page.number}", f"line {line.number}", phrase.text)
