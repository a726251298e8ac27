"""Headers of several lines: which cells belong to one place of a table.

Here: a header that stands over several places, merged or only written above the first, given to each of
them. Not here: what the words mean (`period_parts`, the labels seeds).
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from etl.reading.values import Address, CellValue, Sheet


class HeaderCell(NamedTuple):
    """A header cell of a place: where it is written, and how the place comes to it."""

    at: Address
    value: CellValue
    by: Literal["own", "merged", "before"]
    """Its own; of the merged area that it lies in; or the nearest one before it."""


def header_cells(sheet: Sheet, lines: Sequence[int], places: range) -> dict[int, list[HeaderCell]]:
    """Give the cells above each place (column), from the first line to the last.

    A place without a cell of its own in a line has that of the merged area it lies in. Where nothing is
    merged it has the nearest one before it, if both have something below: `FY24` written above `Q1` is
    also that of `Q2`, and what stands above nothing (a total) is shared with no other place.
    """
    merged = _merged(sheet, lines, places)
    wide = {first for at, first in merged.items() if at.column != first.column}
    return {
        place: [
            cell
            for number, row in enumerate(lines)
            if (cell := _cell(sheet, Address(row, place), lines[number + 1 :], places, merged, wide))
        ]
        for place in places
    }


def _merged(sheet: Sheet, lines: Sequence[int], places: range) -> dict[Address, Address]:
    """Give, for each cell of the header that lies in a merged area, the area's first cell."""
    return {
        Address(row, column): first
        for first, last in sheet.merged
        for row in lines
        if first.row <= row <= last.row
        for column in range(max(first.column, places.start), min(last.column + 1, places.stop))
    }


def _cell(
    sheet: Sheet,
    own: Address,
    below: Sequence[int],
    places: range,
    merged: dict[Address, Address],
    wide: set[Address],
) -> HeaderCell | None:
    if (value := sheet.at(own)) is not None:
        return HeaderCell(own, value, "own")
    if first := merged.get(own):
        value = sheet.at(first)
        # What is merged over several lines is said once, in its first.
        return HeaderCell(first, value, "merged") if first.row == own.row and value is not None else None
    if not _has_any(sheet, below, own.column):
        return None
    for column in range(own.column - 1, places.start - 1, -1):
        at = Address(own.row, column)
        if (value := sheet.at(at)) is not None:
            return (
                HeaderCell(at, value, "before") if at not in wide and _has_any(sheet, below, column) else None
            )
    return None


def _has_any(sheet: Sheet, rows: Sequence[int], column: int) -> bool:
    return any(sheet.at(Address(row, column)) is not None for row in rows)
