"""Landing: what the archive holds, as append-only tables in schema `raw`.

Here: one raw table a release, the table of release files with the reason of each quarantine, the log of
fetches, the catalogue as data and the public holidays. Not here: reading (`etl.reading`) and meaning
(`dbt_project`).

A file is landed once and in one transaction, which others may share; nothing in `raw` is ever changed.
Where the readers, the catalogue, the known labels or the holidays change, what was landed may no longer be
what would be: the build database is then dropped and landed again from the archive.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa

from etl import warehouse
from etl.archive import Archive, FetchRecord, FileFacts
from etl.catalog import Catalog, Release
from etl.known_rows import known_row_keys
from etl.reading.values import NotUnderstood, Reading
from etl.reading_files import Reader, ReadFile, ReadFiles, read_files
from etl.settings import TIME_ZONE
from etl.working_days import public_holidays

OBSERVATION_COLUMNS: dict[str, tuple[str, str]] = {
    "file_sha256": ("varchar", "SHA-256 of the release file; joins to raw.release_files."),
    "sheet": ("varchar", "Sheet of the workbook, as written; of a PDF the page, such as page 3."),
    "cell": ("varchar", "Cell as a spreadsheet shows it, such as I59; of a page line 12, number 4."),
    "row_number": ("integer", "Row of the sheet, or of the table on all pages, counted from 1."),
    "row_label": (
        "varchar",
        "Row label exactly as printed; where periods run down, the headers of the column.",
    ),
    "row_key": ("varchar", "The label, or the path of labels or headers it stands under, in one spelling."),
    "indent": ("integer", "Indent level of the label, where the layout needs it."),
    "column_label": (
        "varchar",
        "Period as printed, above the column or beside the row; a date cell in ISO form.",
    ),
    "flow_label": (
        "varchar",
        "Credit, Debit or Net, where columns are grouped so; the title of a file's several tables.",
    ),
    "unit_label": ("varchar", "Unit as printed above the table."),
    "period_type": (
        "varchar",
        "week, month, fiscal_quarter, fiscal_year, fiscal_year_to_date, part_of_year or span (years).",
    ),
    "period_starts_on": ("date", "First day of the period."),
    "period_ends_on": ("date", "Last day of the period."),
    "status_mark": (
        "varchar",
        "P (provisional) or R (revised) as printed beside the period; of a series its status in words.",
    ),
    "value": ("double", "The number in the printed unit; null where the cell prints its absence."),
    "value_as_printed": ("varchar", "The number: in a PDF as printed, else in its shortest form; or N/A, -."),
    "decimals": ("integer", "Digits after the point in the shortest form."),
}
"""Columns of every raw table of a release: type and description. Also dbt's source declares them."""

BOOKKEEPING_TABLES: dict[str, str] = {
    "release_files": "One row an archived file: landed or quarantined, with its dates and its reason.",
    "unread_cells": "Numbers of landed files that belong to no observation.",
    "fetches": "Every answer of every address that was ever asked: the log `archive/fetches.jsonl`.",
    "corrections": "Cells that print something else than is meant: the entries of etl/corrections/.",
    "releases": "The catalogue as data: what each release is, and its precedence, precision and calendar.",
    "public_holidays": "Public holidays of Pakistan as the library `holidays` has them, from 2005 to 2040.",
}
"""The other raw tables, and what they hold."""

_FILES_DDL = """
create table if not exists raw.release_files (
    file_sha256 varchar not null, release_id varchar not null, status varchar not null,
    format varchar not null, size_bytes bigint not null, via varchar not null,
    original_name varchar not null, source_address varchar, first_seen_at timestamp not null,
    last_modified varchar, published_on date, published_on_is varchar, latest_period_ends_on date,
    figures_sha256 varchar, is_complete boolean, observation_count integer not null,
    unread_count integer not null,
    quarantine_reason varchar, quarantine_where varchar, quarantine_expected varchar,
    quarantine_found varchar
)"""
_UNREAD_DDL = """
create table if not exists raw.unread_cells (
    file_sha256 varchar not null, sheet varchar not null, cell varchar not null, value_as_printed varchar
)"""
_FETCHES_DDL = """
create table if not exists raw.fetches (
    asked_at timestamp not null, release_id varchar not null, address varchar not null,
    outcome varchar not null, asked_by varchar not null, reason varchar, status integer,
    final_address varchar, last_modified varchar, etag varchar, content_type varchar,
    content_length bigint, elapsed_seconds double, file_sha256 varchar, digest varchar
)"""
_CORRECTIONS_DDL = """
create table if not exists raw.corrections (
    correction_id varchar not null, release_id varchar not null, file_sha256 varchar not null,
    sheet varchar not null, cell varchar not null, as_printed varchar not null, should_be double not null,
    why varchar not null, said_by varchar not null, source_url varchar not null
)"""
_RELEASES_DDL = """
create table if not exists raw.releases (
    release_id varchar not null, title varchar not null, description varchar not null,
    kind varchar not null, series varchar not null, tier integer not null, basis varchar not null,
    precision_in_words varchar not null, tolerance_usd_mn double not null, cadence varchar,
    usual_lag_days integer, overdue_after_days integer, addresses varchar[] not null
)"""
_HOLIDAYS_DDL = """
create table if not exists raw.public_holidays (
    holiday_on date not null, holiday_name varchar not null, is_estimated boolean not null
)"""

