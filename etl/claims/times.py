"""What was known when: witnesses of a day, before it and after it.

Here: comparing days. Not here: comparing numbers (`judging`).

Prints are dated by their month: SBP is out once in a month, about the 18th, and of most prints no day is
known. Files are dated by the day, from their publication to that of the file that changed the figure.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from etl.claims.values import Days, Kind, Witness

NOW = Days(date.max, date.max)
"""As of now: after everything that is known."""


def was_out(witness: Witness, printed: Days) -> bool:
    """Tell whether a number was out by the end of the day or month of a print."""
    return witness.known.first <= printed.last


def is_of_its_day(witness: Witness, printed: Days) -> bool:
    """Tell whether a number was the known one when something was printed: a file's that no other file had
    changed, or one that was printed in the same month.
    """
    if not was_out(witness, printed):
        return False
    if witness.kind is Kind.FILE and not witness.is_worked_out:
        return witness.replaced_on is None or witness.replaced_on > printed.first
    return _month(witness.known.last) in (_month(printed.first), _month(printed.last))


def is_before(witness: Witness, printed: Days) -> bool:
    """Tell whether a number was out before the day or month of a print and is not of it."""
    return was_out(witness, printed) and not is_of_its_day(witness, printed)


def of_its_day(witnesses: Iterable[Witness], printed: Days) -> list[Witness]:
    """Give the numbers that were the known ones on that day."""
    return [witness for witness in witnesses if is_of_its_day(witness, printed)]


def last_before(witnesses: Iterable[Witness], printed: Days) -> list[Witness]:
    """Give the newest numbers that were out on that day: all of one month."""
    out = [witness for witness in witnesses if was_out(witness, printed)]
    newest = max((_month(witness.known.first) for witness in out), default=None)
    return [witness for witness in out if _month(witness.known.first) == newest]


def first_after(witnesses: Iterable[Witness], printed: Days) -> list[Witness]:
    """Give the first numbers that came out after that day: all of one month."""
    later = [witness for witness in witnesses if not was_out(witness, printed)]
    first = min((_month(witness.known.first) for witness in later), default=None)
    return [witness for witness in later if _month(witness.known.first) == first]


def around(witnesses: list[Witness], printed: Days) -> list[Witness]:
    """Give what can have been known on that day: the numbers of its day, and where only the month of the
    print is known, the last before it, for SBP's next may not have been out yet. Where there are none of its
    day, the last before and the first after, between which nobody knows when SBP revised. A file that may be
    older than its day can be of any.
    """
    found = of_its_day(witnesses, printed)
    found += [witness for witness in witnesses if witness.may_be_older and witness not in found]
    if not of_its_day(witnesses, printed):
        return [*found, *last_before(witnesses, printed), *first_after(witnesses, printed)]
    if printed.first < printed.last:
        before = printed.first - timedelta(days=1)
        found += [item for item in last_before(witnesses, Days(before, before)) if item not in found]
    return found


def a_month_later(printed: Days) -> Days:
    """Give the days of a print moved by a month: what was printed till then is of the same release."""
    return Days(*(day + timedelta(days=31) for day in printed))


def newest(witnesses: list[Witness]) -> list[Witness]:
    """Give what is known now: a file's value that stands, else the newest prints."""
    standing = [witness for witness in witnesses if witness.kind is Kind.FILE and not witness.replaced_on]
    return last_before(standing or witnesses, NOW)


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
