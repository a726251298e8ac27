"""Editions of the services release as small as its reader takes them, whose figures add up as its sums must."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from etl.reading.labels import row_key
from etl.starter.write import ServicesEdition
from tests.support.readings import SERVICES, layout
from tests.support.workbooks import headed, services

REQUIRED = [row_key(label) for label in layout(SERVICES).required_rows]


def edition_of(latest: date) -> ServicesEdition:
    """Give an edition of a month with only the rows that it must have: March's figures under its headers."""
    previous = (latest - timedelta(days=1)).replace(day=1)
    year_ago = latest.replace(year=latest.year - 1)
    fiscal_year = latest.year + (latest.month > 6)
    march = services()
    rows = tuple(row for row in march.rows if row_key(row.label) in REQUIRED)
    return headed(
        _added_up(replace(march, rows=rows)),
        f"{year_ago:%b-%y} (R)",
        f"{previous:%b-%y} (R)",
        f"{latest:%b-%y} (P)",
        f"Jul-{latest:%b}, FY{fiscal_year - 2001:02d} (R)",
        f"Jul-{latest:%b}, FY{fiscal_year - 2000:02d} (P)",
    )


def with_first_figure(edition: ServicesEdition, value: float | str | None) -> ServicesEdition:
    """Give an edition with another figure in the first cell of its second row, and sums that follow it."""
    first, second, *rows = edition.rows
    changed = replace(second, values=(value, *second.values[1:]))
    return _added_up(replace(edition, rows=(first, changed, *rows)))


def relabelled(edition: ServicesEdition) -> ServicesEdition:
    """Give an edition that says the same with other spaces: other bytes, the same figures."""
    first, *rows = edition.rows
    return replace(edition, rows=(replace(first, label=f"{first.label} "), *rows))


def _added_up(edition: ServicesEdition) -> ServicesEdition:
    """Give an edition whose total is the sum of its other rows, and each net its credit less its debit."""
    total, *items = edition.rows
    sums = [sum(map(_number, column)) for column in zip(*(item.values for item in items), strict=True)]
    rows = [replace(total, values=tuple(sums)), *items]
    return replace(edition, rows=tuple(replace(row, values=_with_net(row.values)) for row in rows))


def _with_net(values: Sequence[float | str | None]) -> tuple[float | str | None, ...]:
    pairs = zip(values[0::3], values[1::3], strict=True)
    return tuple(
        value for credit, debit in pairs for value in (credit, debit, _number(credit) - _number(debit))
    )


def _number(value: float | str | None) -> float:
    return value if isinstance(value, float) else 0.0
