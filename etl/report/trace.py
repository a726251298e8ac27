"""A number's way back: from the mart's value to every vintage of it, and from each to its file and cell or
its print.

Here: finding the rows, and saying them. Not here: any arithmetic; a sum is shown as the months it adds up.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from etl import warehouse
from etl.errors import EtlError

FLOWS = ("exports", "imports", "balance")
COMPUTED_BALANCE = "exports less imports"
_PERIODS = {
    "month": re.compile(r"\d{4}-(0[1-9]|1[0-2])"),
    "fiscal_year": re.compile(r"FY\d{2}"),
    "fiscal_quarter": re.compile(r"FY\d{2}-Q[1-4]"),
    "fiscal_year_to_date": re.compile(r"FY\d{2}-to-(0[1-9]|1[0-2])"),
}


class NothingToTraceError(EtlError):
    """The code or the period is not known, or the marts hold no figure for them."""


@dataclass(frozen=True)
class Vintage:
    """One vintage with everything that leads to its source."""

    vintage_id: str
    value_usd_mn: Decimal
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
    inputs: tuple["Input", ...] = ()
    """The printed figures that a derived value is made of."""


@dataclass(frozen=True)
class Input:
    """A printed figure that a derived one is made of."""

    sign: int
    period: str
    value_usd_mn: Decimal
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
    value_usd_mn: Decimal | None
    vintage_id: str | None


@dataclass(frozen=True)
class Trace:
    """What the marts show for a figure and where it comes from."""

    name: str
    code: str
    period: str
    flow: str
    mart: str
    value_usd_mn: Decimal | None
    basis: str | None
    vintage_id: str | None
    vintages: tuple[Vintage, ...]
    components: tuple[Component, ...]
    """The months, where the value is their sum."""


def find(database: Path, code: str, period: str, flow: str, as_of: date | None = None) -> Trace:
    """Trace a figure: an item or line, a period (`2026-03`, `FY26`, `FY26-Q3`, `FY26-to-03`), a flow; with
    `as_of` as it was known on that day.

    Raises `NothingToTraceError` with what there is instead.
    """
    period_type = _period_type(period)
    with warehouse.read_as_of(database, as_of) if as_of else warehouse.read(database) as connection:
        item = connection.execute(
            "select item_name from marts.dim_item where item_code = ?", [code]
        ).fetchone()
        line = connection.execute(
            "select line_name from marts.dim_line where line_code = ?", [code]
        ).fetchone()
        if item is None and line is None:
            raise NothingToTraceError(
                f"{code!r} is neither an item (S, 1 to 12, 9.2.5 and the like: marts.dim_item) nor a line of "
                "the balance of payments (P00010 and the like: marts.dim_line)"
            )
        wanted = flow if item else "amount"
        shown = _mart_row(connection, code, period, period_type, wanted, is_item=item is not None)
        mart, value, basis, vintage_id = shown or ("no mart", None, None, None)
        vintages = _vintages(connection, code, period, wanted, vintage_id)
        if shown is None and not vintages:
            raise NothingToTraceError(f"nothing is known of {wanted} of {code} in {period}")
        components = _components(connection, code, period, wanted) if basis == "sum_of_months" else ()
    name = str((item or line or ("",))[0])
    return Trace(name, code, period, wanted, mart, value, basis, vintage_id, vintages, components)


def describe(trace: Trace) -> str:
    """Say a trace in plain text."""
    value = "no value" if trace.value_usd_mn is None else f"{trace.value_usd_mn} million US$"
    lines = [
        f"{trace.code} {trace.name}: {trace.flow}, {trace.period}",
        f"{trace.mart}: {value} ({trace.basis})",
    ]
    if trace.components:
        lines += ["", "the sum of:"]
        flow = "" if trace.flow == "amount" else f" --flow {trace.flow}"
        lines += [
            f"  {part.period}  {part.value_usd_mn}  `etl trace {trace.code} {part.period}{flow}`"
            for part in trace.components
        ]
    if trace.basis == COMPUTED_BALANCE:
        sides = [f"`etl trace {trace.code} {trace.period} --flow {flow}`" for flow in FLOWS[:2]]
        lines += ["", f"computed: {sides[0]} less {sides[1]}"]
    lines += ["", "vintages, oldest first (* counts):" if trace.vintages else "no source prints it"]
    for vintage in trace.vintages:
        lines += _describe_vintage(vintage, counts=vintage.vintage_id == trace.vintage_id)
    return "\n".join(lines) + "\n"


def _describe_vintage(vintage: Vintage, *, counts: bool) -> list[str]:
    until = f"to {vintage.valid_to}" if vintage.valid_to else "stands"
    end = ", withdrawn" if vintage.is_withdrawn else ""
    confirmed = ""
    if vintage.last_confirmed_on != vintage.published_on:
        confirmed = f", confirmed on {vintage.last_confirmed_on}"
    head = f"{'*' if counts else ' '} {vintage.value_usd_mn} million US$, {vintage.status}, {vintage.basis}"
    if vintage.inputs:
        return ["", head, *_describe_inputs(vintage)]
    lines = [
        "",
        head,
        f"    printed    {vintage.value_as_printed} {vintage.unit}",
        f"    published  {vintage.published_on} ({vintage.published_on_is}{confirmed}); "
        f"from {vintage.valid_from} {until}{end}",
        f"    release    {vintage.release_id}",
    ]
    if vintage.cell:
        sheet = f"sheet {vintage.sheet!r}, cell {vintage.cell}"
        lines.append(f"    where      {sheet}{f' of {vintage.file_name}' if vintage.file_name else ''}")
    if vintage.source_url:
        lines.append(f"    address    {vintage.source_url}")
    if vintage.file_sha256:
        starter = " (a starter file: SBP's figures in SBP's cells, written by this project)"
        lines.append(f"    file       {vintage.file_sha256}{starter if vintage.via == 'starter' else ''}")
        lines.append(f"    first seen {vintage.first_seen_at:%Y-%m-%d %H:%M} UTC, {vintage.via}")
    return lines


def _describe_inputs(vintage: Vintage) -> list[str]:
    """Say what a derived value is made of, each part with its cell or link."""
    lines = [f"    known      from {vintage.valid_from}, as a difference of cumulative columns:"]
    for part in vintage.inputs:
        cell = f"sheet {part.sheet!r}, cell {part.cell} of " if part.cell else ""
        lines.append(
            f"    {'+' if part.sign > 0 else '-'} {part.value_usd_mn}  {part.period}, {part.release_id} of "
            f"{part.published_on}: {cell}{part.source}"
        )
    return lines


def _period_type(period: str) -> str:
    for period_type, form in _PERIODS.items():
        if form.fullmatch(period):
            return period_type
    raise NothingToTraceError(f"{period!r} is no period; write 2026-03, FY26, FY26-Q3 or FY26-to-03")


def _vintages(
    connection: warehouse.Connection, code: str, period: str, flow: str, counts: str | None
) -> tuple[Vintage, ...]:
    """Give the vintages of a figure and the one that counts: the fiscal year to June is printed as the
    fiscal year.
    """
    rows = connection.execute(
        """
        select
            vintage_id, value_usd_mn, value_as_printed, unit, last_status, basis, vintages.via,
            vintages.release_id, vintages.published_on, vintages.published_on_is, last_confirmed_on,
            valid_from, valid_to, is_withdrawn, sheet, cell, source_url, vintages.file_sha256,
            original_name, vintages.first_seen_at
        from marts.vintages
        left join marts.dim_release_file as files
            on vintages.file_sha256 = files.file_sha256 and vintages.release_id = files.release_id
        where (code = ? and period = ? and flow = ?) or vintage_id = ?
        order by vintages.published_on, vintages.release_id
        """,
        [code, period, flow, counts],
    ).fetchall()
    return tuple(Vintage(*(*row, _inputs(connection, row[0]))) for row in rows)


def _inputs(connection: warehouse.Connection, vintage_id: str) -> tuple[Input, ...]:
    """Give what a derived vintage is made of, what is added first; nothing for a printed one."""
    rows = connection.execute(
        """
        select
            sign, vintages.period, vintages.value_usd_mn, vintages.release_id, vintages.published_on,
            vintages.sheet, vintages.cell, coalesce(files.original_name, vintages.source_url)
        from marts.derivations
        inner join marts.vintages on derivations.input_vintage_id = vintages.vintage_id
        left join marts.dim_release_file as files
            on vintages.file_sha256 = files.file_sha256 and vintages.release_id = files.release_id
        where derivations.vintage_id = ?
        order by sign desc, period_ends_on desc
        """,
        [vintage_id],
    ).fetchall()
    return tuple(Input(*row) for row in rows)


_ITEM_MARTS = {
    "month": ("services_monthly", "strftime(month, '%Y-%m')"),
    "fiscal_year": ("services_fiscal_year", "fiscal_year"),
    "fiscal_quarter": ("services_fiscal_quarter", "fiscal_year || '-' || quarter"),
    "fiscal_year_to_date": (
        "services_fiscal_year_to_date",
        "fiscal_year || strftime(through_month, '-to-%m')",
    ),
}
_LINE_MARTS = {"month": "balance_of_payments_monthly", "fiscal_year": "balance_of_payments_fiscal_year"}


def _mart_row(
    connection: warehouse.Connection, code: str, period: str, period_type: str, flow: str, *, is_item: bool
) -> tuple[str, Decimal | None, str | None, str | None] | None:
    """Give the mart, its value, what that rests on, and its vintage; None where the mart has no row."""
    if is_item:
        mart, key = _ITEM_MARTS[period_type]
        printed = f"case when balance_vintage_id is null then '{COMPUTED_BALANCE}' else 'printed' end"
        basis = printed if flow == "balance" else f"{flow}_basis"
        columns, code_column = f"{flow}_usd_mn, {basis}, {flow}_vintage_id", "item_code"
    elif period_type in _LINE_MARTS:
        mart, key = _LINE_MARTS[period_type], "period"
        columns, code_column = "amount_usd_mn, amount_basis, amount_vintage_id", "line_code"
    else:
        return None
    query = f"select {columns} from marts.{mart} where {code_column} = ? and {key} = ?"
    row = connection.execute(query, [code, period]).fetchone()
    return (f"marts.{mart}", row[0], row[1], row[2]) if row else None


def _components(connection: warehouse.Connection, code: str, period: str, flow: str) -> tuple[Component, ...]:
    """Give the months of a fiscal year, quarter or fiscal year to date."""
    quarter = re.search(r"Q(\d)", period)
    last = re.search(r"to-(\d\d)", period)
    columns = "value_usd_mn, vintage_id"
    rows = connection.execute(
        f"""
        select strftime(months.month, '%Y-%m'), {columns}
        from marts.dim_month as months
        left join (
            select month, {flow}_usd_mn as value_usd_mn, {flow}_vintage_id as vintage_id
            from {"marts.services_monthly" if flow != "amount" else "marts.balance_of_payments_monthly"}
            where {"item_code" if flow != "amount" else "line_code"} = $code
        ) as known on months.month = known.month
        where months.fiscal_year = $fiscal_year
            and ($quarter is null or months.fiscal_quarter = 'Q' || $quarter)
            and ($last is null or months.month_of_fiscal_year <= ($last::integer + 5) % 12 + 1)
        order by months.month
        """,
        {
            "code": code,
            "fiscal_year": period[:4],
            "quarter": quarter[1] if quarter else None,
            "last": last[1] if last else None,
        },
    ).fetchall()
    return tuple(Component(*row) for row in rows)
