"""Every week old runs of Dagster's go with what belongs to them; the archive stays byte for byte."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.common.settings import Settings
from etl.fetch.collect import install_starter
from etl.orchestration.instance import prepare_dagster_home
from etl.orchestration.pruning import PRUNING_JOB, prune_runs, pruning_job, pruning_schedule
from etl.orchestration.resources import Context, run_resources


@pytest.fixture
def context(settings: Settings, archive: Archive, catalog: Catalog) -> Context:
    return Context(settings, catalog, archive)


@pytest.fixture
def instance(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """Return the instance that an installation has: files below its DAGSTER_HOME."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    with dg.DagsterInstance.from_config(str(prepare_dagster_home(settings))) as instance:
        yield instance


def run(instance: dg.DagsterInstance, days_ago: float, *, fails: bool = False, job: str = "a_job") -> str:
    """Make a run that ended so many days ago; it prints a line. Return its id."""

    @dg.op(name="step")
    def step() -> None:
        print("printed")
        if fails:
            raise dg.Failure("no", allow_retries=False)

    @dg.job(name=job, executor_def=dg.in_process_executor)
    def a_job() -> None:
        step()

    run_id = a_job.execute_in_process(instance=instance, raise_on_error=False).run_id
    then = datetime.now(UTC) - timedelta(days=days_ago)
    with instance.run_storage.connect() as connection:
        connection.exec_driver_sql(
            "update runs set update_timestamp = ? where run_id = ?", (f"{then:%Y-%m-%d %H:%M:%S.%f}", run_id)
        )
    return run_id


def files_of(settings: Settings, run_id: str) -> list[Path]:
    return [path for path in settings.dagster_home.rglob("*") if run_id in str(path)]


def cutoff(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def test_old_runs_go_with_their_events_and_logs_and_young_ones_stay(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    old, young = run(instance, 91, fails=True), run(instance, 89, fails=True)
    assert files_of(settings, old)
    assert prune_runs(instance, settings, cutoff(90)) == 1
    assert instance.get_run_by_id(old) is None
    assert files_of(settings, old) == []
    assert instance.get_run_by_id(young) is not None
    assert instance.all_logs(young)


def test_the_last_success_of_each_job_stays(settings: Settings, instance: dg.DagsterInstance) -> None:
    runs = [run(instance, 300), run(instance, 200), run(instance, 100, fails=True)]
    another = run(instance, 400, job="another")
    assert prune_runs(instance, settings, cutoff(90)) == 2
    assert [instance.get_run_by_id(r) is not None for r in (*runs, another)] == [False, True, False, True]


def test_a_run_that_is_not_over_stays(settings: Settings, instance: dg.DagsterInstance) -> None:
    @dg.job
    def a_job() -> None:
        """Do nothing."""

    started = instance.create_run_for_job(job_def=a_job, status=dg.DagsterRunStatus.STARTED)
    assert prune_runs(instance, settings, datetime.now(UTC) + timedelta(days=1)) == 0
    assert instance.get_run_by_id(started.run_id) is not None


def test_the_job_prunes_runs_and_leavings_and_never_the_archive(
    context: Context, instance: dg.DagsterInstance
) -> None:
    install_starter(context.archive)
    before = {path: path.stat().st_mtime_ns for path in context.archive.folder.rglob("*")}
    old = run(instance, 91, fails=True)
    result = pruning_job(context).execute_in_process(instance=instance, resources=run_resources(context))
    assert result.success
    assert instance.get_run_by_id(old) is None
    assert {path: path.stat().st_mtime_ns for path in context.archive.folder.rglob("*")} == before


def test_it_runs_every_sunday_after_the_nights_run() -> None:
    assert pruning_schedule.job_name == PRUNING_JOB
    assert pruning_schedule.cron_schedule == "0 4 * * 0"
    assert pruning_schedule.execution_timezone == "Asia/Karachi"
