"""One asset a raw table: to materialise it is to land what the archive holds and it does not.

Here: the assets of group `raw`. A release with nothing new materialises as unchanged: a skipped step
would skip all of dbt behind it, in a run that says success.
"""

from collections.abc import Iterator

import dagster as dg

from etl import building
from etl.catalog import Release
from etl.landing import LandedFile
from etl.orchestration.context import Context
from etl.orchestration.markdown import table as markdown_table
from etl.orchestration.release_assets import release_key
from etl.orchestration.running import ALIVE, TURN
from etl.raw_tables import BOOKKEEPING_TABLES

_COLUMNS = ("file", "cells", "outside the table", "quarantined because")
_COUNTS = ("cells", "outside the table")


def raw_key(table: str) -> dg.AssetKey:
    """Give the asset key of a raw table."""
    return dg.AssetKey(["raw", table])


def raw_assets(context: Context) -> list[dg.AssetsDefinition]:
    """Give one asset for each raw table of a release, and one step for the bookkeeping tables."""
    return [*(_asset(context, release) for release in context.catalog.file_releases), _bookkeeping(context)]


def _asset(context: Context, release: Release) -> dg.AssetsDefinition:
    @dg.asset(
        key=raw_key(release.id),
        deps=[release_key(release)],
        group_name="raw",
        kinds={"duckdb"},
        required_resource_keys={ALIVE, TURN},
        description=f"Every cell of every archived file of **{release.title}**, exactly as printed.",
    )
    def land_release() -> dg.MaterializeResult[None]:
        context.progress.step(f"landing {release.id}")
        landed = building.land(context.settings, context.catalog, context.archive, release)
        for file in landed:
            context.progress.landed(file)
        return dg.MaterializeResult(metadata=_metadata(landed))

    return land_release


def _metadata(landed: tuple[LandedFile, ...]) -> dict[str, dg.MetadataValue]:
    rows = [
        (file.file_sha256[:12], file.observation_count, file.unread_count, file.quarantine) for file in landed
    ]
    return {
        "outcome": dg.MetadataValue.text(f"{len(landed)} new files" if landed else "unchanged"),
        "rows_landed": dg.MetadataValue.int(sum(file.observation_count for file in landed)),
        "files": dg.MetadataValue.md(markdown_table(_COLUMNS, rows, right=_COUNTS) if landed else "none"),
    }


def _bookkeeping(context: Context) -> dg.AssetsDefinition:
    @dg.multi_asset(
        specs=[
            dg.AssetSpec(
                raw_key(table.name),
                deps=[raw_key(release.id) for release in context.catalog.file_releases],
                group_name="raw",
                kinds={"duckdb"},
                description=table.description,
            )
            for table in BOOKKEEPING_TABLES
        ],
        name="land_bookkeeping",
        required_resource_keys={ALIVE, TURN},
    )
    def land_bookkeeping() -> Iterator[dg.MaterializeResult[None]]:
        gained = building.land_bookkeeping(context.settings, context.catalog, context.archive)
        for table in BOOKKEEPING_TABLES:
            metadata = {"rows_landed": gained} if table.name == "fetches" else {}
            yield dg.MaterializeResult(asset_key=raw_key(table.name), metadata=metadata)

    return land_bookkeeping
