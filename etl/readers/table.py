"""What all tables of SBP have in common: a stub of labels, numbers to its right, a unit above and
footnotes below.

Here: finding these parts by their words, and turning columns and rows into observations. Not here:
which column is about which period; each family of layouts says that in a module of its own.
"""

import difflib
import hashlib
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import isfinite

from etl.catalog.labels import path_key, row_key
from etl.catalog.releases import Layout
from etl.readers.values import Address, CellValue, LayoutChangedError, Observation, Period, Sheet, Unread

_PRINTED_ABSENCES = frozenset({"N/A", "-", "...", "\u2026", "n.a."})
_ERROR_VALUES = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#ERROR!"})
"""What a workbook shows where a formula came to no number."""
_UNIT_WORDS = ("us$", "us $", "us dollar", "rupee", "thousand", "million", "billion")
"""What a unit is told by where it is not the one that is known."""


@dataclass(frozen=True)
class PeriodColumn:
    """A column of numbers: where it is, what it is about, and its headers as printed."""

    number: int
    period: Period
    column_label: str
    flow_label: str | None
    where: str = ""
    """Where a person finds its header."""


@dataclass(frozen=True)
class LabelledRow:
    """A row with its label; `key` tells which row of the release it is."""

    number: int
    label: str
    key: str
    indent: int | None
    where: str
    """Where a person finds it."""


def is_text(cell: CellValue, words: str) -> bool:
    """Whether a cell holds these words, whatever their case and spacing."""
    return isinstance(cell, str) and row_key(cell) == row_key(words)


def header_text(cell: CellValue) -> str:
    """Return a header cell as it is landed: text trimmed, dates in ISO form, whole numbers plain."""
    if cell is None:
        return ""
    return cell.strip() if isinstance(cell, str) else printed(cell)


def header_cell(sheet: Sheet, address: Address) -> str:
    """Return a header cell's words; across a merged area only the first cell holds them."""
    for first, last in sheet.merged:
        if first.row <= address.row <= last.row and first.column <= address.column <= last.column:
            if address.row > first.row:
                return ""  # a header that is merged downwards is said once, in its first row
            address = first
            break
    cell = sheet.at(address)
    return f"{cell:%b-%y}" if isinstance(cell, date) else header_text(cell)


def is_unit(cell: CellValue) -> bool:
    """Whether a cell names a unit."""
    return isinstance(cell, str) and any(word in cell.casefold() for word in _UNIT_WORDS)


def says_unit(text: str, unit: str) -> bool:
    """Whether words say this unit and nothing else: alone, or in brackets after other words. A damaged word
    (`(MILLION US$9`) says none.
    """
    return _said_as(unit).fullmatch(row_key(text)) is not None


@lru_cache(maxsize=64)
def _said_as(unit: str) -> re.Pattern[str]:
    words = rf"(?:(?:all )?(?:amounts?|figures|values?) )?(?:in )?{re.escape(unit)}(?: ?(?:\$|dollars?))?"
    return re.compile(rf"{words}\.?|(?:[^()]* ?)\( ?{words} ?\)\.?|(?:[^\[\]]* ?)\[ ?{words} ?\]\.?")


def find_unit(sheet: Sheet, layout: Layout, first_data_row: int) -> str:
    """Find the unit printed above the table; another unit or none is a changed layout."""
    texts = [
        (Address(row, column), cell.strip())
        for row, cells in enumerate(sheet.rows[:first_data_row])
        for column, cell in enumerate(cells)
        if isinstance(cell, str)
    ]
    for _, text in texts:
        if says_unit(text, layout.unit):
            return text
    units = [(at, text) for at, text in texts if is_unit(text)]
    where = sheet.where(units[0][0]) if units else f"{sheet.name!r}, above row {first_data_row + 1}"
    raise LayoutChangedError(
        "the unit is not the one known",
        where,
        f"words with {layout.unit!r}",
        units[0][1] if units else "none",
    )


def find_end(
    sheet: Sheet, layout: Layout, stub_column: int, first_row: int, columns: list[PeriodColumn]
) -> int:
    """Return the row below the table's last one: the first footnote, else the end of the numbers."""
    last_with_number = first_row - 1
    numbers = [column.number for column in columns]
    for row in range(first_row, len(sheet.rows)):
        label = sheet.at(Address(row, stub_column))
        if isinstance(label, str) and row_key(label).startswith(row_key(layout.ends_at)):
            return row
        if any(isinstance(cell, float) for cell in sheet.across(row, numbers)):
            last_with_number = row
    return last_with_number + 1


