"""The series and the marts that show them: by which columns a figure is found there.

Here: one table that every report goes by. Not here: what a report asks of it. A new series gets a line here
and is traced and compared like the others.
"""

import re
from typing import NamedTuple


class SeriesMart(NamedTuple):
    """A mart that shows periods of one kind."""

    name: str
    period_type: str
    period: str = "period"
    """SQL for the period in words."""
    stem: str = "{flow}"
    """Beginning of the columns of a figure: `<stem>_usd_mn`, `<stem>_basis`, `<stem>_vintage_id`."""


class Series(NamedTuple):
    """A series: its codes, its flows, its marts."""

    name: str
    flows: tuple[str, ...]
    """The first one is meant where none is said."""
    codes: str
    """SQL for its codes and their names."""
    codes_are: str
    """What its codes are and where they are listed, in words."""
    key: str | None
    """Column of the code in its marts; None where each code has columns of its own."""
    marts: tuple[SeriesMart, ...]
    """The one of the shortest periods first."""
    codes_in_columns: tuple[str, ...] = ()
    """The codes, where each has columns of its own."""
    unit: str = "million US$"
    suffix: str = "usd_mn"
    """End of the name of a column of values."""

    def mart(self, period_type: str) -> SeriesMart | None:
        """Return the mart that shows periods of this kind."""
        return next((mart for mart in self.marts if mart.period_type == period_type), None)


_GOODS = ("exports", "imports", "balance")
SERIES = (
    Series(
        "services",
        ("exports", "imports", "balance"),
        "select item_code as code, item_name as name from marts.dim_item",
        "items of services such as S, 9 and 9.2.5 (marts.dim_item)",
        "item_code",
        (
            SeriesMart("services_monthly", "month", "strftime(month, '%Y-%m')"),
            SeriesMart("services_fiscal_year", "fiscal_year", "fiscal_year"),
            SeriesMart("services_fiscal_quarter", "fiscal_quarter", "fiscal_year || '-' || quarter"),
            SeriesMart(
                "services_fiscal_year_to_date",
                "fiscal_year_to_date",
                "fiscal_year || strftime(through_month, '-to-%m')",
            ),
        ),
    ),
    Series(
        "balance_of_payments",
        ("amount",),
        "select line_code as code, line_name as name from marts.dim_line",
        "lines of the balance of payments such as P00010 (marts.dim_line)",
        "line_code",
        (
            SeriesMart("balance_of_payments_monthly", "month"),
            SeriesMart("balance_of_payments_fiscal_year", "fiscal_year"),
        ),
    ),
    Series(
        "goods_trade",
        ("amount",),
        f"select unnest({list(_GOODS)}) as code, 'of goods' as name",
        "exports, imports and balance of goods (marts.goods_trade_monthly)",
        None,
        (
            SeriesMart("goods_trade_monthly", "month", stem="{code}"),
            SeriesMart(
                "goods_trade_monthly",
                "fiscal_year",
                "case when month(month) = 6 then fiscal_year end",
                "{code}_fytd",
            ),
            SeriesMart(
                "goods_trade_monthly",
                "fiscal_year_to_date",
                "fiscal_year || strftime(month, '-to-%m')",
                "{code}_fytd",
            ),
        ),
        codes_in_columns=_GOODS,
    ),
    Series(
        "exchange_rates",
        ("average", "month_end"),
        "select distinct currency_code as code, currency_name as name from marts.exchange_rates_monthly",
        "currencies such as USD (marts.exchange_rates_monthly)",
        "currency_code",
        (SeriesMart("exchange_rates_monthly", "month"),),
        unit="rupees",
        suffix="pkr",
    ),
    Series(
        "workers_remittances",
        ("amount",),
        "select distinct country_code as code, country_name as name from marts.workers_remittances_monthly",
        "countries of remittances such as WR0020 (marts.workers_remittances_monthly)",
        "country_code",
        (SeriesMart("workers_remittances_monthly", "month", stem="remittances"),),
    ),
    Series(
        "foreign_exchange_reserves",
        ("level",),
        "select distinct holder_code as code, holder_name as name"
        " from marts.foreign_exchange_reserves_weekly",
        "holders of reserves: sbp, banks and total (marts.foreign_exchange_reserves_weekly)",
        "holder_code",
        (SeriesMart("foreign_exchange_reserves_weekly", "week", stem="reserves"),),
    ),
)


_CELL = re.compile(r"[A-Z]{1,3}[0-9]+")


def place(sheet: str, cell: str) -> str:
    """Say `sheet EBOPS, cell F9`; a page with its line and a data set with its series read as they are.

    A name with space around it is quoted: an entry that corrects a cell has to repeat it.
    """
    if _CELL.fullmatch(cell):
        return f"sheet {sheet if sheet == sheet.strip() else repr(sheet)}, cell {cell}"
    return f"{sheet}, {cell}"
