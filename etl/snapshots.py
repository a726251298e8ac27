"""Published snapshots, as they say of themselves.

Here: what is known of a snapshot without opening its database, which is asked often and must be quick.
Not here: making one (`publishing`).

    published/<n>/warehouse.duckdb     a snapshot, not writable
    published/<n>/build.json           what it was built from and what it shows
    published/<n>/keys.json            the keys of its marts
    published/current -> <n>           swapped atomically

Of a lake the folder is called `lake`, the database is in the lake and the rest as above.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import msgspec

from etl.errors import EtlError
from etl.lake.place import Database
from etl.settings import Settings

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


def current(settings: Settings) -> Snapshot | None:
    """Give what is published now; None before the first publication."""
    from etl import shelves  # which are made of what stands here

    return shelves.of(settings).current()


def encoded(build: Build) -> bytes:
    """Give what is known of a snapshot as its file holds it."""
    return msgspec.json.format(msgspec.json.encode(build), indent=2) + b"\n"
