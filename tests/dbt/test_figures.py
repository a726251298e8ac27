"""The figures that must come out, each with its way back to a cell or a link.

Million US$. Where they come from: SBP's services files of February and March 2026, the balance of
payments of March 2026, prints with their links (`dbt_project/seeds/transcribed_*.csv`).
"""

from decimal import Decimal

import pytest

from etl.modelling import as_of
from tests.support.installation import Installation

IT_EXPORTS = "9"
TOTAL = "S"


def monthly(published: Installation, column: str, item: str, month: str) -> Decimal | None:
    value: Decimal | None = published.value(
        f"select {column} from marts.services_monthly where item_code = '{item}' and month = '{month}-01'"
    )
    return value


def test_it_exports_of_march_2026_are_provisional(published: Installation) -> None:
    assert monthly(published, "exports_usd_mn", IT_EXPORTS, "2026-03") == Decimal("413.622892")
    assert monthly(published, "exports_status", IT_EXPORTS, "2026-03") == "provisional"
    assert monthly(published, "exports_basis", IT_EXPORTS, "2026-03") == "published"


def test_february_2026_was_revised_in_total_and_not_in_it_exports(published: Installation) -> None:
    assert monthly(published, "exports_usd_mn", IT_EXPORTS, "2026-02") == Decimal("363.809971")
    assert monthly(published, "exports_status", IT_EXPORTS, "2026-02") == "revised"
    assert monthly(published, "exports_first_published_usd_mn", TOTAL, "2026-02") == Decimal("812.245696")
    assert monthly(published, "exports_usd_mn", TOTAL, "2026-02") == Decimal("800.206042")


def test_december_2025_is_the_record_that_the_press_reported(published: Installation) -> None:
    months = {
        m: monthly(published, "exports_usd_mn", IT_EXPORTS, m) for m in ("2025-12", "2025-11", "2024-12")
    }
    assert months == {"2025-12": 437, "2025-11": 356, "2024-12": 348}
    assert round(monthly(published, "exports_mom_pct", IT_EXPORTS, "2025-12") or 0, 1) == Decimal("22.8")
    assert round(monthly(published, "exports_yoy_pct", IT_EXPORTS, "2025-12") or 0, 1) == Decimal("25.6")
    before = (
        "select max(exports_usd_mn) from marts.services_monthly"
        " where item_code = '9' and month < '2025-12-01'"
    )
    assert published.value(before) < 400


def test_half_a_fiscal_year_is_the_sum_of_its_months_and_is_backed_out_of_a_file_too(
    published: Installation,
) -> None:
    half = published.rows(
        "select exports_usd_mn, exports_basis, round(exports_yoy_pct, 1), round(exports_backed_out_usd_mn, 3)"
        " from marts.services_fiscal_year_to_date"
        " where item_code = '9' and fiscal_year = 'FY26' and through_month = '2025-12-01'"
    )
    assert half == [(Decimal(2236), "sum_of_months", Decimal("20.0"), Decimal("2236.955"))]
    assert monthly(published, "exports_fytd_usd_mn", IT_EXPORTS, "2024-12") == 1864


def test_july_to_march_is_the_published_cumulative_figure(published: Installation) -> None:
    cumulative = published.rows(
        "select exports_published_usd_mn, exports_basis from marts.services_fiscal_year_to_date"
        " where item_code = '9' and through_month = '2026-03-01'"
    )
    assert cumulative == [(Decimal("3387.915858"), "published")]
    assert monthly(published, "exports_fytd_usd_mn", IT_EXPORTS, "2026-03") == Decimal("3387.915858")


def test_the_share_of_march_2026_is_from_one_file_and_its_total_is_superseded(
    published: Installation,
) -> None:
    share = published.rows(
        "select round(exports_share_pct, 2), is_mixed_vintage from marts.services_share"
        " where item_code = '9' and period = '2026-03'"
    )
    assert share == [(Decimal("45.81"), False)]
    assert monthly(published, "exports_is_superseded", TOTAL, "2026-03") is True
    assert monthly(published, "exports_is_superseded", IT_EXPORTS, "2026-03") is False


def test_the_total_that_superseded_march_2026_stands_in_vintages(published: Installation) -> None:
    later = published.rows(
        "select value_usd_mn, basis, published_on::varchar from marts.vintages"
        " where series = 'services' and code = 'S' and period = '2026-03' and flow = 'exports'"
        " and published_on > '2026-04-17'"
    )
    assert later == [(Decimal("912.21"), "transcribed", "2026-05-18")]
    share = monthly(published, "exports_usd_mn", IT_EXPORTS, "2026-03")
    assert share is not None
    assert round(100 * share / later[0][0], 2) == Decimal("45.34")


