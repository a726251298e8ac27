"""Goods, exchange rates, remittances and reserves, from files to marts.

Figures: see tests/support/tables_down, remittances and reserves; what follows from them was worked out by
hand.
"""

from decimal import Decimal

import pytest

from etl.serve import diff, trace
from etl.serve.series import SERIES
from tests.support.installation import Installation


def test_each_file_was_recognised_by_its_content(external_sector: Installation) -> None:
    landed = external_sector.rows(
        "select original_name, release_id from marts.dim_release_file"
        " where via = 'by_hand' and status = 'landed' order by original_name"
    )

    assert landed == [
        ("IBF_Arch.xls", "exchange_rates"),
        ("exp_import_BOP.xls", "goods_trade"),
        ("forex.pdf", "foreign_exchange_reserves"),
        ("remittances.csv", "workers_remittances"),
    ]


def test_goods_by_month(external_sector: Installation) -> None:
    (march,) = external_sector.rows(
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


def test_the_fiscal_year_to_june_stands_with_its_june(external_sector: Installation) -> None:
    query = "select exports_fytd_usd_mn from marts.goods_trade_monthly where month = '2025-06-01'"

    assert external_sector.value(query) == Decimal("32342.948061")


def test_goods_lead_back_to_their_cells(external_sector: Installation) -> None:
    (cell,) = external_sector.rows(
        "select sheet, cell, value, vintages.unit from marts.goods_trade_monthly"
        " join marts.vintages on imports_vintage_id = vintage_id where month = '2026-03-01'"
    )

    assert cell == ("Exp.Imp.(BOP)", "G19", 4901.955970951368, "million US$")


def test_rates_by_month_and_currency(external_sector: Installation) -> None:
    rows = external_sector.rows(
        "select currency_code, average_pkr, average_mom_pct, month_end_pkr from marts.exchange_rates_monthly"
        " where month = '2026-03-01' order by currency_code"
    )

    assert rows == [
        ("EUR", Decimal("323.186176"), Decimal("-2.3584"), Decimal("320.354756")),
        ("JPY", Decimal("1.761977"), Decimal("-2.5076"), Decimal("1.749535")),
        ("USD", Decimal("279.511286"), Decimal("-0.1057"), Decimal("279.378929")),
    ]


def test_a_rate_is_in_rupees_and_no_million_us_dollars(external_sector: Installation) -> None:
    (vintage,) = external_sector.rows(
        "select value, unit, value_usd_mn, cell from marts.exchange_rates_monthly"
        " join marts.vintages on average_vintage_id = vintage_id"
        " where month = '2026-03-01' and currency_code = 'USD'"
    )

    assert vintage == (279.5112857142858, "PKR", None, "D14")


def test_a_rate_of_a_span_of_years_is_kept_and_is_no_month(external_sector: Installation) -> None:
    spans = external_sector.rows(
        "select period, flow, value from marts.vintages where period_type = 'span' order by flow"
    )

    assert spans == [
        ("1947-08-to-1949-06", "average", 3.30852),
        ("1947-08-to-1949-06", "month_end", 3.30852),
    ]
    assert (
        external_sector.value("select min(month) from marts.exchange_rates_monthly").isoformat()
        == "2025-12-01"
    )


def test_remittances_by_month_and_country(external_sector: Installation) -> None:
    rows = external_sector.rows(
        "select country_name, parent_country_code, remittances_usd_mn, remittances_share_pct"
        " from marts.workers_remittances_monthly"
        " where country_code in ('WR0050', 'WR0060', 'WR0340') order by country_code"
    )

    assert rows == [
        ("United Arab Emirates", "WR0010", Decimal("749.836842"), Decimal("20.5079")),
        ("Dubai", "WR0050", Decimal("634.613893"), Decimal("17.3565")),
        ("Total", None, Decimal("3656.337670"), Decimal("100.0000")),
    ]


def test_reserves_by_week_and_holder(external_sector: Installation) -> None:
    rows = external_sector.rows(
        "select week_ending_on::varchar, holder_code, reserves_usd_mn, reserves_wow_change_usd_mn"
        " from marts.foreign_exchange_reserves_weekly where holder_code <> 'total' order by all"
    )

    assert rows == [
        ("2026-03-06", "banks", Decimal("5257.200000"), None),
        ("2026-03-06", "sbp", Decimal("16341.100000"), None),
        ("2026-03-13", "banks", Decimal("5350.500000"), Decimal("93.300000")),
        ("2026-03-13", "sbp", Decimal("16353.700000"), Decimal("12.600000")),
        ("2026-03-19", "banks", Decimal("5360.200000"), Decimal("9.700000")),  # a Thursday: a holiday
        ("2026-03-19", "sbp", Decimal("16375.800000"), Decimal("22.100000")),
        ("2026-03-27", "banks", Decimal("5407.900000"), Decimal("47.700000")),
        ("2026-03-27", "sbp", Decimal("16381.700000"), Decimal("5.900000")),
        ("2026-04-03", "banks", Decimal("5494.600000"), Decimal("86.700000")),
        ("2026-04-03", "sbp", Decimal("16400.300000"), Decimal("18.600000")),
        ("2026-04-10", "banks", Decimal("5445.000000"), Decimal("-49.600000")),
        ("2026-04-10", "sbp", Decimal("15079.500000"), Decimal("-1320.800000")),
    ]


def test_reserves_at_the_end_of_months_and_years_are_vintages_too(external_sector: Installation) -> None:
    query = (
        "select value from marts.vintages where series = 'foreign_exchange_reserves' and code = 'total'"
        " and period = '{}' and flow = 'level'"
    )

    assert external_sector.value(query.format("2025-03")) == 15014.0
    assert external_sector.value(query.format("FY25")) == 19269.5


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
    external_sector: Installation, mart: str
) -> None:
    def rows(day: str) -> int:
        return int(external_sector.value(f"select count(*) from marts.{mart}_as_of(date '{day}')"))

    assert rows("2026-11-01") == 0
    assert rows("2026-11-02") == external_sector.value(f"select count(*) from marts.{mart}") > 0


