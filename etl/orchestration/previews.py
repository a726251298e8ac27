"""What a person wants to see of a table without opening it: how many rows, and some of them.

Here: row counts and previews of what dbt has just built and of what its tests have found, as metadata. Not
here: looking at what was built; dbt's process does (`etl.modelling.worker`).
"""

from collections.abc import Mapping

import dagster as dg

from etl import warehouse
from etl.modelling.dbt import NodeResult
from etl.modelling.worker import COLUMNS_SHOWN, ROWS_SHOWN
from etl.orchestration.markdown import table

Metadata = dict[str, dg.MetadataValue]


def table_metadata(result: NodeResult) -> Metadata:
    """Give the metadata of a table that was built; a view has no rows of its own."""
    metadata: Metadata = {}
    if result.rows is not None:
        metadata["dagster/row_count"] = dg.MetadataValue.int(result.rows)
    if result.preview is not None:
        metadata["preview"] = dg.MetadataValue.md(table(result.preview.names, result.preview.rows))
    return metadata


def findings_metadata(connection: warehouse.Connection, finders: Mapping[str, str]) -> dict[str, Metadata]:
    """Give some of the rows that each test found, by the id of its node; `finders` are their queries."""
    return {unique_id: {"found": _rows_of(connection, sql)} for unique_id, sql in finders.items()}


def _rows_of(connection: warehouse.Connection, sql: str) -> dg.MetadataValue:
    shown = connection.execute(f"select * from (\n{sql}\n) limit {ROWS_SHOWN}")
    names = [column[0] for column in shown.description or ()][:COLUMNS_SHOWN]
    return dg.MetadataValue.md(table(names, [row[:COLUMNS_SHOWN] for row in shown.fetchall()]))
