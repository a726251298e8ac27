"""The rows that EasyData gives, whatever they come in: the API's JSON, its CSV, the portal's CSV export.

Here: bytes in, rows of the same named fields out, found by the words of the header and never by their
position. Not here: what a row means (`easydata_series`).
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from etl.reading.values import LayoutChangedError

_NAMES = {
    "dataset": ("dataset name", "dataset"),
    "key": ("series key",),
    # The portal's export has a display name beside the name: what it shows is the label.
    "label": ("series display name", "series name", "series"),
    "day": ("observation date",),
    "value": ("observation value",),
    "unit": ("unit",),
    "status": ("observation status",),
}
"""What a field is called, in the order of preference: API's JSON, API's CSV, portal's CSV."""


class Row(NamedTuple):
    """One observation as printed."""

    number: int
    """Its row: in a CSV as a spreadsheet counts it, in an answer counted from 1."""
    dataset: str
    key: str
    label: str
    day: str
    value: str
    unit: str
    status: str


def of_answer(content: bytes, where: str) -> list[Row]:
    """Give the rows of an answer of the API, newest first as it sends them."""
    columns, rows = table_of(content, where)
    places = _places(columns, where)
    return list(_rows(rows, places, where, first_number=1))


def of_csv(content: bytes) -> list[Row]:
    """Give the rows of a CSV file, whichever of the two headers it has."""
    if content[-1:] not in (b"\n", b"\r"):
        end = content[-16:].decode("utf-8", "replace")
        raise LayoutChangedError("the CSV is cut off", "its end", "the end of a line", repr(end))
    # The API's CSV ends its lines with bare carriage returns, which the csv module reads only translated.
    lines = csv.reader(io.StringIO(_decoded(content), newline=None), strict=True)
    try:
        columns = next(lines, [])
        rows = [line for line in lines if line]
    except csv.Error as error:
        raise LayoutChangedError("the CSV cannot be read", "the file", "a CSV file", str(error)) from error
    return list(_rows(rows, _places(columns, "row 1"), "the file", first_number=2))


def table_of(content: bytes, where: str) -> tuple[list[str], list[list[str]]]:
    """Give the columns and rows of an answer of the API, all as text.

    Control characters in its text are let pass: SBP's descriptions hold some.
    """
    expected = "JSON with `columns` and `rows`"
    try:
        answer = json.loads(content.decode("utf-8-sig", "replace"), strict=False)
        columns, rows = answer["columns"], answer["rows"]
        return [_text(name) for name in columns], [[_text(cell) for cell in row] for row in rows]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        found = " ".join(content[:80].decode("utf-8", "replace").split()) or "nothing"
        raise LayoutChangedError("the answer is not understood", where, expected, repr(found)) from error


def column(columns: Sequence[str], *names: str) -> int | None:
    """Give the place of the first of these headers that is there, whatever their case and spacing."""
    found = {" ".join(name.split()).casefold(): place for place, name in reversed(list(enumerate(columns)))}
    return next((found[name] for name in names if name in found), None)


def _places(columns: Sequence[str], where: str) -> list[int]:
    places = []
    for field, names in _NAMES.items():
        place = column(columns, *names)
        if place is None:
            shown = ", ".join(repr(name) for name in columns[:12]) or "none"
            reason = f"the column of the {field} is missing"
            raise LayoutChangedError(reason, where, repr(names[0]), shown, nearness=0)
        places.append(place)
    return places


def _rows(rows: list[list[str]], places: list[int], where: str, first_number: int) -> Iterator[Row]:
    width = max(places) + 1
    for number, row in enumerate(rows, start=first_number):
        if len(row) < width:
            expected = f"{width} fields or more"
            raise LayoutChangedError("a row is too short", f"{where}, row {number}", expected, repr(row))
        yield Row(number, *(row[place] for place in places))


def _text(cell: object) -> str:
    """Give a cell as text; values come as strings, and a number would say the same."""
    return "" if cell is None else str(cell)


def _decoded(content: bytes) -> str:
    """Read as UTF-8, else as the code page in which an office program on Windows saves again."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
