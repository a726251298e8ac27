"""The only place that opens DuckDB files.

Here: connections that always close, and errors that say who holds a file. Not here: what is written or
read through them.

DuckDB lets one process write or many read. So the build database is written by one refresh at a time
(`build_lock`), and readers never open it: they open the published copy, which nobody writes.
"""

from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from etl.errors import EtlError

Connection = duckdb.DuckDBPyConnection
Config = dict[str, str | bool | int | float | list[str]]

STORAGE_VERSION = "v1.2.0"
"""Files in this format open in every DuckDB from 1.2 on; the default of later versions does not."""

_MEMORY_LIMIT = "400MB"
"""A refresh promises to stay below 700 MB with Dagster and dbt in memory; DuckDB's own default is four
fifths of the machine."""


_SPILL_LIMIT = "4GB"
"""Of what does not fit into the memory. DuckDB's own default is nine tenths of what is free on the disk,
which one query of a reader would take from the next refresh."""


class WarehouseError(EtlError):
    """A database cannot be opened; the message says why and what to do."""


@contextmanager
def write(path: Path) -> Iterator[Connection]:
    """Open a database for writing and close it whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    config: Config = {
        "storage_compatibility_version": STORAGE_VERSION,
        "memory_limit": _MEMORY_LIMIT,
        # A database that DuckDB 1.5 had built several times over, leaving in place what it wrote before,
        # could not be read by 1.2 and 1.3 (`Failed to load metadata pointer`). To write all of it anew at
        # each checkpoint costs a tenth of a second. dbt's profile says the same.
        "experimental_metadata_reuse": "false",
    }
    connection = _connect(path, read_only=False, config=config)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def read(path: Path, *schemas: str, export_to: Path | None = None) -> Iterator[Connection]:
    """Open a database read-only and shut in: no query can write, reach another file or the network, or
    load an extension. A table that is named without a schema is looked for in `schemas`, by default `main`.

    Where `export_to` is given, files can be written below that folder, and nowhere else.
    """
    with _reading(path, read_only=True) as connection:
        connection.execute(_search_path(schemas or ("main",)))
        _shut_in(connection, export_to)
        yield connection


@contextmanager
def read_as_of(
    path: Path, day: date, marts: Collection[str] | None = None, export_to: Path | None = None
) -> Iterator[Connection]:
    """Open a published database with its marts and their views as they were known on a day, under their
    usual names. With `marts` only those are worked out, which is faster, and no view. As shut in as `read`,
    and nothing is written but to memory.
    """
    statements = as_of_statements(path, day, marts)
    with _reading(Path(":memory:"), read_only=False) as connection:
        for statement in statements:
            connection.execute(statement)
        _shut_in(connection, export_to)
        yield connection


@contextmanager
def _reading(path: Path, *, read_only: bool) -> Iterator[Connection]:
    """Open a database for a reader, with bounds for what its queries may take.

    What does not fit into the memory goes to a folder of its own that is removed at the end. By DuckDB's
    default it would lie beside the published file, or of a database in memory wherever the command was
    started.
    """
    with TemporaryDirectory(prefix="sbp-warehouse-") as spilled:
        config: Config = {
            "memory_limit": _MEMORY_LIMIT,
            "temp_directory": spilled,
            "max_temp_directory_size": _SPILL_LIMIT,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        connection = _connect(path, read_only=read_only, config=config)
        try:
            yield connection
        finally:
            connection.close()


def ask(connection: Connection, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Give the names and rows of a query that may never end: Ctrl-C ends it.

    DuckDB itself looks for Ctrl-C only between its tasks, and an endless recursion is one task. So it works
    in a thread while this one waits.
    """
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(_answer, connection, query)
        try:
            return asked.result()
        except KeyboardInterrupt:
            connection.interrupt()
            raise