def table_rows(sheet: Sheet, stub_column: int, rows: range, *, by_path: bool) -> list[LabelledRow]:
    """Return the labelled rows; `by_path` makes the key of the labels that a row is indented under."""
    found: list[LabelledRow] = []
    path: list[tuple[int, str]] = []
    for number in rows:
        address = Address(number, stub_column)
        label = sheet.at(address)
        if not isinstance(label, str):
            continue
        indent = sheet.indents.get(address) if sheet.indents else None
        if by_path:
            path = [step for step in path if step[0] < (indent or 0)] + [(indent or 0, label)]
        key = path_key([step[1] for step in path]) if by_path else row_key(label)
        found.append(LabelledRow(number, label, key, indent, sheet.where_row(number, stub_column)))
    return found


def in_blocks(rows: list[LabelledRow], blocks: tuple[str, ...]) -> list[LabelledRow]:
    """Return rows that are told apart by their block: `exports > 4. travel`.

    A row whose label has a block's word opens that block and belongs to it.
    """
    found: list[LabelledRow] = []
    block: str | None = None
    for row in rows:
        block = next((word for word in blocks if word in row_key(row.label)), block)
        labels = [row.label] if block is None else [block, row.label]
        found.append(replace(row, key=path_key(labels)))
    return found


def observe(
    sheet: Sheet,
    rows: list[LabelledRow],
    columns: list[PeriodColumn],
    unit_label: str,
    known_rows: frozenset[str],
) -> Iterator[Observation]:
    """Return an observation for each cell of the table that holds a number or a printed absence.

    Raises `LayoutChangedError` for a row with numbers that is not known or is there already, and for any
    other content.
    """
    seen: dict[str, LabelledRow] = {}
    numbers = [column.number for column in columns]
    of_columns = [_of_column(column, unit_label) for column in columns]
    for row in rows:
        cells = sheet.across(row.number, numbers)
        if all(cell is None for cell in cells):
            continue
        if row.key not in known_rows:
            raise unknown("column" if sheet.is_turned else "row", row.where, row.key, known_rows)
        if seen.setdefault(row.key, row) is not row:
            raise _repeated_row(sheet, seen[row.key], row)
        sources = sheet.sources(row.number, numbers)
        for column, of_column, cell, source in zip(columns, of_columns, cells, sources, strict=True):
            if cell is not None:
                row_number = (column.number if sheet.is_turned else row.number) + 1
                of_row = (row_number, row.label, row.key, row.indent)
                # Put together in the order of the fields: to name them takes three times as long.
                yield Observation._make((*source, *of_row, *of_column, *_own(sheet, row, column, cell)))


def unread_numbers(
    sheet: Sheet,
    observations: list[Observation],
    header_rows: Container[int],
    understood: frozenset[str] = frozenset(),
) -> tuple[Unread, ...]:
    """Return every number of the sheet that is neither an observation nor part of a header, nor in a cell
    that is understood otherwise.
    """
    numbers = sum(
        isinstance(cell, float)
        for row, cells in enumerate(sheet.rows)
        if row not in header_rows
        for cell in cells
    )
    if numbers == sum(observation.value is not None for observation in observations):
        return ()  # as nearly always; to name a thousand cells takes a fifth of reading a file
    landed = {(observation.sheet, observation.cell) for observation in observations}
    return tuple(
        Unread(*place, printed(cell))
        for row, cells in enumerate(sheet.rows)
        if row not in header_rows
        for column, cell in enumerate(cells)
        if isinstance(cell, float)
        and (place := sheet.source(Address(row, column))) not in landed
        and place[1] not in understood
    )


def require_rows(rows: list[LabelledRow], layout: Layout, sheet: Sheet) -> None:
    """Check that the rows which make the table complete are there."""
    keys = {row.key for row in rows}
    for required in layout.required_rows:
        if required not in keys:
            nearest = difflib.get_close_matches(required, keys, n=1, cutoff=0)
            raise LayoutChangedError(
                "a row is missing", f"sheet {sheet.name!r}", repr(required), f"{nearest or 'no rows at all'}"
            )


