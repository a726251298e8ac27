"""How much there is in a snapshot: rows, first and last period, and how often each column is known.

Here: counting marts and seeds. Not here: what they mean, and the tables behind them, which nobody queries for
their size.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from etl import warehouse
from etl.modelling.manifest import Manifest, Node

_COUNTED = ("marts", "seeds")
_PERIODS = (
    "month",
    "week_ending_on",
    "through_month",
    "quarter_starts_on",
    "fiscal_year_ends_on",
    "period_ends_on",
    "published_on",
)
"""Columns that say which period a row is about; of several the first one counts."""


@dataclass(frozen=True)
class Extent:
    """How much there is in a table."""

    rows: int
    first: date | None = None
    """First period, by the column `by`; None where rows are about none."""
    last: date | None = None
    by: str | None = None
    known: Mapping[str, int] = field(default_factory=dict)
    """In how many rows each column is not null, where that was counted."""


@dataclass(frozen=True)
class ReleaseExtent:
    """How much of a release was landed."""

    files_landed: int
    files_quarantined: int
    latest_period_ends_on: date | None
    latest_published_on: date | None


@dataclass(frozen=True)
class Extents:
    """How much there is in a database."""

    tables: Mapping[str, Extent] = field(default_factory=dict)
    """By schema and name, with a point between them."""
    releases: Mapping[str, ReleaseExtent] = field(default_factory=dict)


def measure(connection: warehouse.Connection, manifest: Manifest) -> Extents:
    """Count what is in the marts and seeds that the manifest knows, of those that are there."""
    found = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    there = {name for (name,) in found}
    tables = {
        f"{node.schema}.{node.name}": _count(connection, node)
        for node in manifest.nodes.values()
        if node.schema in _COUNTED and f"{node.schema}.{node.name}" in there
    }
    return Extents(tables, _releases(connection) if "marts.dim_release" in there else {})


def _count(connection: warehouse.Connection, node: Node) -> Extent:
    table = f'"{node.schema}"."{node.name}"'
    columns = [column.name for column in node.columns] if node.schema == "marts" else []
    period = next((name for name in _PERIODS if name in columns), None)
    counts = "".join(f', count("{name}")' for name in columns)
    bounds = f', min("{period}"), max("{period}")' if period else ", null, null"
    row = connection.execute(f"select count(*){bounds}{counts} from {table}").fetchone()
    rows, first, last, *known = row or (0, None, None)
    return Extent(rows, first, last, period, dict(zip(columns, known, strict=True)))


def _releases(connection: warehouse.Connection) -> dict[str, ReleaseExtent]:
    found = connection.execute(
        "select release_id, files_landed, files_quarantined, latest_period_ends_on, latest_published_on"
        " from marts.dim_release"
    ).fetchall()
    return {release_id: ReleaseExtent(*rest) for release_id, *rest in found}
