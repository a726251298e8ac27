"""Building: the steps between archive and publication, each safe to repeat and to interleave.

Here: what each step does to the build database, and what must be true before the next. Not here: how a file
is landed, a model built or a snapshot published; whose turn it is (`turns`); and not Dagster, which calls
these one by one.

Two refreshes at once take turns step by step. That is enough: each step brings the build database to
what archive and models call for, and publication demands that what it publishes was tested as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from etl import build_key, finishing, landing, publishing, warehouse
from etl.archive import Archive
from etl.catalog import Catalog, Release
from etl.modelling.dbt import DbtWorker, NodeResult, manifest_path
from etl.modelling.manifest import Manifest
from etl.settings import Settings
from etl.snapshots import Snapshot
from etl.turns import build_lock


@contextmanager
def read_build(settings: Settings) -> Iterator[warehouse.Connection]:
    """Read the build database while no step changes it."""
    with build_lock(settings), warehouse.read(settings.build_database) as connection:
        yield connection


def land(
    settings: Settings, catalog: Catalog, archive: Archive, *releases: Release
) -> tuple[landing.LandedFile, ...]:
    """Land the files of releases that are not landed yet."""
    with build_lock(settings):
        with _ready(settings, catalog) as connection:
            landed = landing.land_releases(connection, releases, archive)
        if landed:
            publishing.mark_untested(settings)
        return landed


def land_bookkeeping(settings: Settings, catalog: Catalog, archive: Archive) -> int:
    """Land the log of fetches; gives how many lines it has gained."""
    with build_lock(settings), _ready(settings, catalog) as connection:
        return landing.land_fetches(connection, archive)


def model(settings: Settings, worker: DbtWorker, select: Sequence[str] = ()) -> Iterator[NodeResult]:
    """Build the models and run their tests; give each node as it finishes.

    The build counts as tested only where all of it was built and nothing failed.
    """
    with build_lock(settings):
        publishing.mark_untested(settings)
        is_good = True
        for result in worker.build(select):
            is_good = is_good and result.is_good
            yield result
        if is_good and not select:
            finishing.finish(settings.build_database, worker.compiled, Manifest.load(manifest_path(settings)))
            publishing.mark_tested(settings, worker.models_key)


def publish(settings: Settings, documents: Mapping[str, str]) -> Snapshot:
    """Publish the build database where it was tested as it is, and documents about it."""
    with build_lock(settings):
        return publishing.publish(settings, documents)


def _ready(settings: Settings, catalog: Catalog) -> AbstractContextManager[warehouse.Connection]:
    return landing.ready(settings.build_database, catalog, build_key.raw_key(catalog))
