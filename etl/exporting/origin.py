"""Where exported figures come from, in the words that go with them: snapshot, day, sources, citation.

Here: what the data package and the workbook both say. Not here: how each of them lays it out.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from etl import __version__
from etl.snapshots import Build
from etl.warehouse import Connection

TITLE = "The warehouse of the State Bank of Pakistan's releases"
LICENCE = "The State Bank of Pakistan states no licence for its figures; cite it as the source."


class Source(NamedTuple):
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
    sources: tuple[Source, ...]

    @classmethod
    def of(cls, connection: Connection, build: Build, as_of: date | None) -> "Origin":
        """Give the origin of an opened snapshot."""
        sources = tuple(Source(*row) for row in connection.execute(_SOURCES).fetchall())
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
