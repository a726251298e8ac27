"""Columns of a table whose headers stand in several lines: the period and the flow of each.

Here: what the header cells of each column come to, and the refusal of those that could mean two things.
Not here: which cells a column has (`headers`), and where the header is (`items_by_periods`).
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from etl.reading import table
from etl.reading.headers import HeaderCell
from etl.reading.labels import row_key
from etl.reading.period_parts import Part, part_of, period_of
from etl.reading.values import Address, CellValue, LayoutChangedError, Period, Sheet

Content = Literal["numbers", "words"]
"""What a column holds below its header: any number, or words alone (`-`, or a footnote beside the table)."""
_EXPECTED = "a period that its cells say once and in full, such as 'Mar-26 (P)', a date or 'FY24' over 'Q1'"
_SAYS_A_YEAR = frozenset({"year", "whole"})


@dataclass(frozen=True)
class _Head:
    """The header of one column, word by word."""

    number: int
    parts: tuple[tuple[HeaderCell, Part], ...]
    flows: tuple[str, ...]
    label: str
    unknown: HeaderCell | None

    def of(self, kind: str) -> list[tuple[HeaderCell, Part]]:
        """Give the cells that say this part of the period."""
        return [(cell, part) for cell, part in self.parts if part.kind == kind]


def flow_of(cell: CellValue, flows: tuple[str, ...]) -> str | None:
    """Give the flow that a cell names, as it is printed; None where it names none."""
    is_flow = isinstance(cell, str) and row_key(cell) in {row_key(flow) for flow in flows}
    return table.header_text(cell) if is_flow else None


def period_columns(
    sheet: Sheet,
    cells: dict[int, list[HeaderCell]],
    flows: tuple[str, ...],
    contents: dict[int, Content],
) -> list[table.Column]:
    """Give the columns that are about a period; `cells` are the header cells of each, and `contents` says
    what stands below.

    A column with numbers and without any header is none: its numbers are reported. One with numbers and
    a header that is not understood, or that could be another period, raises `LayoutChangedError`.
    """
    heads = [_head(number, found, flows) for number, found in cells.items()]
    heads = _under_headings(sheet, heads, contents)
    columns: list[table.Column] = []
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
        columns.append(table.Column(head.number, period, head.label, next(iter(head.flows), None)))
    for at, found in by_year.items():
        _require_order(sheet, at, found)
    return columns


def _head(number: int, cells: list[HeaderCell], flows: tuple[str, ...]) -> _Head:
    parts: list[tuple[HeaderCell, Part]] = []
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
    """Give months without a year that of the year before them in their own line: `FY24`, `Jul`, `Aug`.

    Only a year without numbers heads what follows. One with numbers may as well be the total of what
    came before it.
    """
    done: list[_Head] = []
    headings: dict[int, tuple[HeaderCell, Part, int]] = {}
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
    """Give the period of a column; None where it is not said for certain."""
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
    """See that the periods under one year are in order: where the next year's header is missing, July comes
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
