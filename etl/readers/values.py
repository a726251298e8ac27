"""What reading gives: cells with their addresses, observations, and the explanation of a file that was
not understood.

Here: values without behaviour of their own. Not here: how any of them is found.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from typing import Literal, NamedTuple

CellValue = str | float | bool | date | None
PeriodType = Literal[
    "week", "month", "fiscal_quarter", "fiscal_year", "fiscal_year_to_date", "part_of_year", "span"
]
"""`part_of_year` is other months of one fiscal year (October and November), `span` a stretch of years
for which SBP prints one figure (`Aug 1947 to Jun 1949`).
"""


class Address(NamedTuple):
    """A cell's place, counted from 0; its text is what a spreadsheet shows."""

    row: int
    column: int

    def __str__(self) -> str:
        return f"{column_letters(self.column)}{self.row + 1}"


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Return a column, counted from 0, as a spreadsheet names it: A to Z, then AA."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


class Print(NamedTuple):
    """Where and how a page prints the content of a cell."""

    page: str
    """Such as `page 3`."""
    place: str
    """Such as `line 12, number 4`: both counted from 1, lines from the top of the page."""
    text: str
    """As printed, such as `(257,281)`, or `-` for zero."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name as written, its cells from A1 on, and the indent of cells where it matters."""

    name: str
    rows: tuple[tuple[CellValue, ...], ...]
    merged: tuple[tuple[Address, Address], ...]
    """First and last cell of each merged area; only the first holds the value."""
    indents: dict[Address, int]
    """Indent levels, of the cells that have one; empty where the format was not asked for them."""
    is_turned: bool = False
    """Whether rows and columns have changed places: a table with periods down reads as one with periods
    across. Places are then printed as they are in the file.
    """
    prints: dict[Address, Print] = field(default_factory=dict)
    """For a table put together from pages, where each of its cells is printed; else empty."""

    def at(self, address: Address) -> CellValue:
        """Return a cell's value; None outside the used area."""
        if address.row < len(self.rows) and address.column < len(self.rows[address.row]):
            return self.rows[address.row][address.column]
        return None

    def across(self, row: int, columns: list[int]) -> list[CellValue]:
        """Return the values of some cells of a row; None outside the used area."""
        cells = self.rows[row] if row < len(self.rows) else ()
        width = len(cells)
        return [cells[column] if column < width else None for column in columns]

    def source(self, address: Address) -> tuple[str, str]:
        """Return the sheet and cell, or the page and place, in which a person finds a cell's content."""
        return self.sources(address.row, [address.column])[0]

    def sources(self, row: int, columns: list[int]) -> list[tuple[str, str]]:
        """Return the same for some cells of a row; most sheets are as they are in the file, and fast."""
        if not self.prints and not self.is_turned:
            return [(self.name, f"{column_letters(column)}{row + 1}") for column in columns]
        addresses = [Address(row, column) for column in columns]
        prints = [self.prints.get(address) for address in addresses]
        return [
            (printed.page, printed.place) if printed else (self.name, str(self.in_file(address)))
            for address, printed in zip(addresses, prints, strict=True)
        ]

    def where(self, address: Address) -> str:
        """Return where a cell is, for an explanation."""
        return (
            ", ".join(self.source(address))
            if address in self.prints
            else f"{self.name!r} {self.in_file(address)}"
        )

    def where_row(self, row: int, stub_column: int) -> str:
        """Return where a row is, for an explanation."""
        label = Address(row, stub_column)
        return self.where(label) if label in self.prints else f"sheet {self.name!r}, {self.name_rows(row)}"

    @property
    def width(self) -> int:
        """Number of columns of the used area."""
        return max((len(row) for row in self.rows), default=0)

    def turned(self) -> "Sheet":
        """Return the sheet with rows and columns changed, without indents."""
        merged = tuple((Address(*first[::-1]), Address(*last[::-1])) for first, last in self.merged)
        return Sheet(self.name, tuple(zip_longest(*self.rows)), merged, {}, not self.is_turned)

    def in_file(self, address: Address) -> Address:
        """Return the place that a cell has in the file."""
        return Address(address.column, address.row) if self.is_turned else address

    def name_rows(self, *numbers: int) -> str:
        """Return rows as a spreadsheet calls them: `row 5`, `rows 5 and 6`, or columns where it is turned."""
        return _named("column" if self.is_turned else "row", numbers)

    def name_columns(self, *numbers: int) -> str:
        """Return columns as a spreadsheet calls them: `column E`, or rows where the sheet is turned."""
        return _named("row" if self.is_turned else "column", numbers)


def _named(kind: str, numbers: tuple[int, ...]) -> str:
    names = (str(n + 1) if kind == "row" else str(Address(0, n)).rstrip("1") for n in numbers)
    return f"{kind}{'s' if len(numbers) > 1 else ''} {' and '.join(names)}"


@dataclass(frozen=True)
class Period:
    """A stretch of whole months, or a week, that a column (or in some layouts a row) is about."""

    type: PeriodType
    starts_on: date
    ends_on: date
    status_mark: str | None
    """`P` (provisional) or `R` (revised) as printed beside the period; None where nothing is."""


class Observation(NamedTuple):
    """One number (or one printed absence of a number) with its words and its place.

    `row_label` and `row_key` are the words that say what it is of, `column_label` those that say when,
    as most of SBP's tables have them. Where a table has its periods down the stub and its items across,
    the words trade places and the address does not: `row_label` is the header of the number's column,
    `column_label` stands in its row, and `cell` and `row_number` are where the number is.

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
    """The period as printed; a date cell in ISO form."""
    flow_label: str | None
    """`Credit`, `Debit` or `Net` where columns are grouped so; the title of the table (`Month End
    Exchange Rates`) where a file has several.
    """
    unit_label: str
    period_type: PeriodType
    period_starts_on: date
    period_ends_on: date
    status_mark: str | None
    """`P` or `R` as printed beside the period; of a series its status in words."""
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
    stated_on: date | None = None
    """Day on which SBP says in the file itself that it published these figures."""
    is_complete: bool = True
    """A figure that the file leaves out, of a period that it holds, is one that SBP took back. Not so
    where a person picked what the file holds."""


@dataclass(frozen=True)
class NotUnderstood:
    """Why a file was not read: quarantined with this, for a person to act on."""

    reason: str
    where: str
    expected: str
    found: str
    nearness: int = field(default=100, compare=False)
    """How near the file comes to the layout: 100 where its table is there, else the per cent of its
    headers that one row has.
    """

    def __str__(self) -> str:
        return f"{self.reason} at {self.where}: expected {self.expected}; found {self.found}"


class LayoutChangedError(Exception):
    """Raised inside a reader where the file is not as the catalogue describes it; `read_release` turns
    it into the `NotUnderstood` that it carries.
    """

    def __init__(self, reason: str, where: str, expected: str, found: str, nearness: int = 100) -> None:
        super().__init__(reason)
        self.explanation = NotUnderstood(reason, where, expected, found, nearness)
