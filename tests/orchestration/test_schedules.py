"""When runs start: what the schedules and the sensor say, without a run and without a network."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from etl.archive.store import Archive
from etl.catalog import calendar
from etl.catalog.releases import Catalog
from etl.common.settings import Settings
from etl.fetch.collect import install_starter
from etl.orchestration import schedules
from etl.orchestration.resources import Context
from etl.orchestration.schedules import build_job, build_sensor, fetch_job, hourly_when_due, nightly
from etl.publish import locks
from tests.support import small_build

SERVICES = dg.AssetKey(["release", "trade_in_services"])
"""March 2026 is its latest period in the small build: April is due on 17 May and overdue on 20 June."""


@pytest.fixture
def context(settings: Settings, archive: Archive, catalog: Catalog) -> Context:
    return Context(settings, catalog, archive)


def on(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (schedules, calendar):
        monkeypatch.setattr(module, "today", lambda: day)


def hour(context: Context) -> dg.RunRequest | dg.SkipReason:
    found = hourly_when_due(context)(dg.build_schedule_context())
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


def look(context: Context, instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    found = build_sensor(context)(dg.build_sensor_context(instance=instance))
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


def test_every_night_each_release_is_asked() -> None:
    assert nightly.cron_schedule == "0 2 * * *"
    assert nightly.execution_timezone == "Asia/Karachi"
    assert nightly.job_name == fetch_job.name


def test_the_hours_are_those_of_the_day_in_karachi(context: Context) -> None:
    hourly = hourly_when_due(context)
    assert hourly.cron_schedule == "0 9-20 * * *"
    assert hourly.execution_timezone == "Asia/Karachi"


@pytest.mark.parametrize("day", [date(2026, 5, 17), date(2026, 6, 19)])
def test_a_release_that_is_due_is_asked_for_alone(
    context: Context, day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_build.publish(context.settings)
    on(day, monkeypatch)
    request = hour(context)
    assert isinstance(request, dg.RunRequest)
    assert request.asset_selection == [SERVICES]
    assert request.tags == {schedules.DUE_TAG: "trade_in_services"}


@pytest.mark.parametrize("day", [date(2026, 5, 16), date(2026, 6, 20), date(2027, 1, 1)])
def test_before_it_is_due_and_once_it_is_overdue_the_night_is_enough(
    context: Context, day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_build.publish(context.settings)
    on(day, monkeypatch)
    assert isinstance(hour(context), dg.SkipReason)


def test_with_nothing_published_no_hour_asks(context: Context) -> None:
    assert isinstance(hour(context), dg.SkipReason)


def test_an_empty_archive_starts_no_build(context: Context) -> None:
    with dg.instance_for_test() as instance:
        skipped = look(context, instance)
    assert isinstance(skipped, dg.SkipReason)
    assert "archive is empty" in (skipped.skip_message or "")


def test_what_is_not_published_is_built_and_asked_for_once_a_day(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_starter(context.archive)
    with dg.instance_for_test() as instance:
        on(date(2026, 5, 17), monkeypatch)
        first, again = look(context, instance), look(context, instance)
        on(date(2026, 5, 18), monkeypatch)
        next_day = look(context, instance)
    assert isinstance(first, dg.RunRequest)
    assert isinstance(again, dg.RunRequest)
    assert isinstance(next_day, dg.RunRequest)
    assert first.run_key == again.run_key, "Dagster starts one run for a key"
    assert first.run_key != next_day.run_key, "what failed is tried again"


def test_while_somebody_builds_no_second_build_is_started(context: Context) -> None:
    install_starter(context.archive)
    with dg.instance_for_test() as instance:
        with locks.hold_build_lock(context.settings):
            during = look(context, instance)
        after = look(context, instance)
    assert isinstance(during, dg.SkipReason)
    assert "a build is running" in (during.skip_message or "")
    assert isinstance(after, dg.RunRequest)


def started(instance: dg.DagsterInstance, at: datetime) -> dg.DagsterRun:
    """Make a run that counts as running since a moment."""
    run = instance.create_run_for_job(job_def=a_job, status=dg.DagsterRunStatus.STARTED)
    with instance.run_storage.connect() as connection:
        connection.exec_driver_sql(
            "update runs set update_timestamp = ? where run_id = ?",
            (f"{at:%Y-%m-%d %H:%M:%S.%f}", run.run_id),
        )
    return run


@dg.op
def nothing() -> None:
    """Do nothing."""


@dg.job
def a_job() -> None:
    """Do nothing."""
    nothing()


@pytest.mark.parametrize(
    ("has_lock_file", "is_held", "age", "expected"),
    [
        (True, True, timedelta(hours=9), dg.DagsterRunStatus.STARTED),
        (True, False, timedelta(0), dg.DagsterRunStatus.FAILURE),
        (False, False, timedelta(0), dg.DagsterRunStatus.STARTED),
        (False, False, timedelta(minutes=6), dg.DagsterRunStatus.FAILURE),
    ],
    ids=["alive", "killed", "just started", "killed before its first step"],
)
def test_a_run_whose_process_was_killed_is_ended_so_that_others_are_not_kept_waiting(
    context: Context,
    tmp_path: Path,
    has_lock_file: bool,
    is_held: bool,
    age: timedelta,
    expected: dg.DagsterRunStatus,
) -> None:
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        run = started(instance, datetime.now(UTC) - age)
        if has_lock_file:
            lock = context.settings.build / "runs" / f"{run.run_id}.lock"
            lock.parent.mkdir(parents=True)
            lock.touch()
        if is_held:
            with locks.run_lock(context.settings, run.run_id):
                look(context, instance)
        else:
            look(context, instance)
        after = instance.get_run_by_id(run.run_id)
    assert after is not None
    assert after.status == expected


def test_both_jobs_run_in_one_process() -> None:
    """One writer: DuckDB's file has one."""
    assert fetch_job.executor_def is dg.in_process_executor
    assert build_job.executor_def is dg.in_process_executor
