"""The published warehouse and the gate behind it: the end of the graph, and what a person wants to know.

Here: the assets of group `published`. The warehouse depends on every mart, so a test that must hold and
does not keeps it as it was. The gate comes last: whatever can be served is, before it fails the run.
"""

import dagster as dg

from etl import building, snapshots
from etl.calendar import today
from etl.modelling import keys
from etl.modelling.manifest import Manifest
from etl.orchestration import what_changed
from etl.orchestration.context import Context
from etl.orchestration.markdown import table
from etl.orchestration.model_assets import node_key
from etl.orchestration.running import ALIVE, TURN
from etl.plain import one_line
from etl.report.dictionary import page
from etl.report.dictionary.extents import measure
from etl.report.dictionary.where import FILE_NAME
from etl.report.markdown import escaped
from etl.snapshots import Build, Snapshot
from etl.storage import size_bytes
from etl.warehouse import read

PUBLISHED_KEY = dg.AssetKey(["published", "warehouse"])
GATE_KEY = dg.AssetKey(["published", "gate"])
GATE_STEP = "__".join(GATE_KEY.path)
"""Dagster's name of the gate's step."""


def published_asset(context: Context, manifest: Manifest) -> dg.AssetsDefinition:
    """Give the asset that publishes a tested build."""

    @dg.asset(
        key=PUBLISHED_KEY,
        deps=[node_key(node) for node in manifest.built if node.schema in ("marts", "main")],
        group_name="published",
        kinds={"duckdb"},
        required_resource_keys={ALIVE, TURN},
        description="The warehouse that analysts open, read-only: swapped all at once after every test "
        "that must hold has passed. Who has it open keeps the snapshot; a new connection sees the new one.",
    )
    def warehouse() -> dg.MaterializeResult[None]:
        context.progress.step("publishing")
        with building.read_build(context.settings) as connection:
            extents = measure(connection, manifest)
        documents = {
            FILE_NAME: page.render(manifest, context.catalog, extents, today()),
            keys.FILE_NAME: keys.document(manifest),
        }
        before = snapshots.current(context.settings)
        snapshot = building.publish(context.settings, documents)
        seen = context.looks.seen(before, snapshot.build.build_key) or _look(context, snapshot, before)
        return dg.MaterializeResult(
            metadata={
                **seen.metadata,
                "database": dg.MetadataValue.path(str(context.settings.current_database)),
                "dictionary": dg.MetadataValue.path(str(context.settings.current_documents / FILE_NAME)),
                "snapshot": dg.MetadataValue.int(snapshot.build.number),
                "size_bytes": dg.MetadataValue.int(size_bytes(snapshot.database)),
                "rows": dg.MetadataValue.md(_rows(snapshot.build)),
                "quarantined": dg.MetadataValue.md(_quarantined(snapshot.build)),
            }
        )

    return warehouse


def gate_asset(context: Context) -> dg.AssetsDefinition:
    """Give the asset that fails a run in which a quarantine is new; the marts are published by then."""

    @dg.asset(
        key=GATE_KEY,
        deps=[PUBLISHED_KEY],
        group_name="published",
        required_resource_keys={ALIVE},
        description="Fails the run whose snapshot is the first to hold a quarantined file, so that somebody "
        "looks; the good marts are served all the same. In later runs the file shows as a failing check of "
        "its release and as a line of the snapshot, so that a new failure does not hide behind an old one.",
    )
    def gate() -> dg.MaterializeResult[None]:
        snapshot = snapshots.current(context.settings)
        new = snapshot.build.new_quarantines if snapshot else ()
        if new:
            raise dg.Failure(
                f"published, without {len(new)} newly quarantined: {'; '.join(new)}", allow_retries=False
            )
        return dg.MaterializeResult(metadata={"newly_quarantined": 0})

    return gate


def _look(context: Context, snapshot: Snapshot, before: Snapshot | None) -> what_changed.Seen:
    with read(snapshot.database) as connection:
        return context.looks.look(before, snapshot.build.build_key, connection)


def _quarantined(build: Build) -> str:
    lines = [
        f"- {state.release_id}: {escaped(one_line(state.quarantine))}"
        for state in build.releases
        if state.quarantine
    ]
    return "\n".join(lines) or "nothing"


def _rows(build: Build) -> str:
    rows = [(name, f"{count:,}") for name, count in build.mart_rows.items()]
    return table(("mart", "rows"), rows, right=("rows",))
