"""What a person wants to see of a table without opening it: how many rows, and some of them.

Here: row counts and previews of what dbt has just built and of what its tests have found, as metadata.
"""

from collections.abc import Iterable, Mapping

import dagster as dg

from etl import warehouse
from etl.modelling.manifest import Node
from etl.orchestration.markdown import table as markdown_table

_ROWS_SHOWN = 6
_COLUMNS_SHOWN = 12

Metadata = dict[str, dg.MetadataValue]


def table_metadata(connection: warehouse.Connection, nodes: Iterable[Node]) -> dict[str, Metadata]:
    """Give the metadata of each table by the id of its node; views have no rows of their own."""
    return {node.unique_id: _describe(connection, node) for node in nodes if node.materialized != "view"}


def findings_metadata(connection: warehouse.Connection, finders: Mapping[str, str]) -> dict[str, Metadata]:
    """Give some of the rows that each test found, by the id of its node; `finders` are their queries."""
    return {unique_id: {"found": _rows_of(connection, sql)} for unique_id, sql in finders.items()}


def _rows_of(connection: warehouse.Connection, sql: str) -> dg.MetadataValue:
    shown = connection.execute(f"select * from (\n{sql}\n) limit {_ROWS_SHOWN}")
    return dg.MetadataValue.md(_as_table(shown))


def _describe(connection: warehouse.Connection, node: Node) -> Metadata:
    table = f'"{node.schema}"."{node.name}"'
    counted = connection.execute(f"select count(*) from {table}").fetchone()
    rows = int(counted[0]) if counted else 0
    metadata: Metadata = {"dagster/row_count": dg.MetadataValue.int(rows)}
    if node.schema == "marts":
        shown = connection.execute(
            f"select * from {table} limit {_ROWS_SHOWN} offset {max(0, rows - _ROWS_SHOWN)}"
        )
        metadata["preview"] = dg.MetadataValue.md(_as_table(shown))
    return metadata


def _as_table(shown: warehouse.Connection) -> str:
    names = [column[0] for column in shown.description or ()][:_COLUMNS_SHOWN]
    return markdown_table(names, [row[:_COLUMNS_SHOWN] for row in shown.fetchall()])
