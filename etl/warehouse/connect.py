"""The only place that opens DuckDB's databases: files, and lakes.

Here: connections that always close, and errors that say who holds a file. Not here: what is written or
read through them.

DuckDB lets one process write or many read. So the build database is written by one refresh at a time
(`build_lock`), and readers never open it: they open the published copy, which nobody writes. A lake lets
many read while one writes; readers open a snapshot of it. It is attached under the name that a file has, so
that whoever uses a connection cannot tell which of the two it is.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import duckdb

from etl.common import location
from etl.common.errors import EtlError
from etl.common.location import Database, LakeDatabase
from etl.warehouse import session_sql

Connection = duckdb.DuckDBPyConnection
Config = dict[str, str | bool | int | float | list[str]]

STORAGE_VERSION = "v1.2.0"
"""Files in this format open in every DuckDB from 1.2 on; the default of later versions does not."""
BLOCK_BYTES = 65_536
"""A quarter of DuckDB's own: until a checkpoint each column of a table that is being written takes a block of
memory, and marts have many columns and few rows. A refresh of the starter takes 750 MB in place of 950 and a
two fifths of the disk, of a thousand vintages a twentieth more; 16 kB take 700 MB, and then a third more.
"""


class WarehouseError(EtlError):
    """A database cannot be opened; the message says why and what to do."""


@contextmanager
def kept_open(database: LakeDatabase) -> Iterator[None]:
    """Let `write` open a lake once for all the steps of a block: it takes some 0.3 s. A file is opened in
    each step, because between two of them dbt must be able to.
    """
    _kept[database] = None
    try:
        yield
    finally:
        if (connection := _kept.pop(database)) is not None:
            connection.close()


_kept: dict[LakeDatabase, Connection | None] = {}


@contextmanager
def write(database: Database) -> Iterator[Connection]:
    """Open a database for writing and close it whatever happens."""
    if isinstance(database, LakeDatabase):
        with _write_lake(database) as connection:
            yield connection
    else:
        with _write_file(database) as connection:
            yield connection


@contextmanager
def _write_lake(database: LakeDatabase) -> Iterator[Connection]:
    lake = database.lake
    statements = [*location.load_statements(lake), location.writing_statement(lake)]
    opened = _kept.get(database) or _connect_lake(
        database, statements, {"memory_limit": session_sql.MEMORY_LIMIT}
    )
    if database in _kept:
        _kept[database] = opened
    connection = opened.cursor()
    try:
        connection.execute(f"use {location.DATABASE}")
        yield connection
    finally:
        connection.close()
        if database not in _kept:
            opened.close()


@contextmanager
def _write_file(path: Path) -> Iterator[Connection]:
    path.parent.mkdir(parents=True, exist_ok=True)
    config: Config = {
        "storage_compatibility_version": STORAGE_VERSION,
        "default_block_size": BLOCK_BYTES,
        "memory_limit": session_sql.MEMORY_LIMIT,
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
def read(database: Database, *schemas: str, export_to: Path | None = None) -> Iterator[Connection]:
    """Open a database read-only and shut in: no query can write, reach another file or the network, or
    load an extension. A table that is named without a schema is looked for in `schemas`, by default `main`.

    Where `export_to` is given, files can be written below that folder, and nowhere else.
    """
    with _reading(database, read_only=True) as connection:
        connection.execute(session_sql.search_path(schemas or ("main",)))
        _shut_in(connection, database, export_to)
        yield connection


@contextmanager
def read_as_of(
    database: Database,
    day: date,
    marts: Collection[str] = (),
    export_to: Path | None = None,
) -> Iterator[Connection]:
    """Open a published database with its marts and their views as they were known on a day, under their
    usual names. `marts` are those that are asked more than once: they are worked out here, and any other
    when it is asked for. As shut in as `read`, and nothing is written but to memory.
    """
    statements = as_of_statements(database, day, marts)
    with _reading(Path(":memory:"), read_only=False) as connection:
        for statement in statements:
            connection.execute(statement)
        _shut_in(connection, database, export_to)
        yield connection


@contextmanager
def _reading(database: Database, *, read_only: bool) -> Iterator[Connection]:
    """Open a database for a reader, with bounds for what its queries may take.

    What does not fit into the memory goes to a folder of its own that is removed at the end. By DuckDB's
    default it would lie beside the published file, or of a database in memory wherever the command was
    started.
    """
    with TemporaryDirectory(prefix="sbp-warehouse-") as spilled:
        config: Config = {
            "memory_limit": session_sql.MEMORY_LIMIT,
            "temp_directory": spilled,
            "max_temp_directory_size": session_sql.SPILL_LIMIT,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        connection = _connect(database, read_only=read_only, config=config)
        try:
            yield connection
        finally:
            connection.close()


def ask(connection: Connection, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the names and rows of a query that may never end: Ctrl-C ends it.

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


def _shut_in(connection: Connection, database: Database, export_to: Path | None = None) -> None:
    """Let no query reach a file or the network from here on, but a lake's data; where a folder is given,
    but for files in it.
    """
    for statement in session_sql.shut_in(database, export_to):
        connection.execute(statement)


def must_exist(database: Database) -> None:
    """Raise `WarehouseError` where there is no file: a reader would make an empty one, or say less."""
    if isinstance(database, Path) and not database.exists():
        raise WarehouseError(f"{database} is not there; run `etl refresh` first")


def as_of_statements(database: Database, day: date, marts: Collection[str] = ()) -> list[str]:
    """Return what a session in memory starts with to have the marts of a published database as of a day, and
    the views over them.

    Each mart is a view of its macro `<mart>_as_of`, so that a question works out no more than it asks for;
    those in `marts` are tables. The dimensions are as they are. The views over the marts are made anew over
    these.
    """
    with read(database) as connection:
        found = connection.execute(_MARTS).fetchall()
        views = connection.execute(
            "select sql from duckdb_views() where schema_name = 'main' and not internal"
        ).fetchall()
    statements = [
        *session_sql.attach(database, location.DATABASE),
        "create schema memory.marts",
        session_sql.search_path(
            [
                *(f"memory.{schema}" for schema in session_sql.PUBLISHED_SCHEMAS),
                # Macros and the models that they read name no catalogue: it is looked for here.
                *(f"{location.DATABASE}.{schema}" for schema in _READ_BY_MARTS),
            ]
        ),
    ]
    for mart, has_macro in found:
        kind = "table" if mart in marts else "view"
        rows = f"_as_of(date '{day.isoformat()}')" if has_macro else ""
        statements.append(
            f'create {kind} memory.marts."{mart}" as from {location.DATABASE}.marts.{mart}{rows}'
        )
    return [*statements, *(view.replace("CREATE VIEW ", "CREATE VIEW memory.main.", 1) for (view,) in views)]


_READ_BY_MARTS = ("intermediate", "staging", "seeds", "raw")
_MARTS = """
select
    table_name,
    exists (select 1 from duckdb_functions() where function_name = table_name || '_as_of') as has_macro
