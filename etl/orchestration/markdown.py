"""Tables in Markdown, as Dagster shows them beside an asset.

Here: rows of any values in, text out. Dagster shows text of fewer than `INLINE` characters in its place, and
a longer one behind a button (1.13.27).
"""

from collections.abc import Collection, Iterable, Sequence

from etl.plain import one_line
from etl.report.markdown import escaped

INLINE = 1_000


def table(names: Sequence[str], rows: Iterable[Sequence[object]], right: Collection[str] = ()) -> str:
    """Give a table; the columns named in `right` stand right-aligned. Nothing is written for None."""
    lines = [
        "| " + " | ".join(names) + " |",
        "|" + "".join("---:|" if name in right else "---|" for name in names),
    ]
    lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    """Write a value on one line, as text: what a label says is no markup, and a picture in it would be asked
    for over the network.
    """
    return "" if value is None else escaped(one_line(str(value)))
