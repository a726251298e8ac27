"""What is exported: marts with their columns, as the published file describes them.

Here: names, types, comments and keys of marts, and the query of one whose nested columns are text. Not here:
any description; each stands beside its model and is a comment in the file.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from etl.errors import EtlError
from etl.modelling.keys import Keys
from etl.units import unit_of
from etl.warehouse import Connection


class UnknownMartError(EtlError):
    """There is no such mart; the message says which there are."""


@dataclass(frozen=True)
class Column:
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
        """Tell whether a value is no single one: a list or a struct."""
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
class Mart:
    """A mart: what it is called, what its rows are, its columns and keys."""

    name: str
    description: str
    columns: tuple[Column, ...]
    keys: Keys

    def query(self, *, is_flat: bool, is_sorted: bool) -> str:
        """Give the query of its rows: flat, with lists and structs as JSON text, for formats that have none;
        sorted by the key, else in the order in which the mart keeps them.
        """
        columns = ", ".join(
            f'to_json("{c.name}")::varchar as "{c.name}"' if is_flat and c.is_nested else f'"{c.name}"'
            for c in self.columns
        )
        order = ", ".join(f'"{name}"' for name in self.keys.primary) or "all"
        return f'select {columns} from marts."{self.name}"' + (f" order by {order}" if is_sorted else "")


def marts(connection: Connection, keys: Mapping[str, Keys], names: Collection[str] = ()) -> list[Mart]:
    """Give the marts of an opened warehouse by name: all, or those named.

    Raises `UnknownMartError`.
    """
    columns: dict[str, list[Column]] = {}
    for mart, name, data_type, comment, is_nullable in connection.execute(_COLUMNS).fetchall():
        columns.setdefault(mart, []).append(Column(name, data_type, comment or "", is_nullable))
    described = dict(connection.execute(_MARTS).fetchall())
    unknown = sorted(set(names) - set(described))
    if unknown:
        raise UnknownMartError(f"there is no mart {unknown[0]!r}; there are {', '.join(sorted(described))}")
    chosen = sorted(names or described)
    return [
        Mart(name, described[name] or "", tuple(columns[name]), _keys_among(chosen, keys.get(name, Keys())))
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
