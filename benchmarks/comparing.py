"""Whether two databases hold the same marts, row for row."""

from pathlib import Path

from etl import warehouse

_MARTS = "select table_name from information_schema.tables where table_schema = 'marts' order by 1"


def differences(ours: Path, theirs: Path) -> list[str]:
    """Name the marts that differ; none: the two are equal."""
    first, second = _marts(ours), _marts(theirs)
    return [name for name in sorted(first.keys() | second.keys()) if first.get(name) != second.get(name)]


def _marts(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Give the rows of every mart as text, in order: lists and NaN compare as what they print."""
    with warehouse.read(database) as connection:
        names = [name for (name,) in connection.execute(_MARTS).fetchall()]
        return {
            name: connection.execute(
                f'select columns(*)::varchar from marts."{name}" order by all'
            ).fetchall()
            for name in names
        }
