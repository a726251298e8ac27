"""When things run: every night each release is asked for; where that or anything else changed what the
marts are made of, they are built.

Here: jobs, the nightly schedule, the sensor that starts builds. Asking and building are two jobs, so
that every night shows what it found, and a night without news builds nothing.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg

from etl import build_key
from etl.orchestration.context import Context
from etl.orchestration.instance import end_abandoned_runs_if_no_command_builds
from etl.settings import TIME_ZONE

FETCH_JOB = "fetch_releases"
BUILD_JOB = "build_warehouse"
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


def build_sensor(context: Context) -> dg.SensorDefinition:
    """Give the sensor that starts a build where what is published is not what would be built.

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
        end_abandoned_runs_if_no_command_builds(tick.instance, context.settings)
        if not any(context.archive.hashes(release.id) for release in context.catalog.file_releases):
            return dg.SkipReason("the archive is empty; materialise a release, or run `etl refresh`")
        if build_key.is_up_to_date(context.settings, context.catalog, context.archive):
            return dg.SkipReason("what is published was built from what there is")
        key = build_key.wanted_build_key(context.catalog, context.archive)
        return dg.RunRequest(run_key=f"{key}-{_today()}")

    return build_when_inputs_change


def _today() -> str:
    return datetime.now(ZoneInfo(TIME_ZONE)).date().isoformat()
