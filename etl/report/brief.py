"""The brief: the month's IT exports in a few sentences, each number from a mart, with its way back.

Here: choosing the month and saying what the marts hold for it. A sentence whose number is not known is
left out; nothing is said that the marts do not.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from etl import warehouse
from etl.errors import EtlError
from etl.report.places import place

IT_EXPORTS = "9"
TOTAL = "S"
_MONTHS_FOR_A_RECORD = 24


class NoFigureError(EtlError):
    """The marts hold no figure for the month that was asked for."""


@dataclass(frozen=True)
class Month:
    """What the marts hold of IT exports in a month; None where something is not known."""

    month: date
    fiscal_year: str
    exports: Decimal
    status: str
    basis: str
    mom_pct: Decimal | None
    yoy_pct: Decimal | None
    fytd: Decimal | None
    fytd_yoy_pct: Decimal | None
    first_published: Decimal | None
    rounding: float
    """Of the coarser of the figure and its first print: a smaller difference is no revision."""
    rank_so_far: int
    """1 where no month before was higher."""
    months_known_before: int
    """Of the two years before: a record needs months to be one among."""
    balance: Decimal | None
    share_pct: Decimal | None
    balance_rank: int | None
    total_exports: Decimal | None
    total_imports: Decimal | None
    total_balance: Decimal | None
    total_is_superseded: bool | None
    value_as_printed: str
    unit: str
    release_title: str
    via: str
    sheet: str | None
    cell: str | None
    file_name: str | None
    source: str
    published_on: date


def write(
    database: Path, month: date | None = None, *, as_of: date | None = None, as_markdown: bool = False
) -> str:
    """Write the brief of a month, by default the newest one whose detail is in the archive.

    With `as_of` it says what was published by the end of that day.

    Raises `NoFigureError` for a month that the marts do not hold.
    """
    with warehouse.read_as_of(database, as_of) if as_of else warehouse.read(database) as connection:
        figures = _load(connection, chosen_month(connection, month))
        newest = _load(connection, _newest(connection))
    paragraphs = [_lead(figures), *_context(figures), _source(figures)]
    if month is None and newest.month > figures.month:
        paragraphs.append(_newer(newest))
    known = f", as known on {as_of}" if as_of else ""
    title = f"Pakistan's IT exports, {figures.month:%B %Y}{known}"
    heading = f"## {title}" if as_markdown else f"{title}\n{'=' * len(title)}"
    return "\n\n".join([heading, *paragraphs]) + "\n"


def chosen_month(connection: warehouse.Connection, month: date | None = None) -> date:
    """Give the month to write about: the one that is asked for, else the newest whose detail is known.

    Raises `NoFigureError` for a month of which no IT exports are known.
    """
    return _load(connection, month or _newest_with_detail(connection)).month


def _newest_with_detail(connection: warehouse.Connection) -> date:
    row = connection.execute(
        "select max(month) from marts.services_monthly where item_code = ? and exports_basis = 'published'",
        [IT_EXPORTS],
    ).fetchone()
    return row[0] if row and row[0] else _newest(connection)


def _newest(connection: warehouse.Connection) -> date:
    row = connection.execute(
        "select max(month) from marts.services_monthly where item_code = ? and exports_usd_mn is not null",
        [IT_EXPORTS],
    ).fetchone()
    if not row or not row[0]:
        raise NoFigureError("no IT exports are known for that; `etl refresh` fetches what there is")
    newest: date = row[0]
    return newest


def _load(connection: warehouse.Connection, month: date) -> Month:
    found = connection.execute(_MONTH, {"item": IT_EXPORTS, "total": TOTAL, "month": month})
    names = [column[0] for column in found.description or ()]
    row = found.fetchone()
    if row is None:
        first, last = _known_months(connection)
        raise NoFigureError(
            f"no IT exports are known for {month:%B %Y}; there are months from {first} to {last}"
        )
    values: dict[str, Any] = dict(zip(names, row, strict=True))
    return Month(**values)


def _known_months(connection: warehouse.Connection) -> tuple[str, str]:
    row = connection.execute(
        "select strftime(min(month), '%Y-%m'), strftime(max(month), '%Y-%m') from marts.services_monthly"
        " where item_code = ? and exports_usd_mn is not null",
        [IT_EXPORTS],
    ).fetchone()
    return (str(row[0]), str(row[1])) if row else ("", "")


_MONTH = """
with it as (
    select
        *,
        rank() over (order by exports_usd_mn desc) as rank_so_far,
        count(*) over (
            order by month range between interval 24 month preceding and interval 1 month preceding
        ) as months_known_before
    from marts.services_monthly
    where item_code = $item and month <= $month and exports_usd_mn is not null
)

