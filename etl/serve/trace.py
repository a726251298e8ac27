"""A number's way back: from the mart's value to every vintage of it, and from each to its file and cell or
its print.

Here: finding the rows. Not here: their words (`trace_words`), and any arithmetic; a sum is shown as the
months it adds up.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from etl.common.errors import EtlError
from etl.common.location import Database
from etl.serve.series import SERIES, Series, place
from etl.warehouse import connect

COMPUTED_BALANCE = "exports less imports"
_PERIODS = {
    "month": re.compile(r"\d{4}-(0[1-9]|1[0-2])"),
    "week": re.compile(r"\d{4}-(0[1-9]|1[0-2])-\d\d"),
    "fiscal_year": re.compile(r"FY\d{2}"),
    "fiscal_quarter": re.compile(r"FY\d{2}-Q[1-4]"),
    "fiscal_year_to_date": re.compile(r"FY\d{2}-to-(0[1-9]|1[0-2])"),
    "span": re.compile(r"\d{4}-\d\d-to-\d{4}-\d\d"),
}


class NothingToTraceError(EtlError):
    """The code or the period is not known, or the marts hold no figure for them."""


@dataclass(frozen=True)
class Vintage:
    """One vintage with everything that leads to its source."""

    vintage_id: str
    value: Decimal
    """In the unit of the series."""
    value_as_printed: str | None
    """None for a derived value: nothing printed it."""
    unit: str
    status: str
    basis: str
    via: str
    release_id: str
    published_on: date
    published_on_is: str
    last_confirmed_on: date
    valid_from: date
    valid_to: date | None
    is_withdrawn: bool
    sheet: str | None
    cell: str | None
    source_url: str | None
    file_sha256: str | None
    file_name: str | None
    first_seen_at: datetime | None
    correction: str | None
    """Why the value is another than the printed one, and who says so."""
    inputs: tuple["Input", ...] = ()
    """The printed figures that a derived value is made of."""


@dataclass(frozen=True)
class Input:
    """A printed figure that a derived one is made of."""

    sign: int
    period: str
    value: Decimal
    release_id: str
    published_on: date
    sheet: str | None
    cell: str | None
    source: str | None
    """Name of the file, or link of the print."""


@dataclass(frozen=True)
class Component:
    """A month that a sum is made of."""

    period: str
    value: Decimal | None
    vintage_id: str | None


@dataclass(frozen=True)
class TracedFigure:
    """What is asked for: a code of a series, a period, a flow."""

    series: Series
    code: str
    name: str
    period: str
    period_type: str
    flow: str

    def column(self, end: str, period_type: str | None = None) -> str | None:
        """Return the column of the mart that ends in these words; None where no mart shows such periods."""
        mart = self.series.mart(period_type or self.period_type)
        return mart and f"{mart.stem.format(flow=self.flow, code=self.code)}_{end}"


@dataclass(frozen=True)
class Trace:
    """What the marts show for a figure and where it comes from."""

    figure: TracedFigure
    mart: str | None
    """None where no mart shows the figure, only its vintages do."""
    value: Decimal | None
    basis: str | None
    vintage_id: str | None
    vintages: tuple[Vintage, ...]
    components: tuple[Component, ...]
    """The months, where the value is their sum."""


def find(
    database: Database,
    code: str,
    period: str,
    *,
    flow: str | None = None,
    series: str | None = None,
    as_of: date | None = None,
) -> Trace:
    """Trace a figure: a code, a period (`2026-03`, `FY26`, `FY26-Q3`, `FY26-to-03`, `2026-03-06`), a flow (by
    default the first of its series); with `as_of` as it was known on that day.

    Raises `NothingToTraceError` with what there is instead.
    """
    period_type = _period_type(period)
    with connect.read_as_of(database, as_of) if as_of else connect.read(database) as connection:
        found, known_code, name = _series_of(connection, code, series, as_of)
        figure = TracedFigure(found, known_code, name, period, period_type, _flow(found, flow))
        row = _mart_row(connection, figure)
        value = row.get(f"{figure.column(found.suffix)}")
        vintage_id = row.get(f"{figure.column('vintage_id')}")
        vintages = _vintages(connection, figure, vintage_id)
        if value is None and not vintages:
            raise NothingToTraceError(_nothing_known(connection, figure))
        counting = next((vintage for vintage in vintages if vintage.vintage_id == vintage_id), None)
        basis = row.get(f"{figure.column('basis')}") or (counting.basis if counting else None)
        if basis is None and value is not None and figure.flow == "balance":
            basis = COMPUTED_BALANCE
        components = _components(connection, figure) if basis == "sum_of_months" else ()
    mart = found.mart(period_type)
    return Trace(figure, mart.name if mart and row else None, value, basis, vintage_id, vintages, components)


def _period_type(period: str) -> str:
    for period_type, form in _PERIODS.items():
        if form.fullmatch(period):
            return period_type
    raise NothingToTraceError(
        f"{period!r} is no period; write 2026-03, FY26, FY26-Q3, FY26-to-03 or, for a week, its last day"
    )


def _series_of(
    connection: connect.Connection, code: str, wanted: str | None, as_of: date | None
) -> tuple[Series, str, str]:
    """Return the one series that has a code, the code as it is written there, and its name."""
    asked = [series for series in SERIES if wanted in (None, series.name)]
    if not asked:
        names = ", ".join(series.name for series in SERIES)
        raise NothingToTraceError(f"there is no series {wanted!r}; there are {names}")
    found = []
    for series in asked:
        query = f"select code, name from ({series.codes}) where lower(code) = lower(?)"
        found += [(series, *row) for row in connection.execute(query, [code]).fetchall()]
    if not found:
        known = "; ".join(series.codes_are for series in asked)
        where = (f" in {wanted}" if wanted else "") + (f" as of {as_of}" if as_of else "")
        raise NothingToTraceError(f"there is no code {code!r}{where}; codes are {known}")
    if len(found) > 1:
        names = ", ".join(series.name for series, _, _ in found)
        raise NothingToTraceError(f"{code!r} stands in several series; add --series and one of {names}")
    return found[0]


def _flow(series: Series, wanted: str | None) -> str:
    if wanted is None or wanted in series.flows:
        return wanted or series.flows[0]
    raise NothingToTraceError(
        f"{series.name} has no flow {wanted!r}; it has {', '.join(series.flows)} (the first by default)"
    )


def _mart_row(connection: connect.Connection, figure: TracedFigure) -> dict[str, Any]:
    """Return the row of the mart by its columns; an empty one where no mart shows the figure."""
    mart, key = figure.series.mart(figure.period_type), figure.series.key
    if mart is None:
        return {}
    result = connection.execute(
        f"select * from marts.{mart.name} where {mart.period} = ?" + (f" and {key} = ?" if key else ""),
        [figure.period, figure.code] if key else [figure.period],
    )
    names = [column[0] for column in result.description or ()]
    row = result.fetchone()
    return dict(zip(names, row, strict=True)) if row else {}


_VALUE = "coalesce(vintages.value_usd_mn, vintages.value::decimal(18, 6))"
_FILES = """
left join marts.dim_release_file as files
    on vintages.file_sha256 = files.file_sha256 and vintages.release_id = files.release_id
