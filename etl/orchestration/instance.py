"""Dagster's own state: `DAGSTER_HOME` below `ETL_HOME`, with a `dagster.yaml` of this project.

Here: writing that file where there is none; whoever changes it keeps the change.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Self

import dagster as dg
import yaml
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event

from etl.common.files import write_whole
from etl.common.settings import Settings

_DAGSTER_YAML = """\
# Written by etl where there was no such file; change it as you like.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    # One writer: DuckDB's file has one.
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days:
      skipped: 7
      success: 90
      failure: 90
"""


def prepare_dagster_home(settings: Settings) -> Path:
    """Make DAGSTER_HOME and point this process, and those it starts, to it."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    configuration = settings.dagster_home / "dagster.yaml"
    if not configuration.exists():
        # Half of it would count as written, with telemetry and without a queue.
        write_whole(configuration, _DAGSTER_YAML.encode())
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    return settings.dagster_home


_STORAGES = {"storage", "run_storage", "event_log_storage", "schedule_storage"}


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """Open Dagster's state for the run that a command makes in its own process.

    Where `dagster.yaml` leaves it to Dagster where events and output go, events go to the same files by a
    quicker way, and output stays on the terminal: to have it in a file too, Dagster starts four processes a
    step.
    """
    configuration = yaml.safe_load((settings.dagster_home / "dagster.yaml").read_text(encoding="utf-8")) or {}
    overrides: dict[str, object] = {}
    if not configuration.keys() & _STORAGES:
        overrides["event_log_storage"] = {
            "module": __name__,
            "class": KeptOpenEventLog.__name__,
            "config": {"base_dir": str(settings.dagster_home / "history" / "runs")},
        }
    if "compute_logs" not in configuration:
        overrides["compute_logs"] = {
            "module": "dagster._core.storage.noop_compute_log_manager",
            "class": "NoOpComputeLogManager",
        }
    home = str(settings.dagster_home)
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(home, overrides=overrides))


class KeptOpenEventLog(SqliteEventLogStorage):
    """The same log in the same files; each event is committed when it is stored, as ever."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        self._columns: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Self:
        """Return the storage that a configuration describes."""
        return cls(inst_data=inst_data, **config_value)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """Return a transaction on the events of a run."""
        return self._transaction(str(run_id), super().run_connection)

    def index_connection(self) -> AbstractContextManager[Connection]:
        """Return a transaction on what Dagster asks across runs."""
        return self._transaction(INDEX_SHARD_NAME, super().run_connection)

    def has_table(self, table_name: str) -> bool:
        """Whether the log has a table. One that is there stays: Dagster asks with every check's result,
        on a connection of its own.
        """
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def has_asset_key_col(self, column_name: str) -> bool:
        """Whether the table of assets has a column, which Dagster asks with every asset's result."""
        if column_name not in self._columns and super().has_asset_key_col(column_name):
            self._columns.add(column_name)
        return column_name in self._columns

    @contextmanager
    def _transaction(self, shard: str, first: Any) -> Iterator[Connection]:
        if shard not in self._engines:
            with first(shard):
                pass  # makes the file and its tables where there are none
            self._engines[shard] = _engine(self.conn_string_for_shard(shard))
        with self._engines[shard].begin() as connection:
            yield connection

    def dispose(self) -> None:
        """Close the files."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()


def _engine(address: str) -> Engine:
    engine = create_engine(address, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})

    @event.listens_for(engine, "connect")
    def write_quickly(connection: Any, _: object) -> None:
        # A killed process loses nothing; where the power fails, the last moments of a log that nothing rests
        # on. Each of 1,500 commits would wait for the disk otherwise.
        connection.execute("pragma synchronous = normal")

    return engine
