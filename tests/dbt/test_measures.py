"""The measures that people quote, against what was printed: each as of the day of its print, or, where a base
is known only from a later print, as it stands now. Million US$; links stand in the seed of the months.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.support.installation import Installation


def known(published: Installation, month: str, columns: str, as_of: str | None = None) -> tuple[Any, ...]:
    """Return columns of a month of `it_exports_monthly`, as of a day or as they stand."""
    mart = f"marts.it_exports_monthly_as_of('{as_of}')" if as_of else "marts.it_exports_monthly"
    [row] = published.rows(f"select {columns} from {mart} where month = '{month}-01'")
    return row


@pytest.mark.parametrize(
    ("month", "as_of", "printed"),
    [
        ("2024-02", "2024-03-20", 233),
        ("2024-08", "2024-09-20", 275),
        ("2024-11", "2024-12-20", 295),
        ("2024-12", "2025-01-20", 299),
        ("2025-06", None, 314),  # January and May 2025 are known from prints of 2026 only
    ],
)
def test_the_average_of_the_twelve_months_before_is_the_printed_one(
    published: Installation, month: str, as_of: str | None, printed: int
) -> None:
    [average] = known(published, month, "exports_prior_12m_average_usd_mn", as_of)
    assert abs(average - printed) <= Decimal("0.5")


@pytest.mark.parametrize(("month", "printed"), [("2025-07", 317), ("2025-09", 326)])
def test_two_averages_are_within_a_million_since_months_of_them_were_revised(
    published: Installation, month: str, printed: int
) -> None:
    """SBP's files of 2026 revised February and March 2025 upwards, which those averages count."""
    [average] = known(published, month, "exports_prior_12m_average_usd_mn")
    assert 0 < average - printed < 1


def test_before_its_base_was_printed_an_average_is_not_known(published: Installation) -> None:
    assert known(published, "2025-09", "exports_prior_12m_average_usd_mn", "2025-10-20") == (None,)


@pytest.mark.parametrize(
    ("month", "as_of", "days", "printed"),
    [
        ("2025-07", "2025-08-20", 23, "15.4"),
        ("2025-06", "2025-07-20", 19, "17.8"),
        ("2024-11", "2024-12-20", 21, "15.4"),
        ("2024-10", "2024-12-20", 23, "14.3"),
        ("2024-11", "2025-01-20", 21, "14.8"),
        ("2024-02", "2024-03-20", 19, "13.5"),
        ("2024-01", "2024-03-20", 23, "11.5"),
    ],
)
def test_exports_a_working_day_are_the_printed_ones(
    published: Installation, month: str, as_of: str, days: int, printed: str
) -> None:
    counted, per_day = known(published, month, "working_days, exports_per_working_day_usd_mn", as_of)
    assert (counted, round(per_day, 1)) == (days, Decimal(printed))


def test_a_month_has_as_many_working_days_in_the_calendar(published: Installation) -> None:
    days = published.rows(
        "select working_days, working_days_is_estimated from marts.dim_month"
        " where month in ('1990-01-01', '2026-03-01', '2027-05-01') order by month"
    )
    assert days == [(None, None), (20, False), (17, True)]


@pytest.mark.parametrize(
    ("month", "as_of", "streak"),
    [("2024-11", "2024-12-20", 14), ("2024-12", "2025-01-20", 15), ("2025-02", None, 17)],
)
def test_a_streak_counts_from_october_2023(
    published: Installation, month: str, as_of: str | None, streak: int
) -> None:
    columns = "exports_yoy_streak_months, exports_yoy_streak_began_month, exports_yoy_streak_is_cut_by_gap"
    assert known(published, month, columns, as_of) == (streak, date(2023, 10, 1), False)


def test_a_streak_over_a_month_that_was_not_printed_yet_may_be_longer(published: Installation) -> None:
    columns = "exports_yoy_streak_months, exports_yoy_streak_is_cut_by_gap"
    assert known(published, "2025-02", columns, "2025-03-20") == (1, True)


def test_march_2024_was_a_record_after_december(published: Installation) -> None:
    columns = "is_record, previous_record_usd_mn, previous_record_month"
    assert known(published, "2024-03", columns, "2024-04-22") == (True, 303, date(2023, 12, 1))


def test_december_2025_is_above_400_first_and_a_record_once_all_months_before_are_known(
    published: Installation,
) -> None:
    columns = "threshold_first_crossed_usd_mn, is_record, months_known_before, exports_rank_so_far"
    assert known(published, "2025-12", columns, "2026-01-20") == (400, None, 22, 1)
    assert known(published, "2025-12", columns) == (400, True, 24, 1)


