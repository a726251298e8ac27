"""Where an installation publishes: in its own folder, or in a lake that machines share.

Here: which one it is, what it holds now, whether that is still what archive and models call for. Not here:
the two kinds of store (`snapshots`, `lake_snapshots`), and when a snapshot may be published (`publish`).
"""

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.common.settings import Settings
from etl.modelling.build_key import wanted_build_key
from etl.publish.snapshots import FolderStore, Snapshot, SnapshotStore


def store_of(settings: Settings) -> SnapshotStore:
    """Return the store of an installation."""
    if settings.lake is None:
        return FolderStore(settings)
    from etl.publish.lake_snapshots import LakeStore  # imports DuckDB, 60 ms that a folder does not need

    return LakeStore(settings, settings.lake)


def current(settings: Settings) -> Snapshot | None:
    """Return what is published now; None before the first publication."""
    return store_of(settings).current()


def is_up_to_date(settings: Settings, catalog: Catalog, archive: Archive) -> bool:
    """Whether what is published was built from what archive, catalogue and models hold now."""
    published = current(settings)
    return published is not None and published.build.build_key == wanted_build_key(catalog, archive)