_BOOKKEEPING_DDL = (_FILES_DDL, _UNREAD_DDL, _FETCHES_DDL, _CORRECTIONS_DDL, _RELEASES_DDL, _HOLIDAYS_DDL)


_OBSERVATIONS_IN_ONE_GO = 122_880
"""What DuckDB stores as one group of rows: it is compressed once where it comes at once. To land each of
a thousand files by itself took ten times as long."""


@dataclass(frozen=True)
class LandedFile:
    """What landing one file did."""

    release_id: str
    file_sha256: str
    original_name: str
    observation_count: int
    unread_count: int
    quarantine: NotUnderstood | None


def prepare(build_database: Path, catalog: Catalog, raw_key: str) -> None:
    """Make the build database ready to land in; drop one that other readers or labels landed, or that is
    damaged: the archive is the truth.
    """
    if build_database.exists() and _raw_key(build_database) != raw_key:
        build_database.unlink()
        build_database.with_name(build_database.name + ".wal").unlink(missing_ok=True)
    with warehouse.write(build_database) as connection, warehouse.transaction(connection):
        connection.execute("create schema if not exists raw")
        for statement in _BOOKKEEPING_DDL:
            connection.execute(statement)
        for release in catalog.file_releases:
            columns = ", ".join(f'"{name}" {sql_type}' for name, (sql_type, _) in OBSERVATION_COLUMNS.items())
            connection.execute(f'create table if not exists raw."{release.id}" ({columns})')
        connection.execute("create table if not exists raw.landed_with (raw_key varchar)")
        if not connection.execute("select 1 from raw.landed_with").fetchone():
            connection.execute("insert into raw.landed_with values (?)", [raw_key])
            _land_catalog(connection, catalog)
            _land_public_holidays(connection)


def land_release(build_database: Path, release: Release, archive: Archive) -> tuple[LandedFile, ...]:
    """Land the files of a release that are not landed yet; a file landed before is left as it is."""
    _, _, layout = release.rules
    reader = Reader(layout, known_row_keys(layout))
    landed: list[LandedFile] = []
    with warehouse.write(build_database) as connection:
        done = {
            row[0]
            for row in connection.execute(
                "select file_sha256 from raw.release_files where release_id = ?", [release.id]
            ).fetchall()
        }
        # The other cores read; a second thread here would only wait for rows, and it waits by spinning.
        connection.execute("set threads = 1")
        files = [file for file in archive.files(release.id) if file.facts.sha256 not in done]
        for batch in _batches(read_files(files, reader)):
            with warehouse.transaction(connection):
                landed += _land_batch(connection, release, batch)
    return tuple(landed)


def land_fetches(build_database: Path, archive: Archive) -> int:
    """Land the lines that the log of fetches has gained; gives how many."""
    with warehouse.write(build_database) as connection, warehouse.transaction(connection):
        row = connection.execute("select count(*) from raw.fetches").fetchone()
        records = list(islice(archive.fetches(), row[0] if row else 0, None))
        if records:
            _insert(connection, "fetches", pa.Table.from_pylist([_fetch_row(r) for r in records]))
        return len(records)


def publication_date(facts: FileFacts, reading: Reading | None) -> tuple[date, str]:
    """Give the day in Karachi on which a file was published, and what that rests on.

    Given with the file, else stated by SBP in it, else when its workbook was last saved, else the
    server's Last-Modified, else the day a web archive met it, else the day it was first seen; the last
    three are upper bounds. Whatever a file says of itself, it was published when a web archive met it.
    """
    if facts.published_on is not None:
        return facts.published_on, facts.published_on_is or "given_by_hand"
    day, rests_on = _day_of_file(facts, reading)
    if facts.captured_at is not None:
        captured_on = facts.captured_at.astimezone(ZoneInfo(TIME_ZONE)).date()
        if captured_on < day:
            return captured_on, "capture_date"
    return day, rests_on


def _day_of_file(facts: FileFacts, reading: Reading | None) -> tuple[date, str]:
    karachi = ZoneInfo(TIME_ZONE)
    if reading is not None and reading.stated_on is not None:
        return reading.stated_on, "stated_by_sbp"
    if reading is not None and reading.last_saved_on is not None:
        return reading.last_saved_on, "workbook_last_saved"
    if facts.last_modified is not None:
        try:
            return parsedate_to_datetime(facts.last_modified).astimezone(karachi).date(), "http_last_modified"
        except ValueError:
            pass  # a header that is no date says nothing; the next clock does
    return facts.first_seen_at.astimezone(karachi).date(), "first_seen"


def _raw_key(build_database: Path) -> str | None:
    """Give the key with which a database was landed; None where it has none or is no database."""
    try:
        return _landed_with(build_database)
    except warehouse.DamagedError:
        return None


