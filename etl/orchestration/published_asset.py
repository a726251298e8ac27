"""The published warehouse: the asset at the end of the graph, and what a person wants to know of it.

Here: the asset of group `published`. It depends on every mart, so a test that must hold and does not
keeps it as it was.
"""

from decimal import Decimal

import dagster as dg

from etl import building, snapshots
from etl.modelling import keys
from etl.modelling.manifest import Manifest
from etl.orchestration.context import Context
from etl.orchestration.model_assets import node_key
from etl.report import brief, changes, dictionary
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
    def warehouse() -> dg.MaterializeResult[None]:
        context.progress.step("publishing")
        documents = {
            "dictionary.html": dictionary.render(manifest, context.catalog),
            keys.FILE_NAME: keys.document(manifest),
        }
        before = snapshots.current(context.settings)
        snapshot = building.publish(context.settings, documents)
        changed = changes.of_databases(before.database, snapshot.database) if before else ()
        return dg.MaterializeResult(
            metadata={
                "database": dg.MetadataValue.path(str(context.settings.current_database)),
                "dictionary": dg.MetadataValue.path(
                    str(context.settings.current_database.with_name("dictionary.html"))
                ),
                "snapshot": dg.MetadataValue.int(snapshot.build.number),
                "size_bytes": dg.MetadataValue.int(snapshot.database.stat().st_size),
                "brief": dg.MetadataValue.md(brief.write(snapshot.database, as_markdown=True)),
                "changes": dg.MetadataValue.md(_changes(changed) if before else "the first snapshot"),
                "rows": dg.MetadataValue.md(_rows(snapshot.build)),
            }
        )

    return warehouse


_CHANGES_SHOWN = 40


def _changes(changed: tuple[changes.Change, ...]) -> str:
    """Show what changed since the snapshot before, newest periods first."""
    if not changed:
        return "no figure changed"
    lines = [
        f"| {c.key.period} | {c.key.series} | {c.key.code} {c.name} | {c.key.flow} | {c.kind} "
        f"| {_amount(c.before)} | {_amount(c.after)} |"
        for c in reversed(changed)
    ]
    shown = [
        "| period | series | figure | flow | change | before | after |",
        "|---|---|---|---|---|---:|---:|",
    ]
    shown += lines[:_CHANGES_SHOWN]
    rest = len(lines) - _CHANGES_SHOWN
    return "\n".join(shown) + (f"\n\nand {rest} more: `etl diff` shows all" if rest > 0 else "")


def _amount(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def _rows(build: Build) -> str:
    lines = [f"| {name} | {count:,} |" for name, count in build.mart_rows.items()]
    return "\n".join(["| mart | rows |", "|---|---:|", *lines])
