"""What the doctor finds in Dagster's own records."""

import dagster as dg
import pytest

from etl.common.settings import Settings
from etl.monitor.doctor.checks import Case
from etl.orchestration import checks
from etl.orchestration.instance import prepare_dagster_home
from etl.orchestration.schedules import FETCH_JOB


def test_where_dagster_was_never_started_it_says_how_things_run(settings: Settings) -> None:
    (finding,) = checks.daemon(Case(settings))
    assert (finding.verdict, "`etl ui`" in finding.to_do) == ("warning", True)
    assert list(checks.last_runs(Case(settings))) == []


def test_a_daemon_that_gives_no_sign_and_a_run_that_failed_are_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dg.op
    def ask() -> None:
        raise dg.Failure("disk full", allow_retries=False)

    @dg.job(name=FETCH_JOB, executor_def=dg.in_process_executor)
    def fetch() -> None:
        ask()

    monkeypatch.setenv("DAGSTER_HOME", "")
    home = prepare_dagster_home(settings)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        fetch.execute_in_process(instance=instance, raise_on_error=False)
    (silent,) = checks.daemon(Case(settings))
    (failed,) = checks.last_runs(Case(settings))
    assert silent.verdict == "warning"
    assert silent.words == (
        "the daemon is not alive and never was: queued_run_coordinator, scheduler, sensor"
    )
    assert failed.verdict == "warning"
    assert failed.words.startswith("fetch_releases: the last run is failure (")
    assert failed.words.endswith("UTC): disk full")
