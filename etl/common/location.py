"""Where a lake is, as values: its catalogue, its data, and one of its snapshots as a database.

Here: what the settings say, checked, and the statements that attach a lake. Not here: running them
(`etl.warehouse.connect`), and asking PostgreSQL (`etl.warehouse.connect.ducklake`).
"""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from etl.common.errors import EtlError

PREFIX = "ducklake:postgres:"
DATABASE = "warehouse"
"""What a lake is attached as: the name that DuckDB gives the file too."""

WRITER = "sbp-warehouse-writes"
"""How the sessions that write the lake are called in PostgreSQL."""

Moment = int | Literal["newest", "published"]


class LakeError(EtlError):
    """The lake cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Lake:
    """A lake: PostgreSQL knows what is in it, a folder or an S3-compatible store holds it."""

    catalogue: str
    """How PostgreSQL is reached, in libpq's words: `dbname=lake host=db.example.org user=etl`."""
    data: str
    """A folder, or `s3://bucket/folder/`; it ends in a slash."""
    is_own_store: bool = False
    """Whether the store is not Amazon's (`DUCKDB_S3_ENDPOINT`): it has buckets in the path of its
    addresses, and not in the name of its host."""

    def at(self, moment: Moment) -> "LakeDatabase":
        """Return the lake as it is or was."""
        return LakeDatabase(self, moment)

    @property
    def extensions(self) -> tuple[str, ...]:
        """DuckDB's extensions that it takes."""
        store = () if self.data.startswith("/") else ("httpfs",)
        return ("ducklake", "postgres_scanner", *store)

    @classmethod
    def from_words(cls, address: str, data: str, endpoint: str = "") -> "Lake":
        """Read the settings; raises `LakeError` where one cannot be used."""
        catalogue = address.removeprefix(PREFIX).strip()
        if "password" in catalogue:  # not shown; it would stand in messages and in dbt's log
            raise LakeError("ETL_WAREHOUSE holds a password; put that into ~/.pgpass or PGPASSWORD")
        if catalogue == address.strip() or "=" not in catalogue or "://" in catalogue:
            raise LakeError(
                f"ETL_WAREHOUSE is {address!r}; set it to {PREFIX}dbname=lake host=…, or unset it"
            )
        is_store = data.startswith("s3://") and len(data) > len("s3://")
        if not is_store and not Path(data).is_absolute():
            raise LakeError(f"ETL_LAKE_DATA is {data!r}; set it to the lake's folder, from /, or to s3://…")
        return cls(catalogue, data.rstrip("/") + "/", is_own_store=is_store and bool(endpoint))


@dataclass(frozen=True)
class LakeDatabase:
    """A lake at a moment: a number of its snapshots, the newest that may be half built, or the published."""

    lake: Lake
    moment: Moment

    def __str__(self) -> str:
        return f"{PREFIX}{self.lake.catalogue} at snapshot {self.moment}"


Database = Path | LakeDatabase
"""What can be opened: a file, or a lake."""


def load_statements(lake: Lake) -> list[str]:
    """Return the statements that load the extensions out of their packages, without asking the network."""
    loads = [f"load {_quoted(str(extension(name)))}" for name in lake.extensions]
    return [*loads, "set global s3_url_style = 'path'"] if lake.is_own_store else loads


def reading_statement(lake: Lake, alias: str, snapshot: int | None) -> str:
    """Return the statement that attaches a lake read-only, at a snapshot or at its newest."""
    pin = f"snapshot_version {snapshot}, " if snapshot is not None else ""
    return f"attach {_quoted(PREFIX + lake.catalogue)} as {alias} ({pin}read_only)"


def writing_statement(lake: Lake) -> str:
    """Return the statement that attaches a lake to be written, and makes it where there is none.

    Where few rows of a table come at once DuckLake would put them into PostgreSQL, a table for each table of
    each build: 90 tables a build, for no time saved. dbt's profile says the same.
    """
    address = f"{PREFIX}{lake.catalogue} application_name={WRITER}"
    return (
        f"attach {_quoted(address)} as {DATABASE} (data_path {_quoted(lake.data)}, data_inlining_row_limit 0)"
    )


def extension(name: str) -> Path:
    """Return the path of an extension of DuckDB inside its package; raises `LakeError` where there is
    none.
    """
    spec = find_spec(f"duckdb_extension_{name}")
    found = (
        sorted(Path(spec.origin).parent.glob(f"extensions/*/{name}.duckdb_extension"))
        if spec and spec.origin
        else []
    )
    if not found:
        raise LakeError(
            f"DuckDB's extension {name} is not installed; run `pip install -r requirements/lake.txt`"
        )
    return found[0]


def from_environment() -> Lake | None:
    """Read `ETL_WAREHOUSE` and `ETL_LAKE_DATA`; None where the warehouse is a file."""
    address = os.environ.get("ETL_WAREHOUSE", "").strip()
    if not address:
        return None
    data, endpoint = (os.environ.get(name, "").strip() for name in ("ETL_LAKE_DATA", "DUCKDB_S3_ENDPOINT"))
    return Lake.from_words(address, data, endpoint)


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
