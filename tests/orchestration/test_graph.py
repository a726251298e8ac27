"""The code location as Dagster shows it: which assets there are, what they hang on, what runs when."""

import json
import os
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.fetch.collect import install_starter
from etl.orchestration.assemble import assemble
from etl.orchestration.resources import Context
from etl.orchestration.schedules import BUILD_JOB, FETCH_JOB, build_sensor
from tests.support.installation import Installation

SNAPSHOT = Path(__file__).with_name("asset_graph.json")


@pytest.fixture(scope="module")
def definitions(published: Installation, catalog: Catalog) -> dg.Definitions:
    settings = published.settings
    return assemble(Context(settings, catalog, Archive(settings.archive)))


def graph_of(definitions: dg.Definitions) -> dict[str, dict[str, object]]:
    """Return each asset with its group, the assets it hangs on and its checks."""
    checks: dict[str, list[str]] = {}
    for key in definitions.resolve_asset_graph().asset_check_keys:
        checks.setdefault(key.asset_key.to_user_string(), []).append(key.name)
    return {
        spec.key.to_user_string(): {
            "group": spec.group_name,
            "hangs_on": sorted({dep.asset_key.to_user_string() for dep in spec.deps}),
            "checks": sorted(checks.get(spec.key.to_user_string(), [])),
        }
        for spec in sorted(definitions.resolve_all_asset_specs(), key=lambda spec: spec.key.to_user_string())
    }


def test_the_graph_is_the_one_that_was_reviewed(definitions: dg.Definitions) -> None:
    """A change of the graph shows in review: write the file again with `UPDATE_SNAPSHOTS=1`."""
    graph = json.dumps(graph_of(definitions), indent=1) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(graph, encoding="utf-8")
    assert graph == SNAPSHOT.read_text(encoding="utf-8")


def test_every_asset_says_what_it_is_and_belongs_to_a_group(definitions: dg.Definitions) -> None:
    groups = {"releases", "raw", "seeds", "staging", "intermediate", "marts", "main", "published"}
    for spec in definitions.resolve_all_asset_specs():
        assert len(spec.description or "") > 20, spec.key
        assert spec.group_name in groups, spec.key


def test_a_model_shows_its_sql_and_its_columns(definitions: dg.Definitions) -> None:
    spec = next(
        s for s in definitions.resolve_all_asset_specs() if s.key.path == ["marts", "services_monthly"]
    )
    assert "```sql" in (spec.description or "")
    schema = spec.metadata["dagster/column_schema"]
    assert isinstance(schema, dg.TableSchema)
    assert {"exports_usd_mn", "exports_vintage_id"} <= {column.name for column in schema.columns}


def test_every_release_has_its_assets(definitions: dg.Definitions, catalog: Catalog) -> None:
    keys = {spec.key.to_user_string() for spec in definitions.resolve_all_asset_specs()}
    for release in catalog.file_releases:
        assert {f"release/{release.id}", f"raw/{release.id}", f"staging/stg_{release.id}"} <= keys


def test_the_marts_lie_between_the_releases_and_the_published_warehouse(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    published = dg.AssetKey(["published", "warehouse"])
    keys = graph.get_ancestor_asset_keys(published)
    assert dg.AssetKey(["release", "trade_in_services"]) in keys
    assert dg.AssetKey(["marts", "services_share"]) in keys


def test_releases_are_asked_every_night_at_two_in_karachi(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("nightly")
    assert schedule.cron_schedule == "0 2 * * *"
    assert schedule.execution_timezone == "Asia/Karachi"
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert schedule.job_name == FETCH_JOB


def test_the_build_runs_in_one_process(definitions: dg.Definitions) -> None:
    for name in (FETCH_JOB, BUILD_JOB):
        assert definitions.resolve_job_def(name).executor_def is dg.in_process_executor


def test_the_sensor_starts_nothing_where_what_is_published_is_what_would_be_built(
    published: Installation, definitions: dg.Definitions
) -> None:
    sensor = definitions.resolve_sensor_def("build_when_inputs_change")
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    with dg.instance_for_test() as instance, dg.build_sensor_context(instance=instance) as context:
        skipped = sensor(context)
    assert isinstance(skipped, dg.SkipReason)


def test_the_sensor_starts_one_build_for_one_set_of_inputs(
    published: Installation, catalog: Catalog, tmp_path: Path
) -> None:
    """Nothing is published in the new folder, and the archive holds files: a build is due."""
    settings = replace(published.settings, home=tmp_path)
    archive = Archive(settings.archive)
    install_starter(archive)
    sensor = build_sensor(Context(settings, catalog, archive))
    with dg.instance_for_test() as instance, dg.build_sensor_context(instance=instance) as context:
        first, second = sensor(context), sensor(context)
    assert isinstance(first, dg.RunRequest)
    assert isinstance(second, dg.RunRequest)
    assert first.run_key == second.run_key
