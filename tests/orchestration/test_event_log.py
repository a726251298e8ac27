"""The event log that a command keeps open: the same events in the same files as Dagster's own."""

from pathlib import Path

import dagster as dg
import pytest

from etl.common.settings import Settings
from etl.orchestration.instance import KeptOpenEventLog, open_instance, prepare_dagster_home


@dg.asset
def good() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows": 3})


@dg.asset_check(asset=good)
def holds() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, metadata={"rows_found": 2})


@dg.asset(deps=[good])
def bad() -> None:
    raise dg.Failure("because")


def _run(instance: dg.DagsterInstance) -> str:
    return dg.materialize([good, holds, bad], instance=instance, raise_on_error=False).run_id


def _events(instance: dg.DagsterInstance, run_id: str) -> list[tuple[str, str | None]]:
    return [(str(e.dagster_event_type), e.step_key) for e in instance.all_logs(run_id) if e.is_dagster_event]


@pytest.fixture
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    prepare_dagster_home(settings)
    return settings


def test_dagster_finds_every_event_that_a_command_wrote(home: Settings) -> None:
    with open_instance(home) as ours:
        assert isinstance(ours.event_log_storage, KeptOpenEventLog)
        run_id = _run(ours)
        written = _events(ours, run_id)
    with dg.DagsterInstance.get() as dagsters:
        assert not isinstance(dagsters.event_log_storage, KeptOpenEventLog)
        assert _events(dagsters, run_id) == written == _events(dagsters, _run(dagsters))
        latest = dagsters.get_latest_materialization_event(good.key)
        assert latest is not None
        assert latest.asset_materialization is not None
        assert latest.asset_materialization.metadata["rows"].value == 3


def test_an_event_is_there_for_others_as_soon_as_it_is_stored(home: Settings) -> None:
    with open_instance(home) as ours, dg.DagsterInstance.get() as dagsters:
        run_id = _run(ours)
        failed = [e for e in dagsters.all_logs(run_id) if e.dagster_event and e.dagster_event.is_step_failure]
        assert [event.step_key for event in failed] == ["bad"]


def test_a_log_that_the_configuration_puts_elsewhere_stays_there(home: Settings, tmp_path: Path) -> None:
    configuration = home.dagster_home / "dagster.yaml"
    configuration.write_text(f"storage: {{sqlite: {{base_dir: {tmp_path / 'elsewhere'}}}}}\n")
    with open_instance(home) as instance:
        assert not isinstance(instance.event_log_storage, KeptOpenEventLog)


def test_a_table_or_column_that_an_upgrade_adds_is_seen(home: Settings) -> None:
    with open_instance(home) as ours:
        log = ours.event_log_storage
        assert isinstance(log, KeptOpenEventLog)
        assert not log.has_table("of_later_days")
        assert not log.has_asset_key_col("of_later_days")
        with log.index_connection() as connection:
            connection.exec_driver_sql("create table of_later_days (id integer)")
            connection.exec_driver_sql("alter table asset_keys add column of_later_days text")
        assert log.has_table("of_later_days")
        assert log.has_asset_key_col("of_later_days")
