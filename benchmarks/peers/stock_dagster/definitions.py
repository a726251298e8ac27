"""The stock layout: plain assets that land, `@dbt_assets` with dagster-dbt's resource, a plain publication.

Here: the same landing, models, tests and publication as `etl refresh`, put together the way the manuals of
Dagster and dagster-dbt show it. `DBT_TARGET_PATH` must name the folder of a parsed manifest (see
`benchmarks/homes.py`), so that neither side parses while it is measured.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets

from etl.archive.store import Archive
from etl.catalog.releases import Catalog, Release
from etl.common.settings import DBT_PROJECT, Settings
from etl.landing import land as landing
from etl.landing.raw_tables import BOOKKEEPING_TABLES
from etl.modelling import build_key
from etl.publish import publish

SETTINGS = Settings.from_environment()
CATALOG = Catalog.load()
ARCHIVE = Archive(SETTINGS.archive)
PROJECT = DbtProject(DBT_PROJECT, target_path=os.environ["DBT_TARGET_PATH"])
DBT = DbtCliResource(PROJECT, dbt_executable=str(Path(sys.executable).with_name("dbt")))


def raw_asset(release: Release) -> dg.AssetsDefinition:
    """Return the asset that lands the files of a release."""

    @dg.asset(key=["raw", release.id], group_name="raw")
    def land() -> dg.MaterializeResult[None]:
        with landing.ready(SETTINGS.build_database, CATALOG, build_key.raw_key(CATALOG)) as connection:
            landed = landing.land_releases(connection, [release], ARCHIVE)
        return dg.MaterializeResult(metadata={"rows_landed": sum(file.observation_count for file in landed)})

    return land


RAW = [raw_asset(release) for release in CATALOG.file_releases]


@dg.multi_asset(
    specs=[dg.AssetSpec(["raw", table.name], deps=RAW, group_name="raw") for table in BOOKKEEPING_TABLES]
)
def bookkeeping() -> Iterator[dg.MaterializeResult[None]]:
    """Land the log of fetches; the other tables came with the files."""
    with landing.ready(SETTINGS.build_database, CATALOG, build_key.raw_key(CATALOG)) as connection:
        gained = landing.land_fetches(connection, ARCHIVE)
    for table in BOOKKEEPING_TABLES:
        metadata = {"rows_landed": gained} if table.name == "fetches" else {}
        yield dg.MaterializeResult(asset_key=["raw", table.name], metadata=metadata)


@dbt_assets(manifest=PROJECT.manifest_path, project=PROJECT)
def models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[object]:
    """Build and test the models; unit tests are left to whoever changes one, as `etl refresh` does."""
    yield from dbt.cli(["build", "--exclude-resource-type", "unit_test"], context=context).stream()


@dg.asset(deps=[models], group_name="published")
def warehouse() -> dg.MaterializeResult[None]:
    """Publish the build, which has passed its tests: a failed one would have failed the asset before."""
    publish.mark_tested(SETTINGS, build_key.models_key())
    snapshot = publish.publish(SETTINGS)
    return dg.MaterializeResult(metadata={"snapshot": snapshot.build.number})


defs = dg.Definitions(
    assets=[*RAW, bookkeeping, models, warehouse],
    resources={"dbt": DBT},
    executor=dg.in_process_executor,
)
