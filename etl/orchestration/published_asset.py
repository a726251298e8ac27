"""The published warehouse: the asset at the end of the graph, and what a person wants to know of it.

Here: the asset of group `published`. It depends on every mart, so a test that must hold and does not
keeps it as it was.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg

from etl import building, snapshots
from etl.modelling.manifest import Manifest
from etl.orchestration import what_changed
from etl.orchestration.context import Context
from etl.orchestration.markdown import table
from etl.orchestration.model_assets import node_key
from etl.report.dictionary import page
from etl.report.dictionary.extents import measure
from etl.report.dictionary.where import FILE_NAME
from etl.settings import TIME_ZONE
from etl.snapshots import Build

PUBLISHED_KEY = dg.AssetKey(["published", "warehouse"])


def published_asset(context: Context, manifest: Manifest) -> dg.AssetsDefinition:
    """Give the asset that publishes a tested build."""

    @dg.asset(
        key=PUBLISHED_KEY,
        deps=[node_key(node) for node in manifest.built if node.schema == "marts"],
        group_name="published",
        kinds={"duckdb"},
        description="The warehouse that analysts open, read-only: swapped all at once after every test "
        "that must hold has passed. Who has it open keeps the snapshot; a new connection sees the new one.",
    )
    def warehouse() -> dg.MaterializeResult:  # type: ignore[type-arg]
        context.progress.step("publishing")
        today = datetime.now(ZoneInfo(TIME_ZONE)).date()
        with building.read_build(context.settings) as connection:
            extents = measure(connection, manifest)
        documents = {FILE_NAME: page.render(manifest, context.catalog, extents, today)}
        before = snapshots.current(context.settings)
        snapshot = building.publish(context.settings, documents)
        return dg.MaterializeResult(
            metadata={
                **what_changed.of_snapshot(snapshot, before),
                "database": dg.MetadataValue.path(str(context.settings.current_database)),
                "dictionary": dg.MetadataValue.path(
                    str(context.settings.current_database.with_name(FILE_NAME))
                ),
                "snapshot": dg.MetadataValue.int(snapshot.build.number),
                "size_bytes": dg.MetadataValue.int(snapshot.database.stat().st_size),
                "rows": dg.MetadataValue.md(_rows(snapshot.build)),
            }
        )

    return warehouse


def _rows(build: Build) -> str:
    rows = [(name, f"{count:,}") for name, count in build.mart_rows.items()]
    return table(("mart", "rows"), rows, right=("rows",))