def test_april_2026_is_the_second_highest_and_january_2023_the_lowest_since_may_2022(
    published: Installation,
) -> None:
    assert known(published, "2026-04", "exports_rank_so_far, is_record") == (2, False)
    assert known(published, "2023-01", "exports_lowest_since_month", "2023-02-20") == (date(2022, 5, 1),)


def test_four_months_of_fy26_are_the_highest_ever_and_their_first_quarter_is_above_a_billion(
    published: Installation,
) -> None:
    columns = "exports_fytd_usd_mn, exports_fytd_is_record"
    assert known(published, "2025-10", columns, "2025-11-20") == (1443, True)
    quarters = published.rows(
        "select exports_usd_mn, exports_threshold_first_crossed_usd_mn"
        " from marts.services_fiscal_quarter_as_of('2025-10-20')"
        " where item_code = '9' and fiscal_year = 'FY26'"
    )
    assert quarters == [(1057, 1000)]


def test_the_six_months_that_end_with_january_2023_average_the_printed_221(published: Installation) -> None:
    columns = "exports_6m_average_with_month_usd_mn, exports_6m_average_usd_mn"
    with_month, before = known(published, "2023-01", columns, "2023-02-20")
    assert (round(with_month), round(before)) == (221, 222)


def test_the_run_rate_of_january_2023_was_218(published: Installation) -> None:
    columns = "exports_fytd_monthly_average_usd_mn, target_usd_mn"
    average, target = known(published, "2023-01", columns, "2023-02-20")
    assert (round(average), target) == (218, 5000)


def test_targets_are_missed_and_far_as_was_printed(published: Installation) -> None:
    [missed] = known(published, "2025-06", "target_gap_usd_mn")
    assert 350 < missed < 450
    columns = "far_target_required_cagr_pct, projected_fiscal_year_usd_mn"
    needed, pace = known(published, "2026-01", columns)
    assert round(needed) == 27
    assert 4500 <= pace < 4600


def test_the_whole_year_before_is_projected_onto_a_year_that_is_over(published: Installation) -> None:
    projected, total = known(published, "2026-06", "projected_fiscal_year_usd_mn, exports_fytd_usd_mn")
    assert abs(projected - total) < Decimal("0.001")


def test_net_exports_lead_other_business_services_in_march_2026(published: Installation) -> None:
    columns = (
        "round(net_exports_usd_mn, 3), is_largest_surplus, runner_up_item_code, runner_up_balance_usd_mn"
    )
    assert known(published, "2026-03", columns) == (Decimal("360.465"), True, "10", Decimal("107.073525"))


def test_parts_and_shares_of_march_2026(published: Installation) -> None:
    telecom, computer, information = known(
        published, "2026-03", "telecommunications_share_pct, computer_share_pct, information_share_pct"
    )
    assert abs(telecom + computer + information - 100) < Decimal("0.001")
    columns = "round(freelance_usd_mn, 1), round(freelance_other_business_usd_mn, 1)"
    assert known(published, "2026-03", columns) == (Decimal("113.0"), Decimal("58.0"))
    columns = "round(exports_share_of_goods_and_services_pct, 1), round(net_exports_of_goods_deficit_pct, 1)"
    assert known(published, "2026-03", columns) == (Decimal("12.1"), Decimal("15.2"))


@pytest.mark.parametrize("flow", ["exports", "imports"])
def test_growth_is_that_of_the_vintages_it_names(published: Installation, flow: str) -> None:
    """Any reader can work a growth rate out again from the two vintages beside it."""
    apart = published.value(
        "select count(*) from marts.services_monthly"
        f" join marts.vintages as figure on {flow}_vintage_id = figure.vintage_id"
        f" join marts.vintages as base on {flow}_yoy_base_vintage_id = base.vintage_id"
        f" where abs(100 * (figure.value_usd_mn / base.value_usd_mn - 1) - {flow}_yoy_pct) > 0.001"
    )
    assert apart == 0
    assert published.value(f"select count({flow}_yoy_base_vintage_id) from marts.services_monthly") > 0


def test_the_marts_of_services_say_the_same_of_item_9(published: Installation) -> None:
    differing = published.rows(
        "select month from marts.it_exports_monthly as it"
        " join marts.services_monthly as services using (month)"
        " where item_code = '9' and ("
        " it.exports_yoy_pct is distinct from services.exports_yoy_pct"
        " or it.is_record is distinct from services.exports_is_record"
        " or it.exports_12m_usd_mn is distinct from services.exports_12m_usd_mn"
        " or it.net_exports_usd_mn is distinct from services.balance_usd_mn)"
    )
    assert differing == []
    assert published.value("select count(*) from marts.it_exports_monthly") == 67
