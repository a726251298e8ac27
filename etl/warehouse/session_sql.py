"""What a session on a database starts with, as SQL: what it may take and reach, where it looks for tables.

Here: statements, for connections of this process and for DuckDB's own shell alike. Not here: running them
(`warehouse`).
"""

from collections.abc import Iterable
from pathlib import Path

from etl.common import location
from etl.common.location import Database, LakeDatabase, LakeError
from etl.warehouse import ducklake

MEMORY_LIMIT = "400MB"
"""A refresh promises to stay below 700 MB with Dagster and dbt in memory; DuckDB's own default is four
fifths of the machine."""


SPILL_LIMIT = "4GB"
"""Of what does not fit into the memory. DuckDB's own default is nine tenths of what is free on the disk,
which one query of a reader would take from the next refresh."""

PUBLISHED_SCHEMAS = ("marts", "main")
"""Where analysts look for a table: the marts, and views of them."""


def published(database: Database) -> list[str]:
    """Return what a session on the published file, or one in memory that is to have the lake, starts with;
    marts and views then need no schema.
    """
    return [
        *([] if isinstance(database, Path) else attach_and_use(database)),
        search_path(PUBLISHED_SCHEMAS),
    ]


def bounds(spilled: Path) -> list[str]:
    """Return what bounds a session of another program: its memory, and what it may put into a folder
    beyond.
    """
    return [
        f"set memory_limit = '{MEMORY_LIMIT}'",
        f"set temp_directory = {_quoted(str(spilled))}",
        f"set max_temp_directory_size = '{SPILL_LIMIT}'",
    ]


def attach_and_use(database: Database) -> list[str]:
    """Return what attaches a database and makes its names need no catalogue."""
    return [*attach(database, location.DATABASE), f"use {location.DATABASE}"]


def attach(database: Database, alias: str) -> list[str]:
    """Return what attaches a database read-only under a name; a lake needs its extensions first."""
    if isinstance(database, Path):
        return [f"attach {_quoted(str(database))} as {alias} (read_only)"]
    return [
        *location.load_statements(database.lake),
        location.reading_statement(database.lake, alias, _snapshot_id(database)),
    ]


def shut_in(database: Database, export_to: Path | None = None) -> list[str]:
    """Return what shuts a session in."""
    allowed = [str(export_to)] if export_to is not None else []
    if isinstance(database, LakeDatabase):
        allowed.append(database.lake.data)
    folders = ", ".join(_quoted(folder) for folder in allowed)
    return [
        *([f"set allowed_directories = [{folders}]"] if allowed else []),
        "set enable_external_access = false",
        "set lock_configuration = true",
    ]


def search_path(schemas: Iterable[str]) -> str:
    """Return what says where a table that is named without a schema is looked for."""
    return f"set search_path = '{','.join(schemas)}'"


def _snapshot_id(database: LakeDatabase) -> int | None:
    """Return the snapshot to attach; None is the newest."""
    if database.moment == "published":
        published = ducklake.newest(database.lake)
        if published is None:
            raise LakeError(f"nothing is published in {database}; run `etl refresh` first")
        return published.snapshot_id
    return None if database.moment == "newest" else database.moment


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
