"""Where a cell stands, and what it may hold: the words in which the tests' workbooks are written."""

from datetime import date

Place = tuple[int, int]
"""Row and column, from 0."""
Value = str | float | bool | date


def place(cell: str) -> Place:
    """Return row and column, from 0, of a cell such as `I59`."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(cell[len(letters) :]) - 1, column - 1


def name(of: Place) -> str:
    """Return the cell's name, such as `I59`."""
    letters, rest = "", of[1] + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{of[0] + 1}"
