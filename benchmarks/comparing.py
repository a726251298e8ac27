"""Whether two databases hold the same marts, row for row, in the columns that both have."""

from pathlib import Path

from etl.warehouse import connect

_COLUMNS = """
select table_name, column_name, data_type
from duckdb_columns()
where database_name = ? and schema_name = 'marts'
order by table_name, column_index
"""


def differences(ours: Path, theirs: Path) -> list[str]:
    """Name the marts that differ or that one lacks; none: the two are equal."""
    with connect.read_two(ours, theirs) as connection:
        first, second = (_columns(connection, name) for name in ("first", "second"))
        return [
            mart
            for mart in sorted(first.keys() | second.keys())
            if first.get(mart, {}).keys() != second.get(mart, {}).keys()
            or _rows_differ(connection, f'marts."{mart}"', f'marts."{mart}"', first[mart])
        ]


def rows_that_differ(ours: Path, theirs: Path, own: str, other: str, types: tuple[str, ...]) -> list[str]:
    """Return some rows that only one of two queries gives, each of its database; `types` are those in which
    their columns are compared.
    """
    with connect.read_two(ours, theirs) as connection:
        columns = ", ".join(f"cast(#{place} as {kind})" for place, kind in enumerate(types, 1))
        sides = [f"select {columns} from ({query})" for query in (own, other)]
        return [
            str(row)
            for one, two in (sides, sides[::-1])
            for row in connection.execute(f"({one}) except all ({two}) limit 3").fetchall()
        ]


def _columns(connection: connect.Connection, database: str) -> dict[str, dict[str, str]]:
    """Return the columns of every mart with their types."""
    marts: dict[str, dict[str, str]] = {}
    for mart, column, kind in connection.execute(_COLUMNS, [database]).fetchall():
        marts.setdefault(mart, {})[column] = kind
    return marts


def _rows_differ(connection: connect.Connection, one: str, other: str, columns: dict[str, str]) -> bool:
    """Compare two tables with our types: what computes a mart elsewhere may leave a decimal wider."""
    casts = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in columns.items())
    sides = f"select {casts} from first.{one}", f"select {casts} from second.{other}"
    return any(
        connection.execute(f"({a}) except all ({b}) limit 1").fetchone() for a, b in (sides, sides[::-1])
    )
