"""Dagster's own state: `DAGSTER_HOME` below `ETL_HOME`, with a `dagster.yaml` of this project.

Here: writing that file where there is none; whoever changes it keeps the change.
"""

import os
from pathlib import Path

from etl.settings import Settings

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
        # Whole or not at all: half of it would count as written, with telemetry and without a queue.
        staged = configuration.with_name(f".{configuration.name}.{os.getpid()}")
        staged.write_text(_DAGSTER_YAML, encoding="utf-8")
        staged.replace(configuration)
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    return settings.dagster_home
