"""Landing: what the archive holds, as append-only tables in schema `raw`.

Here: one raw table a release, the table of release files with the reason of each quarantine, the log of
fetches, the catalogue as data and the public holidays. Not here: reading (`etl.readers`) and meaning
(`dbt_project`).

A file is landed once and in one transaction, which others may share; nothing in `raw` is ever changed, unless
a person decides something about an archived file: then its release is landed again.

Each edition is checked beside the one before it (`etl.readers.plausibility`), in the order in which the files
came: so a replay of the archive comes to the same verdicts.

Where the readers, the catalogue, the known labels or the holidays change, what was landed may no longer be
what would be: the build database is then dropped and landed again from the archive.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date
from email.utils import parsedate_to_datetime
from itertools import islice
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from etl.archive.store import Archive, ArchivedFile, FetchRecord, FileFacts
from etl.catalog.calendar import public_holidays
from etl.catalog.labels import known_row_keys, row_key
from etl.catalog.releases import Catalog, Release
from etl.common.location import Database
from etl.common.settings import TIME_ZONE
from etl.landing import raw_tables, sandbox
from etl.landing.read_files import Reader, ReadFile, ReadFiles, read_files
from etl.readers import plausibility
from etl.readers.values import LayoutChangedError, NotUnderstood, Reading
from etl.warehouse import comments, connect

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


@contextmanager
def ready(build_database: Database, catalog: Catalog, raw_key: str) -> Iterator[connect.Connection]:
    """Open the build database, ready to land in; drop one that other readers or labels landed, or that is
    damaged: the archive is the truth.
    """
    with ExitStack() as stack:
        connection = None
        if connect.exists(build_database):
            with suppress(connect.DamagedError):
                connection = stack.enter_context(connect.write(build_database))
            if connection is None or _landed_with(connection) != raw_key:
                stack.close()
                connect.delete(build_database)
                connection = None
        if connection is None:
            connection = stack.enter_context(connect.write(build_database))
            _prepare(connection, catalog, raw_key)
        yield connection


def _prepare(connection: connect.Connection, catalog: Catalog, raw_key: str) -> None:
    """Make the tables and the note of what landed them, or nothing."""
    with connect.transaction(connection):
        connection.execute("create schema if not exists raw")
        tables = [*raw_tables.BOOKKEEPING_TABLES, raw_tables.LANDED_WITH]
        tables += [raw_tables.observations(release) for release in catalog.file_releases]
        for table in tables:
            connection.execute(table.ddl)
        connection.execute("insert into raw.landed_with values (?)", [raw_key])
        _land_catalog(connection, catalog)
        _land_public_holidays(connection)
        _describe(connection, tables)


def _describe(connection: connect.Connection, tables: Iterable[raw_tables.RawTable]) -> None:
    """Write what the tables and their columns are into the database."""
    wanted = [
        comment
        for table in tables
        for comment in comments.of_relation(
            "table",
            f"raw.{table.name}",
            table.description,
            ((column.name, column.description) for column in table.columns),
        )
    ]
    connection.execute(";".join(comments.statements(wanted)))


def land_releases(
    connection: connect.Connection, releases: Iterable[Release], archive: Archive
) -> tuple[LandedFile, ...]:
    """Land the files of releases that are not landed yet; a file landed before is left as it is."""
    landed: list[LandedFile] = []
    corrected = connection.execute("select file_sha256 from raw.corrections").fetchall()
    to_correct = frozenset(sha256 for (sha256,) in corrected)
    # The other cores read; a second thread here would only wait for rows, and it waits by spinning.
    connection.execute("set threads = 1")
    for release in releases:
        files = _to_land(connection, release, archive)
        if not files:
            continue
        _, _, layout = release.rules
        reader = Reader(layout, known_row_keys(layout), to_correct)
        accepted = Accepted(connection, release)
        counted = [file for file in files if file.withdrawn_because is None]
        with connect.transaction(connection):
            for file in files:
                if file.withdrawn_because is not None:
                    landed.append(_land_withdrawn(connection, file))
        for batch in _batches(read_files(counted, reader)):
            checked = [accepted.check(part) for part in batch]
            with connect.transaction(connection):
                landed += _land_batch(connection, release, checked)
    # What comes next, dbt's models, needs the memory: 66 MB of the process that read, and 20 of Arrow's.
    sandbox.shared().close()
    pa.default_memory_pool().release_unused()
    return tuple(landed)


def _to_land(connection: connect.Connection, release: Release, archive: Archive) -> list[ArchivedFile]:
    """Return the files of a release that are not landed, in the order in which they came. Where a person
    decided something about one that is landed, all of the release is landed again: each file is judged
    beside those that came before it.
    """
    files = archive.files(release.id)
    rows = connection.execute(
        "select file_sha256, decision from raw.release_files where release_id = ?", [release.id]
    ).fetchall()
    done = dict(rows)
    if any(done.get(file.facts.sha256, file.decision) != file.decision for file in files):
        with connect.transaction(connection):
            for table in ("unread_cells", release.id):
                connection.execute(
                    f'delete from raw."{table}" where file_sha256 in'
                    " (select file_sha256 from raw.release_files where release_id = ?)",
                    [release.id],
                )
            for table in ("printed_periods", "release_files"):
                connection.execute(f'delete from raw."{table}" where release_id = ?', [release.id])
        return list(files)
    return [file for file in files if file.facts.sha256 not in done]


class Accepted:
    """The accepted editions of a release, beside which the next ones are checked."""

    def __init__(self, connection: connect.Connection, release: Release) -> None:
        """Take the editions that are landed."""
        self._connection = connection
        self._release = release
        self._layout = release.rules[2]
        self._editions: list[tuple[date, str]] = connection.execute(
            "select latest_period_ends_on, file_sha256 from raw.release_files"
            " where release_id = ? and status = 'landed' order by first_seen_at, file_sha256",
            [release.id],
        ).fetchall()
        self._in_memory: dict[str, plausibility.Edition] = {}
        rows = connection.execute("select file_sha256 from raw.corrections").fetchall()
        self._corrected = frozenset(sha256 for (sha256,) in rows)

    def check(self, part: ReadFiles) -> ReadFiles:
        """Return files with those quarantined whose figures cannot be true beside the edition before them, or
        that were published before a period in them had ended.
        """
        files, refused = [], []
        for file in part.files:
            checked = self._checked(file, part.observations)
            refused += [file.archived.facts.sha256] if checked is not file else []
            files.append(checked)
        observations = part.observations
        if refused:
            is_kept = pc.invert(pc.is_in(observations["file_sha256"].cast(pa.string()), pa.array(refused)))
            observations = observations.filter(is_kept)
        return ReadFiles(tuple(files), observations)

    def _checked(self, file: ReadFile, observations: pa.Table) -> ReadFile:
        reading, sha256 = file.reading, file.archived.facts.sha256
        if reading is None:
            return file
        now = _edition(observations.filter(pc.equal(observations["file_sha256"], sha256)))
        try:
            _require_ended(file.archived.facts, reading, now)
            before = self._nearest(reading.latest_period_ends_on)
            if before is not None and sha256 not in self._corrected:
                plausibility.check_beside(before, now, self._layout)
        except LayoutChangedError as error:
            return ReadFile(file.archived, None, 0, error.explanation)
        self._editions.append((reading.latest_period_ends_on, sha256))
        self._in_memory[sha256] = now
        return file

    def _nearest(self, ends_on: date) -> plausibility.Edition | None:
        """Return the newest edition up to a day, else the oldest after it; None where there is none."""
        earlier = [edition for edition in self._editions if edition[0] <= ends_on]
        chosen = max(earlier, key=lambda edition: edition[0], default=None)
        chosen = chosen or min(self._editions, key=lambda edition: edition[0], default=None)
        if chosen is None:
            return None
        newest = next(sha256 for day, sha256 in reversed(self._editions) if day == chosen[0])
        if newest not in self._in_memory:
            self._in_memory[newest] = _edition(
                self._connection.execute(
                    f'select * from raw."{self._release.id}" where file_sha256 = ?', [newest]
                ).to_arrow_table()
            )
        return self._in_memory[newest]


def _edition(observations: pa.Table) -> plausibility.Edition:
    """Return the numbers of one edition by what they are about."""
    of = {name: observations[name].to_pylist() for name in _OF_EDITION}
    return {
        plausibility.Figure(key, row_key(flow or ""), type_, starts, ends): plausibility.EditionNumber(
            *printed
        )
        for key, flow, type_, starts, ends, *printed in zip(*of.values(), strict=True)
        if printed[0] is not None
    }


_OF_EDITION = (
    *("row_key", "flow_label", "period_type", "period_starts_on", "period_ends_on"),
    *("value", "sheet", "cell", "row_label", "column_label", "value_as_printed"),
)


def _require_ended(facts: FileFacts, reading: Reading, figures: plausibility.Edition) -> None:
    """Check that no period of a file ends after it was published."""
    published_on, rests_on = publication_date(facts, reading)
    if reading.latest_period_ends_on <= published_on:
        return
    last = [p for figure, p in figures.items() if figure.ends_on == reading.latest_period_ends_on]
    raise LayoutChangedError(
        "a period ends after the file was published",
        last[0].where if last else "the file",
        f"periods to {published_on} ({rests_on.replace('_', ' ')})",
        f"one to {reading.latest_period_ends_on}",
    )


def _land_withdrawn(connection: connect.Connection, file: ArchivedFile) -> LandedFile:
    """Land the row of a file that a person took out, and none of its figures."""
    row = _file_row(ReadFile(file, None, 0, None))
    row |= {"status": "withdrawn", "quarantine_reason": file.withdrawn_because}
    _insert(connection, "release_files", pa.Table.from_pylist([row]))
    facts = file.facts
    return LandedFile(facts.release_id, facts.sha256, facts.original_name, 0, 0, None)


def land_fetches(connection: connect.Connection, archive: Archive) -> int:
    """Land the lines that the log of fetches has gained; returns how many."""
    with connect.transaction(connection):
        row = connection.execute("select count(*) from raw.fetches").fetchone()
        records = list(islice(archive.fetches(), row[0] if row else 0, None))
        if records:
            _insert(connection, "fetches", pa.Table.from_pylist([_fetch_row(r) for r in records]))
        return len(records)


def publication_date(facts: FileFacts, reading: Reading | None) -> tuple[date, str]:
    """Return the day in Karachi on which a file was published, and what that rests on.

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
    clocks: list[tuple[date | None, str]] = []
    if reading is not None:
        clocks += [(reading.stated_on, "stated_by_sbp"), (reading.last_saved_on, "workbook_last_saved")]
    clocks.append((_last_modified_on(facts), "http_last_modified"))
    for day, rests_on in clocks:
        # A clock that shows a day before the end of the newest month was wrong: the next one counts.
        if day is not None and (reading is None or day >= reading.latest_period_ends_on):
            return day, rests_on
    return facts.first_seen_at.astimezone(karachi).date(), "first_seen"


