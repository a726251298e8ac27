"""Which series of which mart is shown as a picture.

Here: the list of pictures and their points, read from a database. Not here: how a picture is drawn
(`sparkline`), and which figures changed (`changes`).
"""

from collections.abc import Collection
from typing import NamedTuple

from etl import warehouse
from etl.report.changes import Key
from etl.report.sparkline import Point


class Picture(NamedTuple):
    """A series of a mart that is worth a look: one value a period."""

    mart: str
    name: str
    title: str
    """What is drawn, with its unit."""
    column: str
    rows: str
    """SQL that is true of the rows of the series."""
    order: str = "month"
    """Column by which periods follow each other."""
    period: str = "strftime(month, '%Y-%m')"
    """SQL for the period in words."""
    figure: tuple[str, str, str] | None = None
    """Series, code and flow, by which `changes` knows its figures; None where it compares none of them."""


_IT, _SERVICES = "item_code = '9'", "item_code = 'S'"

PICTURES = (
    Picture(
        "services_monthly",
        "it_exports",
        "IT exports, million US$",
        "exports_usd_mn",
        _IT,
        figure=("services", "9", "exports"),
    ),
    Picture(
        "services_monthly",
        "services_exports",
        "Exports of all services, million US$",
        "exports_usd_mn",
        _SERVICES,
        figure=("services", "S", "exports"),
    ),
    Picture(
        "services_fiscal_quarter",
        "it_exports",
        "IT exports of a fiscal quarter, million US$",
        "exports_usd_mn",
        _IT,
        "quarter_starts_on",
        "concat(fiscal_year, '-', quarter)",
    ),
    Picture(
        "services_fiscal_year",
        "it_exports",
        "IT exports of a fiscal year, million US$",
        "exports_usd_mn",
        _IT,
        "fiscal_year_ends_on",
        "fiscal_year",
    ),
    Picture(
        "services_share",
        "it_share",
        "IT exports, per cent of all services exports",
        "exports_share_pct",
        f"{_IT} and period_type = 'month'",
        "period_ends_on",
        "period",
    ),
    Picture(
        "balance_of_payments_monthly",
        "current_account",
        "Balance of the current account, million US$",
        "amount_usd_mn",
        "line_code = 'P00010'",
        figure=("balance_of_payments", "P00010", "amount"),
    ),
    Picture(
        "goods_trade_monthly",
        "goods_exports",
        "Exports of goods, million US$",
        "exports_usd_mn",
        "true",
        figure=("goods_trade", "exports", "amount"),
    ),
    Picture(
        "goods_trade_monthly",
        "goods_imports",
        "Imports of goods, million US$",
        "imports_usd_mn",
        "true",
        figure=("goods_trade", "imports", "amount"),
    ),
    Picture(
        "exchange_rates_monthly",
        "rupees_per_dollar",
        "Rupees per US dollar, average of the month",
        "average_pkr",
        "currency_code = 'USD'",
        figure=("exchange_rates", "USD", "average"),
    ),
    Picture(
        "workers_remittances_monthly",
        "remittances",
        "Workers' remittances, million US$",
        "remittances_usd_mn",
        "country_code = 'WR0340'",
        figure=("workers_remittances", "WR0340", "amount"),
    ),
    Picture(
        "foreign_exchange_reserves_weekly",
        "reserves",
        "Liquid foreign exchange reserves, million US$",
        "reserves_usd_mn",
        "holder_code = 'total'",
        "week_ending_on",
        "week_ending_on::varchar",
        ("foreign_exchange_reserves", "total", "level"),
    ),
)


def points(connection: warehouse.Connection, picture: Picture, changed: Collection[Key] = ()) -> list[Point]:
    """Give the points of a picture, those that are among the changed figures as new."""
    found = connection.execute(
        f"select {picture.period}, {picture.column} from marts.{picture.mart} "
        f"where {picture.rows} order by {picture.order}"
    ).fetchall()
    return [Point(period, value, _key(picture, period) in changed) for period, value in found]


def _key(picture: Picture, period: str) -> Key | None:
    if picture.figure is None:
        return None
    series, code, flow = picture.figure
    return Key(series, code, period, flow)
