"""Dagster as the doctor sees it: is its daemon alive, and how did the last runs end.

Here: checks of Dagster's own records. Not here: any other check (`etl.monitor.doctor`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from etl.monitor.doctor.checks import Case, Check, Finding
from etl.orchestration.backfill import BACKFILL_JOB
from etl.orchestration.pruning import PRUNING_JOB
from etl.orchestration.schedules import BUILD_JOB, FETCH_JOB
from etl.orchestration.sensors import ALERTS_JOB, failed_runs

_NEEDED = ("SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR")
_WITHOUT = "without it nothing runs by itself: `etl ui` starts it, or let cron or systemd call `etl refresh`"


def daemon(case: Case) -> Iterator[Finding]:
    """See when each part of the daemon last gave a sign of life."""
    if not (case.settings.dagster_home / "dagster.yaml").exists():
        yield Finding("warning", "Dagster was never started here", _WITHOUT)
        return
    with dg.DagsterInstance.from_config(str(case.settings.dagster_home)) as instance:
        statuses = instance.get_daemon_statuses(_NEEDED)
    silent = [name for name, status in statuses.items() if not status.healthy]
    if not silent:
        yield Finding("ok", "the daemon is alive: schedules, sensors and the queue of runs")
        return
    beats = [s.last_heartbeat.timestamp for s in statuses.values() if s.last_heartbeat is not None]
    last = f"since {_moment(max(beats))}" if beats else "and never was"
    yield Finding("warning", f"the daemon is not alive {last}: {', '.join(sorted(silent)).lower()}", _WITHOUT)


def last_runs(case: Case) -> Iterator[Finding]:
    """See how the last run of each job ended, and what failed since one succeeded."""
    if not (case.settings.dagster_home / "dagster.yaml").exists():
        return
    with dg.DagsterInstance.from_config(str(case.settings.dagster_home)) as instance:
        failures = {failed.job: failed for failed in reversed(failed_runs(instance))}
        for job in (FETCH_JOB, BUILD_JOB, ALERTS_JOB, BACKFILL_JOB, PRUNING_JOB):
            records = instance.get_run_records(dg.RunsFilter(job_name=job), limit=1)
            for record in records:
                status, run_id = record.dagster_run.status, record.dagster_run.run_id
                at = _moment(record.end_time or record.start_time)
                words = f"{job}: the last run is {status.value.lower()} ({run_id[:8]}, {at})"
                if job in failures:
                    yield Finding("warning", f"{words}: {failures[job].reason}", "`etl ui` has the run's log")
                elif status == dg.DagsterRunStatus.FAILURE:
                    yield Finding("warning", words, "`etl ui` has the run's log")
                else:
                    yield Finding("ok", words)


def _moment(seconds: float | None) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC" if seconds else "not started"


CHECKS = (Check("daemon", daemon), Check("last runs", last_runs))
