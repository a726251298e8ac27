"""What stands in the dictionary: tables with columns, keys, links, tests and lineage, measures, releases.

Here: the manifest, the catalogue and what was counted, put together as values that the template writes down.
Not here: HTML, and any word that a description should say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from etl.catalog.releases import Catalog, Release
from etl.catalog.units import Unit, unit_of
from etl.modelling import as_of
from etl.modelling.manifest import Manifest, ModelColumn, ModelTest, Node
from etl.serve.series import SERIES
from etl.warehouse import connect

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


def measure(connection: connect.Connection, manifest: Manifest) -> Extents:
    """Count what is in the marts and seeds that the manifest knows, of those that are there."""
    found = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    there = {name for (name,) in found}
    tables = {
        f"{node.schema}.{node.name}": _count(connection, node)
        for node in manifest.nodes.values()
        if node.schema in _COUNTED and f"{node.schema}.{node.name}" in there
    }
    return Extents(tables, _releases(connection) if "marts.dim_release" in there else {})


def _count(connection: connect.Connection, node: Node) -> Extent:
    table = f'"{node.schema}"."{node.name}"'
    columns = [column.name for column in node.columns] if node.schema == "marts" else []
    period = next((name for name in _PERIODS if name in columns), None)
    counts = "".join(f', count("{name}")' for name in columns)
    bounds = f', min("{period}"), max("{period}")' if period else ", null, null"
    row = connection.execute(f"select count(*){bounds}{counts} from {table}").fetchone()
    rows, first, last, *known = row or (0, None, None)
    return Extent(rows, first, last, period, dict(zip(columns, known, strict=True)))


def _releases(connection: connect.Connection) -> dict[str, ReleaseExtent]:
    found = connection.execute(
        "select release_id, files_landed, files_quarantined, latest_period_ends_on, latest_published_on"
        " from marts.dim_release"
    ).fetchall()
    return {release_id: ReleaseExtent(*rest) for release_id, *rest in found}


LAYERS = {
    "main": "Where to begin: views of the marts, with few columns.",
    "marts": "What to query: one row a key, every figure with its vintage.",
    "intermediate": "How the marts come about.",
    "staging": "What was landed, in the field's terms: views on raw.",
    "seeds": "What printed labels mean, and figures transcribed from print: CSV files in dbt_project/seeds/.",
    "raw": "What the archive holds: every cell of every file, as printed.",
}
"""The schemas, and what each is for."""


@dataclass(frozen=True)
class Promise:
    """A test, as what holds where it finds nothing."""

    name: str
    words: str
    is_blocking: bool
    """Nothing is published where it does not hold; else it warns."""


@dataclass(frozen=True)
class ColumnEntry:
    """A column of a table."""

    name: str
    data_type: str
    description: str
    unit: Unit | None
    is_key: bool
    links_to: str | None
    """The column of another table that it joins to."""
    promises: tuple[Promise, ...]
    known: int | None
    """In how many rows it is not null; None where that was not counted."""


@dataclass(frozen=True)
class TableEntry:
    """A table, or several that have the same columns and differ by where their rows are from."""

    schema: str
    name: str
    description: str
    kind: str
    columns: tuple[ColumnEntry, ...]
    key: tuple[str, ...]
    promises: tuple[Promise, ...]
    examples: tuple[str, ...]
    reads: tuple[str, ...]
    read_by: tuple[str, ...]
    releases: tuple[Release, ...]
    as_of: str | None
    extent: Extent | None
    alike: tuple["TableEntry", ...] = ()
    """Other tables with the same columns."""

    @property
    def anchor(self) -> str:
        """Return the table's full name, by which links find it."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class DictionaryMeasure:
    """A column that counts or measures something, and the marts that have it."""

    name: str
    unit: Unit
    marts: tuple[str, ...]


@dataclass(frozen=True)
class ReleaseEntry:
    """A release, where its rows go, and how much of it there is."""

    release: Release
    tables: tuple[str, ...]
    marts: tuple[str, ...]
    extent: ReleaseExtent | None


