"""Refreshing: the main job, as the command runs it.

Here: asking for every release, deciding whether there is anything to build, and running the build as a
Dagster run that the UI shows. Not here: words for the terminal (`etl.cli`), and any step itself.

A refresh with nothing new imports neither Dagster nor dbt: it is a few requests and a hash.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from etl.archive.store import Archive
from etl.catalog.releases import Catalog, Release
from etl.common.errors import BuildFailedError
from etl.common.settings import Settings
from etl.fetch.collect import Collected, collect, install_starter, last_seen
from etl.publish import locks, store
from etl.publish.progress import Progress
from etl.publish.snapshots import Snapshot


@dataclass(frozen=True)
class Refreshed:
    """What a refresh came to."""

    collected: tuple[Collected, ...]
    snapshot: Snapshot
    is_new: bool
    """Whether this refresh published it."""

    @property
    def is_strictly_good(self) -> bool:
        """Whether every release was fetched and none is quarantined."""
        return not any(item.has_failed for item in self.collected) and not any(
            state.quarantine for state in self.snapshot.build.releases
        )


def fetch(
    releases: Sequence[Release],
    index_addresses: Sequence[str],
    settings: Settings,
    archive: Archive,
    on_answer: Callable[[Collected], None],
    tell: Callable[[str], None],
) -> tuple[Collected, ...]:
    """Ask for releases one after the other; those that take a key are passed over where there is none."""
    from etl.fetch.clients import Clients  # requests: 70 ms, which `--offline` and a build do without

    collected = []
    seen = last_seen(archive, releases)
    with Clients(releases, index_addresses, settings, archive, "command", tell) as clients:
        for release in releases:
            if (client := clients.of(release)) is not None:
                collected.append(collect(release, client, archive, asked_by="command", seen=seen[release.id]))
                on_answer(collected[-1])
    return tuple(collected)


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
        collected = fetch(releases, catalog.index_addresses, settings, archive, on_answer, progress.step)
    if store.is_up_to_date(settings, catalog, archive):
        return Refreshed(collected, _published(settings), is_new=False)
    with locks.hold_build_lock(settings):
        is_new = not store.is_up_to_date(settings, catalog, archive)  # else another has just built it
        if is_new:
            # Dagster and dbt take seconds to import, which "nothing new" does without.
            from etl.orchestration.run import build

            build(settings, catalog, progress, log_level)
    return Refreshed(collected, _published(settings), is_new)


def _published(settings: Settings) -> Snapshot:
    snapshot = store.current(settings)
    if snapshot is None:
        raise BuildFailedError(f"nothing is published: {settings.current_database} is not there")
    return snapshot
