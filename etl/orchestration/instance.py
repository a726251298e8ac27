"""Dagster's own state: `DAGSTER_HOME` below `ETL_HOME`, with a `dagster.yaml` of this project.

Here: writing that file where there is none (whoever changes it keeps the change), and ending the runs of
commands that were killed.
"""

import os
from pathlib import Path

import dagster as dg

from etl import building
from etl.settings import Settings

COMMAND_TAG = "etl/command"
"""Tag of the runs that a command made in its own process: no worker of Dagster's watches over them."""
_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

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


def end_abandoned_runs(instance: dg.DagsterInstance) -> None:
    """Report as failed the runs of commands that were killed: one that counts as running keeps every
    other run waiting.

    The caller holds the command lock, so no command that made such a run is alive.
    """
    of_commands = dg.RunsFilter(statuses=_UNFINISHED, tags={COMMAND_TAG: "refresh"})
    for run in instance.get_runs(of_commands):
        instance.report_run_failed(run, "the command that made this run was ended before it was done")


def end_abandoned_runs_if_no_command_builds(instance: dg.DagsterInstance, settings: Settings) -> None:
    """End them on behalf of who does not hold the lock; does nothing while a command builds."""
    try:
        with building.command_lock(settings, timeout=0):
            end_abandoned_runs(instance)
    except building.BusyError:
        return


def prepare_dagster_home(settings: Settings) -> Path:
    """Make DAGSTER_HOME and point this process, and those it starts, to it."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    configuration = settings.dagster_home / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(_DAGSTER_YAML, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    return settings.dagster_home
