"""Pruning in Dagster: every week old runs with their events and logs go, and the build's leavings.

Here: the job, its schedule, and which runs are old. Not here: files of the build's folder
(`etl.publish.prune`); ticks of schedules and sensors,
which Dagster prunes itself (`retention` in `dagster.yaml`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from etl.common.settings import TIME_ZONE, Settings
from etl.orchestration.resources import RUN_HEARTBEAT, Context
from etl.publish import prune as pruning

PRUNING_JOB = "prune"
_FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_AT_A_TIME = 500

pruning_schedule = dg.ScheduleDefinition(
    name="weekly_pruning",
    job_name=PRUNING_JOB,
    cron_schedule="0 4 * * 0",
    execution_timezone=TIME_ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every Sunday at 04:00 in Karachi.",
)


def pruning_job(installed: Context) -> dg.JobDefinition:
    """Return the job that deletes what is old."""

    @dg.op(
        required_resource_keys={RUN_HEARTBEAT},
        description="Deletes runs of Dagster's with their events and logs, and leavings of builds, that are "
        "older than ETL_PRUNE_DAYS. The archive and the log of fetches are never touched.",
    )
    def delete_what_is_old(context: dg.OpExecutionContext) -> None:
        before = datetime.now(UTC) - timedelta(days=installed.settings.prune_days)
        runs = prune_runs(context.instance, installed.settings, before)
        files = pruning.prune(installed.settings)
        context.add_output_metadata(
            {
                "runs": runs,
                "files": files.files,
                "size_bytes": files.size_bytes,
                "before": f"{before:%Y-%m-%d}",
            }
        )

    @dg.job(
        name=PRUNING_JOB,
        executor_def=dg.in_process_executor,
        description="Delete old runs, their logs and leavings of builds; never anything of the archive.",
    )
    def prune() -> None:
        delete_what_is_old()

    return prune


def prune_runs(instance: dg.DagsterInstance, settings: Settings, before: datetime) -> int:
    """Delete the runs that ended before a moment, with events and logs; returns how many.

    The last successful run of each job stays: it is what the graph shows of assets that do not change.
    """
    kept: set[str] = set()
    deleted = 0
    for record in list(_finished(instance)):
        run = record.dagster_run
        is_last = run.job_name not in kept and run.status == dg.DagsterRunStatus.SUCCESS
        if is_last:
            kept.add(run.job_name)
        if is_last or record.update_timestamp >= before:
            continue
        instance.compute_log_manager.delete_logs(prefix=[run.run_id])
        instance.delete_run(run.run_id)
        # Dagster empties a run's file of events on SQLite and leaves it there.
        for file in (settings.dagster_home / "history" / "runs").glob(f"{run.run_id}.db*"):
            file.unlink(missing_ok=True)
        deleted += 1
    return deleted


def _finished(instance: dg.DagsterInstance) -> Iterator[dg.RunRecord]:
    """Return the runs that are over, newest first."""
    cursor = None
    while records := instance.get_run_records(
        dg.RunsFilter(statuses=_FINISHED), limit=_AT_A_TIME, cursor=cursor
    ):
        yield from records
        cursor = records[-1].dagster_run.run_id
