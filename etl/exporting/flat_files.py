"""A mart as a file of its own: Parquet and CSV, written by DuckDB itself.

Here: how a value stands in each. Parquet keeps every type, decimals and lists included. CSV is UTF-8 with a
header, ISO dates, timestamps in UTC, a point before decimals, nothing for null, and JSON for lists; text is
as it is in the mart, also where a spreadsheet would take it for a formula. Not here: rows; DuckDB streams
them.
"""

from pathlib import Path
from typing import Literal

from etl.exporting.tables import Mart
from etl.warehouse import Connection

FlatFormat = Literal["parquet", "csv"]

_OPTIONS: dict[FlatFormat, str] = {
    "parquet": "format parquet, compression zstd",
    "csv": "format csv, header, delimiter ',', timestampformat '%Y-%m-%dT%H:%M:%S.%fZ'",
}


def write(connection: Connection, mart: Mart, style: FlatFormat, path: Path, *, is_sorted: bool) -> int:
    """Write a mart as a new file and give the number of its rows."""
    query = mart.query(is_flat=style == "csv", is_sorted=is_sorted)
    quoted = str(path).replace("'", "''")
    written = connection.execute(f"copy ({query}) to '{quoted}' ({_OPTIONS[style]})").fetchone()
    return int(written[0]) if written else 0
