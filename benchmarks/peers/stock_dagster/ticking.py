"""The stock layout with a sensor that asks for one run of everything, the way Dagster's manual shows it."""

import dagster as dg

from benchmarks.peers.stock_dagster import definitions

_everything = dg.define_asset_job("everything", dg.AssetSelection.all())


@dg.sensor(job=_everything, minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def start_once() -> dg.RunRequest:
    """Ask for a run; its key is always the same, so that there is one."""
    return dg.RunRequest(run_key="once")


defs = dg.Definitions.merge(definitions.defs, dg.Definitions(jobs=[_everything], sensors=[start_once]))