def _answer(connection: Connection, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    result = connection.execute(query)
    return [column[0] for column in result.description or ()], result.fetchall()


def _shut_in(connection: Connection, export_to: Path | None) -> None:
    """Let no query reach a file or the network from here on; where a folder is given, but for files in it."""
    if export_to is not None:
        connection.execute(f"set allowed_directories = [{_quoted(export_to)}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def must_exist(path: Path) -> None:
    """Raise `WarehouseError` where there is no file: a reader would make an empty one, or say less."""
    if not path.exists():
        raise WarehouseError(f"{path} is not there; run `etl refresh` first")


def published_statements() -> list[str]:
    """Give what a session on the published file starts with, after which marts and views need no schema."""
    return [_search_path(PUBLISHED_SCHEMAS)]


def bounds(spilled: Path) -> list[str]:
    """Give what bounds a session of another program: its memory, and what it may put into a folder beyond."""
    return [
        f"set memory_limit = '{_MEMORY_LIMIT}'",
        f"set temp_directory = {_quoted(spilled)}",
        f"set max_temp_directory_size = '{_SPILL_LIMIT}'",
    ]


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def as_of_statements(path: Path, day: date, marts: Collection[str] | None = None) -> list[str]:
    """Give what a session in memory starts with to have the marts of a published file as of a day: all of
    them with the views over them, or some.

    Each mart that has a macro `<mart>_as_of` is that macro's rows; the dimensions are as they are. The views
    over the marts are made anew over these: they name no catalogue.
    """
    with read(path) as connection:
        found = connection.execute(_MARTS).fetchall()
        views = connection.execute(
            "select sql from duckdb_views() where schema_name = 'main' and not internal"
        ).fetchall()
    statements = [f"attach {_quoted(path)} as warehouse (read_only)", "create schema memory.marts"]
    statements.append("use warehouse")  # macros name no catalogue
    for mart, has_macro in found:
        if marts is not None and mart not in marts:
            continue
        rows = f"marts.{mart}_as_of(date '{day.isoformat()}')" if has_macro else f"warehouse.marts.{mart}"
        statements.append(f'create table memory.marts."{mart}" as from {rows}')
    statements.append("use memory")
    statements += [view for (view,) in views] if marts is None else []
    statements.append(_search_path(f"memory.{schema}" for schema in PUBLISHED_SCHEMAS))
    return statements


PUBLISHED_SCHEMAS = ("marts", "main")
"""Where analysts look for a table: the marts, and views of them."""

_MARTS = """
select
    table_name,
    exists (select 1 from duckdb_functions() where function_name = table_name || '_as_of') as has_macro
from duckdb_tables()
where schema_name = 'marts'
"""


def _search_path(schemas: Iterable[str]) -> str:
    return f"set search_path = '{','.join(schemas)}'"


@contextmanager
def read_two(first: Path, second: Path) -> Iterator[Connection]:
    """Open two databases read-only beside each other, under the names `first` and `second`.

    Their tables can be compared.
    """
    with _reading(Path(":memory:"), read_only=False) as connection:
        for name, path in (("first", first), ("second", second)):
            must_exist(path)
            connection.execute(f"attach {_quoted(path)} as {name} (read_only)")
        connection.execute("set enable_external_access = false")
        yield connection


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Run a block as one transaction: all of it is in the database afterwards, or nothing."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def checkpoint(path: Path) -> None:
    """Bring everything into the database file; afterwards there is no write-ahead log beside it."""
    with write(path) as connection:
        connection.execute("checkpoint")
    log = path.with_name(path.name + ".wal")
    if log.exists():
        raise WarehouseError(f"{log} is still there after a checkpoint; another program has {path} open")


class DamagedError(WarehouseError):
    """A file that is no database, or no whole one."""


def _connect(path: Path, *, read_only: bool, config: Config) -> Connection:
    if read_only:
        must_exist(path)
    led_to = path.resolve()
    try:
        return duckdb.connect(str(path), read_only=read_only, config=config)
    except (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException) as error:
        if read_only and path.resolve() != led_to:
            # DuckDB follows the link `current` before it opens: what it led to was pruned meanwhile.
            return _connect(path, read_only=read_only, config=config)
        reason = str(error).splitlines()[0]
        if "Could not set lock" in reason:
            message = f"{path} cannot be opened: {reason}; close the program that it names"
            raise WarehouseError(message) from error
        if "Permission denied" in reason or "No space" in reason:
            raise WarehouseError(f"{path} cannot be opened: {reason}") from error
        raise DamagedError(f"{path} is damaged ({reason}); delete it and run `etl refresh`") from error
