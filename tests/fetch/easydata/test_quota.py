"""The calls that EasyData allows, counted over runs and processes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.fetch.easydata_client import Quota, QuotaError, QuotaLimits

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


class Time:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def quota(tmp_path: Path, time: Time) -> Callable[..., Quota]:
    """Return a quota as a new process would make it."""
    return lambda an_hour=3, a_day=5: Quota(tmp_path / "easydata", QuotaLimits(an_hour, a_day), time)


def test_calls_are_allowed_until_the_hour_is_used_up(quota: Callable[..., Quota], time: Time) -> None:
    assert [quota().take() for _ in range(3)] == [None, None, None]

    assert quota().take() == START + timedelta(hours=1)


def test_an_hour_after_a_call_there_is_another(quota: Callable[..., Quota], time: Time) -> None:
    for minute in range(3):
        time.now = START + timedelta(minutes=minute)
        quota().take()

    time.now = START + timedelta(hours=1)
    assert quota().take() is None
    assert quota().take() == START + timedelta(hours=1, minutes=1)


def test_a_refused_call_is_not_counted(quota: Callable[..., Quota], time: Time) -> None:
    for _ in range(10):
        quota().take()

    time.now = START + timedelta(hours=1)
    assert [quota().take() for _ in range(2)] == [None, None]


def test_the_day_has_its_own_limit(quota: Callable[..., Quota], time: Time) -> None:
    for hour in (0, 2):
        time.now = START + timedelta(hours=hour)
        for _ in range(3):
            quota().take()

    assert quota().take() == START + timedelta(hours=24)


def test_the_limits_are_those_of_the_portals_guide() -> None:
    assert (QuotaLimits().an_hour, QuotaLimits().a_day) == (250, 2_000)


def test_where_the_server_says_so_itself_none_is_left(quota: Callable[..., Quota], time: Time) -> None:
    until = quota().close_for(timedelta(minutes=15))

    assert until == START + timedelta(minutes=15)
    assert quota().take() == until
    time.now = until
    assert quota().take() is None


def test_a_clock_that_was_wrong_keeps_nobody_waiting_for_a_year(
    quota: Callable[..., Quota], time: Time
) -> None:
    time.now = START + timedelta(days=365)
    for _ in range(3):
        quota().take()
    quota().close_for(timedelta(minutes=15))

    time.now = START
    free = quota().take()

    assert free is not None
    assert free <= START + timedelta(days=1)


def test_processes_that_call_at_once_are_all_counted(tmp_path: Path, time: Time) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: Quota(tmp_path, QuotaLimits(20, 100), time).take(), range(40)))

    assert taken.count(None) == 20


def test_a_damaged_ledger_is_no_permission(quota: Callable[..., Quota], tmp_path: Path) -> None:
    quota().take()
    (tmp_path / "easydata" / "calls.json").write_text("{")

    with pytest.raises(QuotaError, match=r"calls\.json is damaged .*; delete it if nobody called"):
        quota().take()


def test_a_call_is_on_the_disk_before_it_is_made(quota: Callable[..., Quota], tmp_path: Path) -> None:
    quota().take()

    assert [path.name for path in (tmp_path / "easydata").glob("calls.json")] == ["calls.json"]
    assert str(int(START.timestamp())) in (tmp_path / "easydata" / "calls.json").read_text()
