"""Periods whose words stand in several cells: a fiscal year over its quarters, a month beside its year,
a mark of its own.

Here: which part of a period a cell is, and what the parts of one column come to. Not here: which cells
belong to a column (`headers`), and periods that one cell says in full (`periods`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from etl.catalog.labels import row_key
from etl.readers import periods, table
from etl.readers.values import Address, CellValue, LayoutChangedError, Period, Sheet

Kind = Literal["whole", "year", "months", "mark"]

_MONTHS = re.compile(r"^(?P<first>[A-Za-z]{3,9})\.?(?:\s*[-–]\s*(?P<last>[A-Za-z]{3,9})\.?)?$")
_QUARTERS = {"Q1": "Jul-Sep", "Q2": "Oct-Dec", "Q3": "Jan-Mar", "Q4": "Apr-Jun"}
_WHOLE_YEAR = "Jul-Jun"
_FISCAL_YEAR = re.compile(r"^FY\s*(?P<year>\d{2}|(?:19|20)\d{2})$", re.I)
_TWO_YEARS = re.compile(
    r"^(?:FY\s*)?(?P<first>(?:19|20)\d{2})\s*[-–/]\s*(?P<last>\d{2}|(?:19|20)\d{2})$", re.I
)
_CALENDAR_YEAR = re.compile(r"^(?:19|20)\d{2}$")
_MARK = re.compile(r"^\(?\s*([PR])\s*\)?$", re.I)
_GLUED_MARK = re.compile(r"(?:\s*\(\s*([PR])\s*\)|(?<=\d)([PR])|\s([PR]))$", re.I)
_SEPARATOR = re.compile(r"[\s,–-]+")


@dataclass(frozen=True)
class PeriodPart:
    """What one cell says about a period, in words that `periods.parse_header` understands."""

    kind: Kind
    words: str
    mark: str | None


def part_of(cell: CellValue) -> PeriodPart | None:
    """Tell which part of a period a cell is; None where it is none."""
    if isinstance(cell, date):
        return PeriodPart("whole", f"{cell:%b %Y}", None)
    if isinstance(cell, float):
        return PeriodPart("year", str(int(cell)), None) if 1950 <= cell < 2100 and cell.is_integer() else None
    return _part_of_text(cell) if isinstance(cell, str) else None


def period_of(parts: Iterable[PeriodPart]) -> Period | None:
    """Return the period that these parts, from the outermost to the innermost, come to; None where they say
    none, two, or one that could be another: `2024` alone, `Q1` of a calendar year.
    """
    said: dict[Kind, PeriodPart] = {}
    mark = None
    for part in parts:
        mark = part.mark or mark
        if part.kind != "mark" and said.setdefault(part.kind, part) is not part:
            return None
    if "whole" in said and len(said) > 1:
        return None
    words = said["whole"].words if "whole" in said else _joined(said.get("months"), said.get("year"))
    parsed = periods.parse_header(f"{words} ({mark})" if mark else words) if words else None
    return parsed.period if parsed else None


@lru_cache(maxsize=4096)
def _part_of_text(text: str) -> PeriodPart | None:
    words = " ".join(text.replace("\xa0", " ").split())
    if match := _MARK.match(words):
        return PeriodPart("mark", "", match[1].upper())
    mark = None
    if match := _GLUED_MARK.search(words):
        mark = next(letter for letter in match.groups() if letter).upper()
        words = words[: match.start()].strip()
    if year := _year(words):
        return PeriodPart("year", year, mark)
    if months := _months(words):
        return PeriodPart("months", months, mark)
    if whole := _whole(words):
        return PeriodPart("whole", whole, mark)
    return None


def _year(words: str) -> str | None:
    """Return a year as `FY24` or, where it is a calendar's, `2024`; `2005-06` is a fiscal year at SBP."""
    if match := _FISCAL_YEAR.match(words):
        return f"FY{match['year']}"
    if match := _TWO_YEARS.match(words):
        last = int(match["first"]) + 1
        return f"FY{last}" if match["last"] in (str(last), str(last)[2:]) else None
    return words if _CALENDAR_YEAR.match(words) else None


def _months(words: str) -> str | None:
    """Return months as `Jul`, `Jul-Sep` or `Q1`; `Total` is all of a fiscal year's."""
    if words.casefold() == "total":
        return _WHOLE_YEAR
    if words.upper() in _QUARTERS:
        return words.upper()
    match = _MONTHS.match(words)
    is_known = match and all(periods.parse_header(f"{m} 2000") for m in match.groups() if m)
    return "-".join(m for m in match.groups() if m) if match and is_known else None


