"""What the archive holds becomes append-only tables; a file lands once and whole, or is quarantined."""

from datetime import date, datetime
from pathlib import Path

import pytest

from etl.archive.store import Archive, ArchiveError
from etl.catalog.releases import Catalog
from etl.common.settings import Settings
from etl.landing import land as landing
from etl.warehouse import connect
from tests.support.easydata import BALANCE, PORTAL_COLUMNS, csv_of
from tests.support.landed import FEBRUARY_FILE, MARCH_FILE, counts, everything, land, prepare, rows, store
from tests.support.readings import SERVICES, SUMMARY
from tests.support.releases import SUMMARY_OF_MARCH, facts
from tests.support.workbooks import services_grid


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

    def crash(connection: connect.Connection, table: str, values: object) -> None:
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
