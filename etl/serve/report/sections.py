"""The sections of the report: a chart, what it shows in words, its sources and the table behind it.

Here: titles, captions, text alternatives, and what is said where nothing is known. Not here: marks
(`charts_of_months` and its like), cells (`tables`) and the page itself (`page`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from etl.serve.report import charts, style
from etl.serve.report.figures import (
    Balance,
    Citation,
    Figures,
    Month,
    References,
    Reliability,
    ReportPart,
    Revision,
    Share,
    YearToDate,
)


@dataclass(frozen=True)
class TableCell:
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

    cells: tuple[TableCell, ...]
    id: str | None = None
    is_chosen: bool = False


@dataclass(frozen=True)
class Table:
    """A table with the heads of its columns."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


def months(rows: Sequence[Month], chosen: date, sources: References) -> Table:
    """Return IT exports by month, newest first."""
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
                    _word(style.month_name(row.month)),
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
    """Return the fiscal years side by side, a month a row."""
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
    """Return the share by month with the two figures that it is made of, newest first."""
    return Table(
        ("Month", "Share", "IT exports", "All services exports", "Notes"),
        tuple(
            TableRow(
                (
                    _word(style.month_name(row.month)),
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


def parts(rows: Sequence[ReportPart], sources: References) -> Table:
    """Return the parts of IT exports in SBP's order."""
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
    """Return the twelve services by their balance, the largest surplus first."""
    return Table(
        ("Service", "Exports", "Imports", "Balance"),
        tuple(
            TableRow(
                (
                    _word(f"{row.item_code}  {row.item_name}"),
                    _figure(row.exports, row.exports_vintage_id, sources),
                    _figure(row.imports, row.imports_vintage_id, sources),
                    _number(style.change(row.balance)),
                )
            )
            for row in rows
        ),
    )


def revisions(rows: Sequence[Revision], sources: References) -> Table:
    """Return each revision with the first print, newest month first."""
    return Table(
        ("Month", "First print", "Later print", "Published on", "Days after", "Change since the first"),
        tuple(
            TableRow(
                (
                    _word(style.month_name(row.month)),
                    _figure(row.first, row.first_vintage_id, sources),
                    _figure(row.value, row.vintage_id, sources),
                    _word(row.published_on.isoformat()),
                    _number(str(row.days_since_first_print)),
                    _number(style.change(row.change_since_first)),
                )
            )
            for row in reversed(rows)
        ),
    )


def _notes(row: Month) -> str:
    notes = ("record" if row.is_record else "", row.status if row.status != "not_stated" else "")
    superseded = "a newer print elsewhere differs" if row.is_superseded else ""
    return ", ".join(note for note in (*notes, superseded) if note)


def _total(row: YearToDate | None, sources: References) -> TableCell:
    if row is None:
        return _number("")
    text = style.amount(row.exports)
    if row.vintage_id:
        return TableCell(text, source=sources.number(row.vintage_id))
    return TableCell(text, anchor=_month_id(row.through_month))


def _figure(value: Decimal | None, vintage_id: str | None, sources: References) -> TableCell:
    if value is None:
        return _number("")
    return TableCell(style.amount(value), source=sources.number(vintage_id) if vintage_id else None)


def _growth(value: Decimal | None) -> str:
    return "" if value is None else style.growth(value)


def _number(text: str) -> TableCell:
    return TableCell(text)


def _word(text: str) -> TableCell:
    return TableCell(text, is_number=False)


def _month_id(month: date) -> str:
    return f"month-{month:%Y-%m}"


PUBLISHED, TRANSCRIBED, DERIVED = "published", "transcribed", "derived"
_IN_WORDS = {
    PUBLISHED: "in a file of the archive",
    TRANSCRIBED: "quoted by a print",
    DERIVED: "derived from cumulative columns",
}


@dataclass(frozen=True)
class Section:
    """A section of the page."""

    id: str
    title: str
    subtitle: str
    alt_text: str = ""
    chart: dict[str, Any] | None = None
    key: tuple[tuple[str, str], ...] = ()
    """Symbols of the chart: the name of each, and what it means."""
    note: str = ""
    source: str = ""
    table: Table | None = None
    missing: str = ""
    """Why there is no chart."""


def sections(figures: Figures, sources: References) -> list[Section]:
    """Return the sections of a report in their order.

    Tables come before charts, so that citations are numbered as a reader meets them.
    """
    return [
        _series(figures, sources),
        _year_on_year(figures, sources),
        _ladder(figures, sources),
        _parts(figures, sources),
        _share(figures, sources),
        _balances(figures, sources),
        _revisions(figures, sources),
    ]


def _series(figures: Figures, sources: References) -> Section:
    known = [row for row in figures.months if row.exports is not None]
    first, last = known[0], known[-1]
    highest = max(known, key=lambda row: row.exports or 0)
    alt_text = (
        f"Line of IT exports by month: {style.amount(first.exports)} million US$ in "
        f"{style.month_name(first.month)}, {style.amount(last.exports)} in {style.month_name(last.month)}, "
        f"highest {style.amount(highest.exports)} in {style.month_name(highest.month)}."
    )
    chosen = figures.headline.month
    table = months(figures.months, chosen, sources)
    key = [(basis, _IN_WORDS[basis]) for basis in _IN_WORDS if any(row.basis == basis for row in known)]
    if any(row.is_record for row in known):
        key.append(("record", "record"))
    if any(row.first_print is not None for row in known):
        key.append(("revised", "revised; the stroke is the first print"))
    gap = any(row.exports is None for row in figures.months)
    return Section(
        id="series",
        title="IT exports by month",
        subtitle="Million US$; dotted lines mark where fiscal years begin",
        alt_text=alt_text,
        chart=charts.series(figures.months, chosen, sources, alt_text),
        key=tuple(key),
        note="Months that no source shows are left open." if gap else "",
        source=_sources(sources, (row.vintage_id for row in known)),
        table=table,
    )


def _year_on_year(figures: Figures, sources: References) -> Section:
    known = [row for row in figures.months if row.yoy_pct is not None]
    title, subtitle = "Change on the year", "Per cent, against the same month of the year before"
    if not known:
        missing = "No month is known together with the same month of the year before."
        return Section("year-on-year", title, subtitle, missing=missing)
    highest = max(known, key=lambda row: row.yoy_pct or 0)
    lowest = min(known, key=lambda row: row.yoy_pct or 0)
    alt_text = (
        f"Bars of the change on the year by month, from {style.growth(lowest.yoy_pct)} in "
        f"{style.month_name(lowest.month)} to {style.growth(highest.yoy_pct)} in "
        f"{style.month_name(highest.month)}."
    )
    ids = [one for row in known for one in (row.vintage_id, row.year_before_vintage_id)]
    return Section(
        id="year-on-year",
        title=title,
        subtitle=subtitle,
        alt_text=alt_text,
        chart=charts.year_on_year(figures.months, figures.headline.month, sources, alt_text),
        note="Each month and its base are in the table of the chart above.",
        source=_sources(sources, ids),
    )


def _ladder(figures: Figures, sources: References) -> Section:
    title = "The fiscal year so far"
    subtitle = "IT exports from July on, million US$, this fiscal year and the three before it"
    month = figures.headline.month
    chosen = next((row for row in figures.years_to_date if row.through_month == month), None)
    if chosen is None:
        missing = (
            f"The total from July to {month:%B %Y} is not known: a month of it is missing, and no source "
            "prints it."
        )
        return Section("fiscal-year", title, subtitle, missing=missing)
    table = years_to_date(figures.years_to_date, chosen, sources)
    same = [row for row in figures.years_to_date if row.months_in_period == chosen.months_in_period]
    alt_text = f"Lines of cumulative IT exports by fiscal year. July to {month:%B}: " + ", ".join(
        f"{row.fiscal_year} {style.amount(row.exports)}" for row in same
    )
    return Section(
        id="fiscal-year",
        title=title,
        subtitle=subtitle,
        alt_text=f"{alt_text} million US$.",
        chart=charts.ladder(figures.years_to_date, chosen, sources, alt_text),
        key=(
            ("published", "printed as a total in a file of the archive"),
            ("transcribed", "the sum of its months, or quoted by a print"),
        ),
        source=_ladder_sources(figures.years_to_date, figures, sources),
        table=table,
    )


def _parts(figures: Figures, sources: References) -> Section:
    month = figures.headline.month
    title = "What they are made of"
    subtitle = f"Parts of IT exports in {month:%B %Y}, million US$ and change on the year"
    if not figures.parts:
        return Section("segments", title, subtitle, missing=_no_detail(figures))
    table = parts(figures.parts, sources)
    alt_text = f"Bars of the parts of IT exports in {month:%B %Y}: " + ", ".join(
        f"{row.item_name} {style.amount(row.exports)}" for row in figures.parts
    )
    return Section(
        id="segments",
        title=title,
        subtitle=subtitle,
        alt_text=f"{alt_text} million US$.",
        chart=charts.parts(figures.parts, sources, alt_text),
        key=(("sum", "group"), ("part", "part of the group above it"), ("tick", "a year before")),
        source=_sources(sources, (row.vintage_id for row in figures.parts)),
        table=table,
    )


def _share(figures: Figures, sources: References) -> Section:
    title, subtitle = "Share of services exports", "IT exports in per cent of all services exports"
    known = [row for row in figures.shares if row.share_pct is not None]
    if not known:
        missing = "No month of all services exports is known together with IT exports."
        return Section("share", title, subtitle, missing=missing)
    table = shares(figures.shares, figures.headline.month, sources)
    alt_text = (
        f"Line of the share of IT exports in services exports: {known[0].share_pct:.1f} % in "
        f"{style.month_name(known[0].month)}, {known[-1].share_pct:.1f} % in "
        f"{style.month_name(known[-1].month)}."
    )
    ids = [one for row in known for one in (row.vintage_id, row.all_services_vintage_id)]
    return Section(
        id="share",
        title=title,
        subtitle=f"{subtitle}; the axis does not begin at zero",
        alt_text=alt_text,
        chart=charts.share(figures.shares, figures.headline.month, sources, alt_text),
        key=(
            ("published", "both figures in files of the archive"),
            ("transcribed", "one of them quoted by a print"),
        ),
        note="Services totals are revised more than IT exports are, so the share moves with them.",
        source=_sources(sources, ids),
        table=table,
    )


def _balances(figures: Figures, sources: References) -> Section:
    month = figures.headline.month
    title = "Surplus and deficit by service"
    subtitle = f"Exports less imports in {month:%B %Y}, million US$"
    if not figures.balances:
        return Section("balances", title, subtitle, missing=_no_detail(figures))
    table = balances(figures.balances, sources)
    alt_text = f"Bars of the balance of each service in {month:%B %Y}: " + ", ".join(
        f"{row.item_name} {style.change(row.balance)}" for row in figures.balances
    )
    ids = [one for row in figures.balances for one in (row.exports_vintage_id, row.imports_vintage_id)]
    return Section(
        id="balances",
        title=title,
        subtitle=subtitle,
        alt_text=f"{alt_text} million US$.",
        chart=charts.balances(figures.balances, sources, alt_text),
        source=_sources(sources, ids),
        table=table,
    )


def _revisions(figures: Figures, sources: References) -> Section:
    title = "First prints and later ones"
    subtitle = "How far later prints of a month lie from its first, million US$, by the days between them"
    if not figures.revisions:
        missing = "No print of a month differs from its first beyond rounding."
        return Section("revisions", title, subtitle, missing=missing)
    table = revisions(figures.revisions, sources)
    largest = max(figures.revisions, key=lambda row: abs(row.change_since_first))
    alt_text = (
        f"Lines of {len(table.rows)} revisions, each from the first print of a month to a later one; the "
        f"largest is {style.change(largest.change_since_first)} million US$, of "
        f"{style.month_name(largest.month)}, after {largest.days_since_first_print} days."
    )
    said = " ".join(_reliability(row) for row in figures.reliability)
    ids = [one for row in figures.revisions for one in (row.first_vintage_id, row.vintage_id)]
    return Section(
        id="revisions",
        title=title,
        subtitle=subtitle,
        alt_text=alt_text,
        chart=charts.revisions(figures.revisions, sources, alt_text),
        note=f"Only months that were revised beyond rounding are drawn. {said}",
        source=_sources(sources, ids),
        table=table,
    )


def _reliability(row: Reliability) -> str:
    compared = f"{row.release_title}: of {row.months_compared} first prints with a later one"
    if not row.months_revised:
        return f"{compared} none was revised."
    mean = f"{row.mean_absolute_revision:.1f} million US$"
    return f"{compared} {row.months_revised} were revised; over all of them the later lies {mean} off."


def _no_detail(figures: Figures) -> str:
    return (
        f"Not known for {figures.headline.month:%B %Y}: no file in the archive prints that month item by "
        "item, and nothing can be derived for it."
    )


def _ladder_sources(totals: Iterable[YearToDate], figures: Figures, sources: References) -> str:
    """Name the sources of totals, and of the months where a total is their sum."""
    printed = [row.vintage_id for row in totals if row.vintage_id]
    summed = {row.fiscal_year for row in totals if not row.vintage_id}
    first, last = (f(row.through_month for row in totals if row.fiscal_year in summed) for f in (min, max))
    months = [row.vintage_id for row in figures.months if first <= row.month <= last] if summed else []
    return _sources(sources, [*printed, *months])


def _sources(sources: References, vintage_ids: Iterable[str | None]) -> str:
    """Name the releases behind some figures with the days on which they were published."""
    cited = {one: sources.known[one] for one in vintage_ids if one is not None}
    of_release: dict[str, list[Citation]] = {}
    for citation in cited.values():
        of_release.setdefault(citation.release_title, []).append(citation)
    return "; ".join(_release(title, of_release[title]) for title in sorted(of_release))


def _release(title: str, citations: list[Citation]) -> str:
    """Name a release with the day, or the first and last day, of the editions that are shown of it."""
    first, last = (pick(citations, key=lambda one: one.published_on) for pick in (min, max))
    if first.published_on == last.published_on:
        return f"{title}, {first.published}"
    return f"{title}, published from {first.published_on} to {last.published_on}"
