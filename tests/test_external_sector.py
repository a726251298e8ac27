"""Goods, exchange rates, remittances and reserves, from files to marts.

Figures: see tests/support/tables_down, remittances and reserves; what follows from them was worked out by
hand.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.installation import Installation, installation
from tests.support.remittances import remittances
from tests.support.reserves import reserves
from tests.support.tables_down import goods, rates_file


@pytest.fixture(scope="module")
def sector(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Give an installation that published one file of each release."""
    folder = tmp_path_factory.mktemp("files")
    files = {
        "exp_import_BOP.xls": goods().xls(),
        "IBF_Arch.xls": rates_file(),
        "forex.pdf": reserves(),
        "remittances.csv": remittances(),
    }
    paths: list[Path] = []
    for name, content in files.items():
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    installed = installation(tmp_path_factory.mktemp("sector"))
    added = installed.etl("add", "--published-on", "2026-11-02", *map(str, paths))
    assert added.returncode == 0, added.stderr
    result = installed.etl("refresh", "--offline")
    assert result.returncode == 0, result.stderr
    return installed


def test_each_file_was_recognised_by_its_content(sector: Installation) -> None:
    landed = sector.rows(
        "select original_name, release_id from marts.dim_release_file"
        " where via = 'by_hand' and status = 'landed' order by original_name"
    )

    assert landed == [
        ("IBF_Arch.xls", "exchange_rates"),
        ("exp_import_BOP.xls", "goods_trade"),
        ("forex.pdf", "foreign_exchange_reserves"),
        ("remittances.csv", "workers_remittances"),
    ]


def test_goods_by_month(sector: Installation) -> None:
    (march,) = sector.rows(
        "select exports_usd_mn, imports_usd_mn, balance_usd_mn, exports_mom_pct, exports_fytd_usd_mn,"
        " exports_status, exports_basis from marts.goods_trade_monthly where month = '2026-03-01'"
    )

    assert march == (
        Decimal("2525.985919"),
        Decimal("4901.955971"),
        Decimal("-2375.970052"),
        Decimal("1.8531"),  # SBP's own column E says 1.853077...
        Decimal("23265.444918"),
        "provisional",
        "published",
    )


def test_the_fiscal_year_to_june_stands_with_its_june(sector: Installation) -> None:
    query = "select exports_fytd_usd_mn from marts.goods_trade_monthly where month = '2025-06-01'"

    assert sector.value(query) == Decimal("32342.948061")


def test_goods_lead_back_to_their_cells(sector: Installation) -> None:
    (cell,) = sector.rows(
        "select sheet, cell, value, vintages.unit from marts.goods_trade_monthly"
        " join marts.vintages on imports_vintage_id = vintage_id where month = '2026-03-01'"
    )

    assert cell == ("Exp.Imp.(BOP)", "G14", 4901.955970951368, "million US$")


def test_rates_by_month_and_currency(sector: Installation) -> None:
    rows = sector.rows(
        "select currency_code, average_pkr, average_mom_pct, month_end_pkr from marts.exchange_rates_monthly"
        " where month = '2026-03-01' order by currency_code"
    )

    assert rows == [
        ("EUR", Decimal("323.186176"), Decimal("-2.3584"), Decimal("320.354756")),
        ("JPY", Decimal("1.761977"), Decimal("-2.5076"), Decimal("1.749535")),
        ("USD", Decimal("279.511286"), Decimal("-0.1057"), Decimal("279.378929")),
    ]


def test_a_rate_is_in_rupees_and_no_million_us_dollars(sector: Installation) -> None:
    (vintage,) = sector.rows(
        "select value, unit, value_usd_mn, cell from marts.exchange_rates_monthly"
        " join marts.vintages on average_vintage_id = vintage_id"
        " where month = '2026-03-01' and currency_code = 'USD'"
    )

    assert vintage == (279.5112857142858, "PKR", None, "D14")


def test_a_rate_of_a_span_of_years_is_kept_and_is_no_month(sector: Installation) -> None:
    spans = sector.rows(
        "select period, flow, value from marts.vintages where period_type = 'span' order by flow"
    )

    assert spans == [
        ("1947-08-to-1949-06", "average", 3.30852),
        ("1947-08-to-1949-06", "month_end", 3.30852),
    ]
    assert sector.value("select min(month) from marts.exchange_rates_monthly").isoformat() == "1957-01-01"


def test_remittances_by_month_and_country(sector: Installation) -> None:
    rows = sector.rows(
        "select country_name, parent_country_code, remittances_usd_mn, remittances_share_pct"
        " from marts.workers_remittances_monthly"
        " where country_code in ('WR0050', 'WR0060', 'WR0340') order by country_code"
    )

    assert rows == [
        ("United Arab Emirates", "WR0010", Decimal("749.836842"), Decimal("20.5079")),
        ("Dubai", "WR0050", Decimal("634.613893"), Decimal("17.3565")),
        ("Total", None, Decimal("3656.337670"), Decimal("100.0000")),
    ]


def test_reserves_by_week_and_holder(sector: Installation) -> None:
    rows = sector.rows(
        "select week_ending_on::varchar, holder_code, reserves_usd_mn, reserves_wow_change_usd_mn"
        " from marts.foreign_exchange_reserves_weekly where holder_code <> 'total' order by all"
    )

    assert rows == [
        ("2026-03-06", "banks", Decimal("5257.200000"), None),
        ("2026-03-06", "sbp", Decimal("16341.100000"), None),
        ("2026-04-03", "banks", Decimal("5494.600000"), None),  # four weeks after the one before it here
        ("2026-04-03", "sbp", Decimal("16400.300000"), None),
        ("2026-04-10", "banks", Decimal("5445.000000"), Decimal("-49.600000")),
        ("2026-04-10", "sbp", Decimal("15079.500000"), Decimal("-1320.800000")),
    ]


def test_reserves_at_the_end_of_months_and_years_are_vintages_too(sector: Installation) -> None:
    query = (
        "select value from marts.vintages where series = 'foreign_exchange_reserves' and code = 'total'"
        " and period = '{}' and flow = 'level'"
    )

    assert sector.value(query.format("2025-03")) == 15014.0
    assert sector.value(query.format("FY25")) == 19269.5


@pytest.mark.parametrize(
    "mart",
    [
        "goods_trade_monthly",
        "exchange_rates_monthly",
        "workers_remittances_monthly",
        "foreign_exchange_reserves_weekly",
    ],
)
def test_a_mart_as_of_a_day_is_empty_before_its_files_and_itself_after(
    sector: Installation, mart: str
) -> None:
    def rows(day: str) -> int:
        return int(sector.value(f"select count(*) from marts.{mart}_as_of(date '{day}')"))

    assert rows("2026-11-01") == 0
    assert rows("2026-11-02") == sector.value(f"select count(*) from marts.{mart}") > 0
