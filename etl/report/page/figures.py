"""What the report shows, as the marts hold it: one query each, rows out.

Here: reading. Not here: where a figure comes from (`citations`), how it is drawn (`charts`), and sums, shares
or growth rates, which are the marts'.

Amounts are in million US$, shares and changes in per cent. A value is None where the marts do not know it;
each amount has the vintage that it is, under the name that ends in `vintage_id`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from etl import warehouse

Row = TypeVar("Row")

MARTS = (
    "it_exports_monthly",
    "services_monthly",
    "services_share",
    "services_fiscal_year_to_date",
    "vintages",
    "revisions",
    "revisions_summary",
    "dim_item",
    "dim_month",
    "dim_release",
)
"""What the figures are read from."""


class Month(NamedTuple):
    """A month of IT exports. Months that no source shows are there too, with nothing but their name."""

    month: date
    exports: Decimal | None
    status: str | None
    basis: str | None
    vintage_id: str | None
    is_superseded: bool | None
    """A newer print elsewhere contradicts the figure beyond rounding."""
    is_record: bool | None
    mom_pct: Decimal | None
    yoy_pct: Decimal | None
    year_before: Decimal | None
    year_before_vintage_id: str | None
    first_print: Decimal | None
    """Only where the figure was revised since beyond rounding."""
    first_print_vintage_id: str | None
    is_newest: bool


class Headline(NamedTuple):
    """The month of the report."""

    month: date
    fiscal_year: str
    exports: Decimal
    basis: str
    status: str
    is_record: bool | None
    vintage_id: str
    mom_pct: Decimal | None
    month_before: Decimal | None
    month_before_vintage_id: str | None
    yoy_pct: Decimal | None
    year_before: Decimal | None
    year_before_vintage_id: str | None
    fytd: Decimal | None
    fytd_yoy_pct: Decimal | None
    twelve_months: Decimal | None
    twelve_months_yoy_pct: Decimal | None
    share_pct: Decimal | None
    balance: Decimal | None
    is_largest_surplus: bool | None


class YearToDate(NamedTuple):
    """IT exports from July to a month of a fiscal year."""

    fiscal_year: str
    months_in_period: int
    through_month: date
    exports: Decimal
    basis: str
    yoy_pct: Decimal | None
    vintage_id: str | None
    """None where it is the sum of its months."""


class Part(NamedTuple):
    """A part of IT exports in the month of the report."""

    item_code: str
    item_name: str
    level: int
    exports: Decimal
    vintage_id: str
    share_pct: Decimal | None
    """In all IT exports; only of the groups and of freelancers."""
    yoy_pct: Decimal | None
    year_before: Decimal | None
    year_before_vintage_id: str | None


class Share(NamedTuple):
    """Share of IT exports in all services exports in a month. Months without one are there too."""

    month: date
    share_pct: Decimal | None
    is_mixed_vintage: bool | None
    """The two figures are of two editions."""
    exports: Decimal | None
    vintage_id: str | None
    all_services: Decimal | None
    all_services_vintage_id: str | None
    is_newest: bool


class Balance(NamedTuple):
    """Exports, imports and balance of one of the twelve main items in the month of the report."""

    item_code: str
    item_name: str
    exports: Decimal | None
    exports_vintage_id: str | None
    imports: Decimal | None
    imports_vintage_id: str | None
    balance: Decimal
    rank: int | None


class Revision(NamedTuple):
    """A later print of a month that differs from the one before it beyond rounding."""

    month: date
    published_on: date
    days_since_first_print: int
    first: Decimal
    previous: Decimal
    value: Decimal
    change_since_first: Decimal
    vintage_id: str
    first_vintage_id: str


class Reliability(NamedTuple):
    """How far the first prints of a source were revised in the end."""

    release_title: str
    months_compared: int
    months_revised: int
    mean_absolute_revision: Decimal
    largest_revision: Decimal | None
    largest_revision_period: str | None


@dataclass(frozen=True)
class Figures:
    """Everything that a report shows."""

    headline: Headline
    months: tuple[Month, ...]
    years_to_date: tuple[YearToDate, ...]
    """The fiscal year of the month and the three before it."""
    parts: tuple[Part, ...]
    shares: tuple[Share, ...]
    balances: tuple[Balance, ...]
    revisions: tuple[Revision, ...]
    reliability: tuple[Reliability, ...]

    def vintage_ids(self) -> set[str]:
        """Give the vintages of every amount that is shown."""
        cited = (self.months, self.years_to_date, self.parts, self.shares, self.balances, self.revisions)
        return {
            value
            for row in (self.headline, *(row for rows in cited for row in rows))
            for name, value in row._asdict().items()
            if name.endswith("vintage_id") and value is not None
        }


def load(connection: warehouse.Connection, month: date) -> Figures:
    """Read the figures of a report. `month` is a month of which IT exports are known."""
    asked = {"month": month}
    (headline,) = _rows(connection, Headline, _HEADLINE, asked)
    return Figures(
        headline=headline,
        months=_rows(connection, Month, _MONTHS, {}),
        years_to_date=_rows(connection, YearToDate, _YEARS_TO_DATE, asked),
        parts=_rows(connection, Part, _PARTS, asked),
        shares=_rows(connection, Share, _SHARES, {}),
        balances=_rows(connection, Balance, _BALANCES, asked),
        revisions=_rows(connection, Revision, _REVISIONS, {}),
        reliability=_rows(connection, Reliability, _RELIABILITY, {}),
    )


def _rows(
    connection: warehouse.Connection, row: type[Row], query: str, parameters: dict[str, Any]
) -> tuple[Row, ...]:
    """Run a query whose columns are the fields of a row, in their order."""
    return tuple(row(*values) for values in connection.execute(query, parameters).fetchall())


_IT = "item_code = '9'"
_IT_EXPORTS = "series = 'services' and code = '9' and flow = 'exports' and period_type = 'month'"

_HEADLINE = """
select
    known.month, known.fiscal_year, known.exports_usd_mn, known.exports_basis, known.exports_status,
    known.is_record, known.exports_vintage_id,
    known.exports_mom_pct, month_before.value_usd_mn, known.exports_mom_base_vintage_id,
    known.exports_yoy_pct, year_before.value_usd_mn, known.exports_yoy_base_vintage_id,
    known.exports_fytd_usd_mn, known.exports_fytd_yoy_pct, known.exports_12m_usd_mn,
    known.exports_12m_yoy_pct, known.exports_share_of_services_pct, known.net_exports_usd_mn,
    known.is_largest_surplus
