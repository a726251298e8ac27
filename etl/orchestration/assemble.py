"""The code location put together from its parts.

Here: `assemble`, which tests and the command call with an installation of their own. Not here: any part.
"""

import dagster as dg

from etl.modelling.dbt import ensure_manifest
from etl.modelling.manifest import Manifest
from etl.orchestration.assets import gate_asset, model_assets, published_asset, raw_assets, release_assets
from etl.orchestration.backfill import backfill_job, backfill_sensor
from etl.orchestration.pruning import pruning_job, pruning_schedule
from etl.orchestration.resources import Context, run_resources
from etl.orchestration.schedules import build_job, build_sensor, fetch_job, hourly_when_due, nightly
from etl.orchestration.sensors import alerts_job, alerts_sensor


def assemble(context: Context) -> dg.Definitions:
    """Return the definitions of an installation; parses the dbt project where that was not done yet."""
    manifest = Manifest.load(ensure_manifest(context.settings, context.warm_worker))
    return dg.Definitions(
        assets=[
            *release_assets(context),
            *raw_assets(context),
            model_assets(context, manifest),
            published_asset(context, manifest),
            gate_asset(context),
        ],
        jobs=[fetch_job, build_job, alerts_job(context), backfill_job(context), pruning_job(context)],
        schedules=[nightly, hourly_when_due(context), pruning_schedule],
        sensors=[build_sensor(context), alerts_sensor(context), backfill_sensor()],
        resources=run_resources(context),
        # One writer: DuckDB's file has one, and a process a step costs more than the steps.
        executor=dg.in_process_executor,
    )
