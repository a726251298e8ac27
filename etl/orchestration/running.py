"""What a run holds while it lives: a sign that it does, and, where it builds, its turn.

Here: the two as Dagster resources, which a run takes before its first step and gives back after its last
one; ending runs that were killed. Not here: the locks themselves (`etl.building`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from etl import building
from etl.orchestration.context import Context
from etl.settings import Settings

ALIVE, TURN = "alive", "turn"
"""Names of the resources: every asset takes the first, those that build take both."""
COMMAND_TAG = "etl/command"
"""Tag of the runs that a command made in its own process, which has its turn already."""
_STARTED = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_TIME_TO_TAKE_THE_LOCK = timedelta(minutes=5)


def run_resources(context: Context) -> dict[str, dg.ResourceDefinition]:
    """Give what every run of this installation holds."""

    @dg.resource(description="Shows that the run's process lives.")
    def alive(starting: dg.InitResourceContext) -> Iterator[None]:
        if starting.run is None:  # checked outside of a run, as Dagster's validation does
            yield
            return
        with building.run_lock(context.settings, starting.run.run_id):
            yield

    @dg.resource(description="The run's turn to build: no command and no other run builds meanwhile.")
    def turn(starting: dg.InitResourceContext) -> Iterator[None]:
        if starting.run is None or COMMAND_TAG in starting.run.tags:
            yield
            return
        with building.turn_to_build(context.settings):
            yield

    return {ALIVE: alive, TURN: turn}


def end_abandoned_runs(instance: dg.DagsterInstance, settings: Settings) -> None:
    """Report as failed the runs whose process was killed.

    A run that has no lock is given some time: it takes it a moment after it has started.
    """
    long_ago = datetime.now(UTC) - _TIME_TO_TAKE_THE_LOCK
    for record in instance.get_run_records(dg.RunsFilter(statuses=_STARTED)):
        run = record.dagster_run
        is_alive = building.is_alive(settings, run.run_id)
        if is_alive or (is_alive is None and record.update_timestamp > long_ago):
            continue
        instance.report_run_failed(run, "the process of this run was ended before it was done")