from marts.it_exports_monthly as known
left join marts.vintages as month_before on known.exports_mom_base_vintage_id = month_before.vintage_id
left join marts.vintages as year_before on known.exports_yoy_base_vintage_id = year_before.vintage_id
where known.month = $month
"""

_FIRST_PRINTS = f"""
first_prints as (
    select period_starts_on as month, value_usd_mn, min(vintage_id) as vintage_id
    from marts.vintages
    where {_IT_EXPORTS} and is_first_print
    group by all
)
"""
"""A common table expression: by month and value, since a release of lower tier may have printed it first."""

_SPAN = "between (select min(month) from known) and (select max(month) from known)"
"""Every month from the first that is known to the last: what lies between and is not known is a gap."""

_MONTHS = f"""
with known as (
    select * from marts.it_exports_monthly
),

revised as (
    select month, arg_max(first_usd_mn, published_on) as first_usd_mn
    from marts.revisions
    where {_IT_EXPORTS} and not is_withdrawn and not is_break
    group by month
),

{_FIRST_PRINTS}

select
    months.month, known.exports_usd_mn, known.exports_status, known.exports_basis,
    known.exports_vintage_id, known.exports_is_superseded, known.is_record, known.exports_mom_pct,
    known.exports_yoy_pct, year_before.value_usd_mn, known.exports_yoy_base_vintage_id,
    revised.first_usd_mn, first_prints.vintage_id, months.month = (select max(month) from known)
