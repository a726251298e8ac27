"""When things run: every night each release is asked for, and on the days when one is due, every hour;
where that or anything else changed what the marts are made of, they are built.

Here: jobs, schedules, the sensor that starts builds. Asking and building are two jobs, so that every night
shows what it found, and a night without news builds nothing. Not here: which release is due
(`etl.monitor.status`) and what a build depends on (`build_key`); no evaluation asks the network.
"""

import dagster as dg

from etl.catalog.calendar import today
from etl.common.settings import TIME_ZONE
from etl.modelling import build_key
from etl.monitor.status import release_statuses
from etl.orchestration.assets import release_key
from etl.orchestration.resources import Context, end_abandoned_runs
from etl.publish import locks, store

FETCH_JOB = "fetch_releases"
BUILD_JOB = "build_warehouse"
DUE_TAG = "etl/due"
"""Tag of the runs that ask for releases because they are due; its value names them."""
_SECONDS_BETWEEN_LOOKS = 30

fetch_job = dg.define_asset_job(
    FETCH_JOB,
    selection=dg.AssetSelection.groups("releases"),
    description="Ask for every release and archive what is new. Out of reach is no failure.",
    executor_def=dg.in_process_executor,
)
build_job = dg.define_asset_job(
    BUILD_JOB,
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("releases"),
    description="Land what the archive holds, build and test the models, publish the marts.",
    executor_def=dg.in_process_executor,
)
nightly = dg.ScheduleDefinition(
    name="nightly",
    job=fetch_job,
    cron_schedule="0 2 * * *",
    execution_timezone=TIME_ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night at 02:00 in Karachi.",
)


def hourly_when_due(context: Context) -> dg.ScheduleDefinition:
    """Return the schedule that asks for the releases that are due and have not come."""

    @dg.schedule(
        name="hourly_when_due",
        job=fetch_job,
        cron_schedule="0 9-20 * * *",
        execution_timezone=TIME_ZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Every hour from 09:00 to 20:00 in Karachi, from the day on which a release is due by "
        "its calendar until it has come or is overdue; that release only.",
    )
    def hourly_when_due(_: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        statuses = release_statuses(context.settings, context.catalog, context.archive, today())
        due = [status.release for status in statuses if status.is_expected]
        if not due:
            return dg.SkipReason("no release is due")
        return dg.RunRequest(
            asset_selection=[release_key(release) for release in due],
            tags={DUE_TAG: ", ".join(release.id for release in due)},
        )

    return hourly_when_due


def build_sensor(context: Context) -> dg.SensorDefinition:
    """Return the sensor that starts a build where what is published is not what would be built.

    Decided by a hash of the inputs and not by an event: nothing is lost where a tick is, a run fails or
    two overlap. One set of inputs is tried once a day, so that a failing build is seen every night and
    does not run every half minute.
    """

    @dg.sensor(
        name="build_when_inputs_change",
        job=build_job,
        minimum_interval_seconds=_SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts a build where archive, catalogue, readers or models changed.",
    )
    def build_when_inputs_change(tick: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        end_abandoned_runs(tick.instance, context.settings)
        if not any(context.archive.hashes(release.id) for release in context.catalog.file_releases):
            return dg.SkipReason("the archive is empty; materialise a release, or run `etl refresh`")
        if store.is_up_to_date(context.settings, context.catalog, context.archive):
            return dg.SkipReason("what is published was built from what there is")
        if locks.is_locked(context.settings):
            return dg.SkipReason("a build is running; this looks again when it is done")
        key = build_key.wanted_build_key(context.catalog, context.archive)
        return dg.RunRequest(run_key=f"{key}-{today().isoformat()}")

    return build_when_inputs_change
