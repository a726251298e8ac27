"""One asset a raw table: to materialise it is to land what the archive holds and it does not.

Here: the assets of group `raw`, landed in one step: fifteen steps, each with its start, its end and a
database to open, took ten times as long as the landing of a file. A release with nothing new materialises
as unchanged: a skipped step would skip all of dbt behind it, in a run that says success.
"""

from collections.abc import Iterator, Sequence

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
    """Give the raw tables of releases as one step, and the bookkeeping tables as another."""
    return [_releases(context), _bookkeeping(context)]


def _releases(shared: Context) -> dg.AssetsDefinition:
    releases = {raw_key(release.id): release for release in shared.catalog.file_releases}

    @dg.multi_asset(
        specs=[_spec(release) for release in releases.values()],
        name="land_releases",
        can_subset=True,
        required_resource_keys={ALIVE, TURN},
    )
    def land_releases(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        selected = {key: release for key, release in releases.items() if key in context.selected_asset_keys}
        shared.progress.step("landing")
        landed = building.land(shared.settings, shared.catalog, shared.archive, *selected.values())
        for file in landed:
            shared.progress.landed(file)
        for key, release in selected.items():
            files = [file for file in landed if file.release_id == release.id]
            yield dg.MaterializeResult(asset_key=key, metadata=_metadata(files))

    return land_releases


def _spec(release: Release) -> dg.AssetSpec:
    return dg.AssetSpec(
        raw_key(release.id),
        deps=[release_key(release)],
        group_name="raw",
        kinds={"duckdb"},
        description=f"Every cell of every archived file of **{release.title}**, exactly as printed.",
    )


def _metadata(landed: Sequence[LandedFile]) -> dict[str, dg.MetadataValue]:
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
