"""Release files stored and landed, and what is in the raw tables then."""

from collections.abc import Sequence
from pathlib import Path

from etl.archive.store import Archive
from etl.catalog.releases import Catalog, Release
from etl.landing import land as landing
from etl.landing.land import LandedFile
from etl.warehouse import connect
from tests.support.readings import SERVICES, SUMMARY
from tests.support.releases import FEBRUARY, MARCH, facts

MARCH_FILE, FEBRUARY_FILE = MARCH.read_bytes(), FEBRUARY.read_bytes()
RAW_TABLES = ("release_files", "unread_cells", "fetches", "releases", SERVICES, SUMMARY)


def prepare(database: Path, catalog: Catalog, raw_key: str) -> None:
    """Make a build database ready to land in."""
    with landing.ready(database, catalog, raw_key):
        pass


def land(database: Path, catalog: Catalog, archive: Archive) -> list[LandedFile]:
    with connect.write(database) as connection:
        return list(landing.land_releases(connection, catalog.file_releases, archive))


def land_release(database: Path, release: Release, archive: Archive) -> tuple[LandedFile, ...]:
    with connect.write(database) as connection:
        return landing.land_releases(connection, [release], archive)


def land_fetches(database: Path, archive: Archive) -> int:
    with connect.write(database) as connection:
        return landing.land_fetches(connection, archive)


def rows(database: Path, query: str, *parameters: object) -> list[tuple[object, ...]]:
    with connect.read(database) as connection:
        return connection.execute(query, parameters).fetchall()


def everything(database: Path) -> dict[str, list[tuple[object, ...]]]:
    with connect.read(database) as connection:
        return {
            table: connection.execute(f'select * from raw."{table}" order by all').fetchall()
            for table in RAW_TABLES
        }


def store(archive: Archive, *contents: bytes, release_id: str = SERVICES) -> None:
    for content in contents:
        archive.store(content, facts(content, release_id))


def counts(landed: Sequence[LandedFile]) -> list[tuple[str, int, int]]:
    return [(file.release_id, file.observation_count, file.unread_count) for file in landed]
