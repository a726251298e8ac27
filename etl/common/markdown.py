"""Markdown: text and links as they are, whatever characters they hold.

Here: what must not be taken for markup. Not here: what is written with it.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from etl.common.terminal import one_line

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is: labels of files hold asterisks and underscores."""
    return _MARKUP.sub(r"\\\1", text)


def link(text: str, address: str) -> str:
    """Return a link; an address in angle brackets may hold parentheses and underscores."""
    quoted = address.replace("<", "%3C").replace(">", "%3E")
    return f"[{escaped(text)}](<{quoted}>)"


INLINE = 1_000


def table(names: Sequence[str], rows: Iterable[Sequence[object]], right: Collection[str] = ()) -> str:
    """Return a table; the columns named in `right` stand right-aligned. Nothing is written for None."""
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
