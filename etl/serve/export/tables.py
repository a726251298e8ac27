"""What is exported: marts with their columns, as the published file describes them.

Here: names, types, comments and keys of marts, and the query of one whose nested columns are text. Not here:
any description; each stands beside its model and is a comment in the file.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from etl import __version__
from etl.catalog.units import unit_of
from etl.common.errors import EtlError
from etl.modelling.manifest import Keys
from etl.publish.snapshots import Build
from etl.warehouse.connect import Connection


class UnknownMartError(EtlError):
    """There is no such mart; the message says which there are."""


@dataclass(frozen=True)
class MartColumn:
    """A column of a mart."""

    name: str
    type: str
    """DuckDB's, such as `DECIMAL(18,6)`."""
    description: str
    is_nullable: bool

    @property
    def unit(self) -> str | None:
        """The unit that the name says, in words."""
        unit = unit_of(self.name)
        return unit.name if unit is not None and unit.is_measure else None

    @property
    def field_type(self) -> str:
        """The type in the words of the Table Schema of data packages."""
        if self.type.endswith("[]"):
            return "array"
        return _FIELD_TYPES[self.type.partition("(")[0]]

    @property
    def is_nested(self) -> bool:
        """Whether a value is no single one: a list or a struct."""
        return self.field_type in ("array", "object")


_FIELD_TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "STRUCT": "object",
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), "integer"),
    **dict.fromkeys(("DECIMAL", "DOUBLE", "FLOAT"), "number"),
}


@dataclass(frozen=True)
class ExportedMart:
    """A mart: what it is called, what its rows are, its columns and keys."""

    name: str
    description: str
    columns: tuple[MartColumn, ...]
    keys: Keys

    def query(self, *, is_flat: bool, is_sorted: bool) -> str:
        """Return the query of its rows: flat, with lists and structs as JSON text, for formats that have
        none; sorted by the key, else in the order in which the mart keeps them.
        """
        columns = ", ".join(
            f'to_json("{c.name}")::varchar as "{c.name}"' if is_flat and c.is_nested else f'"{c.name}"'
            for c in self.columns
        )
        order = ", ".join(f'"{name}"' for name in self.keys.primary) or "all"
        return f'select {columns} from marts."{self.name}"' + (f" order by {order}" if is_sorted else "")


def marts(
    connection: Connection, keys: Mapping[str, Keys], names: Collection[str] = ()
) -> list[ExportedMart]:
    """Return the marts of an opened warehouse by name: all, or those named.

    Raises `UnknownMartError`.
    """
    columns: dict[str, list[MartColumn]] = {}
    for mart, name, data_type, comment, is_nullable in connection.execute(_COLUMNS).fetchall():
        columns.setdefault(mart, []).append(MartColumn(name, data_type, comment or "", is_nullable))
    described = dict(connection.execute(_MARTS).fetchall())
    unknown = sorted(set(names) - set(described))
    if unknown:
        raise UnknownMartError(f"there is no mart {unknown[0]!r}; there are {', '.join(sorted(described))}")
    chosen = sorted(names or described)
    return [
        ExportedMart(
            name, described[name] or "", tuple(columns[name]), _keys_among(chosen, keys.get(name, Keys()))
        )
        for name in chosen
    ]


def _keys_among(exported: Collection[str], keys: Keys) -> Keys:
    """Leave out foreign keys to marts that are not exported: nothing could look them up."""
    return Keys(keys.primary, keys.unique, tuple(key for key in keys.foreign if key.mart in exported))


_MARTS = """
select table_name, comment from duckdb_tables()
where database_name = 'warehouse' and schema_name = 'marts'
"""

_COLUMNS = """
select table_name, column_name, data_type, comment, is_nullable from duckdb_columns()
where database_name = 'warehouse' and schema_name = 'marts'
order by table_name, column_index
"""


TITLE = "The warehouse of the State Bank of Pakistan's releases"
LICENCE = "The State Bank of Pakistan states no licence for its figures; cite it as the source."


class ExportSource(NamedTuple):
    """A release, or a set of figures transcribed from print, that the marts hold vintages of."""

    title: str
    address: str | None
    """Where SBP has it now; None for figures transcribed from print, whose links stand in `vintages`."""


@dataclass(frozen=True)
class Origin:
    """What an export was made from."""

    snapshot: int
    build_key: str
    published_at: datetime
    """When the snapshot was published, UTC."""
    as_of: date | None
    """The day as of which the marts are; None as they are in the snapshot."""
    sources: tuple[ExportSource, ...]

    @classmethod
    def of(cls, connection: Connection, build: Build, as_of: date | None) -> "Origin":
        """Return the origin of an opened snapshot."""
        sources = tuple(ExportSource(*row) for row in connection.execute(_SOURCES).fetchall())
        return cls(build.number, build.build_key, build.published_at, as_of, sources)

    @property
    def version(self) -> str:
        """The state of the figures in a few words."""
        known = f", as known on {self.as_of}" if self.as_of else ""
        return f"snapshot {self.snapshot} of {self.published_at.date()}{known}"

    @property
    def citation(self) -> str:
        """The sentence to cite the figures by."""
        return (
            f"State Bank of Pakistan, external-sector releases; collected by sbp-warehouse {__version__}, "
            f"{self.version}."
        )


_SOURCES = """
select title, addresses[1] from marts.dim_release
where release_id in (select release_id from marts.vintages)
order by release_id
"""
