"""When people are told: a sensor looks at the state, and a small job sends where there is something to tell.

Here: the sensor, the job, and which runs have failed. Not here: what an incident is and how it is told
(`etl.monitor.alerts`). The sensor sends nothing itself: no evaluation asks the network.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

import dagster as dg

from etl.monitor.alerts import send as tell
from etl.monitor.alerts.incidents import FailedRun
from etl.monitor.alerts.state import Message
from etl.orchestration.assets import GATE_STEP
from etl.orchestration.resources import COMMAND_TAG, RUN_HEARTBEAT, Context, failed_steps, why_failed

ALERTS_JOB = "send_alerts"
_SECONDS_BETWEEN_LOOKS = 60
_MOST_FAILURES = 50
"""As many are looked at; of a job that fails every hour, two days."""
_REASONS = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}


def alerts_job(context: Context) -> dg.JobDefinition:
    """Return the job that sends what is to be told."""

    @dg.op(
        required_resource_keys={RUN_HEARTBEAT},
        description="Sends on each channel what it has not told. It fails where a channel does, and what was "
        "not sent is tried again in the next hour.",
    )
    def send() -> None:
        told = tell.send_alerts(context.settings, context.catalog)
        if told.failures:
            raise dg.Failure("; ".join(told.failures), allow_retries=False)

    @dg.job(
        name=ALERTS_JOB,
        executor_def=dg.in_process_executor,
        description="Tell people of failed runs, quarantines, overdue releases, a refused key and new "
        "releases: once, and once more when it is over.",
    )
    def send_alerts() -> None:
        send()

    return send_alerts


def alerts_sensor(context: Context) -> dg.SensorDefinition:
    """Return the sensor that starts the job where a channel has something to tell.

    One run an hour for the same messages: a failed sending is tried again, and not every minute.
    """

    @dg.sensor(
        name="tell_of_incidents",
        job_name=ALERTS_JOB,
        minimum_interval_seconds=_SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Looks at releases, runs and what is published, and starts the sending of alerts.",
    )
    def tell_of_incidents(tick: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        runs = failed_runs(tick.instance)
        found = tell.incident_facts(context.settings, context.catalog, context.archive, runs=runs)
        try:
            untold = tell.update_state(context.settings, found)
        except tell.AlertsBusyError as busy:
            return dg.SkipReason(str(busy))
        if not any(untold.values()):
            return dg.SkipReason("there is nothing to tell")
        return dg.RunRequest(run_key=f"{_digest(untold)}-{datetime.now(UTC):%Y-%m-%dT%H}")

    return tell_of_incidents


def failed_runs(instance: dg.DagsterInstance) -> tuple[FailedRun, ...]:
    """Return the runs that failed since a run of their job succeeded, newest first. Runs that a command made
    are left out, for it says itself how it ended; unless it was killed.
    """
    failures = instance.get_run_records(
        dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]), limit=_MOST_FAILURES
    )
    jobs = {record.dagster_run.job_name for record in failures} - {ALERTS_JOB}
    last_success = {job: _last_success(instance, job) for job in jobs}
    found = []
    for record in failures:
        run = record.dagster_run
        if run.job_name not in jobs or record.create_timestamp <= last_success[run.job_name]:
            continue
        events = [
            entry.dagster_event
            for entry in instance.all_logs(run.run_id, of_type=_REASONS)
            if entry.dagster_event is not None
        ]
        steps = failed_steps(events)
        if COMMAND_TAG in run.tags and steps:
            continue
        reason = why_failed(events) or "it failed before its first step"
        is_gate_only = steps == {GATE_STEP}
        found.append(FailedRun(run.job_name, run.run_id, record.update_timestamp, reason, is_gate_only))
    return tuple(found)


def _last_success(instance: dg.DagsterInstance, job: str) -> datetime:
    records = instance.get_run_records(
        dg.RunsFilter(job_name=job, statuses=[dg.DagsterRunStatus.SUCCESS]), limit=1
    )
    return records[0].create_timestamp if records else datetime.min.replace(tzinfo=UTC)


def _digest(untold: Mapping[str, tuple[Message, ...]]) -> str:
    lines = [
        f"{name} {message.incident.id} {message.incident.since.isoformat()} {message.over_at}"
        for name, messages in sorted(untold.items())
        for message in messages
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
