"""The public holidays of Pakistan, as the library has them."""

from datetime import date

import pytest

from etl.catalog.calendar import FIRST_YEAR, LAST_YEAR, public_holidays

BY_DAY = {holiday.holiday_on: holiday for holiday in public_holidays()}


def test_every_day_is_there_once_and_in_order() -> None:
    days = [holiday.holiday_on for holiday in public_holidays()]
    assert days == sorted(set(days))
    assert {day.year for day in days} == set(range(FIRST_YEAR, LAST_YEAR + 1))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 8, 14), "Independence Day"),
        (date(2025, 6, 9), "Eid al-Adha"),
        (date(2024, 2, 8), "General Election Day"),
        (date(2019, 8, 14), "Eid al-Adha; Independence Day"),
    ],
)
def test_days_that_the_government_declared_are_known_and_not_estimated(day: date, name: str) -> None:
    assert BY_DAY[day] == (day, name, False)


@pytest.mark.parametrize("day", [date(2025, 1, 1), date(2025, 7, 1)])
def test_a_bank_holiday_on_which_offices_work_is_none(day: date) -> None:
    assert day not in BY_DAY


def test_what_the_moon_has_yet_to_decide_is_marked() -> None:
    assert not any(holiday.is_estimated for holiday in public_holidays() if holiday.holiday_on.year <= 2025)
    assert any(holiday.is_estimated for holiday in public_holidays() if holiday.holiday_on.year == LAST_YEAR)
    assert not BY_DAY[date(LAST_YEAR, 8, 14)].is_estimated
