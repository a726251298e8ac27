"""The models' own SQL over made-up raw tables, in memory and without dbt: a tenth of a second for all.

The SQL is what dbt compiled when the installation was published; the raw tables and seeds are shaped as they
are there. Which models there are, what they are called and what columns lie between raw and marts is not
known here.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from etl.modelling import as_of
from etl.modelling.dbt import ensure_manifest
from etl.modelling.manifest import Manifest, Node
from tests.support.installation import Installation

_CATALOGUE = "warehouse"
_EMPTIED = ("transcribed_monthly", "transcribed_services_cells", "transcribed_easydata_balance_of_payments")
"""Seeds of figures; what the others hold is meaning and stays."""
_KEPT = ("releases", "public_holidays")
"""Raw tables that hold no figures."""


class Models:
    """The models that some marts are made of, each after those that it reads."""

    def __init__(self, installed: Installation, *marts: str) -> None:
        self.installed = installed
        manifest = Manifest.load(ensure_manifest(installed.settings))
        by_name = {node.name: node for node in manifest.built}
        nodes: dict[str, Node] = {}

        def visit(node: Node) -> None:
            for parent in node.depends_on:
                if manifest.nodes[parent].kind == "model":
                    visit(manifest.nodes[parent])
            nodes.setdefault(node.name, node)

        for mart in marts:
            visit(by_name[mart])
        folder = installed.settings.build / "dbt" / "compiled"
        files = {path.stem: path for path in folder.glob("*/models/*/*.sql") if path.stem in nodes}
        self.compiled = {
            name: as_of.Model(
                node.schema,
                name,
                files[name].read_text(encoding="utf-8"),
                tuple(parent.split(".")[-1] for parent in node.depends_on if parent.startswith("model.")),
            )
            for name, node in nodes.items()
        }
        self.nodes = tuple(nodes.values())

    @contextmanager
    def warehouse(self) -> Iterator["InMemory"]:
        """Open a warehouse in memory with raw tables that are empty and seeds that are filled."""
        with duckdb.connect() as connection:
            connection.execute(
                f"attach '{self.installed.settings.current_database}' as published (read_only)"
            )
            connection.execute(f"attach ':memory:' as {_CATALOGUE}")
            connection.execute(f"use {_CATALOGUE}")
            for schema in ("raw", "seeds", "staging", "intermediate", "marts"):
                connection.execute(f"create schema {schema}")
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables()"
                " where database_name = 'published' and schema_name in ('raw', 'seeds')"
            ).fetchall()
            for schema, table in tables:
                is_kept = (schema == "seeds" and table not in _EMPTIED) or table in _KEPT
                limit = "" if is_kept else "limit 0"
                connection.execute(
                    f"create table {schema}.{table} as from published.{schema}.{table} {limit}"
                )
            yield InMemory(self, connection)


class InMemory:
    """A warehouse in memory: fill it, build it, ask it."""

    def __init__(self, models: Models, connection: duckdb.DuckDBPyConnection) -> None:
        self.models = models
        self.connection = connection

    def fill(self, tables: Mapping[str, Iterable[Mapping[str, object]]]) -> None:
        """Put rows in place of those of raw tables and seeds, such as `raw.release_files`.

        What a table has no column for is left out.
        """
        for table, rows in tables.items():
            self.connection.execute(f"delete from {table}")
            columns = {name for name, *_ in self.connection.execute(f"describe {table}").fetchall()}
            content = [{name: value for name, value in row.items() if name in columns} for row in rows]
            if content:
                self.connection.register("rows_to_land", pa.Table.from_pylist(content))
                self.connection.execute(f"insert into {table} by name from rows_to_land")
                self.connection.unregister("rows_to_land")

    def fill_from(self, build_database: Path) -> None:
        """Put the raw tables of a database in place of those here, row after row as they lie there."""
        self.connection.execute(f"attach '{build_database}' as landed (read_only)")
        for (table,) in self.rows("select table_name from duckdb_tables() where database_name = 'landed'"):
            self.connection.execute(f"create or replace table raw.{table} as from landed.raw.{table}")
        self.connection.execute("detach landed")

    def build(self) -> None:
        """Build the models from the raw tables and seeds."""
        for node in self.models.nodes:
            kind = "view" if node.materialized == "view" else "table"
            sql = self.models.compiled[node.name].sql
            self.connection.execute(f"create or replace {kind} {node.schema}.{node.name} as {sql}")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query what was built."""
        return self.connection.execute(query).fetchall()

    def tables(self) -> list[str]:
        """Name every table and view, with its schema."""
        return [
            name
            for (name,) in self.rows(
                "select table_schema || '.' || table_name from information_schema.tables"
                f" where table_catalog = '{_CATALOGUE}' order by 1"
            )
        ]

    def content(self, table: str, *without: str) -> list[tuple[Any, ...]]:
        """Return the rows of a table in an order of their own, without some columns."""
        columns = [name for name, *_ in self.rows(f"describe {table}") if name not in without]
        return self.rows(f"select {', '.join(columns)} from {table} order by all")

    def rows_as_of(self, mart: str, day: date, columns: str) -> list[tuple[Any, ...]]:
        """Query a mart as of a day, by the macro that the published file has."""
        self.connection.execute(as_of.macro(mart, self.models.compiled))
        return self.rows(f"select {columns} from marts.{mart}_as_of('{day}')")
