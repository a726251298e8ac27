"""What the report shows, as the marts hold it: one query each, rows out.

Here: reading. Not here: where a figure comes from (`citations`), how it is drawn (`charts`), and sums, shares
or growth rates, which are the marts'.

Amounts are in million US$, shares and changes in per cent. A value is None where the marts do not know it;
each amount has the vintage that it is, under the name that ends in `vintage_id`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from etl.serve.series import place
from etl.warehouse import connect

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


class ReportPart(NamedTuple):
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
    parts: tuple[ReportPart, ...]
    shares: tuple[Share, ...]
    balances: tuple[Balance, ...]
    revisions: tuple[Revision, ...]
    reliability: tuple[Reliability, ...]

    def vintage_ids(self) -> set[str]:
        """Return the vintages of every amount that is shown."""
        cited = (self.months, self.years_to_date, self.parts, self.shares, self.balances, self.revisions)
        return {
            value
            for row in (self.headline, *(row for rows in cited for row in rows))
            for name, value in row._asdict().items()
            if name.endswith("vintage_id") and value is not None
        }


def load(connection: connect.Connection, month: date) -> Figures:
    """Read the figures of a report. `month` is a month of which IT exports are known."""
    asked = {"month": month}
    (headline,) = _rows(connection, Headline, _HEADLINE, asked)
    return Figures(
        headline=headline,
        months=_rows(connection, Month, _MONTHS, {}),
        years_to_date=_rows(connection, YearToDate, _YEARS_TO_DATE, asked),
        parts=_rows(connection, ReportPart, _PARTS, asked),
        shares=_rows(connection, Share, _SHARES, {}),
        balances=_rows(connection, Balance, _BALANCES, asked),
        revisions=_rows(connection, Revision, _REVISIONS, {}),
        reliability=_rows(connection, Reliability, _RELIABILITY, {}),
    )


def _rows(
    connection: connect.Connection, row: type[Row], query: str, parameters: dict[str, Any]
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


CITED_MARTS = ("vintages", "derivations", "dim_item", "dim_release", "dim_release_file")
"""What citations are read from."""
_UPPER_BOUNDS = ("http_last_modified", "first_seen", "seen_by_this_day")


class Citation(NamedTuple):
    """The way from a figure to its cell or its print."""

    vintage_id: str
    code: str
    name: str
    flow: str
    period: str
    value_as_printed: str | None
    """None for a derived value, which nothing printed."""
    unit: str
    basis: str
    via: str
    release_title: str
    published_on: date
    published_on_is: str
    sheet: str | None
    cell: str | None
    file_name: str | None
    file_sha256: str | None
    source_url: str | None
    input_ids: list[str]
    """Of a derived value: the vintages that it is made of."""

    @property
    def place(self) -> str | None:
        """Where it stands in its file, in words."""
        return place((self.sheet or "").strip(), self.cell) if self.cell else None

    @property
    def published(self) -> str:
        """When it was published, in words: some days are only the latest that it can have been."""
        said = {**dict.fromkeys(_UPPER_BOUNDS, "out by"), "assumed": "published about"}
        return f"{said.get(self.published_on_is, 'published on')} {self.published_on}"

    @property
    def link(self) -> str | None:
        """An address that a browser can follow."""
        first = (self.source_url or "").split(" ")[0]
        return first.rstrip(",;") if first.startswith(("https://", "http://")) else None

    @property
    def beside_the_link(self) -> str:
        """What the source says beside its address: which edition it was, or who recorded it."""
        said = self.source_url or ""
        return said.removeprefix(self.link or "").strip(" ,;")


@dataclass
class References:
    """The citations of a page; asking for the number of one puts it on the page."""

    known: dict[str, Citation]
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, vintage_id: str) -> int:
        """Return the number of a vintage, a new one where it has none yet; what it is made of follows it."""
        if vintage_id not in self.numbers:
            self.numbers[vintage_id] = len(self.numbers) + 1
            for part in self.known[vintage_id].input_ids:
                self.number(part)
        return self.numbers[vintage_id]

    def ranges(self, vintage_ids: Iterable[str]) -> list[tuple[int, int]]:
        """Return the numbers of some vintages as first and last of those that follow each other."""
        found: list[tuple[int, int]] = []
        for number in sorted({self.number(one) for one in vintage_ids}):
            if found and found[-1][1] == number - 1:
                found[-1] = (found[-1][0], number)
            else:
                found.append((number, number))
        return found

    def words(self, vintage_id: str) -> str:
        """Say in a line where a vintage is from: `[12] Trade in services, published on 2026-04-17`."""
        citation = self.known[vintage_id]
        return f"[{self.number(vintage_id)}] {citation.release_title}, {citation.published}"

    def shown(self) -> list[tuple[int, Citation]]:
        """Return what was asked for, in the order of its numbers."""
        return [(number, self.known[vintage_id]) for vintage_id, number in self.numbers.items()]


def load_citations(connection: connect.Connection, vintage_ids: Iterable[str]) -> References:
    """Read the citations of some vintages, and of what derived ones are made of."""
    wanted = list(vintage_ids)
    rows = connection.execute(_CITATIONS, {"wanted": wanted}).fetchall()
    return References({row[0]: Citation(*row) for row in rows})


_CITATIONS = """
with inputs as (
    select vintage_id, list(input_vintage_id order by sign desc, input_period desc) as input_ids
    from marts.derivations
    group by vintage_id
),

wanted as (
    select unnest($wanted::varchar[]) as vintage_id
    union
    select input_vintage_id from marts.derivations where list_contains($wanted::varchar[], vintage_id)
)

select
    vintages.vintage_id, vintages.code, coalesce(item.item_name, vintages.code), vintages.flow,
    vintages.period, vintages.value_as_printed, vintages.unit, vintages.basis, vintages.via, releases.title,
    vintages.published_on, vintages.published_on_is, vintages.sheet, vintages.cell,
    files.original_name, vintages.file_sha256, vintages.source_url, coalesce(inputs.input_ids, [])
from marts.vintages as vintages
inner join wanted on vintages.vintage_id = wanted.vintage_id
left join marts.dim_release as releases on vintages.release_id = releases.release_id
left join marts.dim_item as item on vintages.code = item.item_code
left join marts.dim_release_file as files
    on vintages.file_sha256 = files.file_sha256 and vintages.release_id = files.release_id
left join inputs on vintages.vintage_id = inputs.vintage_id
"""
