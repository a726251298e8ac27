"""Published snapshots, as they say of themselves.

Here: what is known of a snapshot without opening its database, which is asked often and must be quick.
Not here: making one (`publishing`).

    published/<n>/warehouse.duckdb     a snapshot, not writable
    published/<n>/build.json           what it was built from and what it shows
    published/<n>/keys.json            the keys of its marts
    published/current -> <n>           swapped atomically
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import msgspec

from etl.errors import EtlError
from etl.settings import Settings


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
    build: Build

    @property
    def database(self) -> Path:
        """The database that analysts open."""
        return self.folder / "warehouse.duckdb"


def current(settings: Settings) -> Snapshot | None:
    """Give what is published now; None before the first publication, and
    where its database was deleted.
    """
    link = settings.published / "current"
    # The link is followed once: it may lead elsewhere by the next line.
    folder = link.resolve()
    try:
        said = (folder / "build.json").read_bytes() if (folder / "warehouse.duckdb").exists() else None
    except FileNotFoundError:
        said = None
    if said is None:
        return None if link.resolve() == folder else current(settings)  # it was pruned meanwhile
    try:
        return Snapshot(folder, msgspec.json.decode(said, type=Build))
    except msgspec.MsgspecError as error:
        raise SnapshotError(
            f"{link / 'build.json'} is damaged ({error}); delete {link} and refresh"
        ) from error
