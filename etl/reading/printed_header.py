"""The header of a table on a page: two rows of words above the numbers, the upper one (a period) over one
column or several, the lower one (a flow, or a fiscal year) over each.

Here: finding it by its words, and which word stands over which column. Not here: the rows below
(`printed_rows.py`), and what the periods are; the layouts read that.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from etl.catalog import Layout
from etl.reading import periods
from etl.reading.labels import row_key
from etl.reading.pages import Line, Page, Phrase
from etl.reading.values import LayoutChangedError

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
        """Give the middle between the edges."""
        return (self.left + self.right) / 2

    def distance(self, phrase: Phrase) -> float:
        """Give how far aside of it a phrase stands; 0 where one is below the other."""
        return max(self.left - phrase.right, phrase.left - self.right, 0.0)


@dataclass(frozen=True)
class Header:
    """The header of the table on a page."""

    headings: tuple[Heading, ...]
    """From left to right, one a column."""
    stub: str
    """Words beside them, over the labels; empty where there are none."""
    first_line: int
    """Number of its first line: titles stand above."""
    last_line: int
    """Number of its last line: rows stand below."""


def find_header(page: Page, layout: Layout) -> Header | None:
    """Find the header; None on a page that has none, because it only goes on.

    Raises `LayoutChangedError` where the words above the lower row are no periods.
    """
    for index, line in enumerate(page.lines):
        stub, lowers = _headers(line, partial(_is_lower, layout))
        if lowers:
            return _with_uppers(page, index, layout, stub, lowers)
    return None


def _with_uppers(page: Page, index: int, layout: Layout, stub: str, lowers: list[Phrase]) -> Header:
    marks = [phrase for phrase in lowers if _is_mark(phrase)]
    lowers = [phrase for phrase in lowers if not _is_mark(phrase)]
    stubs = [stub]
    for line in reversed(page.lines[:index]):
        stub, uppers = _headers(line, partial(_is_upper, layout))
        if uppers:
            headings = _headings(page, line, uppers, lowers, marks)
            text = " ".join(text for text in [stub, *stubs] if text)
            return Header(headings, text, line.number, page.lines[index].number)
        if all(_is_mark(phrase) for phrase in line.phrases):
            marks += line.phrases
        elif line.phrases[-1].right < lowers[0].left:
            stubs.insert(0, line.text)
        else:
            raise _not_understood(page, line)
    raise _not_understood(page, page.lines[index])


def _headers(line: Line, is_header: Callable[[str], bool]) -> tuple[str, list[Phrase]]:
    """Give the words before the first header of a line and its headers; none where other words follow."""
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