def _landed_with(build_database: Path) -> str | None:
    with warehouse.write(build_database) as connection:
        is_there = connection.execute(
            "select 1 from information_schema.tables"
            " where table_schema = 'raw' and table_name = 'landed_with'"
        ).fetchone()
        row = connection.execute("select raw_key from raw.landed_with").fetchone() if is_there else None
    return str(row[0]) if row else None


def _batches(parts: Iterator[ReadFiles]) -> Iterator[list[ReadFiles]]:
    """Give files in batches with about as many observations as DuckDB stores in one piece."""
    batch: list[ReadFiles] = []
    size = 0
    for part in parts:
        rows = part.observations.num_rows
        if batch and size + rows > _OBSERVATIONS_IN_ONE_GO:
            yield batch
            batch, size = [], 0
        batch.append(part)
        size += rows
    if batch:
        yield batch


def _land_batch(
    connection: warehouse.Connection, release: Release, batch: list[ReadFiles]
) -> list[LandedFile]:
    files = [file for part in batch for file in part.files]
    _insert(connection, "release_files", pa.Table.from_pylist([_file_row(file) for file in files]))
    observations = pa.concat_tables(part.observations for part in batch)
    _insert(connection, release.id, observations.combine_chunks())  # in one piece it lands in a third
    if unread := [row for file in files for row in _unread_rows(file)]:
        _insert(connection, "unread_cells", pa.Table.from_pylist(unread))
    return [_landed(file) for file in files]


def _file_row(file: ReadFile) -> dict[str, object]:
    facts, reading, quarantine = file.archived.facts, file.reading, file.quarantine
    published_on, published_on_is = publication_date(facts, reading)
    return {
        "file_sha256": facts.sha256,
        "release_id": facts.release_id,
        "status": "quarantined" if quarantine else "landed",
        "format": facts.format,
        "size_bytes": facts.size_bytes,
        "via": facts.via,
        "original_name": facts.original_name,
        "source_address": facts.source_address,
        "first_seen_at": facts.first_seen_at.astimezone(UTC).replace(tzinfo=None),
        "last_modified": facts.last_modified,
        "published_on": published_on,
        "published_on_is": published_on_is,
        "latest_period_ends_on": reading.latest_period_ends_on if reading else None,
        "figures_sha256": reading.figures_sha256 if reading else None,
        "is_complete": reading.is_complete if reading else None,
        "observation_count": file.observation_count,
        "unread_count": len(file.unread),
        "quarantine_reason": quarantine and quarantine.reason,
        "quarantine_where": quarantine and quarantine.where,
        "quarantine_expected": quarantine and quarantine.expected,
        "quarantine_found": quarantine and quarantine.found,
    }


def _unread_rows(file: ReadFile) -> list[dict[str, object]]:
    return [
        {
            "file_sha256": file.archived.facts.sha256,
            "sheet": cell.sheet,
            "cell": cell.cell,
            "value_as_printed": cell.value_as_printed,
        }
        for cell in file.unread
    ]


def _landed(file: ReadFile) -> LandedFile:
    facts = file.archived.facts
    return LandedFile(
        facts.release_id,
        facts.sha256,
        facts.original_name,
        file.observation_count,
        len(file.unread),
        file.quarantine,
    )


def _land_catalog(connection: warehouse.Connection, catalog: Catalog) -> None:
    rows = [
        {
            "release_id": release.id,
            "title": release.title,
            "description": release.description.strip(),
            "kind": release.kind,
            "series": release.series,
            "tier": release.source.tier,
            "basis": release.source.basis,
            "precision_in_words": release.source.precision,
            "tolerance_usd_mn": release.source.tolerance_usd_mn,
            "cadence": release.calendar and release.calendar.cadence,
            "usual_lag_days": release.calendar and release.calendar.usual_lag_days,
            "overdue_after_days": release.calendar and release.calendar.overdue_after_days,
            "addresses": list(release.fetch.addresses) if release.fetch else [],
        }
        for release in catalog.releases
    ]
    _insert(connection, "releases", pa.Table.from_pylist(rows))
    if catalog.corrections:
        entries = [msgspec.structs.asdict(correction) for correction in catalog.corrections]
        rows = [{"correction_id": entry.pop("id")} | entry for entry in entries]
        _insert(connection, "corrections", pa.Table.from_pylist(rows))


def _land_public_holidays(connection: warehouse.Connection) -> None:
    rows = [holiday._asdict() for holiday in public_holidays()]
    _insert(connection, "public_holidays", pa.Table.from_pylist(rows))


def _fetch_row(record: FetchRecord) -> dict[str, object]:
    values = {name: getattr(record, name) for name in record.__struct_fields__}
    values["asked_at"] = record.asked_at.astimezone(UTC).replace(tzinfo=None)
    values["file_sha256"] = values.pop("sha256")
    return values


def _insert(connection: warehouse.Connection, table: str, rows: pa.Table) -> None:
    """Append an Arrow table by the names of its columns."""
    connection.register("rows_to_land", rows)
    connection.execute(f'insert into raw."{table}" by name select * from rows_to_land')
    connection.unregister("rows_to_land")