"""


def _vintages(
    connection: connect.Connection, figure: TracedFigure, counts: str | None
) -> tuple[Vintage, ...]:
    """Return the vintages of a figure and the one that counts: the fiscal year to June is printed as the
    fiscal year.
    """
    rows = connection.execute(
        f"""
        select
            vintage_id, {_VALUE}, value_as_printed, unit, last_status, basis, vintages.via,
            vintages.release_id, vintages.published_on, vintages.published_on_is, last_confirmed_on,
            valid_from, valid_to, is_withdrawn, vintages.sheet, vintages.cell, vintages.source_url,
            vintages.file_sha256, original_name, vintages.first_seen_at,
            corrections.why || ' (' || corrections.said_by || ', ' || corrections.source_url || ')'
        from marts.vintages
        {_FILES}
        left join marts.corrections as corrections on vintages.correction_id = corrections.correction_id
        where (series = ? and code = ? and period = ? and flow = ?) or vintage_id = ?
        order by vintages.published_on, vintages.release_id
        """,
        [figure.series.name, figure.code, figure.period, figure.flow, counts],
    ).fetchall()
    return tuple(Vintage(*(*row, _inputs(connection, row[0]))) for row in rows)


def _inputs(connection: connect.Connection, vintage_id: str) -> tuple[Input, ...]:
    """Return what a derived vintage is made of, what is added first; nothing for a printed one."""
    rows = connection.execute(
        f"""
        select
            sign, vintages.period, {_VALUE}, vintages.release_id, vintages.published_on,
            vintages.sheet, vintages.cell, coalesce(files.original_name, vintages.source_url)
        from marts.derivations
        inner join marts.vintages on derivations.input_vintage_id = vintages.vintage_id
        {_FILES}
        where derivations.vintage_id = ?
        order by sign desc, period_ends_on desc
        """,
        [vintage_id],
    ).fetchall()
    return tuple(Input(*row) for row in rows)


def _components(connection: connect.Connection, figure: TracedFigure) -> tuple[Component, ...]:
    """Return the months of a fiscal year, quarter or fiscal year to date."""
    quarter = re.search(r"Q(\d)", figure.period)
    last = re.search(r"to-(\d\d)", figure.period)
    months = figure.series.mart("month")
    if months is None:
        return ()
    value, vintage_id = (figure.column(end, "month") for end in (figure.series.suffix, "vintage_id"))
    rows = connection.execute(
        f"""
        select strftime(months.month, '%Y-%m'), known.{value}, known.{vintage_id}
        from marts.dim_month as months
        left join marts.{months.name} as known
            on months.month = known.month and known.{figure.series.key} = $code
        where months.fiscal_year = $fiscal_year
            and ($quarter is null or months.fiscal_quarter = 'Q' || $quarter)
            and ($last is null or months.month_of_fiscal_year <= ($last::integer + 5) % 12 + 1)
        order by months.month
        """,
        {
            "code": figure.code,
            "fiscal_year": figure.period[:4],
            "quarter": quarter[1] if quarter else None,
            "last": last[1] if last else None,
        },
    ).fetchall()
    return tuple(Component(*row) for row in rows)


def _nothing_known(connection: connect.Connection, figure: TracedFigure) -> str:
    """Say that a figure is not known, and which periods are: weeks end on days that nobody can guess."""
    rows = connection.execute(
        """
        select
            period_type, arg_min(period, period_ends_on), arg_max(period, period_ends_on),
            arg_min(period, abs(period_ends_on - try_cast($period as date)))
        from marts.vintages
        where series = $series and code = $code and flow = $flow and period_type <> 'span'
        group by period_type
        order by period_type <> $period_type, period_type
        """,
        {
            "series": figure.series.name,
            "code": figure.code,
            "flow": figure.flow,
            "period": figure.period,
            "period_type": figure.period_type,
        },
    ).fetchall()
    known = [
        f"{period_type}s from {first} to {last}".replace("_", " ")
        + (f" (closest: {closest})" if closest and period_type == figure.period_type else "")
        for period_type, first, last, closest in rows
    ]
    nothing = f"nothing is known of {figure.flow} of {figure.code} in {figure.period}"
    return f"{nothing}; there are {', '.join(known)}" if known else f"{nothing}, or in any other period"


def describe(trace: Trace) -> str:
    """Say a trace in plain text."""
    figure = trace.figure
    lines = [f"{figure.code} {figure.name}: {figure.flow}, {figure.period} ({figure.series.name})"]
    if trace.mart is None:
        lines.append(f"no mart shows a {figure.period_type.replace('_', ' ')} of this series; vintages do")
    elif trace.value is None:
        lines.append(f"marts.{trace.mart}: no value")
    else:
        basis = f" ({trace.basis})" if trace.basis else ""
        lines.append(f"marts.{trace.mart}: {_amount(trace.value, figure)}{basis}")
    if trace.components:
        lines += ["", "the sum of:"]
        flow = "" if figure.flow == figure.series.flows[0] else f" --flow {figure.flow}"
        lines += [
            f"  {part.period}  {part.value}  `etl trace {figure.code} {part.period}{flow}`"
            for part in trace.components
        ]
    if trace.basis == COMPUTED_BALANCE:
        command = f"etl trace {figure.code} {figure.period} --flow"
        lines += ["", f"computed: `{command} exports` less `{command} imports`"]
    counting = any(vintage.vintage_id == trace.vintage_id for vintage in trace.vintages)
    heading = f"vintages, oldest first{' (* counts)' if counting else ''}:"
    lines += ["", heading if trace.vintages else "no source prints it"]
    for vintage in trace.vintages:
        lines += _vintage(vintage, figure, counts=vintage.vintage_id == trace.vintage_id)
    return "\n".join(lines) + "\n"


def _amount(value: Decimal, figure: TracedFigure) -> str:
    return f"{value} {figure.series.unit}"


def _vintage(vintage: Vintage, figure: TracedFigure, *, counts: bool) -> list[str]:
    until = f"to {vintage.valid_to}" if vintage.valid_to else "stands"
    end = ", withdrawn" if vintage.is_withdrawn else ""
    confirmed = ""
    if vintage.last_confirmed_on != vintage.published_on:
        confirmed = f", confirmed on {vintage.last_confirmed_on}"
    mark = "*" if counts else " "
    head = f"{mark} {_amount(vintage.value, figure)}, {vintage.status}, {vintage.basis}"
    if vintage.inputs:
        return ["", head, *_inputs_in_words(vintage)]
    lines = [
        "",
        head,
        f"    printed    {vintage.value_as_printed} {vintage.unit}",
        f"    published  {vintage.published_on} ({vintage.published_on_is}{confirmed}); "
        f"from {vintage.valid_from} {until}{end}",
        f"    release    {vintage.release_id}",
    ]
    if vintage.correction:
        lines.append(f"    corrected  {vintage.correction}")
    if vintage.cell:
        of_file = f" of {vintage.file_name}" if vintage.file_name else ""
        lines.append(f"    where      {place(vintage.sheet or '', vintage.cell)}{of_file}")
    if vintage.source_url:
        lines.append(f"    address    {vintage.source_url}")
    if vintage.file_sha256:
        starter = " (a starter file: SBP's figures in SBP's cells, written by this project)"
        lines.append(f"    file       {vintage.file_sha256}{starter if vintage.via == 'starter' else ''}")
        lines.append(f"    first seen {vintage.first_seen_at:%Y-%m-%d %H:%M} UTC, {vintage.via}")
    return lines


def _inputs_in_words(vintage: Vintage) -> list[str]:
    """Return what a derived value is made of, each part with its cell or link."""
    lines = [f"    known      from {vintage.valid_from}, as a difference of cumulative columns:"]
    for part in vintage.inputs:
        where = f"{place(part.sheet or '', part.cell)} of " if part.cell else ""
        lines.append(
            f"    {'+' if part.sign > 0 else '-'} {part.value}  {part.period}, {part.release_id} of "
            f"{part.published_on}: {where}{part.source}"
        )
    return lines


_STATEMENT = "select sentence, numbers, vintage_ids from marts.headlines where statement = ? and month = ?"
_VINTAGES = """
select
    vintages.code, vintages.flow, vintages.period, vintages.value, vintages.unit, vintages.basis,
    vintages.published_on, vintages.sheet, vintages.cell, files.original_name, vintages.source_url