def tables(manifest: Manifest, catalog: Catalog, extents: Extents, schema: str) -> list[TableEntry]:
    """Return the tables of a schema by name; those with equal columns stand together under the first one."""
    nodes = sorted((n for n in manifest.nodes.values() if n.schema == schema), key=lambda node: node.name)
    entries: list[TableEntry] = []
    together: dict[tuple[ModelColumn, ...], list[Node]] = {}
    for node in nodes:
        together.setdefault(node.columns or (ModelColumn(node.name, None, ""),), []).append(node)
    for first, *others in together.values():
        alike = tuple(_table(node, manifest, catalog, extents) for node in others)
        entries.append(_table(first, manifest, catalog, extents, alike))
    return entries


def measures(marts: Iterable[TableEntry]) -> list[DictionaryMeasure]:
    """Return every measure with the marts that have it, by unit and name."""
    found: dict[str, list[str]] = {}
    units: dict[str, Unit] = {}
    for mart in marts:
        for column in mart.columns:
            if column.unit and column.unit.is_measure:
                found.setdefault(column.name, []).append(mart.anchor)
                units[column.name] = column.unit
    return [DictionaryMeasure(name, units[name], tuple(found[name])) for name in sorted(found)]


def releases(manifest: Manifest, catalog: Catalog, extents: Extents) -> list[ReleaseEntry]:
    """Return every release of the catalogue."""
    names = {f"{node.schema}.{node.name}" for node in manifest.nodes.values()}
    return [
        ReleaseEntry(
            release,
            tuple(name for name in _homes(release) if name in names),
            tuple(sorted(f"marts.{mart}" for mart in _marts_of(release.series, manifest))),
            extents.releases.get(release.id),
        )
        for release in catalog.releases
    ]


def _table(
    node: Node, manifest: Manifest, catalog: Catalog, extents: Extents, alike: Sequence[TableEntry] = ()
) -> TableEntry:
    checks = [check for check in manifest.checks.values() if check.node == node.unique_id]
    key = _key(checks)
    extent = extents.tables.get(f"{node.schema}.{node.name}")
    of_rows = [check for check in checks if check.column is None and check.kind != "unique_key"]
    return TableEntry(
        node.schema,
        node.name,
        node.description,
        {"source": "raw table", "seed": "seed"}.get(node.kind, node.materialized or node.kind),
        tuple(_column(column, checks, key, extent, manifest) for column in node.columns),
        key,
        tuple(_promise(check, manifest) for check in of_rows),
        tuple(name.replace("_", " ") for name in manifest.examples.get(node.unique_id, ())),
        tuple(_names(node.depends_on, manifest)),
        tuple(
            _names((n.unique_id for n in manifest.nodes.values() if node.unique_id in n.depends_on), manifest)
        ),
        tuple(_releases_of(node, manifest, catalog)),
        f"{node.schema}.{node.name}_as_of" if node.schema == "marts" and node.name in as_of.MARTS else None,
        extent,
        tuple(alike),
    )


def _column(
    column: ModelColumn,
    checks: list[ModelTest],
    key: tuple[str, ...],
    extent: Extent | None,
    manifest: Manifest,
) -> ColumnEntry:
    of_column = [check for check in checks if check.column == column.name]
    links = [_target(check, manifest) for check in of_column if check.kind == "relationships"]
    return ColumnEntry(
        column.name,
        column.data_type or "",
        column.description,
        unit_of(column.name),
        column.name in key,
        links[0] if links else None,
        tuple(_promise(check, manifest) for check in of_column if check.kind != "relationships"),
        extent.known.get(column.name) if extent else None,
    )


def _key(checks: list[ModelTest]) -> tuple[str, ...]:
    """Return the columns that no two rows share: of one test over columns, else of a test of one column."""
    for check in checks:
        if check.kind == "unique_key":
            return tuple(check.arguments["columns"])
    return next(((check.column,) for check in checks if check.kind == "unique" and check.column), ())


def _target(check: ModelTest, manifest: Manifest) -> str:
    """Return the column that a test of relationships names: `ref('dim_item')` and `item_code`."""
    name = check.arguments["to"].split("'")[1]
    schema = next(node.schema for node in manifest.nodes.values() if node.name == name)
    return f"{schema}.{name}.{check.arguments['field']}"


def _promise(check: ModelTest, manifest: Manifest) -> Promise:
    """Return what a test promises; dbt's own tests have no description in the project."""
    of_dbt = {
        "unique": "No two rows are alike.",
        "not_null": "Never null.",
        "accepted_values": f"One of {', '.join(map(str, check.arguments.get('values', ())))}.",
    }
    words = of_dbt.get(check.kind) or manifest.promises.get(check.kind) or check.kind
    return Promise(check.name, words, check.is_blocking)


