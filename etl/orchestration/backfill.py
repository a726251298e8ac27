"""Backfills in Dagster: a job whose launchpad is a form, run in slices that give way to other runs.

Here: the form, the job, whom a slice gives way to, and the sensor that starts the next slice. Not here: what
a slice does (`etl.fetch.backfill`). One run at a time is this installation's limit, so a backfill that
held its place for hours would keep the night's run waiting.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

import dagster as dg
from pydantic import Field

from etl.fetch import backfill as slices
from etl.fetch.backfill import Slice
from etl.fetch.backfill_values import BackfillProgress, Request, Step
from etl.orchestration.resources import RUN_HEARTBEAT, Context
from etl.orchestration.schedules import BUILD_JOB

BACKFILL_JOB = "backfill"
STEP = "take_past_vintages"
NEXT_TAG = "etl/backfill_goes_on"
"""Tag of a run: not before when the next slice starts, or `no`."""
LEFT_TAG = "etl/backfill_left"
"""Tag of a run: the releases with which the next slice begins."""
CHAIN_TAG = "etl/backfill_began_with"
"""Tag of a run: the run of the first slice."""
_PRIORITY_TAG = "dagster/priority"
_NO = "no"
_LONGEST = timedelta(minutes=10)
"""A build waits so long at most; all other runs wait for one question."""
_SECONDS_BETWEEN_LOOKS = 30
_MOST_RUNS = 100


class From(Enum):
    """Who kept them."""

    wayback = "wayback"
    easydata = "easydata"


class Form(dg.Config):
    """What is to be backfilled."""

    source: From = Field(
        From.wayback,
        description="wayback: what web.archive.org captured of SBP's files. easydata: the whole history from "
        "SBP's data portal, which needs EASYDATA_API_KEY.",
    )
    since: str = Field(
        "",
        description="Nothing older than this day, such as 2020-01-31: of wayback the day of the capture, of "
        "easydata the first day of the series. Empty: everything.",
    )
    releases: list[str] = Field(
        default_factory=list,
        description="Ids of releases, such as [trade_in_services]. Empty: all that the source has.",
    )


def backfill_job(installed: Context) -> dg.JobDefinition:
    """Return the job that takes past vintages, one slice a run."""

    @dg.op(
        name=STEP,
        required_resource_keys={RUN_HEARTBEAT},
        description="Takes past vintages until all are had, another run waits, or ten minutes are over. What "
        "was decided is in the archive and in the log of fetches, and is not asked again.",
    )
    def take_past_vintages(context: dg.OpExecutionContext, config: Form) -> None:
        tell = BackfillProgress(say=context.log.debug, done=lambda step: context.log.info(_in_words(step)))
        request = _request(installed, config)
        taken = slices.take(config.source.value, request, _others_wait(context), tell)
        _record(context, taken)
        if taken.unfinished:
            reason = "; ".join(taken.unfinished)
            raise dg.Failure(f"{reason}; start it again: it goes on where it was", allow_retries=False)

    @dg.job(
        name=BACKFILL_JOB,
        executor_def=dg.in_process_executor,
        tags={_PRIORITY_TAG: "-1"},
        description="Take vintages of the past from whoever kept them. It works in slices and lets other "
        "runs go first; the next slice starts by itself. Cancel a slice to stop it; start it again to go on.",
    )
    def backfill() -> None:
        take_past_vintages()

    return backfill


def backfill_sensor() -> dg.SensorDefinition:
    """Return the sensor that starts the next slice of each backfill that gave way."""

    @dg.sensor(
        name="go_on_with_backfills",
        job_name=BACKFILL_JOB,
        minimum_interval_seconds=_SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts the next slice of a backfill that gave way to other runs, or waited for the next "
        "hour's calls.",
    )
    def go_on_with_backfills(tick: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        requests = list(_next_slices(tick.instance, datetime.now(UTC)))
        return dg.SensorResult(requests) if requests else dg.SkipReason("no backfill is to go on now")

    return go_on_with_backfills


def _in_words(step: Step) -> str:
    reason = f": {step.reason}" if step.reason else ""
    return f"{step.release_id}: {step.outcome} {step.what}{reason}"


def _request(installed: Context, form: Form) -> Request:
    catalog = installed.catalog
    releases = tuple(catalog.get(name) for name in form.releases) or catalog.file_releases
    try:
        since = date.fromisoformat(form.since) if form.since else None
    except ValueError as error:
        raise dg.Failure(
            f"since is {form.since!r}; give a day such as 2020-01-31", allow_retries=False
        ) from error
    return Request(installed.settings, installed.archive, releases, since)


def _others_wait(run: dg.OpExecutionContext) -> Callable[[], bool]:
    """Whether another run waits for this one. Builds wait for the slice's end: each new file asks for
    one, and a backfill of hundreds would build hundreds of times.
    """
    ends_at = datetime.now(UTC) + _LONGEST

    def others_wait() -> bool:
        if datetime.now(UTC) >= ends_at:
            return True
        waiting = run.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]))
        return any(other.job_name not in (BACKFILL_JOB, BUILD_JOB) for other in waiting)

    return others_wait


def _record(run: dg.OpExecutionContext, taken: Slice) -> None:
    """Leave in the run what came of the slice, and for the sensor what is left."""
    counts = {kind: sum(step.outcome == kind for step in taken.steps) for kind in ("taken", "had", "refused")}
    words = "gave way; the next slice starts by itself" if taken.goes_on_at else "nothing is left"
    if taken.unfinished:
        words = "not all could be asked"
    run.add_output_metadata({**counts, "state": words, "left": ", ".join(taken.left)})
    goes_on = taken.goes_on_at.isoformat() if taken.goes_on_at else _NO
    run.instance.add_run_tags(run.run_id, {NEXT_TAG: goes_on, LEFT_TAG: ", ".join(taken.left)})


def _next_slices(instance: dg.DagsterInstance, now: datetime) -> Iterator[dg.RunRequest]:
    """Return the slices that may start now: after the newest run of each backfill, if that gave way. The key
    of a request is the run that it goes on from, so that each is started once.
    """
    seen: set[str] = set()
    for run in instance.get_runs(dg.RunsFilter(job_name=BACKFILL_JOB), limit=_MOST_RUNS):
        chain = run.tags.get(CHAIN_TAG, run.run_id)
        goes_on = run.tags.get(NEXT_TAG, _NO)
        if chain in seen:
            continue
        seen.add(chain)
        is_waiting = run.status == dg.DagsterRunStatus.SUCCESS and goes_on != _NO
        if is_waiting and datetime.fromisoformat(goes_on) <= now:
            config = _config(run.run_config, run.tags[LEFT_TAG].split(", "))
            yield dg.RunRequest(run_key=f"after-{run.run_id}", run_config=config, tags={CHAIN_TAG: chain})


def _config(before: Any, left: list[str]) -> dict[str, Any]:
    form = before.get("ops", {}).get(STEP, {}).get("config", {})
    return {"ops": {STEP: {"config": {**form, "releases": left}}}}
