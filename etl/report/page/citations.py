"""Where the figures of a page come from: each vintage once, numbered in the order in which it is shown.

Here: finding the file, sheet and cell, or the print, of a vintage. Not here: how a citation looks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from etl import warehouse
from etl.report.places import place

MARTS = ("vintages", "derivations", "dim_item", "dim_release", "dim_release_file")
"""What citations are read from."""
_UPPER_BOUNDS = ("http_last_modified", "first_seen", "seen_by_this_day")


class Citation(NamedTuple):
    """The way from a figure to its cell or its print."""

    vintage_id: str
    code: str
    name: str
    flow: str
    period: str
    value_as_printed: str | None
    """None for a derived value, which nothing printed."""
    unit: str
    basis: str
    via: str
    release_title: str
    published_on: date
    published_on_is: str
    sheet: str | None
    cell: str | None
    file_name: str | None
    file_sha256: str | None
    source_url: str | None
    input_ids: list[str]
    """Of a derived value: the vintages that it is made of."""

    @property
    def place(self) -> str | None:
        """Where it stands in its file, in words."""
        return place((self.sheet or "").strip(), self.cell) if self.cell else None

    @property
    def published(self) -> str:
        """When it was published, in words: some days are only the latest that it can have been."""
        said = {**dict.fromkeys(_UPPER_BOUNDS, "out by"), "assumed": "published about"}
        return f"{said.get(self.published_on_is, 'published on')} {self.published_on}"

    @property
    def link(self) -> str | None:
        """An address that a browser can follow."""
        first = (self.source_url or "").split(" ")[0]
        return first.rstrip(",;") if first.startswith(("https://", "http://")) else None

    @property
    def beside_the_link(self) -> str:
        """What the source says beside its address: which edition it was, or who recorded it."""
        said = self.source_url or ""
        return said.removeprefix(self.link or "").strip(" ,;")


@dataclass
class References:
    """The citations of a page; asking for the number of one puts it on the page."""

    known: dict[str, Citation]
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, vintage_id: str) -> int:
        """Give the number of a vintage, a new one where it has none yet; what it is made of follows it."""
        if vintage_id not in self.numbers:
            self.numbers[vintage_id] = len(self.numbers) + 1
            for part in self.known[vintage_id].input_ids:
                self.number(part)
        return self.numbers[vintage_id]

    def ranges(self, vintage_ids: Iterable[str]) -> list[tuple[int, int]]:
        """Give the numbers of some vintages as first and last of those that follow each other."""
        found: list[tuple[int, int]] = []
        for number in sorted({self.number(one) for one in vintage_ids}):
            if found and found[-1][1] == number - 1:
                found[-1] = (found[-1][0], number)
            else:
                found.append((number, number))
        return found

    def words(self, vintage_id: str) -> str:
        """Say in a line where a vintage is from: `[12] Trade in services, published on 2026-04-17`."""
        citation = self.known[vintage_id]
        return f"[{self.number(vintage_id)}] {citation.release_title}, {citation.published}"

    def shown(self) -> list[tuple[int, Citation]]:
        """Give what was asked for, in the order of its numbers."""
        return [(number, self.known[vintage_id]) for vintage_id, number in self.numbers.items()]


def load(connection: warehouse.Connection, vintage_ids: Iterable[str]) -> References:
    """Read the citations of some vintages, and of what derived ones are made of."""
    wanted = list(vintage_ids)
    rows = connection.execute(_CITATIONS, {"wanted": wanted}).fetchall()
    return References({row[0]: Citation(*row) for row in rows})


_CITATIONS = """
with inputs as (
    select vintage_id, list(input_vintage_id order by sign desc, input_period desc) as input_ids
    from marts.derivations
    group by vintage_id
),

wanted as (
    select unnest($wanted::varchar[]) as vintage_id
    union
    select input_vintage_id from marts.derivations where list_contains($wanted::varchar[], vintage_id)
)

select
    vintages.vintage_id, vintages.code, coalesce(item.item_name, vintages.code), vintages.flow,
    vintages.period, vintages.value_as_printed, vintages.unit, vintages.basis, vintages.via, releases.title,
    vintages.published_on, vintages.published_on_is, vintages.sheet, vintages.cell,
    files.original_name, vintages.file_sha256, vintages.source_url, coalesce(inputs.input_ids, [])
from marts.vintages as vintages
inner join wanted on vintages.vintage_id = wanted.vintage_id
left join marts.dim_release as releases on vintages.release_id = releases.release_id
left join marts.dim_item as item on vintages.code = item.item_code
left join marts.dim_release_file as files
    on vintages.file_sha256 = files.file_sha256 and vintages.release_id = files.release_id
left join inputs on vintages.vintage_id = inputs.vintage_id
"""
