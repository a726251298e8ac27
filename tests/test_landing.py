"""What the archive holds becomes append-only tables; a file lands once and whole, or is quarantined."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from etl import landing, warehouse
from etl.archive import Archive, ArchiveError, FetchRecord
from etl.catalog import Catalog
from etl.landing import LandedFile, land_fetches, land_release, prepare, publication_date
from etl.reading.values import Reading
from etl.settings import Settings
from tests.support.easydata import BALANCE, PORTAL_COLUMNS, csv_of
from tests.support.readings import SERVICES, SUMMARY
from tests.support.releases import FEBRUARY, MARCH, SEEN, SUMMARY_OF_MARCH, facts
from tests.support.workbooks import services_grid

MARCH_FILE, FEBRUARY_FILE = MARCH.read_bytes(), FEBRUARY.read_bytes()
RAW_TABLES = ("release_files", "unread_cells", "fetches", "releases", SERVICES, SUMMARY)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> bytes:
    path = tmp_path_factory.mktemp("prepared") / "warehouse.duckdb"
    prepare(path, catalog, "key")
    return path.read_bytes()


@pytest.fixture
def database(settings: Settings, prepared: bytes) -> Path:
    """Give an empty build database that is ready to land in."""
    settings.build.mkdir(parents=True)
    settings.build_database.write_bytes(prepared)
    return settings.build_database


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


# Files


def test_every_observation_of_a_file_becomes_a_row(
    database: Path, catalog: Catalog, archive: Archive
) -> None:
    store(archive, MARCH_FILE)
    store(archive, SUMMARY_OF_MARCH.read_bytes(), release_id=SUMMARY)

    landed = land(database, catalog, archive)

    assert counts(landed) == [(SUMMARY, 830, 0), (SERVICES, 1320, 0)]
    (cell,) = rows(
        database,
        f"select row_label, column_label, flow_label, unit_label, period_type, period_starts_on,"
        f" period_ends_on, status_mark, value, value_as_printed, decimals from raw.{SERVICES}"
        f" where cell = 'I59'",
    )
    assert cell == (
        "9.\xa0Telecommunications, Computer and information services",
        "Mar-26 (P)",
        "Credit",
        "(Amount in Thousand US$)",
        "month",
        date(2026, 3, 1),
        date(2026, 3, 31),
        "P",
        413622.89200000005,
        "413622.89200000005",
        11,
    )


def test_a_landed_file_is_one_row_with_its_dates_and_hashes(
    database: Path, catalog: Catalog, archive: Archive
) -> None:
    given = facts(MARCH_FILE, last_modified="Fri, 17 Apr 2026 07:40:00 GMT")
    archive.store(MARCH_FILE, given)

    land(database, catalog, archive)

    (file,) = rows(
        database,
        "select file_sha256, status, format, size_bytes, via, first_seen_at, published_on, published_on_is,"
        " latest_period_ends_on, observation_count, unread_count, quarantine_reason from raw.release_files",
    )
    assert file == (
        given.sha256,
        "landed",
        "xls",
        len(MARCH_FILE),
        "fetched",
        datetime(2026, 4, 17, 20, 30),
        date(2026, 4, 17),
        "http_last_modified",
        date(2026, 3, 31),
        1320,
        0,
        None,
    )


def test_landing_twice_changes_nothing(database: Path, catalog: Catalog, archive: Archive) -> None:
    store(archive, MARCH_FILE, FEBRUARY_FILE)
    land(database, catalog, archive)
    before = everything(database)

    assert land(database, catalog, archive) == []

    assert everything(database) == before


def test_the_order_in_which_files_arrive_does_not_matter(
    catalog: Catalog, archive: Archive, settings: Settings, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.duckdb", tmp_path / "other.duckdb"
    for database in (one, other):
        prepare(database, catalog, "key")
    second_archive = Archive(tmp_path / "second")
    for content in (MARCH_FILE, FEBRUARY_FILE):
        store(archive, content)
        land(one, catalog, archive)
    store(second_archive, FEBRUARY_FILE)
    land(other, catalog, second_archive)
    store(second_archive, MARCH_FILE)
    land(other, catalog, second_archive)

    assert everything(one) == everything(other)


def test_numbers_that_no_observation_takes_are_landed_as_unread(
    database: Path, catalog: Catalog, archive: Archive
) -> None:
    store(archive, services_grid().put("T20", 3.09).xls())

    (file,) = land(database, catalog, archive)

    assert (file.observation_count, file.unread_count) == (1320, 1)
    assert rows(database, "select sheet, cell, value_as_printed from raw.unread_cells") == [
        ("EBOPS ", "T20", "3.09")
    ]


def test_a_file_that_is_not_understood_is_quarantined_with_its_reason(
    database: Path, catalog: Catalog, archive: Archive
) -> None:
    store(archive, services_grid().put("I63", "1,234").xls(), MARCH_FILE)

    landed = land(database, catalog, archive)

    assert sorted(file.observation_count for file in landed) == [0, 1320]
    (quarantined,) = rows(
        database,
        "select quarantine_reason, quarantine_where, quarantine_expected, quarantine_found,"
        " observation_count, latest_period_ends_on, figures_sha256, published_on_is"
        " from raw.release_files where status = 'quarantined'",
    )
    assert quarantined == (
        "a cell of the table holds no number",
        "'EBOPS ' I63 ('9.2\\xa0Computer services', 'Mar-26 (P)')",
        "a number, N/A or -",
        "'1,234'",
        0,
        None,
        None,
        "first_seen",
    )
    assert rows(database, f"select count(*) from raw.{SERVICES}") == [(1320,)]


def test_a_file_that_was_cut_off_is_quarantined_and_stops_no_other(
    database: Path, catalog: Catalog, archive: Archive
) -> None:
    store(archive, MARCH_FILE[:-1000], FEBRUARY_FILE)

    landed = land(database, catalog, archive)

    assert sorted(file.observation_count for file in landed) == [0, 1320]
    assert [str(f.quarantine.reason) for f in landed if f.quarantine] == ["the workbook cannot be opened"]


def test_an_altered_file_is_not_landed(database: Path, catalog: Catalog, archive: Archive) -> None:
    store(archive, MARCH_FILE)
    (file,) = archive.files(SERVICES)
    file.path.chmod(0o644)
    file.path.write_bytes(FEBRUARY_FILE)

    with pytest.raises(ArchiveError, match="was altered"):
        land(database, catalog, archive)

    assert rows(database, "select * from raw.release_files") == []


def test_a_crash_while_a_file_is_landed_leaves_nothing_of_it(
    database: Path, catalog: Catalog, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(archive, services_grid().put("T20", 3.09).xls())
    insert = landing._insert

    def crash(connection: warehouse.Connection, table: str, values: object) -> None:
        if table == "unread_cells":
            raise KeyboardInterrupt
        insert(connection, table, values)

    with monkeypatch.context() as patch:
        patch.setattr(landing, "_insert", crash)
        with pytest.raises(KeyboardInterrupt):
            land(database, catalog, archive)

    assert rows(database, "select * from raw.release_files") == []
    assert rows(database, f"select * from raw.{SERVICES}") == []
    assert counts(land(database, catalog, archive)) == [(SERVICES, 1320, 1)]


def test_it_is_landed_whether_a_file_holds_all_that_sbp_said(
    database: Path, catalog: Catalog, archive: Archive
) -> None:
    columns = {"Series Key": "TS_GP_BOP_BPM6SUM_M.P00060", "Unit": "Million USD"}
    figure = {"Observation Date": "31-Mar-2026", "Observation Value": "903", "Observation Status": "Normal"}
    store(archive, csv_of(PORTAL_COLUMNS, [columns | figure]), release_id=BALANCE)
    store(archive, MARCH_FILE)

    land(database, catalog, archive)

    assert rows(database, "select release_id, is_complete from raw.release_files order by 1") == [
        (BALANCE, False),
        (SERVICES, True),
    ]
    assert rows(database, f"select row_key, status_mark, value from raw.{BALANCE}") == [
        ("ts_gp_bop_bpm6sum_m.p00060", "Normal", 903.0)
    ]


# When a file was published

MODIFIED = "Thu, 16 Apr 2026 19:00:00 GMT"
"""In Karachi this is the 17th."""


def reading(last_saved_on: date | None) -> Reading:
    return Reading((), (), date(2026, 3, 31), "", last_saved_on)


@pytest.mark.parametrize(
    ("given", "saved", "modified", "expected"),
    [
        (date(2026, 4, 15), date(2026, 4, 16), MODIFIED, (date(2026, 4, 15), "given_by_hand")),
        (None, date(2026, 4, 16), MODIFIED, (date(2026, 4, 16), "workbook_last_saved")),
        (None, None, MODIFIED, (date(2026, 4, 17), "http_last_modified")),
        (None, None, None, (date(2026, 4, 18), "first_seen")),
        (None, None, "soon", (date(2026, 4, 18), "first_seen")),
        (None, None, "Thu, 99 Apr 2026 19:00:00 GMT", (date(2026, 4, 18), "first_seen")),
        (date(2026, 4, 15), None, None, (date(2026, 4, 15), "given_by_hand")),
    ],
)
def test_the_day_of_publication_is_that_of_the_best_clock_there_is(
    given: date | None, saved: date | None, modified: str | None, expected: tuple[date, str]
) -> None:
    of_file = facts(b"", published_on=given, last_modified=modified, first_seen_at=SEEN)

    assert publication_date(of_file, reading(saved)) == expected


def test_what_sbp_states_in_the_file_counts_before_what_a_program_noted() -> None:
    stated = Reading((), (), date(2026, 3, 31), "", date(2026, 4, 16), stated_on=date(2026, 4, 15))

    assert publication_date(facts(b"", last_modified=MODIFIED), stated) == (
        date(2026, 4, 15),
        "stated_by_sbp",
    )
    given = facts(b"", published_on=date(2026, 4, 14))
    assert publication_date(given, stated) == (date(2026, 4, 14), "given_by_hand")


CAPTURED = datetime(2026, 4, 15, 19, 30, tzinfo=UTC)
"""In Karachi this is the 16th."""


@pytest.mark.parametrize(
    ("given", "saved", "modified", "expected"),
    [
        (None, None, None, (date(2026, 4, 16), "capture_date")),
        (None, None, "Mon, 13 Apr 2026 08:00:00 GMT", (date(2026, 4, 13), "http_last_modified")),
        (None, date(2026, 4, 14), None, (date(2026, 4, 14), "workbook_last_saved")),
        (date(2026, 4, 20), None, None, (date(2026, 4, 20), "given_by_hand")),
        # A clock that says a later day is wrong: the file was out when the web archive met it.
        (None, date(2026, 5, 1), None, (date(2026, 4, 16), "capture_date")),
        (None, None, "Fri, 01 May 2026 08:00:00 GMT", (date(2026, 4, 16), "capture_date")),
    ],
)
def test_a_file_was_published_by_the_day_on_which_a_web_archive_met_it(
    given: date | None, saved: date | None, modified: str | None, expected: tuple[date, str]
) -> None:
    of_file = facts(b"", via="web_archive", published_on=given, last_modified=modified, captured_at=CAPTURED)

    assert publication_date(of_file, reading(saved)) == expected


def test_what_a_given_day_rests_on_may_be_said_with_it() -> None:
    starter = facts(b"", published_on=date(2026, 4, 17), published_on_is="workbook_last_saved")

    assert publication_date(starter, reading(None)) == (date(2026, 4, 17), "workbook_last_saved")


def test_a_quarantined_file_has_a_day_of_publication_too() -> None:
    assert publication_date(facts(b"", last_modified=MODIFIED), None) == (
        date(2026, 4, 17),
        "http_last_modified",
    )


# The database


def test_what_other_readers_landed_is_dropped_and_landed_again(
    database: Path, catalog: Catalog, archive: Archive
) -> None:
    store(archive, MARCH_FILE)
    land(database, catalog, archive)
    with warehouse.write(database) as connection:
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
    with warehouse.write(settings.build_database) as connection:
        connection.execute("create table stray as select 1 as x")

    prepare(settings.build_database, catalog, "key")

    assert rows(settings.build_database, "select raw_key from raw.landed_with") == [("key",)]
    assert rows(settings.build_database, "select * from duckdb_tables() where table_name = 'stray'") == []


def test_a_damaged_database_is_replaced(settings: Settings, catalog: Catalog) -> None:
    """The archive is the truth: what is lost with the build database is landed again."""
    settings.build.mkdir(parents=True)
    settings.build_database.write_bytes(b"State Bank of Pakistan" * 1000)

    landing.prepare(settings.build_database, catalog, "key")

    assert rows(settings.build_database, "select raw_key from raw.landed_with") == [("key",)]


def test_the_catalogue_is_landed_as_data(database: Path, catalog: Catalog) -> None:
    found = rows(database, "select release_id, kind, tier, cadence, len(addresses) from raw.releases")

    assert len(found) == len(catalog.releases)
    assert (SERVICES, "file", 1, "monthly", 3) in found
    assert ("transcribed_prints", "transcribed", 2, None, 0) in found


# The log of fetches


def asked(minute: int, outcome: str = "unchanged") -> FetchRecord:
    return FetchRecord(
        asked_at=datetime(2026, 5, 1, 0, minute, tzinfo=UTC),
        release_id=SERVICES,
        address="https://www.sbp.org.pk/assets/document/dt.xls",
        outcome=outcome,  # type: ignore[arg-type]
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
