"""What stands in the dictionary: tables with columns, keys, links, tests and lineage, measures, releases.

Here: the manifest, the catalogue and what was counted, put together as values that the template writes down.
Not here: HTML, and any word that a description should say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from etl.catalog import Catalog, Release
from etl.modelling import as_of
from etl.modelling.manifest import Check, Column, Manifest, Node
from etl.report.dictionary.extents import Extent, Extents, ReleaseExtent
from etl.report.series import SERIES
from etl.units import Unit, unit_of

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
        """Give the table's full name, by which links find it."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Measure:
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
    """Give the tables of a schema by name; those with equal columns stand together under the first one."""
    nodes = sorted((n for n in manifest.nodes.values() if n.schema == schema), key=lambda node: node.name)
    entries: list[TableEntry] = []
    together: dict[tuple[Column, ...], list[Node]] = {}
    for node in nodes:
        together.setdefault(node.columns or (Column(node.name, None, ""),), []).append(node)
    for first, *others in together.values():
        alike = tuple(_table(node, manifest, catalog, extents) for node in others)
        entries.append(_table(first, manifest, catalog, extents, alike))
    return entries


def measures(marts: Iterable[TableEntry]) -> list[Measure]:
    """Give every measure with the marts that have it, by unit and name."""
    found: dict[str, list[str]] = {}
    units: dict[str, Unit] = {}
    for mart in marts:
        for column in mart.columns:
            if column.unit and column.unit.is_measure:
                found.setdefault(column.name, []).append(mart.anchor)
                units[column.name] = column.unit
    return [Measure(name, units[name], tuple(found[name])) for name in sorted(found)]


def releases(manifest: Manifest, catalog: Catalog, extents: Extents) -> list[ReleaseEntry]:
    """Give every release of the catalogue."""
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
    column: Column, checks: list[Check], key: tuple[str, ...], extent: Extent | None, manifest: Manifest
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


def _key(checks: list[Check]) -> tuple[str, ...]:
    """Give the columns that no two rows share: of one test over columns, else of a test of one column."""
    for check in checks:
        if check.kind == "unique_key":
            return tuple(check.arguments["columns"])
    return next(((check.column,) for check in checks if check.kind == "unique" and check.column), ())


def _target(check: Check, manifest: Manifest) -> str:
    """Give the column that a test of relationships names: `ref('dim_item')` and `item_code`."""
    name = check.arguments["to"].split("'")[1]
    schema = next(node.schema for node in manifest.nodes.values() if node.name == name)
    return f"{schema}.{name}.{check.arguments['field']}"


def _promise(check: Check, manifest: Manifest) -> Promise:
    """Say what a test promises; dbt's own tests have no description in the project."""
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
    """Give the releases whose figures a table holds, those that decide first."""
    if node.schema == "marts":
        of_series = [r for r in catalog.releases if node.name in _marts_of(r.series, manifest)]
        return sorted(of_series, key=lambda release: (release.source.tier, release.id))
    full_name = f"{node.schema}.{node.name}"
    return [release for release in catalog.releases if full_name in _homes(release)]


def _homes(release: Release) -> tuple[str, ...]:
    """Give where the rows of a release are: as landed, or in its seed, and staged."""
    landed = f"seeds.{release.seed}" if release.seed else f"raw.{release.id}"
    return (landed, f"staging.stg_{release.id}")


def _marts_of(series: str, manifest: Manifest) -> set[str]:
    """Give the marts of a series: those that reports read it from, and others that are called after it."""
    listed = {mart.name for known in SERIES if known.name == series for mart in known.marts}
    called = {
        n.name for n in manifest.nodes.values() if n.schema == "marts" and n.name.startswith(f"{series}_")
    }
    return listed | called
