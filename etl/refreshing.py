"""Refreshing: the main job, as the command runs it.

Here: asking for every release, deciding whether there is anything to build, and running the build as a
Dagster run that the UI shows. Not here: words for the terminal (`etl.cli`), and any step itself.

A refresh with nothing new imports neither Dagster nor dbt: it is a few requests and a hash.
"""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from etl import build_key, snapshots, turns
from etl.archive import Archive
from etl.catalog import Catalog, Release
from etl.collecting import Collected, collect, install_starter, last_seen
from etl.errors import EtlError
from etl.progress import Progress
from etl.settings import Settings
from etl.snapshots import Snapshot


@dataclass(frozen=True)
class Refreshed:
    """What a refresh came to."""

    collected: tuple[Collected, ...]
    snapshot: Snapshot
    is_new: bool
    """Whether this refresh published it."""

    @property
    def is_strictly_good(self) -> bool:
        """Tell whether every release was had and none is quarantined."""
        return not any(item.has_failed for item in self.collected) and not any(
            state.quarantine for state in self.snapshot.build.releases
        )


class BuildFailedError(EtlError):
    """The build failed and nothing was published; the message says at what."""


def ask(
    releases: Sequence[Release],
    index_addresses: Sequence[str],
    settings: Settings,
    archive: Archive,
    on_answer: Callable[[Collected], None],
    tell: Callable[[str], None],
) -> tuple[Collected, ...]:
    """Ask for releases one after the other; those that take a key are passed over where there is none."""
    from etl.asking import Askers  # `--offline` and a build do not need requests

    collected = []
    seen = last_seen(archive, releases)
    with Askers(releases, index_addresses, settings, archive, "command", tell) as askers:
        for release in releases:
            if (asker := askers.of(release)) is not None:
                collected.append(collect(release, asker, archive, asked_by="command", seen=seen[release.id]))
                on_answer(collected[-1])
    return tuple(collected)


def build(settings: Settings, catalog: Catalog, progress: Progress, log_level: str) -> None:
    """Land, model and publish as one Dagster run, in this command's turn.

    Raises `BuildFailedError` with the reason.

    `log_level` is that of Dagster's log on the terminal; its UI has all of it in any case.
    """
    from etl.modelling.dbt import DbtWorker, ModellingError, ensure_manifest

    # What a run allocates lives until its end, and this process ends with it; looking for garbage among
    # it took a second.
    gc.disable()
    with DbtWorker(settings) as worker:  # warms up while Dagster is imported, and DuckDB and Arrow of a file
        from etl.orchestration.assembly import assemble
        from etl.orchestration.automation import BUILD_JOB
        from etl.orchestration.context import Context
        from etl.orchestration.event_log import open_instance
        from etl.orchestration.instance import prepare_dagster_home
        from etl.orchestration.published_asset import GATE_STEP
        from etl.orchestration.running import (
            COMMAND_TAG,
            end_abandoned_runs,
            failed_steps,
            was_interrupted,
            why_failed,
        )

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


def refresh(
    settings: Settings,
    catalog: Catalog,
    releases: Sequence[Release],
    *,
    on_answer: Callable[[Collected], None],
    progress: Progress,
    log_level: str = "CRITICAL",
) -> Refreshed:
    """Run the main job: ask for releases (none: work with what is archived), build what changed."""
    archive = Archive(settings.archive)
    install_starter(archive)
    collected: tuple[Collected, ...] = ()
    if releases:
        collected = ask(releases, catalog.index_addresses, settings, archive, on_answer, progress.step)
    if build_key.is_up_to_date(settings, catalog, archive):
        return Refreshed(collected, _published(settings), is_new=False)
    with turns.turn_to_build(settings):
        is_new = not build_key.is_up_to_date(settings, catalog, archive)  # else another has just built it
        if is_new:
            build(settings, catalog, progress, log_level)
    return Refreshed(collected, _published(settings), is_new)


def _published(settings: Settings) -> Snapshot:
    snapshot = snapshots.current(settings)
    if snapshot is None:
        raise BuildFailedError(f"nothing is published: {settings.current_database} is not there")
    return snapshot