def test_fiscal_year_2025_is_a_sum_over_a_total_of_the_balance_of_payments(published: Installation) -> None:
    year = published.rows(
        "select item_code, round(exports_usd_mn, 1), exports_basis, exports_months_known"
        " from marts.services_fiscal_year where fiscal_year = 'FY25' and item_code in ('9', 'S') order by 1"
    )
    assert year == [("9", Decimal("3813.5"), "sum_of_months", 12), ("S", Decimal(8450), "published", 7)]
    share = published.rows(
        "select round(exports_share_pct, 1), is_mixed_vintage from marts.services_share"
        " where item_code = '9' and period = 'FY25'"
    )
    assert share == [(Decimal("45.1"), True)]


def test_the_surplus_of_it_is_the_largest_where_all_twelve_items_are_known(published: Installation) -> None:
    balance = published.value(
        "select round(balance_usd_mn, 3) from marts.services_fiscal_year_to_date"
        " where item_code = '9' and fiscal_year = 'FY26' and through_month = '2026-02-01'"
    )
    assert balance == Decimal("2552.253")
    ranks = published.rows(
        "select period, balance_rank, is_largest_surplus, items_known from marts.services_share"
        " where item_code = '9' and period in ('FY26-to-02', '2025-12') order by period"
    )
    assert ranks == [("2025-12", None, None, 1), ("FY26-to-02", 1, True, 12)]


def test_november_2024_keeps_both_its_prints(published: Installation) -> None:
    assert monthly(published, "exports_usd_mn", IT_EXPORTS, "2024-11") == 310
    assert monthly(published, "exports_first_published_usd_mn", IT_EXPORTS, "2024-11") == 324


def test_the_largest_revision_of_a_month_of_it_exports_is_there(published: Installation) -> None:
    november = published.rows(
        "select previous_usd_mn, value_usd_mn, change_usd_mn, round(change_pct, 1), days_since_first_print"
        " from marts.revisions where item_code = '9' and month = '2024-11-01' and flow = 'exports'"
    )
    assert november == [(Decimal(324), Decimal(310), Decimal(-14), Decimal("-4.3"), 31)]


def test_february_2026_was_revised_in_total_and_item_nine_was_not(published: Installation) -> None:
    """The balance of payments printed the revised total, rounded, two days before the services file did."""
    revised = published.rows(
        "select code, previous_usd_mn, value_usd_mn, release_id, published_on::varchar from marts.revisions"
        " where period = '2026-02' and flow = 'exports' and code in ('9', 'S')"
    )
    summary = "balance_of_payments_summary"
    assert revised == [("S", Decimal("812.245696"), Decimal(800), summary, "2026-04-15")]


@pytest.mark.parametrize(("day", "value"), [("2024-12-20", 324), ("2025-01-17", 324), ("2025-01-31", 310)])
def test_november_2024_as_of_a_day_is_what_was_known_then(
    published: Installation, day: str, value: int
) -> None:
    known = published.value(
        f"select exports_usd_mn from marts.services_monthly_as_of('{day}')"
        " where item_code = '9' and month = '2024-11-01'"
    )
    assert known == value


def test_growth_follows_the_vintage_of_its_base(published: Installation) -> None:
    """Both were printed on 18 January 2025: 348 for December, and 310 for November in place of 324."""
    growth = published.value(
        "select round(exports_mom_pct, 1) from marts.services_monthly_as_of('2025-01-18')"
        " where item_code = '9' and month = '2024-12-01'"
    )
    before = published.value(
        "select round(exports_mom_pct, 1) from marts.services_monthly_as_of('2025-01-17')"
        " where item_code = '9' and month = '2024-11-01'"
    )
    assert (growth, before) == (Decimal("12.3"), Decimal("-1.8"))


def test_december_2025_as_of_its_january_says_what_the_press_said(published: Installation) -> None:
    known = published.rows(
        "select exports_usd_mn, round(exports_mom_pct), round(exports_yoy_pct), exports_fytd_usd_mn,"
        " round(exports_fytd_yoy_pct) from marts.services_monthly_as_of('2026-01-20')"
        " where item_code = '9' order by month desc limit 1"
    )
    assert known == [(437, 23, 26, 2236, 20)]


def test_before_its_revision_the_total_of_february_2026_was_the_first_print(published: Installation) -> None:
    known = published.rows(
        "select exports_usd_mn, exports_status, exports_is_superseded"
        " from marts.services_monthly_as_of('2026-03-31') where item_code = 'S' and month = '2026-02-01'"
    )
    assert known == [(Decimal("812.245696"), "provisional", False)]


def test_nothing_is_known_before_the_first_print(published: Installation) -> None:
    assert published.value("select count(*) from marts.services_monthly_as_of('2000-01-01')") == 0


