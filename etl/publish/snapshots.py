"""Published snapshots: what each says of itself, and the folder in which they lie.

Here: what is known of a snapshot without opening its database, which is asked often and must be quick; the
copy of the build database, the swap, old snapshots. Not here: snapshots in a lake (`lake_snapshots`), which
of the two an installation has (`store`), and whether a build may be published (`publish`).

    published/<n>/warehouse.duckdb     a snapshot, not writable
    published/<n>/build.json           what it was built from and what it shows
    published/<n>/keys.json            the keys of its marts
    published/current -> <n>           swapped atomically

A link to a folder and not to a file: DuckDB names the catalogue after the file it resolves, and views
and macros carry that name. A reader that is connected keeps its snapshot; a new connection sees the new.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from etl.common.errors import EtlError
from etl.common.files import write_durably
from etl.common.location import Database
from etl.common.settings import Settings

BUILD_FILE = "build.json"


class SnapshotError(EtlError):
    """A snapshot cannot be read; the message says what to do."""


class QuarantinedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was not understood."""

    sha256: str
    words: str
    """Its name, and why and where it was not understood."""
    is_outdated: bool = False
    """Whether an understood file of the release came after it."""


class ReleaseState(msgspec.Struct, frozen=True, kw_only=True):
    """What a published snapshot holds of one release."""

    release_id: str
    files_landed: int
    files_quarantined: int
    latest_period_ends_on: date | None
    latest_published_on: date | None
    quarantined: tuple[QuarantinedFile, ...] = ()
    """In the order in which they came."""
    withdrawn: tuple[str, ...] = ()
    """Files that a person took out, in words, with the reason."""

    @property
    def quarantine(self) -> str | None:
        """Why its newest file was not understood; None where it was, or an understood one came after it."""
        return next((file.words for file in reversed(self.quarantined) if not file.is_outdated), None)


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a published snapshot without opening it."""

    number: int
    build_key: str
    published_at: datetime
    mart_rows: dict[str, int]
    releases: tuple[ReleaseState, ...]
    new_quarantines: tuple[str, ...] = ()
    """Files, in words, that are quarantined in it and were not in the snapshot before."""


@dataclass(frozen=True)
class Snapshot:
    """A published snapshot."""

    folder: Path
    """What is said of it, as files."""
    build: Build
    database: Database
    """The database that analysts open."""


def encoded(build: Build) -> bytes:
    """Return what is known of a snapshot as its file holds it."""
    return msgspec.json.format(msgspec.json.encode(build), indent=2) + b"\n"


Describe = Callable[[Database, int, Build | None], Build]
"""Opens what is to be published as an analyst would, under its number, and describes it; the last is the
snapshot before."""


class SnapshotStore(Protocol):
    """Where snapshots are published and found."""

    def current(self) -> Snapshot | None:
        """Return what is published now; None before the first publication."""

    def databases(self) -> dict[int, Database]:
        """Return the databases of the snapshots that are kept, by their numbers."""

    def publish(self, describe: Describe, documents: Mapping[str, str]) -> Snapshot:
        """Publish the build database, all at once, and documents about it; prune what is too old."""

    def state_of_build(self) -> str:
        """Name the state of the build database: nothing is published that others changed since its tests."""

    def lock(self, timeout: float) -> AbstractContextManager[None]:
        """Hold the right to build, as one of all machines that share the store."""

    def is_locked(self) -> bool:
        """Whether another machine builds now."""


_DATABASE = "warehouse.duckdb"


@dataclass(frozen=True)
class FolderStore:
    """`ETL_HOME/published`."""

    settings: Settings

    def current(self) -> Snapshot | None:
        """Return what is published now; None before the first publication, and
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
        """Return the databases of the snapshots that are kept, by their numbers."""
        folders = [entry for entry in self.settings.published.glob("*") if entry.name.isdigit()]
        return {int(folder.name): folder / _DATABASE for folder in folders}

    def publish(self, describe: Describe, documents: Mapping[str, str]) -> Snapshot:
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
        """Return the same always: whoever changes the file here notes that it is untested."""
        return ""

    @contextmanager
    def lock(self, timeout: float) -> Iterator[None]:
        """Hold nothing: the folder is one machine's, and that has its lock."""
        yield

    def is_locked(self) -> bool:
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
