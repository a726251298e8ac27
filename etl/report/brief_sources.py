"""Where the figures of a brief are from, in words: a file with its cell, or the print that quoted one.

Here: one source as a line of plain text or Markdown. Not here: which sources a brief has.
"""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from etl.report.markdown import escaped, link
from etl.report.places import place

_ADDRESS = re.compile(r"https?://[^\s,]+")

_VIA = {
    "starter": " (written by this project from SBP's published figures, same sheet and cell)",
    "by_hand": " (given by hand)",
    "web_archive": " (kept by a web archive)",
}


@dataclass(frozen=True)
class Source:
    """A file or a print, with the first of the figures that a brief takes from it."""

    release_title: str
    basis: str
    via: str
    value_as_printed: str | None
    """None for a derived figure: nothing printed it."""
    unit: str
    sheet: str | None
    cell: str | None
    file_name: str | None
    """None where SBP's file is not in the archive."""
    address: str | None
    """Of the file, or of the print; may say in words where in it."""
    published_on: date


def in_full(source: Source, *, as_markdown: bool = False) -> str:
    """Say where a figure stands, as what it is printed, since when, and where to get it."""
    write = escaped if as_markdown else str
    if source.basis == "derived":
        return "derived from cumulative figures, whose cells are in the mart `derivations`"
    printed = write(f"{source.value_as_printed} {source.unit}, published on {source.published_on}")
    if source.file_name is None:
        return f"transcribed, SBP's file is not in the archive: {printed}; {_where(source, as_markdown)}"
    stands = f"{place((source.sheet or '').strip(), source.cell or '')} of {source.file_name}"
    text = f"{write(source.release_title)}, {write(stands)}{_VIA.get(source.via, '')}: {printed}"
    return f"{text}; {_where(source, as_markdown)}" if source.address else text


def also_from(source: Source, *, as_markdown: bool = False) -> str:
    """Name a further source in short."""
    if source.basis == "derived":
        return in_full(source)
    write = escaped if as_markdown else str
    name = write(source.file_name) if source.file_name else _where(source, as_markdown)
    return f"{name} ({source.published_on})"


def _where(source: Source, as_markdown: bool) -> str:
    address = source.address or ""
    if not as_markdown:
        return address

    def linked(found: re.Match[str]) -> str:
        return link(urlsplit(found[0]).netloc, found[0])

    parts = _ADDRESS.split(address)
    links = [linked(found) for found in _ADDRESS.finditer(address)]
    return "".join(escaped(part) + shown for part, shown in zip(parts, [*links, ""], strict=True))