select
    it.month,
    it.fiscal_year,
    it.exports_usd_mn as exports,
    it.exports_status as status,
    it.exports_basis as basis,
    it.exports_mom_pct as mom_pct,
    it.exports_yoy_pct as yoy_pct,
    it.exports_fytd_usd_mn as fytd,
    it.exports_fytd_yoy_pct as fytd_yoy_pct,
    it.exports_first_published_usd_mn as first_published,
    greatest(vintages.rounding_usd_mn, coalesce(first_print.rounding_usd_mn, 0)) as rounding,
    it.rank_so_far,
    it.months_known_before,
    it.balance_usd_mn as balance,
    share.exports_share_pct as share_pct,
    share.balance_rank,
    total.exports_usd_mn as total_exports,
    total.imports_usd_mn as total_imports,
    total.balance_usd_mn as total_balance,
    total.exports_is_superseded as total_is_superseded,
    vintages.value_as_printed,
    vintages.unit,
    releases.title as release_title,
    vintages.via,
    vintages.sheet,
    vintages.cell,
    files.original_name as file_name,
    vintages.source_url as source,
    vintages.published_on
from it
inner join marts.vintages on it.exports_vintage_id = vintages.vintage_id
inner join marts.dim_release as releases on vintages.release_id = releases.release_id
left join marts.dim_release_file as files
    on vintages.file_sha256 = files.file_sha256 and vintages.release_id = files.release_id
left join marts.services_share as share
    on
        it.item_code = share.item_code
        and share.period_type = 'month'
        and it.month = share.period_starts_on
left join (
    select period_starts_on as month, max(rounding_usd_mn) as rounding_usd_mn
    from marts.vintages
    where series = 'services' and code = $item and period_type = 'month' and flow = 'exports'
        and is_first_print
    group by period_starts_on
) as first_print on it.month = first_print.month
left join marts.services_monthly as total on it.month = total.month and total.item_code = $total
where it.month = $month
"""

_STATUS = {"provisional": ", provisional", "revised": ", revised", "not_stated": ""}


def _lead(figures: Month) -> str:
    changes = [
        text
        for text in (_change(figures.mom_pct, "on the month"), _change(figures.yoy_pct, "on the year"))
        if text
    ]
    place = _place(figures)
    lead = (
        f"IT exports (telecommunications, computer and information services) were "
        f"{_money(figures.exports)} in {figures.month:%B %Y}{_STATUS[figures.status]}{place}"
    )
    return f"{lead}: {', '.join(changes)}." if changes else f"{lead}."


def _place(figures: Month) -> str:
    """Say that a month is a record only where the two years before it are known without a gap, and with
    gaps that it is the highest known, where there is a year of months to be the highest of.
    """
    if figures.months_known_before < _MONTHS_FOR_A_RECORD:
        is_highest = figures.rank_so_far == 1 and 2 * figures.months_known_before >= _MONTHS_FOR_A_RECORD
        return ", the highest of the months known" if is_highest else ""
    return {1: ", a record", 2: ", the second-highest month so far"}.get(figures.rank_so_far, "")


def _context(figures: Month) -> list[str]:
    sentences = []
    if figures.fytd is not None:
        change = _change(figures.fytd_yoy_pct, "on the year before")
        sentences.append(
            f"From July to {figures.month:%B} of {figures.fiscal_year} they came to {_money(figures.fytd)}"
            + (f", {change}." if change else ".")
        )
    if figures.share_pct is not None and figures.total_exports is not None:
        rank = ", the largest surplus among the twelve services" if figures.balance_rank == 1 else ""
        surplus = (
            f"; their surplus was {_money(figures.balance)}{rank}" if figures.balance is not None else ""
        )
        sentences.append(
            f"That is {figures.share_pct:.1f} % of all services exports ({_money(figures.total_exports)})"
            f"{surplus}."
        )
    if figures.total_balance is not None and figures.total_imports is not None:
        kind = "deficit" if figures.total_balance < 0 else "surplus"
        sentences.append(
            f"Services as a whole imported {_money(figures.total_imports)}: "
            f"a {kind} of {_money(abs(figures.total_balance))}."
        )
    if figures.total_is_superseded:
        sentences.append("A newer print of the services total differs: see the mart `vintages`.")
    first = figures.first_published
    if first is not None and abs(first - figures.exports) > Decimal(figures.rounding):
        sentences.append(f"First published as {_money(first)}.")
    return [" ".join(sentences)] if sentences else []


def _source(figures: Month) -> str:
    printed = f"{figures.value_as_printed} {figures.unit}, published on {figures.published_on}"
    if figures.basis == "transcribed":
        return f"Source: transcribed, SBP's file is not in the archive: {printed}; {figures.source}"
    via = {
        "starter": " (written by this project from SBP's published figures, same sheet and cell)",
        "by_hand": " (given by hand)",
        "web_archive": " (kept by a web archive)",
        "fetched": "",
    }[figures.via]
    where = f"{place((figures.sheet or '').strip(), figures.cell or '')} of {figures.file_name}"
    address = f"; {figures.source}" if figures.source else ""
    return f"Source: {figures.release_title}, {where}{via}: {printed}{address}"


def _newer(newest: Month) -> str:
    change = _change(newest.yoy_pct, "on the year")
    return (
        f"Newer, without detail: {_money(newest.exports)} in {newest.month:%B %Y}"
        + (f", {change}" if change else "")
        + f" ({newest.basis}, published on {newest.published_on}; {newest.source})."
    )


def _money(value: Decimal | None) -> str:
    if value is None:
        return "an unknown amount"
    text = f"{value:,.1f}"
    return f"{text.removesuffix('.0')} million US$"


def _change(value: Decimal | None, on_what: str) -> str:
    return f"{value:+.1f} % {on_what}" if value is not None else ""