def _whole(words: str) -> str | None:
    """Return a cell that says months and year, in whichever order and with whatever between them."""
    if periods.parse_header(words):
        return words
    for gap in _SEPARATOR.finditer(words):
        one, other = words[: gap.start()], words[gap.end() :]
        for months, year in ((one, other), (other, one)):
            known_months, known_year = _months(months), _year(year)
            if known_months and known_year:
                return _words(known_months, known_year)
    return None


def _joined(months: PeriodPart | None, year: PeriodPart | None) -> str | None:
    if year is None:
        return None
    return year.words if months is None else _words(months.words, year.words)


def _words(months: str, year: str) -> str | None:
    """Put months and year together as `Jul-Sep FY24`, `Jul 2023`; a quarter's number counts from July in
    a fiscal year and may count from elsewhere in another.
    """
    if year.startswith("FY"):
        return f"{_QUARTERS.get(months, months)} {year}"
    if months in _QUARTERS:
        return None
    return _of_calendar_year(months, int(year)) if "-" in months else f"{months} {year}"


def _of_calendar_year(months: str, year: int) -> str | None:
    """Return months of a calendar year as those of its fiscal year; None where they lie in two of them."""
    for fiscal_year in (year, year + 1):
        parsed = periods.parse_header(f"{months} FY{fiscal_year}")
        if parsed and parsed.period.starts_on.year == parsed.period.ends_on.year == year:
            return f"{months} FY{fiscal_year}"
    return None


class HeaderCell(NamedTuple):
    """A header cell of a place: where it is written, and how the place comes to it."""

    at: Address
    value: CellValue
    by: Literal["own", "merged", "before"]
    """Its own; of the merged area that it lies in; or the nearest one before it."""


