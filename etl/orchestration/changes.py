"""What a run changed, for whoever watches it: pictures of series, the brief, figures that differ.

Here: how these stand beside an asset. Not here: what is drawn, said and compared; that is `etl.report`.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import dagster as dg

from etl.common.markdown import INLINE, table
from etl.modelling.manifest import Node
from etl.publish.snapshots import Snapshot
from etl.serve import brief, pictures
from etl.serve import diff as comparing
from etl.serve import pictures as sparkline
from etl.serve.diff import Change, Key
from etl.serve.series import SERIES
from etl.warehouse import connect

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


@dataclass(frozen=True)
class ChangesShown:
    """What there is to see of a whole build that passed its tests."""

    compared: Compared
    briefed: Metadata
    """The brief, and the series of the mart that it is about."""

    @property
    def metadata(self) -> Metadata:
        """Say all of it in one place."""
        return self.briefed | differences(self.compared)


@dataclass
class ChangesView:
    """The last look of this process: what is published shows what the marts of its run have shown, and to
    look takes 0.3 s.
    """

    _seen: tuple[tuple[int | None, str | None], ChangesShown] | None = None

    def seen(self, before: Snapshot | None, build_key: str | None) -> ChangesShown | None:
        """Return what was seen of the build of a key beside the snapshot before it, if that was the last
        look. Builds of one key hold the same figures.
        """
        return self._seen[1] if self._seen and self._seen[0] == _pair(before, build_key) else None

    def look(
        self, before: Snapshot | None, build_key: str | None, connection: connect.Connection
    ) -> ChangesShown:
        """Look at the build of a key, over a connection to it."""
        compared = Compared(before, _since(before, connection))
        drawn = _pictures(connection, [BRIEFED], compared.keys)[BRIEFED]
        seen = ChangesShown(compared, in_words(connection) | drawn)
        self._seen = _pair(before, build_key), seen
        return seen


def _pair(before: Snapshot | None, build_key: str | None) -> tuple[int | None, str | None]:
    return before.build.number if before else None, build_key


def _since(before: Snapshot | None, connection: connect.Connection) -> tuple[Change, ...]:
    if before is None:
        return ()
    with connect.read(before.database) as earlier:
        return comparing.since(earlier, connection)


def of_marts(
    connection: connect.Connection, nodes: Collection[Node], seen: ChangesShown | None
) -> dict[str, Metadata]:
    """Return what there is to see of each mart that was built, by the id of its node.

    What changed since the published snapshot, and the brief, are read from several marts: they are given
    where the whole build is good, and was looked at.
    """
    marts = {node.name: node.unique_id for node in nodes if node.schema == "marts"}
    drawn_already = {BRIEFED: dict(seen.briefed)} if seen else {}
    changed = seen.compared.keys if seen else frozenset[Key]()
    drawn = _pictures(connection, marts.keys() - drawn_already.keys(), changed) | drawn_already
    if seen:
        for mart, of_mart in _by_mart(seen.compared).items():
            drawn[mart] |= differences(of_mart)
    return {unique_id: drawn[name] for name, unique_id in marts.items()}


def in_words(connection: connect.Connection) -> Metadata:
    """Return the brief, and its first sentence apart: it is short enough to be shown in its place."""
    try:
        text = brief.written(connection, as_markdown=True)
    except brief.NoFigureError as error:
        return {"headline": dg.MetadataValue.text(str(error))}
    _, headline, *_ = text.split("\n\n")
    return {"headline": dg.MetadataValue.md(headline), "brief": dg.MetadataValue.md(text)}


def differences(compared: Compared) -> Metadata:
    """Return how many figures changed since the snapshot before, if there is one, and show those of the
    newest periods.
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
    connection: connect.Connection, marts: Collection[str], changed: frozenset[Key]
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
    """Return the changes to each mart of periods that are compared."""
    return {
        series.marts[0].name: Compared(
            compared.before, tuple(change for change in compared.changed if change.key.series == series.name)
        )
        for series in SERIES
    }
