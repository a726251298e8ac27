"""What a run changed, for whoever watches it: pictures of series, the brief, figures that differ.

Here: how these stand beside an asset. Not here: what is drawn, said and compared; that is `etl.report`.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal

import dagster as dg

from etl import building, snapshots, warehouse
from etl.lake.place import Database
from etl.modelling.manifest import Node
from etl.orchestration.markdown import INLINE, table
from etl.report import brief, pictures, sparkline
from etl.report import changes as comparing
from etl.report.changes import Change
from etl.report.series import SERIES
from etl.settings import Settings
from etl.snapshots import Snapshot

Metadata = dict[str, dg.MetadataValue]

BRIEFED = "services_monthly"
"""The mart that the brief is about."""


def of_marts(settings: Settings, nodes: Collection[Node], *, is_whole: bool) -> dict[str, Metadata]:
    """Give what there is to see of each mart that was built, by the id of its node.

    What changed since the published snapshot, and the brief, are read from several marts: they are given
    where the whole build is good.
    """
    marts = {node.name: node.unique_id for node in nodes if node.schema == "marts"}
    before = snapshots.current(settings) if is_whole else None
    with building.read_build(settings) as connection:
        changed = _since(before, connection)
        drawn = _pictures(connection, marts, changed)
    if is_whole:
        with building.build_lock(settings):
            drawn[BRIEFED] = in_words(settings.build_database) | drawn[BRIEFED]
    if before:
        for mart, of_mart in _by_mart(changed).items():
            drawn[mart] |= differences(of_mart, before)
    return {unique_id: drawn[name] for name, unique_id in marts.items()}


def of_snapshot(snapshot: Snapshot, before: Snapshot | None) -> Metadata:
    """Give what there is to see of a snapshot that has just been published."""
    with warehouse.read(snapshot.database) as connection:
        changed = _since(before, connection)
        drawn = _pictures(connection, [BRIEFED], changed)[BRIEFED]
    said = in_words(snapshot.database)
    return said | drawn | (differences(changed, before) if before else {})


def in_words(database: Database) -> Metadata:
    """Give the brief, and its first sentence apart: it is short enough to be shown in its place."""
    try:
        text = brief.write(database, as_markdown=True)
    except brief.NoFigureError as error:
        return {"headline": dg.MetadataValue.text(str(error))}
    _, headline, *_ = text.split("\n\n")
    return {"headline": dg.MetadataValue.md(headline), "brief": dg.MetadataValue.md(text)}


def differences(changed: Sequence[Change], before: Snapshot) -> Metadata:
    """Say how many figures changed since a snapshot, and show those of the newest periods."""
    counts = Counter(change.kind for change in changed)
    counted = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items()))
    words = f"{counted or 'no figure changed'} since snapshot {before.build.number}"
    metadata: Metadata = {"changed": dg.MetadataValue.text(words)}
    if changed:
        metadata["changes"] = dg.MetadataValue.md(_newest(changed))
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


def _since(before: Snapshot | None, connection: warehouse.Connection) -> tuple[Change, ...]:
    """Give the figures that differ from a snapshot's; none where there is no snapshot."""
    if before is None:
        return ()
    with warehouse.read(before.database) as earlier:
        return comparing.since(earlier, connection)


def _pictures(
    connection: warehouse.Connection, marts: Collection[str], changed: Sequence[Change]
) -> dict[str, Metadata]:
    """Draw the series of marts; what changed is marked."""
    keys = frozenset(change.key for change in changed)
    drawn = {mart: Metadata() for mart in marts}
    for picture in pictures.PICTURES:
        if picture.mart in drawn:
            points = pictures.points(connection, picture, keys)
            image = sparkline.as_markdown(picture.title, points)
            drawn[picture.mart][picture.name] = dg.MetadataValue.md(image)
    return drawn


def _by_mart(changed: Sequence[Change]) -> dict[str, list[Change]]:
    """Give the changes to each mart of periods that are compared."""
    return {
        series.marts[0].name: [change for change in changed if change.key.series == series.name]
        for series in SERIES
    }
