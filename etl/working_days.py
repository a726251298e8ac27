"""Pakistan's public holidays, from the library that keeps them.

Here: which days the library knows as public holidays, and which of them it only estimates from the moon.
Not here: the days that it lacks (the seed `declared_holidays`), and the count of working days, which is the
models'.
"""

from datetime import date
from importlib.metadata import version
from typing import NamedTuple

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
    """Give every public holiday of Pakistan from `FIRST_YEAR` to `LAST_YEAR`, in order."""
    import holidays  # takes a tenth of a second, which commands that only read are spared

    years = range(FIRST_YEAR, LAST_YEAR + 1)
    days = holidays.country_holidays("PK", years=years, language="en_US")
    return [PublicHoliday(day, name, "(estimated)" in name) for day, name in sorted(days.items())]


def library_version() -> str:
    """Give the version of the library: what decides the days, together with the years asked for."""
    return version("holidays")
