"""What the figures of a table say of each other: whether it was read well, and came whole.

Here: net = credit - debit, a parent = the sum of the rows below its code, total services = the sum of the
main items, and what a layout's `identities` say; each within the rounding of its terms. Not here: reading,
and identities that may be apart in a file that is whole (an archive of many years); the models test those.

A digit on a page may be misread, and an .xls file has no checksum: one wrong bit in the eight bytes of a
number makes another number.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from etl.catalog.labels import PATH_SEPARATOR, row_key
from etl.catalog.releases import Layout, Sum
from etl.readers.printed_table import is_dash
from etl.readers.values import LayoutChangedError, Observation

_CODE = re.compile(r"(\d+(?:\.\d+)*)\.? ")
_EPSILON = 1e-6
"""Sums of decimal numbers in binary are off by less; the last printed digit is more."""

_Place = tuple[int, str, int, str | None]
"""Of an observation: row number, row key, a number for its period, flow."""


class _Identity(NamedTuple):
    """Which observations, counted from 0, make up which."""

    words: str
    """What is what; without the name of the whole where it is that of its row."""
    whole: int
    plus: tuple[int, ...]
    minus: tuple[int, ...] = ()
    needs_all: bool = False
    """It says nothing where one of them has no number."""


def is_checked(layout: Layout) -> bool:
    """Whether a workbook of a layout is accepted only where its figures add up."""
    return bool(layout.total or layout.identities or layout.sums)


def check_identities(observations: list[Observation], layout: Layout, *, must_have: bool = True) -> None:
    """Check that a table adds up; raises `LayoutChangedError` with the first identity that does not hold.

    `layout.total` ends the key of the row that the main items (`1.` to `12.`) add up to; in a table of blocks
    each block has one. A table in which nothing adds up to anything is refused too (unless it may be a part,
    with `must_have` false): nobody can tell whether it was read well.
    """
    columns: dict[tuple[object, ...], int] = {}
    places = tuple(
        (
            o.row_number,
            o.row_key,
            columns.setdefault((o.period_type, o.period_starts_on, o.period_ends_on), len(columns)),
            o.flow_label,
        )
        for o in observations
    )
    identities = _identities(places, layout.flows, layout.total, layout.identities, layout.sums)
    if not identities and not must_have:
        return
    if not identities:
        expected = f"rows that add up to {layout.total!r}"
        raise LayoutChangedError("nothing can be checked", observations[0].sheet, expected, "none")
    values = [o.value or 0.0 for o in observations]
    for identity in identities:
        difference = values[identity.whole]
        for term in identity.plus:
            difference -= values[term]
        for term in identity.minus:
            difference += values[term]
        if not abs(difference) <= _EPSILON:
            _see(identity, observations, values[identity.whole] - difference)


@lru_cache(maxsize=8)
def _identities(
    places: tuple[_Place, ...],
    flows: tuple[str, ...],
    total: str,
    triples: tuple[tuple[str, str, str], ...],
    sums: tuple[Sum, ...],
) -> tuple[_Identity, ...]:
    """Return what must hold. Kept for the next file: a thousand editions have their rows and columns in the
    same places, and to find this out takes four times as long as to check it.
    """
    return (
        *_nets(places, flows),
        *(_sums(places, total) if total else ()),
        *_of_rows(places, (*(Sum(whole=w, plus=(p,), minus=(m,)) for w, p, m in triples), *sums)),
    )


def _nets(places: tuple[_Place, ...], flows: tuple[str, ...]) -> Iterator[_Identity]:
    if not flows:
        return
    rows: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for index, (row_number, _, column, flow) in enumerate(places):
        rows[row_number, column][row_key(flow or "")] = index
    credit, debit, net = (row_key(flow) for flow in flows)
    for sides in rows.values():
        words = f"{flows[2]} = {flows[0]} - {flows[1]}"
        if net in sides:  # an empty cell counts as nothing
            plus, minus = ((sides[side],) if side in sides else () for side in (credit, debit))
            yield _Identity(words, sides[net], plus, minus)


def _sums(places: tuple[_Place, ...], total: str) -> Iterator[_Identity]:
    columns: dict[tuple[str, int, str | None], list[tuple[int, str]]] = defaultdict(list)
    for index, (_, key, column, flow) in enumerate(places):
        block = key.rpartition(PATH_SEPARATOR)[0]
        columns[block, column, flow].append((index, key))
    for cells in columns.values():
        yield from _sums_of_column(cells, total)


def _sums_of_column(cells: list[tuple[int, str]], total: str) -> Iterator[_Identity]:
    """Return what a column's rows add up to, by the codes that are printed before their labels."""
    at = next((number for number, (_, key) in enumerate(cells) if key.endswith(total)), None)
    items = [] if at is None else cells[at + 1 :]
    by_code = {code: index for index, key in items if (code := _code(key))}
    children: dict[str, list[int]] = defaultdict(list)
    for code, index in by_code.items():
        children[code.rpartition(".")[0]].append(index)
    if at is not None and children[""]:
        yield _Identity("= the sum of the main items", cells[at][0], tuple(children.pop("")))
    for code, parts in children.items():
        if code in by_code:
            yield _Identity(f"{code} = the sum of the rows below {code}", by_code[code], tuple(parts))


