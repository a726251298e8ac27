"""What reading gives: cells with their addresses, observations, and the explanation of a file that was
not understood.

Here: values without behaviour of their own. Not here: how any of them is found.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

CellValue = str | float | bool | date | None
PeriodType = Literal["month", "fiscal_quarter", "fiscal_year", "fiscal_year_to_date", "part_of_year"]


class Address(NamedTuple):
    """A cell's place, counted from 0; its text is what a spreadsheet shows."""

    row: int
    column: int

    def __str__(self) -> str:
        return f"{column_letters(self.column)}{self.row + 1}"


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Give a column, counted from 0, as a spreadsheet names it: A to Z, then AA."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name as written, its cells from A1 on, and the indent of cells where it matters."""

    name: str
    rows: tuple[tuple[CellValue, ...], ...]
    merged: tuple[tuple[Address, Address], ...]
    """First and last cell of each merged area; only the first holds the value."""
    indents: dict[Address, int]
    """Indent levels, of the cells that have one; empty where the format was not asked for them."""

    def at(self, address: Address) -> CellValue:
        """Give a cell's value; None outside the used area."""
        if address.row < len(self.rows) and address.column < len(self.rows[address.row]):
            return self.rows[address.row][address.column]
        return None

    def across(self, row: int, columns: list[int]) -> list[CellValue]:
        """Give the values of some cells of a row; None outside the used area."""
        cells = self.rows[row] if row < len(self.rows) else ()
        width = len(cells)
        return [cells[column] if column < width else None for column in columns]

    @property
    def width(self) -> int:
        """Number of columns of the used area."""
        return max((len(row) for row in self.rows), default=0)


@dataclass(frozen=True)
class Period:
    """A stretch of whole months that a column is about."""

    type: PeriodType
    starts_on: date
    ends_on: date
    status_mark: str | None
    """`P` (provisional) or `R` (revised) as printed beside the period; None where nothing is."""


class Observation(NamedTuple):
    """One number (or one printed absence of a number) with its words and its place.

    A NamedTuple where other values are dataclasses: a file has over a thousand, and making one takes a
    fifth of the time.
    """

    sheet: str
    cell: str
    row_number: int
    """The row as a spreadsheet counts it: tells apart rows that are labelled alike."""
    row_label: str
    row_key: str
    indent: int | None
    column_label: str
    """The period header as printed; a date cell in ISO form."""
    flow_label: str | None
    """`Credit`, `Debit` or `Net` where columns are grouped so."""
    unit_label: str
    period_type: PeriodType
    period_starts_on: date
    period_ends_on: date
    status_mark: str | None
    value: float | None
    value_as_printed: str
    """The shortest form of the number, or the text that stands in its place (`N/A`, `-`)."""
    decimals: int | None


@dataclass(frozen=True)
class Unread:
    """A number in the sheet that belongs to no observation: reported, never dropped."""

    sheet: str
    cell: str
    value_as_printed: str


@dataclass(frozen=True)
class Reading:
    """All that one release file says."""

    observations: tuple[Observation, ...]
    unread: tuple[Unread, ...]
    latest_period_ends_on: date
    figures_sha256: str
    """Hash of figures, labels and cells: equal for two files that say the same, whatever their bytes."""
    last_saved_on: date | None
    """Karachi date at which the program that wrote the file last saved it."""


@dataclass(frozen=True)
class NotUnderstood:
    """Why a file was not read: quarantined with this, for a person to act on."""

    reason: str
    where: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.reason} at {self.where}: expected {self.expected}; found {self.found}"


class LayoutChangedError(Exception):
    """Raised inside a reader where the file is not as the catalogue describes it; `read_release` turns
    it into the `NotUnderstood` that it carries.
    """

    def __init__(self, reason: str, where: str, expected: str, found: str) -> None:
        super().__init__(reason)
        self.explanation = NotUnderstood(reason, where, expected, found)