def unknown(kind: str, where: str, key: str, known_rows: frozenset[str]) -> LayoutChangedError:
    """Return the refusal of a row (or of a column that stands for one) that the labels seed does not list."""
    nearest = difflib.get_close_matches(key, known_rows, n=1, cutoff=0.5)
    expected = (
        f"a known {kind}, such as {nearest[0]!r}" if nearest else f"a {kind} that the labels seed lists"
    )
    return LayoutChangedError(f"a {kind} is not known", where, expected, repr(key))


def distinct_periods(sheet: Sheet, columns: list[PeriodColumn], rows: Sequence[int]) -> list[PeriodColumn]:
    """Return the columns without those that repeat another's period, flow and numbers.

    In June the fiscal year to date is the fiscal year, which has a column of its own. Where the numbers
    differ one of the two would be misread: raises `LayoutChangedError`.
    """
    kept: dict[tuple[str, date, date, str | None], PeriodColumn] = {}
    for column in columns:
        period = column.period
        first = kept.setdefault((period.type, period.starts_on, period.ends_on, column.flow_label), column)
        if first is not column and any(_at(sheet, row, first) != _at(sheet, row, column) for row in rows):
            raise LayoutChangedError(
                f"two {'rows' if sheet.is_turned else 'columns'} are about the same period",
                f"sheet {sheet.name!r}, {sheet.name_columns(first.number, column.number)}",
                "a period of its own for each",
                f"{first.column_label!r} and {column.column_label!r} with different numbers",
            )
    return list(kept.values())


def figures_sha256(observations: list[Observation]) -> str:
    """Hash what a file says: sheet, cell, labels and numbers, not its bytes."""
    words = [
        f"{o.sheet.strip()}\x1f{o.cell}\x1f{o.row_key}\x1f{o.flow_label or ''}\x1f{o.column_label}"
        f"\x1f{o.value_as_printed}\x1e"
        for o in observations
    ]
    return hashlib.sha256("".join(words).encode()).hexdigest()


def printed(cell: CellValue) -> str:
    """Return a cell's shortest form: `363809.9711`, `777` for `777.0`, a date in ISO form."""
    if isinstance(cell, float):
        text = repr(cell)
        if "e" in text:
            text = format(Decimal(text), "f")
        return text.removesuffix(".0")
    if isinstance(cell, bool) or cell is None:
        return str(cell)
    return cell.isoformat() if isinstance(cell, date) else cell.strip()


def _of_column(column: PeriodColumn, unit_label: str) -> tuple[object, ...]:
    """Return what all observations of a column say, from `column_label` to `status_mark`."""
    period = column.period
    of_period = (period.type, period.starts_on, period.ends_on, period.status_mark)
    return (column.column_label, column.flow_label, unit_label, *of_period)


def _own(
    sheet: Sheet, row: LabelledRow, column: PeriodColumn, cell: CellValue
) -> tuple[float | None, str, int | None]:
    """Return what an observation alone says: value, value as printed, decimals."""
    text = printed(cell)
    on_page = sheet.prints.get(Address(row.number, column.number)) if sheet.prints else None
    shown = on_page.text if on_page else text
    if isinstance(cell, float) and isfinite(cell):
        return cell, shown, len(shown.rstrip(")").partition(".")[2])
    if text in _PRINTED_ABSENCES:
        return None, shown, None
    raise LayoutChangedError(
        "a cell holds an error value" if text in _ERROR_VALUES else "a cell of the table holds no number",
        f"{sheet.where(Address(row.number, column.number))} ({row.label.strip()!r}, {column.column_label!r})",
        "a number, N/A or -",
        repr(text),
    )


def _repeated_row(sheet: Sheet, first: LabelledRow, second: LabelledRow) -> LayoutChangedError:
    where = f"{first.where} and {second.where}"
    expected = "each row once, or indented under another one"
    reason = f"two {'columns' if sheet.is_turned else 'rows'} are the same"
    return LayoutChangedError(reason, where, expected, f"{second.key!r} twice")


def _at(sheet: Sheet, row: int, column: PeriodColumn) -> CellValue:
    return sheet.at(Address(row, column.number))