from marts.vintages as vintages
left join marts.dim_release_file as files using (release_id, file_sha256)
where vintages.vintage_id in (select unnest(?::varchar[]))
order by vintages.code, vintages.flow, vintages.period_starts_on, vintages.period
"""


def names(database: Database) -> frozenset[str]:
    """Return the names of the statements there are."""
    with connect.read(database) as connection:
        return frozenset(
            name
            for (name,) in connection.execute("select distinct statement from marts.headlines").fetchall()
        )


def describe_statement(database: Database, statement: str, period: str, as_of: date | None = None) -> str:
    """Say in plain text what a statement says of a month and what its numbers rest on.

    Raises `NothingToTraceError` where PERIOD is no month, or the statement is not made of it.
    """
    month = _month(period)
    opened = connect.read_as_of(database, as_of) if as_of else connect.read(database)
    with opened as connection:
        found = connection.execute(_STATEMENT, [statement, month]).fetchone()
        if found is None:
            known_on = f" as of {as_of}" if as_of else ""
            raise NothingToTraceError(
                f"the statement {statement!r} is not made of {period}{known_on}; "
                f"`etl sql \"select statement, sentence from headlines where month = '{month}'\"` lists them"
            )
        sentence, numbers, vintage_ids = found
        rows = connection.execute(_VINTAGES, [vintage_ids]).fetchall()
    lines = [f"{statement}, {period} (marts.headlines)", "", sentence, "", "numbers:"]
    for number in numbers:
        origin = number["vintage_id"] or "computed"
        lines.append(f"  {number['name']}  {number['value'].normalize():f} {number['unit']}  ({origin})")
    lines += ["", "computed from, and quoted of:"]
    for code, flow, name, value, unit, basis, published_on, sheet, cell, file_name, address in rows:
        where = f"{place(sheet or '', cell)} of {file_name}" if cell and file_name else address
        lines.append(f"  {code} {flow} {name}  {value} {unit}, {basis}, {published_on}: {where}")
    return "\n".join(lines) + "\n"


def _month(period: str) -> date:
    try:
        return date.fromisoformat(f"{period}-01")
    except ValueError as error:
        raise NothingToTraceError(
            f"{period!r} is no month; a statement is of one, such as 2025-12"
        ) from error
