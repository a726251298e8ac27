"""What an edition of a release must satisfy besides its sums: which months it is about, how large its figures
are, and that no column of them is left over.

Here: checks of a whole table that was read. Not here: sums (`arithmetic`), which hold as well where every
number is a thousandth of what it was, or stands under last year's header.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from etl.catalog.labels import row_key
from etl.catalog.releases import Layout
from etl.readers.table import PeriodColumn
from etl.readers.values import Address, LayoutChangedError, Observation, Sheet

_OF_ONE_MONTH = frozenset({"flows_by_period", "periods_across"})
"""Families of layouts in which every edition ends with its month, and the fiscal year up to it."""
_AS_LARGE_AS_A_MONTH = frozenset({"month", "week", "fiscal_quarter"})
"""Periods of which one range holds; a year's figure is as large as a month's in another unit may be."""
_CUMULATIVE = frozenset({"fiscal_year_to_date", "fiscal_year"})
"""In June the fiscal year to date is the fiscal year."""
_MOST_ASIDE = 0.5
"""Of the table's rows: so many numbers in a column without a header are a column of the table. Beside the
tables that were seen there are none."""


def check_edition(observations: Sequence[Observation], layout: Layout) -> None:
    """Check that an edition is as its release's are; raises `LayoutChangedError` where it is not."""
    _require_plausible(observations, layout)
    if layout.reader in _OF_ONE_MONTH:
        _require_one_end(observations)


def _require_plausible(observations: Sequence[Observation], layout: Layout) -> None:
    for key, least, most in layout.plausible:
        for o in observations:
            if o.row_key != key or o.period_type not in _AS_LARGE_AS_A_MONTH or not o.value:
                continue
            if layout.flows and row_key(o.flow_label or "") != row_key(layout.flows[0]):
                continue
            if not least <= o.value <= most:
                raise LayoutChangedError(
                    "the figures are of another size",
                    f"{o.sheet}, {o.cell} ({o.row_label.strip()!r}, {o.column_label!r})",
                    f"{least:,.0f} to {most:,.0f} in {o.unit_label!r}",
                    o.value_as_printed,
                )


def _require_one_end(observations: Sequence[Observation]) -> None:
    """Check that the newest month ends the newest fiscal year to date: in July and where a header was
    forgotten they tell that one of them is of another year.
    """
    month = max((o for o in observations if o.period_type == "month"), key=_ends_on, default=None)
    year = max((o for o in observations if o.period_type in _CUMULATIVE), key=_ends_on, default=None)
    if month and year and month.period_ends_on != year.period_ends_on:
        raise LayoutChangedError(
            "the fiscal year to date does not end with the newest month",
            f"{month.sheet}, headers {month.column_label!r} and {year.column_label!r}",
            f"months from July on to {month.period_ends_on}",
            f"to {year.period_ends_on}",
        )


def _ends_on(o: Observation) -> date:
    return o.period_ends_on


def require_headers(sheet: Sheet, rows: range, stub_column: int, columns: Iterable[PeriodColumn]) -> None:
    """Check that every column of the table has a header: one that moved would leave its figures out."""
    known = {column.number for column in columns}
    for number in range(stub_column + 1, sheet.width):
        if number in known:
            continue
        count = sum(isinstance(sheet.at(Address(row, number)), float) for row in rows)
        if count > len(rows) * _MOST_ASIDE:
            raise LayoutChangedError(
                "a column of numbers has no header",
                f"sheet {sheet.name!r}, {sheet.name_columns(number)}",
                "a period, and with it what the numbers are",
                f"{count} numbers",
            )
