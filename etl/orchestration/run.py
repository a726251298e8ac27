"""A build as one of Dagster's runs, executed in this process, so that the UI shows what the command did.

Here: starting the run, and why it failed. Not here: whether there is anything to build (`refresh`), and any
step.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.common.errors import BuildFailedError
from etl.common.settings import Settings
from etl.modelling.dbt import DbtWorker, ModellingError, ensure_manifest
from etl.orchestration.assemble import assemble
from etl.orchestration.assets import GATE_STEP
from etl.orchestration.instance import open_instance, prepare_dagster_home
from etl.orchestration.resources import (
    COMMAND_TAG,
    Context,
    end_abandoned_runs,
    failed_steps,
    was_interrupted,
    why_failed,
)
from etl.orchestration.schedules import BUILD_JOB
from etl.publish.progress import Progress


def build(settings: Settings, catalog: Catalog, progress: Progress, log_level: str) -> None:
    """Land, model and publish as one Dagster run, under the lock that this command holds.

    Raises `BuildFailedError` with the reason.

    `log_level` is that of Dagster's log on the terminal; its UI has all of it in any case.
    """
    # What a run allocates lives until its end, and this process ends with it; looking for garbage among
    # it took a second.
    gc.disable()
    with DbtWorker(settings) as worker:
        prepare_dagster_home(settings)
        try:
            ensure_manifest(settings, worker)
        except ModellingError as error:
            raise BuildFailedError(str(error)) from error
        context = Context(settings, catalog, Archive(settings.archive), worker, progress)
        definitions = assemble(context)
        with _own_streams(), open_instance(settings) as instance:
            end_abandoned_runs(instance, settings)
            job = definitions.resolve_job_def(BUILD_JOB)
            run = job.execute_in_process(
                instance=instance,
                tags={COMMAND_TAG: "refresh"},
                raise_on_error=False,
                run_config={"loggers": {"console": {"config": {"log_level": log_level}}}},
            )
        if was_interrupted(run.all_events):
            raise KeyboardInterrupt
        # The gate says in the UI what the command says in words: a file is quarantined, the rest is out.
        if not run.success and failed_steps(run.all_events) != {GATE_STEP}:
            reason = why_failed(run.all_events)
            raise BuildFailedError(reason or "the run failed before its first step; `etl ui` shows it")


@contextmanager
def _own_streams() -> Iterator[None]:
    """Keep standard output and error. Dagster leads both into files while a step runs; on a full disk it
    fails before it has led them back, and the error's line would go into such a file.
    """
    kept = {stream: os.dup(stream) for stream in (1, 2)}
    try:
        yield
    finally:
        for stream, copy in kept.items():
            os.dup2(copy, stream)
            os.close(copy)