@pytest.mark.parametrize("mart", as_of.MARTS)
def test_as_of_a_day_after_every_print_is_the_mart(published: Installation, mart: str) -> None:
    late = f"from marts.{mart}_as_of('9999-12-31')"
    assert published.rows(f"from marts.{mart} except all {late}") == []
    assert published.rows(f"{late} except all from marts.{mart}") == []


def test_a_print_that_rounds_or_repeats_is_no_revision(published: Installation) -> None:
    """422.26 was printed in May 2026 and 422.262269 in June: the same figure."""
    assert published.rows("select * from marts.revisions where code = '9' and period = '2026-04'") == []
    assert published.value("select count(*) from marts.vintages where code = '9' and period = '2026-04'") == 3


def test_may_2023_is_the_only_first_print_of_the_easydata_export(published: Installation) -> None:
    first = published.rows(
        "select period, value_usd_mn from marts.vintages"
        " where release_id = 'transcribed_easydata_balance_of_payments' and is_first_print"
        " and code = 'P00060'"
    )
    assert first == [("2023-05", Decimal(617))]
    counted = published.value(
        "select count(*) from marts.balance_of_payments_monthly"
        " where line_code = 'P00030' and month < '2023-06-01'"
    )
    assert counted == 119


@pytest.mark.parametrize("mart", ["services_monthly", "services_fiscal_year_to_date", "services_fiscal_year"])
@pytest.mark.parametrize("flow", ["exports", "imports"])
def test_every_value_of_a_mart_has_a_vintage_or_is_a_sum(
    published: Installation, mart: str, flow: str
) -> None:
    orphans = published.value(
        f"select count(*) from marts.{mart} as mart"
        f" left join marts.vintages as vintages on mart.{flow}_vintage_id = vintages.vintage_id"
        f" where mart.{flow}_usd_mn is not null and mart.{flow}_basis <> 'sum_of_months'"
        f" and vintages.value_usd_mn is distinct from mart.{flow}_usd_mn"
    )
    assert orphans == 0


def test_every_vintage_traces_to_a_cell_or_a_link(published: Installation) -> None:
    lost = published.value(
        "select count(*) from marts.vintages where not ("
        " (basis = 'published' and file_sha256 is not null and sheet is not null and cell is not null)"
        " or (basis = 'transcribed' and file_sha256 is null and source_url like 'http%')"
        " or (basis = 'derived' and vintage_id in (select vintage_id from marts.derivations)))"
    )
    assert lost == 0


def test_a_derived_month_is_the_sum_of_the_cells_it_names(published: Installation) -> None:
    apart = published.value(
        "select count(*) from ("
        " select derived.value_usd_mn, sum(sign * inputs.value_usd_mn) as added_up"
        " from marts.vintages as derived"
        " join marts.derivations using (vintage_id)"
        " join marts.vintages as inputs on input_vintage_id = inputs.vintage_id"
        " group by vintage_id, derived.value_usd_mn"
        ") where abs(value_usd_mn - added_up) > 0.000002"
    )
    assert apart == 0
    assert published.value("select count(*) from marts.vintages where basis = 'derived'") > 0


@pytest.mark.parametrize(
    ("code", "month", "gap"),
    [("9", "2025-03", "1.979"), ("9", "2026-03", "0.000"), ("S", "2026-03", "20.998")],
)
def test_item_9_closes_within_fy26_and_services_totals_do_not(
    published: Installation, code: str, month: str, gap: str
) -> None:
    found = published.value(
        "select round(difference_usd_mn, 3) from marts.reconciliations where period = '" + month + "'"
        f" and check_id = 'month_is_difference_of_cumulatives:services:{code}:exports'"
    )
    assert str(found) == gap


def test_a_vintage_says_what_stands_in_its_cell(published: Installation) -> None:
    mismatches = published.value(
        "select count(*) from marts.vintages as vintages"
        " inner join raw.trade_in_services as raw"
        " on vintages.file_sha256 = raw.file_sha256 and vintages.cell = raw.cell"
        " where vintages.series = 'services' and (vintages.value <> raw.value"
        " or vintages.value_as_printed <> raw.value_as_printed)"
    )
    assert mismatches == 0
    cell = published.rows(
        "select sheet, cell, value_as_printed, original_name, vintages.published_on::varchar"
        " from marts.services_monthly inner join marts.vintages on exports_vintage_id = vintage_id"
        " inner join marts.dim_release_file as files using (file_sha256)"
        " where item_code = '9' and month = '2026-03-01'"
    )
    assert cell == [("EBOPS ", "I59", "413622.89200000005", "dt-2026-03.xls", "2026-04-17")]


def test_nothing_transcribed_is_shown_as_published(published: Installation) -> None:
    wrong = published.value(
        "select count(*) from marts.vintages"
        " where (basis = 'published') <> (via not in ('transcribed', 'derived'))"
    )
    assert wrong == 0