def _names(unique_ids: Iterable[str], manifest: Manifest) -> list[str]:
    nodes = (manifest.nodes[unique_id] for unique_id in unique_ids if unique_id in manifest.nodes)
    return sorted(f"{node.schema}.{node.name}" for node in nodes)


def _releases_of(node: Node, manifest: Manifest, catalog: Catalog) -> list[Release]:
    """Return the releases whose figures a table holds, those that decide first."""
    if node.schema == "marts":
        of_series = [r for r in catalog.releases if node.name in _marts_of(r.series, manifest)]
        return sorted(of_series, key=lambda release: (release.source.tier, release.id))
    full_name = f"{node.schema}.{node.name}"
    return [release for release in catalog.releases if full_name in _homes(release)]


def _homes(release: Release) -> tuple[str, ...]:
    """Return where the rows of a release are: as landed, or in its seed, and staged."""
    landed = f"seeds.{release.seed}" if release.seed else f"raw.{release.id}"
    return (landed, f"staging.stg_{release.id}")


def _marts_of(series: str, manifest: Manifest) -> set[str]:
    """Return the marts of a series: those that reports read it from, and others that are called after it."""
    listed = {mart.name for known in SERIES if known.name == series for mart in known.marts}
    called = {
        n.name for n in manifest.nodes.values() if n.schema == "marts" and n.name.startswith(f"{series}_")
    }
    return listed | called


class Convention(NamedTuple):
    """Something that holds of every mart; what stands in backquotes is code."""

    subject: str
    words: str


CONVENTIONS = (
    Convention(
        "Money",
        "Million US$, to the dollar (`decimal(18,6)`). Exports and imports are positive, also where SBP "
        "prints debits; only balances are signed, exports less imports.",
    ),
    Convention("Month", "`month` is its first day: 2026-03-01 is March 2026."),
    Convention(
        "Fiscal year",
        "SBP's: `FY26` is July 2025 to June 2026, `FY26-Q1` July to September 2025, `FY26-to-03` July 2025 "
        "to March 2026. Sort by the date beside it: `FY71` would come after `FY26`.",
    ),
    Convention(
        "Unknown",
        "Null is not known, never zero. A sum or an average of which a part is not known is null, and a "
        "change on a period that is not known is null.",
    ),
    Convention(
        "The figure that counts",
        "Where several sources give a figure, the newest print of the detail counts, else the newest of the "
        "others; `exports_is_superseded` marks one that a newer print elsewhere contradicts beyond rounding.",
    ),
    Convention(
        "Basis",
        "`published`: a cell of an archived file. `transcribed`: a print that quoted one. `derived`: a "
        "difference of cumulative columns. `sum_of_months`: added up here, as no source prints the period.",
    ),
    Convention("Status", "`provisional`, `revised` or `not_stated`, as printed; SBP never says final."),
    Convention(
        "Vintage",
        "One value that one source gave for one figure, once per change. Every figure joins to `vintages` by "
        "its `…_vintage_id`, and from there to its file, sheet and cell.",
    ),
    Convention(
        "As of a day",
        "`marts.<table>_as_of(day)` gives a mart as it was known at the end of that day in Pakistan. "
        "`valid_from` to `valid_to` says the same of a vintage.",
    ),
    Convention(
        "Revision",
        "A change beyond the rounding of the coarser of two prints. The same figure printed more exactly "
        "is none.",
    ),
)


class NamePart(NamedTuple):
    """A part of a column's name, and the convention behind it."""

    part: str
    means: str


NAME_PARTS = (
    NamePart("exports, imports, balance", "What flows: credits, debits, and exports less imports."),
    NamePart("mom", "On the month before."),
    NamePart("yoy", "On the same period of the year before."),
    NamePart("fytd", "Fiscal year to date: July to the row's month."),
    NamePart("12m", "The twelve months that end with the row's month."),
    NamePart("first_published", "The first print that is known."),
    NamePart("rounding", "Half a unit of the last printed digit: a smaller difference is none."),
    NamePart("share", "Part of all services (or of the total that the description names)."),
    NamePart("vintage_id", "The vintage behind the figure beside it."),
)
