"""A build database with no more than publication looks at: what was landed, and four marts.

By hand and not by dbt, which takes seconds; the figures are made up, and only told apart by tests.
"""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from etl.common.settings import Settings
from etl.publish import publish as publishing
from etl.publish.publish import Snapshot
from etl.warehouse import connect

FIRST_FILE, SECOND_FILE = "a" * 64, "b" * 64

MODELS = "key of the models that were built"


def build(settings: Settings, exports: float = 903.0, *, raw_key: str = "key") -> None:
    """Build the database anew, with one landed and one quarantined file."""
    settings.build.mkdir(parents=True, exist_ok=True)
    settings.build_database.write_bytes(_database(exports, raw_key))


@cache
def _database(exports: float, raw_key: str) -> bytes:
    """Return a database as bytes: making one anew for every test would take most of the tests' time."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.duckdb"
        _fill(path, exports, raw_key)
        return path.read_bytes()


def _fill(database: Path, exports: float, raw_key: str) -> None:
    with connect.write(database) as connection, connect.transaction(connection):
        for schema in ("raw", "marts"):
            connection.execute(f"create schema {schema}")
        connection.execute("create table raw.landed_with as select ? as raw_key", [raw_key])
        connection.execute(
            "create table raw.release_files (release_id varchar, file_sha256 varchar, decision varchar);"
            "create table marts.services_monthly (month date, exports double);"
            "create table marts.vintages (month date, exports double);"
            "create table marts.dim_release (release_id varchar, kind varchar, files_landed integer,"
            " files_quarantined integer, latest_period_ends_on date, latest_published_on date);"
            "create table marts.dim_release_file (release_id varchar, file_sha256 varchar, status varchar,"
            " first_seen_at timestamp, original_name varchar, quarantine_reason varchar,"
            " quarantine_where varchar, quarantine_expected varchar, quarantine_found varchar)"
        )
        for sha256 in (FIRST_FILE, SECOND_FILE):
            connection.execute(
                "insert into raw.release_files values ('trade_in_services', ?, null)", [sha256]
            )
        connection.execute("insert into marts.services_monthly values ('2026-03-01', ?)", [exports])
        connection.execute(
            "insert into marts.vintages values ('2026-03-01', ?), ('2026-02-01', 800)", [exports]
        )
        connection.executemany(
            "insert into marts.dim_release values (?, ?, ?, ?, ?, ?)",
            [
                ("balance_of_payments_summary", "file", 0, 0, None, None),
                ("trade_in_services", "file", 1, 1, date(2026, 3, 31), date(2026, 4, 17)),
                ("transcribed_prints", "transcribed", 0, 0, None, None),
            ],
        )
        connection.executemany(
            "insert into marts.dim_release_file values ('trade_in_services', ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (FIRST_FILE, "landed", datetime(2026, 4, 17), "dt-2026-03.xls", None, None, None, None),
                ("c" * 64, "quarantined", datetime(2026, 5, 1), "older.xls", "x", "x", "x", "x"),
                (
                    SECOND_FILE,
                    "quarantined",
                    datetime(2026, 5, 18),
                    "dt.xls",
                    "a row is missing",
                    "row 9",
                    "a",
                    "b",
                ),
            ],
        )


def publish(settings: Settings, exports: float = 903.0) -> Snapshot:
    """Build, test and publish."""
    build(settings, exports)
    publishing.mark_tested(settings, MODELS)
    return publishing.publish(settings)


def exports_in(database: Path) -> float:
    """Return the one figure of a published database, over a connection of its own."""
    with connect.read(database) as connection:
        return exports_of(connection)


def exports_of(connection: duckdb.DuckDBPyConnection) -> float:
    """Return the one figure that a connection sees."""
    row = connection.execute("select exports from marts.services_monthly").fetchone()
    assert row is not None
    return float(row[0])
