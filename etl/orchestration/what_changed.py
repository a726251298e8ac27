"""What a run changed, for whoever watches it: pictures of series, the brief, figures that differ.

Here: how these stand beside an asset. Not here: what is drawn, said and compared; that is `etl.report`.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import dagster as dg

from etl import warehouse
from etl.modelling.manifest import Node
from etl.orchestration.markdown import INLINE, table
from etl.report import brief, pictures, sparkline
from etl.report import changes as comparing
from etl.report.changes import Change, Key
from etl.report.series import SERIES
from etl.snapshots import Snapshot

Metadata = dict[str, dg.MetadataValue]

BRIEFED = "services_monthly"
"""The mart that the brief is about."""
SHOWN = frozenset(
    {BRIEFED, *(picture.mart for picture in pictures.PICTURES), *(series.marts[0].name for series in SERIES)}
)
"""The marts of which there is more to see than rows, once all are built."""


@dataclass(frozen=True)
class Compared:
    """What differs in a build from the snapshot that was published before it."""

    before: Snapshot | None
    """None before the first publication: nothing is compared."""
    changed: tuple[Change, ...]

    @property
    def keys(self) -> frozenset[Key]:
        """Name the figures that differ."""
        return frozenset(change.key for change in self.changed)


@dataclass
class Comparisons:
    """The last comparison of this process: the marts of a run show it and so does what is published of them,
    and to make it takes 0.2 s.
    """

    _made_of: tuple[int, str | None] | None = None
    _changed: tuple[Change, ...] = ()

    def compare(
        self, before: Snapshot | None, build_key: str | None, connection: warehouse.Connection
    ) -> Compared:
        """Compare the build of a key with a snapshot. Builds of one key hold the same figures."""
        if before is None:
            return Compared(None, ())
        if self._made_of != (of := (before.build.number, build_key)):
            with warehouse.read(before.database) as earlier:
                self._changed = comparing.since(earlier, connection)
            self._made_of = of
        return Compared(before, self._changed)


def of_marts(
    connection: warehouse.Connection, nodes: Collection[Node], compared: Compared | None
) -> dict[str, Metadata]:
    """Give what there is to see of each mart that was built, by the id of its node.

    What changed since the published snapshot, and the brief, are read from several marts: they are given
    where the whole build is good, and so was compared.
    """
    marts = {node.name: node.unique_id for node in nodes if node.schema == "marts"}
    drawn = _pictures(connection, marts, compared.keys if compared else frozenset())
    if compared:
        drawn[BRIEFED] = in_words(connection) | drawn[BRIEFED]
        for mart, of_mart in _by_mart(compared).items():
            drawn[mart] |= differences(of_mart)
    return {unique_id: drawn[name] for name, unique_id in marts.items()}


def of_snapshot(connection: warehouse.Connection, compared: Compared) -> Metadata:
    """Give what there is to see of a snapshot that has just been published."""
    drawn = _pictures(connection, [BRIEFED], compared.keys)[BRIEFED]
    return in_words(connection) | drawn | differences(compared)


def in_words(connection: warehouse.Connection) -> Metadata:
    """Give the brief, and its first sentence apart: it is short enough to be shown in its place."""
    try:
        text = brief.written(connection, as_markdown=True)
    except brief.NoFigureError as error:
        return {"headline": dg.MetadataValue.text(str(error))}
    _, headline, *_ = text.split("\n\n")
    return {"headline": dg.MetadataValue.md(headline), "brief": dg.MetadataValue.md(text)}


def differences(compared: Compared) -> Metadata:
    """Say how many figures changed since the snapshot before, if there is one, and show those of the newest
    periods.
    """
    if compared.before is None:
        return {}
    counts = Counter(change.kind for change in compared.changed)
    counted = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items()))
    words = f"{counted or 'no figure changed'} since snapshot {compared.before.build.number}"
    metadata: Metadata = {"changed": dg.MetadataValue.text(words)}
    if compared.changed:
        metadata["changes"] = dg.MetadataValue.md(_newest(compared.changed))
    return metadata


def _newest(changed: Sequence[Change]) -> str:
    """List the changes of the newest periods, as many as are shown in their place."""
    rows = [
        (c.key.period, c.key.code, c.key.flow, c.kind, _amount(c.before), _amount(c.after), c.name)
        for c in reversed(changed[-_MOST_SHOWN:])
    ]
    text = _listed(rows, len(changed))
    while len(text) >= INLINE:
        rows.pop()
        text = _listed(rows, len(changed))
    return text


def _listed(rows: Sequence[Sequence[object]], count: int) -> str:
    rest = count - len(rows)
    text = table(_COLUMNS, rows, right=_AMOUNTS)
    return text + (f"\n\nand {rest:,} more: `etl diff` shows all" if rest else "")


_MOST_SHOWN = 10
_COLUMNS = ("period", "code", "flow", "change", "before", "after", "name")
_AMOUNTS = ("before", "after")


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:,.3f}"


def _pictures(
    connection: warehouse.Connection, marts: Collection[str], changed: frozenset[Key]
) -> dict[str, Metadata]:
    """Draw the series of marts; what changed is marked."""
    drawn = {mart: Metadata() for mart in marts}
    for picture in pictures.PICTURES:
        if picture.mart in drawn:
            points = pictures.points(connection, picture, changed)
            image = sparkline.as_markdown(picture.title, points)
            drawn[picture.mart][picture.name] = dg.MetadataValue.md(image)
    return drawn


def _by_mart(compared: Compared) -> dict[str, Compared]:
    """Give the changes to each mart of periods that are compared."""
    return {
        series.marts[0].name: Compared(
            compared.before, tuple(change for change in compared.changed if change.key.series == series.name)
        )
        for series in SERIES
    }
