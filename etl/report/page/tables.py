"""The tables behind the charts: rows in, cells out, each figure with the number of its citation.

Here: columns and cells. Not here: how they look (`page.html.j2`), and reading (`figures`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from etl.report.page import looks
from etl.report.page.citations import References
from etl.report.page.figures import Balance, Month, Part, Revision, Share, YearToDate


@dataclass(frozen=True)
class Cell:
    """A cell of a table."""

    text: str
    source: int | None = None
    """Number of the citation of a figure."""
    anchor: str | None = None
    """Where on the page the figures are that it is made of, where no source prints it."""
    is_number: bool = True


@dataclass(frozen=True)
class TableRow:
    """A row; the first cell names it."""

    cells: tuple[Cell, ...]
    id: str | None = None
    is_chosen: bool = False


@dataclass(frozen=True)
class Table:
    """A table with the heads of its columns."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


def months(rows: Sequence[Month], chosen: date, sources: References) -> Table:
    """Give IT exports by month, newest first."""
    columns = (
        "Month",
        "Exports",
        "On the month",
        "On the year",
        "A year before",
        "First print, where revised",
        "Basis",
        "Notes",
    )
    return Table(
        columns,
        tuple(
            TableRow(
                (
                    _word(looks.month_name(row.month)),
                    _figure(row.exports, row.vintage_id, sources),
                    _number(_growth(row.mom_pct)),
                    _number(_growth(row.yoy_pct)),
                    _figure(row.year_before, row.year_before_vintage_id, sources),
                    _figure(row.first_print, row.first_print_vintage_id, sources),
                    _word(row.basis or "not known"),
                    _word(_notes(row)),
                ),
                id=_month_id(row.month),
                is_chosen=row.month == chosen,
            )
            for row in reversed(rows)
        ),
    )


def years_to_date(rows: Sequence[YearToDate], chosen: YearToDate, sources: References) -> Table:
    """Give the fiscal years side by side, a month a row."""
    years = sorted({row.fiscal_year for row in rows}, key=[row.fiscal_year for row in rows].index)
    found = {(row.fiscal_year, row.months_in_period): row for row in rows}
    lines = []
    for months_in_period in range(1, 13):
        of_month = [found.get((year, months_in_period)) for year in years]
        known = next((row for row in of_month if row), None)
        if known is None:
            continue
        cells = [_word(f"July to {known.through_month:%B}" if months_in_period > 1 else "July")]
        cells += [_total(row, sources) for row in of_month]
        this = of_month[-1]
        cells.append(_number(_growth(this.yoy_pct) if this else ""))
        lines.append(TableRow(tuple(cells), is_chosen=months_in_period == chosen.months_in_period))
    return Table(("Period", *years, f"{years[-1]} on the year"), tuple(lines))


def shares(rows: Sequence[Share], chosen: date, sources: References) -> Table:
    """Give the share by month with the two figures that it is made of, newest first."""
    return Table(
        ("Month", "Share", "IT exports", "All services exports", "Notes"),
        tuple(
            TableRow(
                (
                    _word(looks.month_name(row.month)),
                    _number(f"{row.share_pct:.1f} %"),
                    _figure(row.exports, row.vintage_id, sources),
                    _figure(row.all_services, row.all_services_vintage_id, sources),
                    _word("of two editions" if row.is_mixed_vintage else ""),
                ),
                is_chosen=row.month == chosen,
            )
            for row in reversed(rows)
            if row.share_pct is not None
        ),
    )


def parts(rows: Sequence[Part], sources: References) -> Table:
    """Give the parts of IT exports in SBP's order."""
    return Table(
        ("Item", "Exports", "Share of IT exports", "A year before", "On the year"),
        tuple(
            TableRow(
                (
                    _word(f"{row.item_code}  {row.item_name}"),
                    _figure(row.exports, row.vintage_id, sources),
                    _number(f"{row.share_pct:.1f} %" if row.share_pct is not None else ""),
                    _figure(row.year_before, row.year_before_vintage_id, sources),
                    _number(_growth(row.yoy_pct)),
                )
            )
            for row in rows
        ),
    )


def balances(rows: Sequence[Balance], sources: References) -> Table:
    """Give the twelve services by their balance, the largest surplus first."""
    return Table(
        ("Service", "Exports", "Imports", "Balance"),
        tuple(
            TableRow(
                (
                    _word(f"{row.item_code}  {row.item_name}"),
                    _figure(row.exports, row.exports_vintage_id, sources),
                    _figure(row.imports, row.imports_vintage_id, sources),
                    _number(looks.change(row.balance)),
                )
            )
            for row in rows
        ),
    )


def revisions(rows: Sequence[Revision], sources: References) -> Table:
    """Give each revision with the first print, newest month first."""
    return Table(
        ("Month", "First print", "Later print", "Published on", "Days after", "Change since the first"),
        tuple(
            TableRow(
                (
                    _word(looks.month_name(row.month)),
                    _figure(row.first, row.first_vintage_id, sources),
                    _figure(row.value, row.vintage_id, sources),
                    _word(row.published_on.isoformat()),
                    _number(str(row.days_since_first_print)),
                    _number(looks.change(row.change_since_first)),
                )
            )
            for row in reversed(rows)
        ),
    )


def _notes(row: Month) -> str:
    notes = ("record" if row.is_record else "", row.status if row.status != "not_stated" else "")
    superseded = "a newer print elsewhere differs" if row.is_superseded else ""
    return ", ".join(note for note in (*notes, superseded) if note)


def _total(row: YearToDate | None, sources: References) -> Cell:
    if row is None:
        return _number("")
    text = looks.amount(row.exports)
    if row.vintage_id:
        return Cell(text, source=sources.number(row.vintage_id))
    return Cell(text, anchor=_month_id(row.through_month))


def _figure(value: Decimal | None, vintage_id: str | None, sources: References) -> Cell:
    if value is None:
        return _number("")
    return Cell(looks.amount(value), source=sources.number(vintage_id) if vintage_id else None)


def _growth(value: Decimal | None) -> str:
    return "" if value is None else looks.growth(value)


def _number(text: str) -> Cell:
    return Cell(text)


def _word(text: str) -> Cell:
    return Cell(text, is_number=False)


def _month_id(month: date) -> str:
    return f"month-{month:%Y-%m}"