def _of_rows(places: tuple[_Place, ...], sums: Iterable[Sum]) -> Iterator[_Identity]:
    """Return the sums of which the table has every row; a cell that is empty counts as nothing."""
    cells = {(key, column): index for index, (_, key, column, _) in enumerate(places)}
    rows = {key for key, _ in cells}
    columns = sorted({column for _, column in cells})
    for of_row in sums:
        signed = [("+", key) for key in of_row.plus] + [("-", key) for key in of_row.minus]
        words = "= " + " ".join(f"{sign} {_label(key)!r}" for sign, key in signed).removeprefix("+ ")
        plus, minus = ([row_key(key) for key in keys] for keys in (of_row.plus, of_row.minus))
        if not rows.issuperset([row_key(of_row.whole), *plus, *minus]):
            continue
        for column in columns:
            whole = cells.get((row_key(of_row.whole), column))
            added, taken_off = (
                tuple(place for key in keys if (place := cells.get((key, column))) is not None)
                for keys in (plus, minus)
            )
            if whole is not None and (added or taken_off):
                yield _Identity(words, whole, added, taken_off, needs_all=True)


def _label(key: str) -> str:
    return key.rpartition(PATH_SEPARATOR)[2]


def _code(key: str) -> str | None:
    match = _CODE.match(key.rpartition(PATH_SEPARATOR)[2])
    return match[1] if match else None


def _see(identity: _Identity, observations: list[Observation], expected: float) -> None:
    """Check whether the rounding of the terms explains that an identity is apart."""
    whole = observations[identity.whole]
    terms = [whole, *(observations[index] for index in (*identity.plus, *identity.minus))]
    if identity.needs_all and any(o.value is None for o in terms):
        return
    rounding = sum(_rounding(o) for o in terms)
    if abs((whole.value or 0.0) - expected) <= rounding + _EPSILON:
        return
    label = whole.row_label.strip()
    words = f"{label!r} {identity.words}" if identity.words.startswith("=") else identity.words
    flow = f", {whole.flow_label}" if whole.flow_label else ""
    raise LayoutChangedError(
        "the figures do not add up",
        f"{whole.sheet}, {whole.cell} ({label!r}, {whole.column_label!r}{flow})",
        f"{words} = {expected:,.{whole.decimals or 0}f}, within {rounding:g} for rounding",
        whole.value_as_printed,
    )


def _rounding(o: Observation) -> float:
    """Return how far a print may lie from its figure; a dash is an exact zero, N/A counts as nothing."""
    if o.decimals is None or is_dash(o.value_as_printed):
        return 0.0
    return float(0.5 * 10**-o.decimals)
