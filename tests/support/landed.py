"""Release files stored and landed, and what is in the raw tables then."""

from collections.abc import Sequence
from pathlib import Path

from etl import warehouse
from etl.archive import Archive
from etl.catalog import Catalog
from etl.landing import LandedFile, land_release
from tests.support.readings import SERVICES, SUMMARY
from tests.support.releases import FEBRUARY, MARCH, facts

MARCH_FILE, FEBRUARY_FILE = MARCH.read_bytes(), FEBRUARY.read_bytes()
RAW_TABLES = ("release_files", "unread_cells", "fetches", "releases", SERVICES, SUMMARY)


def land(database: Path, catalog: Catalog, archive: Archive) -> list[LandedFile]:
    landed: list[LandedFile] = []
    for release in catalog.file_releases:
        landed += land_release(database, release, archive)
    return landed


def rows(database: Path, query: str, *parameters: object) -> list[tuple[object, ...]]:
    with warehouse.read(database) as connection:
        return connection.execute(query, parameters).fetchall()


def everything(database: Path) -> dict[str, list[tuple[object, ...]]]:
    with warehouse.read(database) as connection:
        return {
            table: connection.execute(f'select * from raw."{table}" order by all').fetchall()
            for table in RAW_TABLES
        }


def store(archive: Archive, *contents: bytes, release_id: str = SERVICES) -> None:
    for content in contents:
        archive.store(content, facts(content, release_id))


def counts(landed: Sequence[LandedFile]) -> list[tuple[str, int, int]]:
    return [(file.release_id, file.observation_count, file.unread_count) for file in landed]