from duckdb_tables()
where schema_name = 'marts'
"""


@contextmanager
def read_two(first: Database, second: Database) -> Iterator[Connection]:
    """Open two databases read-only beside each other, under the names `first` and `second`.

    Their tables can be compared.
    """
    with _reading(Path(":memory:"), read_only=False) as connection:
        for name, database in (("first", first), ("second", second)):
            must_exist(database)
            for statement in session_sql.attach(database, name):
                connection.execute(statement)
        lakes = [database for database in (first, second) if isinstance(database, LakeDatabase)]
        _shut_in(connection, lakes[0] if lakes else first)
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


def exists(database: Database) -> bool:
    """Whether there is a database; a lake is made where it is first written, and counts as there."""
    return isinstance(database, LakeDatabase) or database.exists()


def delete(database: Database) -> None:
    """Delete a database with all that is in it. What is published of a lake stays as it was."""
    if isinstance(database, Path):
        database.unlink()
        database.with_name(database.name + ".wal").unlink(missing_ok=True)
        return
    with write(database) as connection, transaction(connection):
        for (schema,) in connection.execute(_SCHEMAS).fetchall():
            connection.execute(f'drop schema "{schema}" cascade')


_SCHEMAS = """
select schema_name from duckdb_schemas() where database_name = current_database() and schema_name <> 'main'
"""


def checkpoint(database: Database) -> None:
    """Bring everything into the database file; afterwards there is no write-ahead log beside it. What is
    committed to a lake is there.
    """
    if isinstance(database, LakeDatabase):
        return
    log = database.with_name(database.name + ".wal")
    if not log.exists():
        return
    with write(database) as connection:
        connection.execute("checkpoint")
    if log.exists():
        raise WarehouseError(f"{log} is still there after a checkpoint; another program has {database} open")


class DamagedError(WarehouseError):
    """A file that is no database, or no whole one."""


def _connect(database: Database, *, read_only: bool, config: Config) -> Connection:
    if isinstance(database, LakeDatabase):
        return _connect_lake(database, session_sql.attach_and_use(database), config)
    if read_only:
        must_exist(database)
    led_to = database.resolve()
    try:
        return duckdb.connect(str(database), read_only=read_only, config=config)
    except (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException) as error:
        if read_only and database.resolve() != led_to:
            # DuckDB follows the link `current` before it opens: what it led to was pruned meanwhile.
            return _connect(database, read_only=read_only, config=config)
        reason = str(error).splitlines()[0]
        if "Could not set lock" in reason:
            message = f"{database} cannot be opened: {reason}; close the program that it names"
            raise WarehouseError(message) from error
        if "Permission denied" in reason or "No space" in reason:
            raise WarehouseError(f"{database} cannot be opened: {reason}") from error
        raise DamagedError(f"{database} is damaged ({reason}); delete it and run `etl refresh`") from error


def _connect_lake(database: LakeDatabase, statements: Iterable[str], config: Config) -> Connection:
    connection = duckdb.connect(config=config)
    try:
        for statement in statements:
            connection.execute(statement)
    except duckdb.Error as error:
        connection.close()
        reason = str(error).splitlines()[0]
        raise WarehouseError(f"{database} cannot be opened: {reason}; `etl doctor` looks further") from error
    return connection


def size_bytes(database: Database) -> int:
    """Return how much room a database takes; of a lake, what its tables hold at that snapshot."""
    if isinstance(database, Path):
        return database.stat().st_size
    with read(database) as connection:
        row = connection.execute(
            f"select coalesce(sum(file_size_bytes), 0) from ducklake_table_info('{location.DATABASE}')"
        ).fetchone()
    return int(row[0]) if row else 0


def storage_format(database: Database) -> str:
    """Name the format in which a database is stored, as its clients must know it."""
    with read(database) as connection:
        row = connection.execute(_FORMAT).fetchone()
    return str(row[0]) if row else "unknown"


_FORMAT = """
select coalesce(tags['storage_version'], type) from duckdb_databases()
where database_name = current_database()
"""


def takes_comments_on(kind: Literal["columns of views", "macros"], database: Database) -> bool:
    """Whether something can be described in a database; DuckLake describes tables, views and the columns
    of tables, and refuses the rest.
    """
    return isinstance(database, Path)


def held(database: Database, folder: Path) -> Database:
    """Return a published database under a name of one's own in a folder, so that it outlives its pruning. A
    lake keeps what is published for some publications more.
    """
    if not isinstance(database, Path):
        return database
    folder.mkdir(parents=True)
    link = folder / database.name
    os.link(database, link)
    return link