def _last_modified_on(facts: FileFacts) -> date | None:
    """Return the day in Karachi of the server's header; None where there is none, or it is no date."""
    if facts.last_modified is None:
        return None
    try:
        return parsedate_to_datetime(facts.last_modified).astimezone(ZoneInfo(TIME_ZONE)).date()
    except ValueError:
        return None


def _landed_with(connection: connect.Connection) -> str | None:
    """Return the key with which a database was landed; None where it has none."""
    is_there = connection.execute(
        "select 1 from information_schema.tables where table_schema = 'raw' and table_name = 'landed_with'"
    ).fetchone()
    row = connection.execute("select raw_key from raw.landed_with").fetchone() if is_there else None
    return str(row[0]) if row else None


def _batches(parts: Iterator[ReadFiles]) -> Iterator[list[ReadFiles]]:
    """Return files in batches with about as many observations as DuckDB stores in one piece."""
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


def _land_batch(connection: connect.Connection, release: Release, batch: list[ReadFiles]) -> list[LandedFile]:
    files = [file for part in batch for file in part.files]
    _insert(connection, "release_files", pa.Table.from_pylist([_file_row(file) for file in files]))
    # In one piece it lands in a third of the time.
    observations = pa.concat_tables(part.observations for part in batch).combine_chunks()
    _insert(connection, release.id, observations)
    periods = observations.group_by(["file_sha256", "period_ends_on"]).aggregate([])
    _insert(
        connection,
        "printed_periods",
        periods.append_column("release_id", pa.repeat(release.id, len(periods))),
    )
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
        "decision": file.archived.decision,
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


def _land_catalog(connection: connect.Connection, catalog: Catalog) -> None:
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


def _land_public_holidays(connection: connect.Connection) -> None:
    rows = [holiday._asdict() for holiday in public_holidays()]
    _insert(connection, "public_holidays", pa.Table.from_pylist(rows))


def _fetch_row(record: FetchRecord) -> dict[str, object]:
    values = {name: getattr(record, name) for name in record.__struct_fields__}
    values["asked_at"] = record.asked_at.astimezone(UTC).replace(tzinfo=None)
    values["file_sha256"] = values.pop("sha256")
    return values


def _insert(connection: connect.Connection, table: str, rows: pa.Table) -> None:
    """Append an Arrow table by the names of its columns."""
    connection.register("rows_to_land", rows)
    connection.execute(f'insert into raw."{table}" by name select * from rows_to_land')
    connection.unregister("rows_to_land")
