"""Where published snapshots lie: in a folder of this installation, or in a lake that machines share.

Here: what a shelf is, and which one an installation has. Not here: what a snapshot says of itself
(`snapshots`), and when one may be published (`publishing`).
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from etl.lake.place import Database
from etl.settings import Settings
from etl.snapshots import Build, Snapshot

Describe = Callable[[Database, int, Build | None], Build]
"""Opens what is to be published as an analyst would, under its number, and describes it; the last is the
snapshot before."""


class Shelf(Protocol):
    """Where snapshots are published and found."""

    def current(self) -> Snapshot | None:
        """Give what is published now; None before the first publication."""

    def databases(self) -> dict[int, Database]:
        """Give the databases of the snapshots that are kept, by their numbers."""

    def put(self, describe: Describe, documents: Mapping[str, str]) -> Snapshot:
        """Publish the build database, all at once, and documents about it; prune what is too old."""

    def state_of_build(self) -> str:
        """Name the state of the build database: nothing is published that others changed since its tests."""

    def turn(self, timeout: float) -> AbstractContextManager[None]:
        """Hold the right to build, as one of all machines that share the shelf."""

    def is_somebodys_turn(self) -> bool:
        """Tell whether another machine builds now."""


def of(settings: Settings) -> Shelf:
    """Give the shelf of an installation."""
    if settings.lake is None:
        from etl.folder_shelf import FolderShelf

        return FolderShelf(settings)
    from etl.lake.shelf import LakeShelf

    return LakeShelf(settings, settings.lake)
