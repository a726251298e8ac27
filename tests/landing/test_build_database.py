"""The build database is of the readers that filled it, and holds the catalogue and the log of fetches."""

from datetime import UTC, datetime
from pathlib import Path

from etl.archive.store import Archive, FetchRecord
from etl.catalog.releases import Catalog
from etl.common.settings import Settings
from etl.warehouse import connect
from tests.support.landed import MARCH_FILE, counts, everything, land, land_fetches, prepare, rows, store
from tests.support.readings import SERVICES


def test_what_other_readers_landed_is_dropped_and_landed_again(
    database: Path, catalog: Catalog, archive: Archive
) -> None:
    store(archive, MARCH_FILE)
    land(database, catalog, archive)
    with connect.write(database) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.services_monthly as select 1 as x")

    prepare(database, catalog, "another key")

    assert rows(database, "select * from raw.release_files") == []
    assert rows(database, "select raw_key from raw.landed_with") == [("another key",)]
    assert rows(database, "select * from information_schema.schemata where schema_name = 'marts'") == []
    assert counts(land(database, catalog, archive)) == [(SERVICES, 1320, 0)]


def test_what_the_same_readers_landed_stays(database: Path, catalog: Catalog, archive: Archive) -> None:
    store(archive, MARCH_FILE)
    land(database, catalog, archive)
    before = everything(database)

    prepare(database, catalog, "key")

    assert everything(database) == before


def test_a_database_of_something_else_is_replaced(settings: Settings, catalog: Catalog) -> None:
    with connect.write(settings.build_database) as connection:
        connection.execute("create table stray as select 1 as x")

    prepare(settings.build_database, catalog, "key")

    assert rows(settings.build_database, "select raw_key from raw.landed_with") == [("key",)]
    assert rows(settings.build_database, "select * from duckdb_tables() where table_name = 'stray'") == []


def test_a_damaged_database_is_replaced(settings: Settings, catalog: Catalog) -> None:
    """The archive is the truth: what is lost with the build database is landed again."""
    settings.build.mkdir(parents=True)
    settings.build_database.write_bytes(b"State Bank of Pakistan" * 1000)

    prepare(settings.build_database, catalog, "key")

    assert rows(settings.build_database, "select raw_key from raw.landed_with") == [("key",)]


def test_the_catalogue_is_landed_as_data(database: Path, catalog: Catalog) -> None:
    found = rows(database, "select release_id, kind, tier, cadence, len(addresses) from raw.releases")

    assert len(found) == len(catalog.releases)
    assert (SERVICES, "file", 1, "monthly", 3) in found
    assert ("transcribed_prints", "transcribed", 2, None, 0) in found


def asked(minute: int, outcome: str = "unchanged") -> FetchRecord:
    return FetchRecord(
        asked_at=datetime(2026, 5, 1, 0, minute, tzinfo=UTC),
        release_id=SERVICES,
        address="https://www.sbp.org.pk/assets/document/dt.xls",
        outcome=outcome,
        asked_by="command",
        sha256="0" * 64 if outcome == "new" else None,
    )


def test_each_line_of_the_log_is_landed_once(database: Path, archive: Archive) -> None:
    archive.log_fetches([asked(0, "new"), asked(1)])
    assert land_fetches(database, archive) == 2
    archive.log_fetches([asked(2, "rejected")])

    assert land_fetches(database, archive) == 1
    assert land_fetches(database, archive) == 0

    assert rows(database, "select asked_at, outcome, file_sha256 from raw.fetches order by asked_at") == [
        (datetime(2026, 5, 1, 0, 0), "new", "0" * 64),
        (datetime(2026, 5, 1, 0, 1), "unchanged", None),
        (datetime(2026, 5, 1, 0, 2), "rejected", None),
    ]


def test_a_line_that_a_crash_cut_off_shifts_no_other(database: Path, archive: Archive) -> None:
    archive.log_fetches([asked(0), asked(1)])
    archive.fetch_log.write_bytes(archive.fetch_log.read_bytes()[:-40])
    assert land_fetches(database, archive) == 1
    archive.log_fetches([asked(2)])

    assert land_fetches(database, archive) == 1

    assert rows(database, "select minute(asked_at) from raw.fetches order by 1") == [(0,), (2,)]


def test_without_a_log_there_is_nothing_to_land(database: Path, archive: Archive) -> None:
    assert land_fetches(database, archive) == 0
