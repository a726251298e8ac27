"""Rows that repeat their labels, told apart by the tree of known rows where a sheet gives no indents.

Here: the key of each label of a table, in the order in which they are printed. Not here: keys from
indents (`table.table_rows`), and what a key means.
"""

from collections.abc import Iterable
from functools import lru_cache

from etl.reading.labels import PATH_SEPARATOR, row_key

Path = tuple[str, ...]


@lru_cache(maxsize=16)
def known_paths(known_rows: frozenset[str]) -> dict[str, tuple[Path, ...]]:
    """Give, for each label in one spelling, the paths that end in it: of the known rows and of the
    headings that these stand under.
    """
    paths = {
        tuple(steps[:depth])
        for key in known_rows
        if (steps := key.split(PATH_SEPARATOR))
        for depth in range(1, len(steps) + 1)
    }
    found: dict[str, tuple[Path, ...]] = {}
    for path in sorted(paths):
        found[path[-1]] = (*found.get(path[-1], ()), path)
    return found


def keys_in_order(labels: Iterable[str], known_rows: frozenset[str]) -> list[str]:
    """Give the key of each label of a table, from the first row to the last.

    A label that is known once is that row. One that is known several times is the row whose parent was
    printed above and is still open, if that is one row alone: the second `General Government` of the
    balance of payments stands under `Net Acquisition of Financial Assets`, since that came before it.
    Any other label keeps its own words as its key, which is then no known row, and closes what is open.
    """
    known = known_paths(known_rows)
    keys: list[str] = []
    above: Path = ()
    for label in labels:
        word = row_key(label)
        paths = known.get(word, ())
        open_ones = [path for path in paths if path[:-1] == above[: len(path) - 1]]
        certain = paths if len(paths) == 1 else open_ones
        above = certain[0] if len(certain) == 1 else ()
        keys.append(PATH_SEPARATOR.join(above) if above else word)
    return keys
