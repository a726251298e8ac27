"""The release calendar: when a release's next period is due and when it is overdue.

Here: days counted from the period inside the file, never from the fetch: an address may answer every
night with a file that stopped moving. Not here: asking for anything.
"""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.metadata import version
from typing import NamedTuple
from zoneinfo import ZoneInfo

from etl.catalog.releases import Calendar
from etl.common.settings import TIME_ZONE

_MONTHS_BETWEEN = {"monthly": 1, "quarterly": 3}


@dataclass(frozen=True)
class Timeliness:
    """How a release stands on a day."""

    next_period_ends_on: date
    """End of the period that comes next."""
    due_on: date
    """Day on which it usually comes."""
    overdue_on: date
    """First day on which its absence is worth a warning."""
    is_due: bool
    is_overdue: bool
    days_late: int
    """Days since it was due; 0 before."""

    @property
    def is_expected(self) -> bool:
        """Whether it is due and has not come: it is asked for every hour of the day. Not once it is
        overdue: an address that stopped moving is asked every night and no more.
        """
        return self.is_due and not self.is_overdue


def today() -> date:
    """Return the day that it is where SBP is."""
    return datetime.now(ZoneInfo(TIME_ZONE)).date()


def timeliness(rules: Calendar, latest_period_ends_on: date, on: date) -> Timeliness:
    """Judge a release by the latest period that its files hold."""
    following = _next_period_end(rules, latest_period_ends_on)
    due_on = following + timedelta(days=rules.usual_lag_days)
    overdue_on = following + timedelta(days=rules.overdue_after_days + 1)
    return Timeliness(
        next_period_ends_on=following,
        due_on=due_on,
        overdue_on=overdue_on,
        is_due=on >= due_on,
        is_overdue=on >= overdue_on,
        days_late=max(0, (on - due_on).days),
    )


def _next_period_end(rules: Calendar, period_ends_on: date) -> date:
    if rules.cadence == "weekly":
        return period_ends_on + timedelta(days=7)
    months = period_ends_on.year * 12 + period_ends_on.month - 1 + _MONTHS_BETWEEN[rules.cadence]
    year, month = months // 12, months % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


FIRST_YEAR, LAST_YEAR = 2005, 2040
"""From 2005 on the library has the days of Islamic holidays as announced; before, only estimates. 2040 is
far enough, and fixed, so that the same days are landed whenever they are."""


class PublicHoliday(NamedTuple):
    """A public holiday of the whole country."""

    holiday_on: date
    holiday_name: str
    is_estimated: bool
    """The moon decides, and nobody has announced it yet."""


def public_holidays() -> list[PublicHoliday]:
    """Return every public holiday of Pakistan from `FIRST_YEAR` to `LAST_YEAR`, in order."""
    import holidays  # takes a tenth of a second, which commands that only read are spared

    years = range(FIRST_YEAR, LAST_YEAR + 1)
    days = holidays.country_holidays("PK", years=years, language="en_US")
    return [PublicHoliday(day, name, "(estimated)" in name) for day, name in sorted(days.items())]


def library_version() -> str:
    """Return the version of the library: what decides the days, together with the years asked for."""
    return version("holidays")