from marts.dim_month as months
left join known on months.month = known.month
left join marts.vintages as year_before on known.exports_yoy_base_vintage_id = year_before.vintage_id
left join revised on months.month = revised.month
left join first_prints
    on revised.month = first_prints.month and revised.first_usd_mn = first_prints.value_usd_mn
where months.month {_SPAN}
order by months.month
"""

_YEARS_TO_DATE = f"""
select
    known.fiscal_year, known.months_in_period, known.through_month, known.exports_usd_mn,
    known.exports_basis, known.exports_yoy_pct, known.exports_vintage_id
from marts.services_fiscal_year_to_date as known
inner join marts.dim_month as months on known.through_month = months.month
inner join marts.dim_month as asked
    on months.fiscal_year_ends_on
    between asked.fiscal_year_ends_on - interval 3 year and asked.fiscal_year_ends_on
where known.{_IT} and known.exports_usd_mn is not null and asked.month = $month
order by known.through_month
"""

_PARTS = """
select
    item.item_code, item.item_name, item.level, known.exports_usd_mn, known.exports_vintage_id,
    case item.item_code
        when '9.1' then it.telecommunications_share_pct
        when '9.2' then it.computer_share_pct
        when '9.3' then it.information_share_pct
        when '9.2.5' then it.freelance_share_pct
    end,
    known.exports_yoy_pct, year_before.value_usd_mn, known.exports_yoy_base_vintage_id
from marts.services_monthly as known
inner join marts.dim_item as item on known.item_code = item.item_code
left join marts.it_exports_monthly as it on known.month = it.month
left join marts.vintages as year_before on known.exports_yoy_base_vintage_id = year_before.vintage_id
where known.month = $month and item.item_code like '9.%' and known.exports_usd_mn is not null
order by item.sort_order
"""

_SHARES = f"""
with known as (
    select * from marts.it_exports_monthly where exports_share_of_services_pct is not null
)

select
    months.month, known.exports_share_of_services_pct, share.is_mixed_vintage, known.exports_usd_mn,
    known.exports_vintage_id, known.services_exports_usd_mn, known.services_exports_vintage_id,
    months.month = (select max(month) from known)
from marts.dim_month as months
left join known on months.month = known.month
left join marts.services_share as share
    on known.month = share.period_starts_on and share.period_type = 'month' and share.{_IT}
where months.month {_SPAN}
order by months.month
"""

_BALANCES = """
select
    item.item_code, item.item_name, known.exports_usd_mn, known.exports_vintage_id, known.imports_usd_mn,
    known.imports_vintage_id, known.balance_usd_mn, share.balance_rank
from marts.services_monthly as known
inner join marts.dim_item as item on known.item_code = item.item_code
left join marts.services_share as share
    on known.item_code = share.item_code
    and known.month = share.period_starts_on and share.period_type = 'month'
where known.month = $month and item.is_main_item and known.balance_usd_mn is not null
order by known.balance_usd_mn desc, item.sort_order
"""

_REVISIONS = f"""
with {_FIRST_PRINTS}

select
    revised.month, revised.published_on, revised.days_since_first_print, revised.first_usd_mn,
    revised.previous_usd_mn, revised.value_usd_mn, revised.change_since_first_usd_mn, revised.vintage_id,
    coalesce(first_prints.vintage_id, revised.previous_vintage_id)
from marts.revisions as revised
left join first_prints
    on revised.month = first_prints.month and revised.first_usd_mn = first_prints.value_usd_mn
where {_IT_EXPORTS} and not revised.is_withdrawn and not revised.is_break
order by revised.month, revised.published_on
"""

_RELIABILITY = """
select
    releases.title, summary.months_compared, summary.months_revised,
    summary.mean_absolute_revision_usd_mn, summary.largest_revision_usd_mn, summary.largest_revision_period
from marts.revisions_summary as summary
inner join marts.dim_release as releases on summary.release_id = releases.release_id
where
    summary.series = 'services' and summary.code = '9' and summary.flow = 'exports'
    and summary.horizon = 'newest' and summary.months_compared > 0
order by summary.months_compared desc
"""
