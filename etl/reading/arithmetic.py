"""What the figures of a table say of each other: whether a page was read well.

Here: net = credit - debit, a parent = the sum of the rows below its code, total services = the sum of the
main items, each within the rounding of its terms. Not here: reading, and the same identities of
workbooks, which the models test on unrounded figures: a workbook's cell is never misread, a digit on a
page may be.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from etl.reading.labels import PATH_SEPARATOR, row_key
from etl.reading.printed_numbers import is_dash
from etl.reading.values import LayoutChangedError, Observation

_CODE = re.compile(r"(\d+(?:\.\d+)*)\.? ")
_EPSILON = 1e-6
"""Sums of decimal numbers in binary are off by less; the last printed digit is more."""

_Column = tuple[str, str | None]
"""Period header and flow."""


class _Identity(NamedTuple):
    words: str
    whole: Observation
    parts: list[tuple[int, Observation]]
    """Each with its sign."""


def check(observations: Iterable[Observation], flows: tuple[str, ...], total: str) -> None:
    """See that a table adds up; raises `LayoutChangedError` with the first identity that does not hold.

    `total` ends the key of the row that the main items (`1.` to `12.`) add up to; in a table of blocks each
    block has one. A table in which nothing adds up to anything is refused too: nobody can tell whether it
    was read well.
    """
    printed = list(observations)
    identities = [*_nets(printed, flows), *_sums(printed, total)]
    if not identities:
        expected = f"rows that add up to {total!r}"
        raise LayoutChangedError("nothing can be checked", printed[0].sheet, expected, "none")
    for identity in identities:
        _see(identity)


def _nets(observations: list[Observation], flows: tuple[str, ...]) -> Iterator[_Identity]:
    if not flows:
        return
    rows: dict[tuple[int, str], dict[str, Observation]] = defaultdict(dict)
    for o in observations:
        rows[o.row_number, o.column_label][row_key(o.flow_label or "")] = o
    credit, debit, net = (row_key(flow) for flow in flows)
    for sides in rows.values():
        parts = [(1, sides[credit]), (-1, sides[debit])]
        yield _Identity(f"{flows[2]} = {flows[0]} - {flows[1]}", sides[net], parts)


def _sums(observations: list[Observation], total: str) -> Iterator[_Identity]:
    columns: dict[tuple[str, _Column], list[Observation]] = defaultdict(list)
    for o in observations:
        block = o.row_key.rpartition(PATH_SEPARATOR)[0]
        # Two columns may have the same header (July): the periods tell them apart.
        columns[f"{block}{o.period_type}", (o.column_label, o.flow_label)].append(o)
    for column in columns.values():
        yield from _sums_of_column(column, total)


def _sums_of_column(column: list[Observation], total: str) -> Iterator[_Identity]:
    """Give what a column's rows add up to, by the codes that are printed before their labels."""
    whole = next((o for o in column if o.row_key.endswith(total)), None)
    items = column[column.index(whole) + 1 :] if whole else []
    by_code = {code: o for o in items if (code := _code(o))}
    children: dict[str, list[tuple[int, Observation]]] = defaultdict(list)
    for code, o in by_code.items():
        children[code.rpartition(".")[0]].append((1, o))
    if whole and children[""]:
        yield _Identity(f"{whole.row_label.strip()!r} = the sum of the main items", whole, children.pop(""))
    for code, parts in children.items():
        if code in by_code:
            yield _Identity(f"{code} = the sum of the rows below {code}", by_code[code], parts)


def _code(o: Observation) -> str | None:
    match = _CODE.match(o.row_key.rpartition(PATH_SEPARATOR)[2])
    return match[1] if match else None


def _see(identity: _Identity) -> None:
    whole = identity.whole
    terms = [whole, *(o for _, o in identity.parts)]
    expected = sum(sign * (o.value or 0.0) for sign, o in identity.parts)
    rounding = sum(_rounding(o) for o in terms)
    if abs((whole.value or 0.0) - expected) <= rounding + _EPSILON:
        return
    flow = f", {whole.flow_label}" if whole.flow_label else ""
    raise LayoutChangedError(
        "the figures do not add up",
        f"{whole.sheet}, {whole.cell} ({whole.row_label.strip()!r}, {whole.column_label!r}{flow})",
        f"{identity.words} = {expected:,.{whole.decimals or 0}f}, within {rounding:g} for rounding",
        whole.value_as_printed,
    )


def _rounding(o: Observation) -> float:
    """Give how far a print may lie from its figure; a dash is an exact zero, N/A counts as nothing."""
    if o.decimals is None or is_dash(o.value_as_printed):
        return 0.0
    return float(0.5 * 10**-o.decimals)