@pytest.mark.parametrize(
    ("arguments", "shown", "where"),
    [
        (
            ["imports", "2026-03"],
            "marts.goods_trade_monthly: 4901.955971 million US$ (published)",
            "sheet Exp.Imp.(BOP), cell G19 of exp_import_BOP.xls",
        ),
        (
            ["exports", "FY26-to-03"],
            "marts.goods_trade_monthly: 23265.444918 million US$ (published)",
            "of exp_import_BOP.xls",
        ),
        (
            ["exports", "FY25"],
            "marts.goods_trade_monthly: 32342.948061 million US$ (published)",
            "of exp_import_BOP.xls",
        ),
        (
            ["usd", "2026-03"],
            "marts.exchange_rates_monthly: 279.511286 rupees (published)",
            "cell D14 of IBF_Arch.xls",
        ),
        (
            ["USD", "2026-03", "--flow", "month_end"],
            "marts.exchange_rates_monthly: 279.378929 rupees (published)",
            "of IBF_Arch.xls",
        ),
        (
            ["WR0050", "2026-08", "--series", "workers_remittances"],
            "marts.workers_remittances_monthly: 749.836842 million US$ (published)",
            "TS_GP_BOP_WR_M, WR0050 31-Aug-2026 of remittances.csv",
        ),
        (
            ["sbp", "2026-03-06"],
            "marts.foreign_exchange_reserves_weekly: 16341.100000 million US$ (published)",
            "where      page 1, line ",
        ),
        (
            ["total", "FY25"],
            "no mart shows a fiscal year of this series; vintages do",
            "where      page 1, line ",
        ),
    ],
)
def test_a_figure_of_every_series_is_traced_to_its_place(
    external_sector: Installation, arguments: list[str], shown: str, where: str
) -> None:
    result = external_sector.etl("trace", *arguments)

    assert result.returncode == 0, result.stderr
    assert shown in result.stdout
    assert where in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sbp", "2026-03-07"], "(closest: 2026-03-06)"),
        (["USD", "2026-03", "--flow", "exports"], "it has average, month_end (the first by default)"),
        (["USD", "2026-03", "--series", "services"], "there is no code 'USD' in services"),
        (["USD", "2026-03", "--series", "rates"], "there is no series 'rates'; there are services"),
        (["USD", "2026-03", "--as-of", "2026-11-01"], "there is no code 'USD' as of 2026-11-01"),
    ],
)
def test_what_cannot_be_traced_says_what_there_is(
    external_sector: Installation, arguments: list[str], words: str
) -> None:
    result = external_sector.etl("trace", *arguments)

    assert result.returncode == 1
    assert words in result.stderr


def test_a_code_that_stands_in_two_series_needs_the_series_said(
    external_sector: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    goods_too = SERIES[2]._replace(name="goods_again")
    monkeypatch.setattr(trace, "SERIES", (*SERIES, goods_too))
    database = external_sector.settings.current_database

    with pytest.raises(trace.NothingToTraceError, match="--series and one of goods_trade, goods_again"):
        trace.find(database, "exports", "2026-03")
    found = trace.find(database, "exports", "2026-03", series="goods_trade")
    assert found.value == Decimal("2525.985919")


def test_the_table_of_series_has_every_series_that_there_is(external_sector: Installation) -> None:
    there = {row[0] for row in external_sector.rows("select distinct series from marts.vintages")}

    assert {series.name for series in SERIES} == there


def test_what_came_on_a_day_is_a_change_in_every_series(external_sector: Installation) -> None:
    found = diff.between(external_sector.settings, "2026-11-01", "2026-11-02")

    assert {change.key.series for change in found} >= {series.name for series in SERIES[2:]}
    assert {change.kind for change in found} == {"added"}
    keys = {tuple(change.key): change.after for change in found}
    assert keys["exchange_rates", "USD", "2026-03", "average"] == Decimal("279.511286")
    assert keys["foreign_exchange_reserves", "sbp", "2026-03-06", "level"] == Decimal("16341.1")
    assert not any(change.key.code == "balance" for change in found)
