"""Numbers as pages print them: `363,810`, `(257,281)`, `-` for zero, and digits that were drawn apart.

Here: the words of one cell and the number they are. Not here: which words are in which cell.
"""

import re

from etl.reading.values import CellValue

_DASHES = frozenset({"-", "–", "—", "−", "- -"})
_ABSENCES = frozenset({"N/A", "n.a.", "..."})
_GROUPED = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"
_NUMBER = re.compile(rf"(?P<open>\()?(?P<minus>[-−])?(?P<digits>{_GROUPED}|\d+(?:\.\d+)?)(?(open)\))")
_SIGN_APART = re.compile(r"(?<=[(\-−]) | (?=\))")


def is_dash(text: str) -> bool:
    """Tell whether a print says zero without a digit: SBP's number formats do so for an exact zero."""
    return text in _DASHES


def cell_text(words: str) -> str:
    """Give the words of a cell with a number's parts put together; other words as they are.

    `1 6,341.1` is 16,341.1: with thousands commas a number is whole or not. `12 345` stays as it is:
    nothing says that it is one number.
    """
    closed = _SIGN_APART.sub("", words)
    together = closed.replace(" ", "")
    if together != closed and re.search(_GROUPED, together) and _NUMBER.fullmatch(together):
        return together
    return closed if _NUMBER.fullmatch(closed) else words


def parse_cell(words: str) -> CellValue:
    """Give the number of a cell, or the text in its place (`N/A`); None where it is neither."""
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
    """Give the digits that a print has after its point."""
    return len(text.rstrip(")").partition(".")[2])
