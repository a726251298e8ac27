"""When the next period of a release is due. Lags are the catalogue's for Trade in Services: 17 and 50."""

from datetime import date

import pytest

from etl.catalog.calendar import timeliness
from etl.catalog.releases import Calendar

MONTHLY = Calendar(cadence="monthly", usual_lag_days=17, overdue_after_days=50)


@pytest.mark.parametrize(
    ("cadence", "latest", "following"),
    [
        ("monthly", date(2026, 3, 31), date(2026, 4, 30)),
        ("monthly", date(2026, 1, 31), date(2026, 2, 28)),
        ("monthly", date(2024, 1, 31), date(2024, 2, 29)),
        ("monthly", date(2026, 2, 28), date(2026, 3, 31)),
        ("monthly", date(2025, 12, 31), date(2026, 1, 31)),
        ("monthly", date(2026, 11, 30), date(2026, 12, 31)),
        ("quarterly", date(2026, 3, 31), date(2026, 6, 30)),
        ("quarterly", date(2025, 12, 31), date(2026, 3, 31)),
        ("quarterly", date(2025, 9, 30), date(2025, 12, 31)),
        ("weekly", date(2026, 2, 27), date(2026, 3, 6)),
        ("weekly", date(2025, 12, 26), date(2026, 1, 2)),
    ],
)
def test_the_period_that_comes_next_ends_with_a_month_a_quarter_or_a_week(
    cadence: str, latest: date, following: date
) -> None:
    rules = Calendar(cadence=cadence, usual_lag_days=1, overdue_after_days=2)

    assert timeliness(rules, latest, latest).next_period_ends_on == following


def test_the_next_period_is_due_after_the_usual_lag_and_overdue_after_the_longest() -> None:
    found = timeliness(MONTHLY, date(2026, 3, 31), date(2026, 4, 17))

    assert found.due_on == date(2026, 5, 17)
    assert found.overdue_on == date(2026, 6, 20)
    assert (found.is_overdue, found.days_late) == (False, 0)


@pytest.mark.parametrize(
    ("today", "days_late", "is_overdue"),
    [
        (date(2026, 5, 16), 0, False),
        (date(2026, 5, 17), 0, False),
        (date(2026, 5, 18), 1, False),
        (date(2026, 6, 19), 33, False),
        (date(2026, 6, 20), 34, True),
        (date(2027, 6, 20), 399, True),
    ],
)
def test_lateness_is_counted_from_the_day_it_was_due(today: date, days_late: int, is_overdue: bool) -> None:
    found = timeliness(MONTHLY, date(2026, 3, 31), today)

    assert (found.days_late, found.is_overdue) == (days_late, is_overdue)


def test_a_file_that_is_ahead_of_its_day_is_not_late() -> None:
    assert timeliness(MONTHLY, date(2026, 6, 30), date(2026, 3, 1)).days_late == 0
