"""What limits, a crash or a refresh of the dataset stop goes on where it was: no series is asked twice."""

from datetime import timedelta

import pytest
from filelock import FileLock

from etl.common.secrets import ApiKey
from etl.fetch.easydata import Manner, Puller
from etl.fetch.easydata_client import Asking, Connection, Quota, QuotaLimits
from tests.support.easydata import BALANCE, RATES, SERVICES, release_at
from tests.support.portal import KEY, Portal


def test_what_the_limits_leave_over_is_asked_by_the_next_run(portal: Portal) -> None:
    portal.limits = QuotaLimits(an_hour=100, a_day=1_000)
    stopped = portal.pull(SERVICES)

    assert stopped.outcome == "unreachable"
    assert stopped.reason == (
        "the calls that EasyData allows are used up (250 an hour, 2,000 a day); a run after 18 Nov 03:00 "
        "goes on; 99 of 180 series are kept and not asked again"
    )
    assert portal.files(SERVICES) == 0
    first = portal.asked()
    assert len(first) == 100

    portal.now += timedelta(hours=1)
    assert portal.pull(SERVICES).outcome == "new"
    second = portal.asked()
    assert len(second) == 83
    assert {key for key in first if "." in key}.isdisjoint(second)


def test_a_run_before_the_hour_is_over_asks_nothing(portal: Portal) -> None:
    portal.limits = QuotaLimits(an_hour=10, a_day=1_000)
    portal.pull(BALANCE)
    portal.asked()
    portal.now += timedelta(minutes=59)

    assert portal.pull(BALANCE).outcome == "unreachable"
    assert portal.asked() == []


def test_the_day_s_calls_are_counted_over_releases_and_runs(portal: Portal) -> None:
    portal.limits = QuotaLimits(an_hour=1_000, a_day=80)
    portal.pull(BALANCE)

    stopped = portal.pull(SERVICES)

    assert str(stopped.reason).endswith("3 of 180 series are kept and not asked again")
    assert len(portal.asked()) == 80


def test_who_may_wait_waits_for_the_next_hour(portal: Portal) -> None:
    portal.limits = QuotaLimits(an_hour=100, a_day=1_000)

    assert portal.pull(SERVICES, may_wait=True).outcome == "new"

    assert portal.slept == [3_600.0]
    assert any(text.endswith("going on at 18 Nov 03:00") for text in portal.told)


def test_nobody_waits_for_the_next_day(portal: Portal) -> None:
    portal.limits = QuotaLimits(an_hour=1_000, a_day=100)

    assert portal.pull(SERVICES, may_wait=True).outcome == "unreachable"
    assert portal.slept == []


def test_429_closes_the_door_for_every_release_and_for_the_next_run(portal: Portal) -> None:
    portal.server.limit = 20
    stopped = portal.pull(BALANCE)

    assert "answered 429: the calls of this key are used up for now" in str(stopped.reason)
    assert len(portal.asked()) == 21

    portal.server.limit = None
    assert portal.pull(RATES).outcome == "unreachable"
    assert portal.asked() == []
    portal.now += timedelta(minutes=15)
    assert portal.pull(BALANCE).outcome == "new"


def test_a_pull_that_was_killed_goes_on(portal: Portal) -> None:
    class Killed(BaseException):
        """Ends the run where it is."""

    def tell(text: str) -> None:
        if "series 40 of" in text:
            raise Killed

    with pytest.raises(Killed):
        Puller(
            portal.settings,
            portal.archive,
            Asking(Connection(ApiKey(KEY), polite_seconds=0), Quota(portal.settings.easydata)),
            manner=Manner(tell=tell),
            now=lambda: portal.now,
        ).fetch(release_at(portal.server.address, BALANCE), {})
    first = portal.asked()

    assert portal.pull(BALANCE).outcome == "new"

    assert len(first) == 40
    assert {key for key in portal.asked() if "." in key}.isdisjoint(first)


def test_a_run_killed_between_pull_and_archive_asks_no_series_again(portal: Portal) -> None:
    asking = Asking(Connection(ApiKey(KEY), polite_seconds=0), Quota(portal.settings.easydata))
    puller = Puller(portal.settings, portal.archive, asking, now=lambda: portal.now)
    puller.fetch(release_at(portal.server.address, BALANCE), {})
    portal.asked()

    assert portal.pull(BALANCE).outcome == "new"
    assert portal.asked() == ["TS_GP_BOP_BPM6SUM_M"] * 2


def test_two_runs_do_not_pull_the_same_release_at_once(portal: Portal) -> None:
    portal.settings.easydata.mkdir(parents=True)
    with FileLock(portal.settings.easydata / f"{RATES}.lock"):
        collected = portal.pull(RATES)

    assert collected.reason == "another run is pulling it from EasyData now"
    assert portal.asked() == []


def test_a_refresh_between_two_runs_begins_the_pull_anew(portal: Portal) -> None:
    portal.limits = QuotaLimits(an_hour=50, a_day=1_000)
    portal.pull(BALANCE)
    portal.asked()
    portal.now += timedelta(hours=1)
    portal.limits = QuotaLimits()
    portal.server.datasets["TS_GP_BOP_BPM6SUM_M"].refreshed_on = "2026-11-18"

    assert portal.pull(BALANCE).outcome == "new"
    assert len(portal.asked()) == 76


def test_a_refresh_in_the_middle_of_a_pull_is_no_vintage(portal: Portal) -> None:
    def refresh(number: int) -> None:
        if number == 30:
            portal.server.datasets["TS_GP_BOP_BPM6SUM_M"].refreshed_on = "2026-11-18"

    portal.server.before_call = refresh
    stopped = portal.pull(BALANCE)

    assert stopped.outcome == "unreachable"
    assert stopped.reason == (
        "EasyData refreshed TS_GP_BOP_BPM6SUM_M while it was pulled; the next run begins again"
    )
    assert portal.files(BALANCE) == 0
    portal.asked()
    portal.server.before_call = lambda _: None
    assert portal.pull(BALANCE).outcome == "new"
    assert len(portal.asked()) == 76
