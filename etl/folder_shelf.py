"""Published snapshots in a folder: copies of the build database, and a link to the newest.

Here: the copy, the swap, and the pruning of old snapshots. Not here: whether a build may be published.

A link to a folder and not to a file: DuckDB names the catalogue after the file it resolves, and views
and macros carry that name. A reader that is connected keeps its snapshot; a new connection sees the new.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from etl.archive import write_durably
from etl.lake.place import Database
from etl.settings import Settings
from etl.shelves import Describe
from etl.snapshots import BUILD_FILE, Build, Snapshot, SnapshotError, encoded

_DATABASE = "warehouse.duckdb"


@dataclass(frozen=True)
class FolderShelf:
    """`ETL_HOME/published`."""

    settings: Settings

    def current(self) -> Snapshot | None:
        """Give what is published now; None before the first publication, and
        where its database was deleted.
        """
        link = self.settings.published / "current"
        # The link is followed once: it may lead elsewhere by the next line.
        folder = link.resolve()
        try:
            said = (folder / BUILD_FILE).read_bytes() if (folder / _DATABASE).exists() else None
        except FileNotFoundError:
            said = None
        if said is None:
            return None if link.resolve() == folder else self.current()  # it was pruned meanwhile
        try:
            return _snapshot(folder, msgspec.json.decode(said, type=Build))
        except msgspec.MsgspecError as error:
            raise SnapshotError(
                f"{link / BUILD_FILE} is damaged ({error}); delete {link} and refresh"
            ) from error

    def databases(self) -> dict[int, Database]:
        """Give the databases of the snapshots that are kept, by their numbers."""
        folders = [entry for entry in self.settings.published.glob("*") if entry.name.isdigit()]
        return {int(folder.name): folder / _DATABASE for folder in folders}

    def put(self, describe: Describe, documents: Mapping[str, str]) -> Snapshot:
        """Publish a copy of the build database, and documents beside it."""
        published = self.settings.published
        published.mkdir(parents=True, exist_ok=True)
        _delete_leavings(self.settings)  # before the copy: on a nearly full disk there is no room for both
        number = _next_number(published)
        staged = published / f".{number}.{os.getpid()}"
        staged.mkdir()
        database = staged / _DATABASE
        _copy_durably(self.settings.build / _DATABASE, database)
        before = self.current()
        build = describe(database, number, before.build if before else None)
        write_durably(staged / BUILD_FILE, encoded(build))
        for name, text in documents.items():
            write_durably(staged / name, text.encode())
        target = published / str(number)
        staged.rename(target)
        point_current_to(target)
        _prune(self.settings)
        return _snapshot(target, build)

    def state_of_build(self) -> str:
        """Give the same always: whoever changes the file here notes that it is untested."""
        return ""

    @contextmanager
    def turn(self, timeout: float) -> Iterator[None]:
        """Hold nothing: the folder is one machine's, and that has its lock."""
        yield

    def is_somebodys_turn(self) -> bool:
        """Tell that no other machine builds: none has this folder."""
        return False


def _snapshot(folder: Path, build: Build) -> Snapshot:
    return Snapshot(folder, build, folder / _DATABASE)


def _next_number(published: Path) -> int:
    return 1 + max((int(entry.name) for entry in published.iterdir() if entry.name.isdigit()), default=0)


def _copy_durably(source: Path, target: Path) -> None:
    """Copy, bring to the disk, and take away the right to write: a client that opens a database its
    default way would lock everyone out, and leave a log beside it.
    """
    shutil.copyfile(source, target)
    with target.open("rb") as copy:
        os.fsync(copy.fileno())
    target.chmod(0o444)


def point_current_to(target: Path) -> None:
    """Swap the link `current` beside a folder, so that it leads there."""
    link = target.parent / f".current.{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name)
    link.replace(target.parent / "current")


def _prune(settings: Settings) -> None:
    """Delete snapshots beyond the newest ones. Who has an old one open keeps it: on Unix a deleted file
    lives as long as it is open.
    """
    entries = settings.published.iterdir()
    numbers = sorted((int(entry.name) for entry in entries if entry.name.isdigit()), reverse=True)
    for number in numbers[settings.snapshots_kept :]:
        shutil.rmtree(settings.published / str(number))


def _delete_leavings(settings: Settings) -> None:
    """Delete what publications left that were killed or had no room; one publishes at a time."""
    for entry in list(settings.published.iterdir()):
        if entry.name.startswith(".") and entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name.startswith(".current."):
            entry.unlink(missing_ok=True)
