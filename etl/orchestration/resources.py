"""What a run holds while it lives: a heartbeat, and, where it builds, the lock of the warehouse.

Here: the two as Dagster resources, which a run takes before its first step and gives back after its last
one; ending runs that were killed; why a run failed. Not here: the locks themselves (`etl.publish.locks`).
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

import dagster as dg
from dagster_shared.error import SerializableErrorInfo

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.common.settings import Settings
from etl.fetch.clients import Clients
from etl.modelling.dbt import DbtWorker
from etl.orchestration.changes import ChangesView
from etl.publish import locks
from etl.publish.progress import Progress


@dataclass(frozen=True)
class Context:
    """An installation and the progress that whoever started the run wants to see."""

    settings: Settings
    catalog: Catalog
    archive: Archive
    warm_worker: DbtWorker | None = None
    """A dbt worker that was started before Dagster was imported; else one is started when it is needed."""
    progress: Progress = field(default_factory=Progress)
    looks: ChangesView = field(default_factory=ChangesView)

    @classmethod
    def of(cls, settings: Settings, catalog: Catalog) -> "Context":
        """Return the context of an installation."""
        return cls(settings, catalog, Archive(settings.archive))

    @cached_property
    def clients(self) -> Clients:
        """Who asks in this process, and so in its run: the wait between two requests to a host and what is
        known of hosts out of reach hold across releases.
        """
        catalog = self.catalog
        return Clients(
            catalog.file_releases,
            catalog.index_addresses,
            self.settings,
            self.archive,
            "dagster",
            self.progress.step,
        )

    @contextmanager
    def worker(self) -> Iterator[DbtWorker]:
        """Return a dbt worker: the warm one, or one of this step's own."""
        if self.warm_worker is not None:
            yield self.warm_worker
            return
        with DbtWorker(self.settings) as worker:
            yield worker


RUN_HEARTBEAT, WAREHOUSE_LOCK = "run_heartbeat", "warehouse_lock"
"""Names of the resources: every asset takes the first, those that build take both."""
COMMAND_TAG = "etl/command"
"""Tag of the runs that a command made in its own process, which holds the lock already."""
_BEGUN = [
    dg.DagsterRunStatus.NOT_STARTED,  # killed after its first line in the database
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_TIME_TO_TAKE_THE_LOCK = timedelta(minutes=5)


def run_resources(context: Context) -> dict[str, dg.ResourceDefinition]:
    """Return what every run of this installation holds."""

    @dg.resource(description="Shows that the run's process lives.")
    def run_heartbeat(starting: dg.InitResourceContext) -> Iterator[None]:
        if starting.run is None:  # checked outside of a run, as Dagster's validation does
            yield
            return
        with locks.run_lock(context.settings, starting.run.run_id):
            yield

    @dg.resource(description="The lock of the warehouse: no command and no other run builds meanwhile.")
    def warehouse_lock(starting: dg.InitResourceContext) -> Iterator[None]:
        if starting.run is None or COMMAND_TAG in starting.run.tags:
            yield
            return
        with locks.hold_build_lock(context.settings):
            yield

    return {RUN_HEARTBEAT: run_heartbeat, WAREHOUSE_LOCK: warehouse_lock}


def end_abandoned_runs(instance: dg.DagsterInstance, settings: Settings) -> None:
    """Report as failed the runs whose process was killed.

    A run that has no lock is given some time: it takes it a moment after it has started.
    """
    long_ago = datetime.now(UTC) - _TIME_TO_TAKE_THE_LOCK
    for record in instance.get_run_records(dg.RunsFilter(statuses=_BEGUN)):
        run = record.dagster_run
        is_alive = locks.is_alive(settings, run.run_id)
        if is_alive or (is_alive is None and record.update_timestamp > long_ago):
            continue
        instance.report_run_failed(run, "the process of this run was ended before it was done")


def failed_steps(events: Iterable[dg.DagsterEvent]) -> set[str | None]:
    """Return the names of the steps that failed in a run."""
    return {event.step_key for event in events if event.is_step_failure}


def was_interrupted(events: Iterable[dg.DagsterEvent]) -> bool:
    """Whether Ctrl-C or a request to end stopped a step: Dagster turns both into an error of its own,
    and DuckDB, where it notices first, into one that is called after its query.
    """
    return any(
        _is_of_interrupt(error)
        for event in events
        if event.is_step_failure and (error := event.step_failure_data.error) is not None
    )


def _is_of_interrupt(error: SerializableErrorInfo | None) -> bool:
    if error is None:
        return False
    is_own = error.cls_name in ("DagsterExecutionInterruptedError", "KeyboardInterrupt")
    is_of_duckdb = "Query interrupted" in error.message
    return is_own or is_of_duckdb or _is_of_interrupt(error.cause) or _is_of_interrupt(error.context)


def why_failed(events: Iterable[dg.DagsterEvent]) -> str | None:
    """Return the message of the step that failed first, without Dagster's frames around it; where no step
    failed, what the run says.
    """
    words = None
    for event in events:
        if event.is_step_failure and event.step_failure_data.error is not None:
            error = event.step_failure_data.error
            cause = error.cause or error
            described = event.step_failure_data.user_failure_data
            text = described.description if described and described.description else cause.message
            # Dagster puts the class before the message; whoever reads the line needs the message alone.
            return re.sub(r"^etl(\.\w+)+: ", "", " ".join(text.split()))
        if event.event_type == dg.DagsterEventType.RUN_FAILURE and event.message:
            words = " ".join(event.message.split())
    return words
