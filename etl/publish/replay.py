"""Replaying: every table built again from the archive alone, and compared with what is published.

Here: the second build, in a folder of its own, and the comparison row by row. Not here: any step of a
build; a replay takes the same ones. Nothing that is published or being built is touched.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from filelock import FileLock, Timeout

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.common.errors import EtlError
from etl.common.location import Database
from etl.common.settings import Settings
from etl.modelling import build_key
from etl.modelling.dbt import DbtWorker
from etl.publish import build, store
from etl.publish.progress import Progress
from etl.publish.snapshots import Snapshot
from etl.warehouse import connect

_MEMORY_LIMIT = "300MB"
"""Half of a refresh's: a replay works beside one, and nobody waits for it. dbt takes up to 500 MB more."""
_NOT_COMPARED = frozenset({"raw.fetches", "raw.landed_with"})
"""The log of fetches goes on after a publication; the key of a landing is no data."""


class ReplayError(EtlError):
    """A replay could not be made or compared; the message says why."""


@dataclass(frozen=True)
class Difference:
    """A table that is not the same in both."""

    table: str
    rows_only_published: int
    rows_only_rebuilt: int
    example: str
    """A row that only one of them has."""


@dataclass(frozen=True)
class Replayed:
    """What a replay came to."""

    files: int
    tables: int
    differences: tuple[Difference, ...]


def replay(settings: Settings, catalog: Catalog, progress: Progress) -> Replayed:
    """Rebuild every table from the archive in a folder of its own and compare it with what is published.

    Raises `ReplayError` where nothing is published, where it was built from other files or models than
    there are now, where another replay is at it, or where the rebuilt marts fail a test.
    """
    published = store.current(settings)
    if published is None:
        raise ReplayError("nothing is published to compare with; run `etl refresh` first")
    with _alone(settings):
        scratch = replace(settings, home=settings.home / "replay", lake=None)
        shutil.rmtree(scratch.home, ignore_errors=True)
        try:
            held = _hold_still(settings, scratch, catalog, published)
            if published.build.build_key != build_key.wanted_build_key(catalog, Archive(scratch.archive)):
                raise ReplayError(
                    "archive or models have changed since the last publication; "
                    "run `etl refresh --offline` first"
                )
            files = _rebuild(scratch, catalog, Archive(scratch.archive), progress)
            progress.step("comparing")
            tables, differences = compare(held, scratch.build_database)
            return Replayed(files, tables, differences)
        finally:
            shutil.rmtree(scratch.home, ignore_errors=True)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Keep other replays out: there is one folder for them."""
    settings.build.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(settings.build / "replay.lock", timeout=0):
            yield
    except Timeout as error:
        raise ReplayError("another replay is running here; wait until it is done") from error


def _hold_still(settings: Settings, scratch: Settings, catalog: Catalog, published: Snapshot) -> Database:
    """Return the replay the archive and the snapshot as they are now, as links: a refresh beside it archives
    more files and prunes snapshots, and neither is a difference.
    """
    archive = Archive(settings.archive)
    for release in catalog.file_releases:
        (scratch.archive / release.id).mkdir(parents=True)
        for sha256 in archive.hashes(release.id):
            kept = settings.archive / release.id / sha256
            (scratch.archive / release.id / sha256).symlink_to(kept, target_is_directory=True)
    return connect.held(published.database, scratch.published)


def compare(published: Database, rebuilt: Database) -> tuple[int, tuple[Difference, ...]]:
    """Compare every table of two databases row by row; returns how many there are, and which differ."""
    with connect.read_two(published, rebuilt) as connection:
        first, second = (_tables(connection, name) for name in ("first", "second"))
        differences = []
        for table in sorted(first | second):
            only_published = _rows_beyond(connection, "first", "second", table, first, second)
            only_rebuilt = _rows_beyond(connection, "second", "first", table, second, first)
            if only_published or only_rebuilt:
                example = str((only_published or only_rebuilt)[0])
                differences.append(Difference(table, len(only_published), len(only_rebuilt), example))
    return len(first | second), tuple(differences)


def _rebuild(settings: Settings, catalog: Catalog, archive: Archive, progress: Progress) -> int:
    with DbtWorker(settings, _MEMORY_LIMIT) as worker:
        progress.step("landing")
        landed = build.land(settings, catalog, archive, *catalog.file_releases)
        for file in landed:
            progress.landed(file)
        build.land_bookkeeping(settings, catalog, archive)
        bad = []
        for result in build.model(settings, worker):
            progress.node(result)
            if not result.is_good:
                bad.append(result.unique_id)
    if bad:
        raise ReplayError(f"the rebuilt tables fail: {', '.join(bad)}")
    return len(landed)


def _tables(connection: connect.Connection, database: str) -> set[str]:
    rows = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = ?", [database]
    ).fetchall()
    return {row[0] for row in rows} - _NOT_COMPARED


def _rows_beyond(
    connection: connect.Connection, one: str, other: str, table: str, in_one: set[str], in_other: set[str]
) -> list[tuple[object, ...]]:
    """Return the rows that one has more often than the other."""
    if table not in in_one:
        return []
    rows = f"select * from {one}.{table}"
    if table in in_other:
        rows += f" except all select * from {other}.{table}"
    return connection.execute(rows).fetchall()