def header_cells(sheet: Sheet, lines: Sequence[int], places: range) -> dict[int, list[HeaderCell]]:
    """Return the cells above each place (column), from the first line to the last.

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


Content = Literal["numbers", "words"]
"""What a column holds below its header: any number, or words alone (`-`, or a footnote beside the table)."""
_EXPECTED = "a period that its cells say once and in full, such as 'Mar-26 (P)', a date or 'FY24' over 'Q1'"
_SAYS_A_YEAR = frozenset({"year", "whole"})


@dataclass(frozen=True)
class _Head:
    """The header of one column, word by word."""

    number: int
    parts: tuple[tuple[HeaderCell, PeriodPart], ...]
    flows: tuple[str, ...]
    label: str
    unknown: HeaderCell | None

    def of(self, kind: str) -> list[tuple[HeaderCell, PeriodPart]]:
        """Return the cells that say this part of the period."""
        return [(cell, part) for cell, part in self.parts if part.kind == kind]


def flow_of(cell: CellValue, flows: tuple[str, ...]) -> str | None:
    """Return the flow that a cell names, as it is printed; None where it names none."""
    is_flow = isinstance(cell, str) and row_key(cell) in {row_key(flow) for flow in flows}
    return table.header_text(cell) if is_flow else None


def period_columns(
    sheet: Sheet,
    cells: dict[int, list[HeaderCell]],
    flows: tuple[str, ...],
    contents: dict[int, Content],
) -> list[table.PeriodColumn]:
    """Return the columns that are about a period; `cells` are the header cells of each, and `contents` says
    what stands below.

    A column with numbers and without any header is none: its numbers are reported. One with numbers and
    a header that is not understood, or that could be another period, raises `LayoutChangedError`.
    """
    heads = [_head(number, found, flows) for number, found in cells.items()]
    heads = _under_headings(sheet, heads, contents)
    columns: list[table.PeriodColumn] = []
    by_year: dict[Address, list[Period]] = {}
    for head in heads:
        if head.number not in contents or not (head.parts or head.flows or head.unknown):
            continue
        period = _period(head, heads)
        if period is None or len(head.flows) > 1:
            if contents[head.number] == "words":
                continue
            raise _not_understood(sheet, head)
        for cell, _ in head.of("year"):
            by_year.setdefault(cell.at, []).append(period)
        columns.append(table.PeriodColumn(head.number, period, head.label, next(iter(head.flows), None)))
    for at, found in by_year.items():
        _require_order(sheet, at, found)
    return columns


def _head(number: int, cells: list[HeaderCell], flows: tuple[str, ...]) -> _Head:
    parts: list[tuple[HeaderCell, PeriodPart]] = []
    said_flows: list[str] = []
    unknown = None
    for cell in cells:
        part = part_of(cell.value)
        if flow := flow_of(cell.value, flows):
            said_flows.append(flow)
        elif part is None and not table.is_unit(cell.value):
            unknown = cell
        elif part is not None and not (part.kind == "mark" and cell.by == "before"):
            parts.append((cell, part))
    if any(cell.by == "own" and part.kind in _SAYS_A_YEAR for cell, part in parts):
        # A year written before it, over other columns, is then none of its own.
        parts = [(cell, part) for cell, part in parts if cell.by != "before" or part.kind not in _SAYS_A_YEAR]
    label = " ".join(table.header_text(cell.value) for cell, _ in parts)
    return _Head(number, tuple(parts), tuple(said_flows), label, unknown)


def _under_headings(sheet: Sheet, heads: list[_Head], contents: dict[int, Content]) -> list[_Head]:
    """Return months without a year that of the year before them in their own line: `FY24`, `Jul`, `Aug`.

    Only a year without numbers heads what follows. One with numbers may as well be the total of what
    came before it.
    """
    done: list[_Head] = []
    headings: dict[int, tuple[HeaderCell, PeriodPart, int]] = {}
    for head in heads:
        years, months = head.of("year"), head.of("months")
        if years and not months and years[0][0].by == "own":
            headings[years[0][0].at.row] = (*years[0], head.number)
        if months and not years and not head.of("whole"):
            line = months[0][0].at.row
            if line in headings and months[0][0].by == "own":
                cell, part, number = headings[line]
                if contents.get(number) == "numbers":
                    raise LayoutChangedError(
                        "it cannot be told whether a year heads what follows or sums what came before",
                        f"{sheet.name!r} {sheet.in_file(cell.at)}",
                        "a year without numbers of its own, or the year beside each of its months",
                        repr(table.header_text(cell.value)),
                    )
                shared = HeaderCell(cell.at, cell.value, "merged")
                label = f"{table.header_text(cell.value)} {head.label}"
                head = replace(head, parts=((shared, part), *head.parts), label=label)
        done.append(head)
    return done


def _period(head: _Head, heads: list[_Head]) -> Period | None:
    """Return the period of a column; None where it is not said for certain."""
    years, months = head.of("year"), head.of("months")
    if head.unknown is not None:
        return None
    shared = [cell.at.row for cell, _ in months if cell.by == "before"]
    if any(cell.by == "own" and cell.at.row > row for cell, _ in years for row in shared):
        return None  # `Jul-Mar` over `FY25`, and beside it `FY26` under nothing: that, or the whole year
    if years and not months:
        at = years[0][0].at
        # A year over quarters says nothing of a column whose own line below is empty: a total, or a quarter
        # whose header was forgotten.
        if any(other.of("months") and any(cell.at == at for cell, _ in other.of("year")) for other in heads):
            return None
    return period_of(part for _, part in head.parts)


def _require_order(sheet: Sheet, at: Address, found: list[Period]) -> None:
    """Check that the periods under one year are in order: where the next year's header is missing, July comes
    after June once more.
    """
    for period_type in {period.type for period in found}:
        ends = [period.ends_on for period in found if period.type == period_type]
        if any(a > b for a, b in pairwise(ends)) and any(a < b for a, b in pairwise(ends)):
            raise LayoutChangedError(
                "the periods under one year are not in order",
                f"{sheet.name!r} {sheet.in_file(at)}",
                "months or quarters that follow one another",
                " ".join(f"{day:%b-%y}" for day in dict.fromkeys(ends)),
            )


def _not_understood(sheet: Sheet, head: _Head) -> LayoutChangedError:
    cells = [cell for cell, _ in head.parts] or ([head.unknown] if head.unknown else [])
    at = head.unknown.at if head.unknown else cells[-1].at if cells else Address(0, head.number)
    said = [head.label, *head.flows, table.header_text(head.unknown.value) if head.unknown else ""]
    return LayoutChangedError(
        "a period header is not understood",
        f"{sheet.name!r} {sheet.in_file(at)} ({sheet.name_columns(head.number)})",
        _EXPECTED,
        repr(" ".join(word for word in said if word)),
    )
