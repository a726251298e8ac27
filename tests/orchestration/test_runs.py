"""Runs as the UI starts them: what an asset does when it is materialised, and what it shows."""

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.orchestration.assemble import assemble
from etl.orchestration.assets import GATE_STEP
from etl.orchestration.resources import Context
from etl.orchestration.schedules import BUILD_JOB, FETCH_JOB
from etl.publish import build
from etl.warehouse import connect
from scripts.write_starter import services_workbook
from tests.support import workbooks
from tests.support.installation import Installation, installation
from tests.support.loopback import loopback_catalog
from tests.support.sbp_server import SbpServer

NEW_SITE = "/assets/document/dt.xls"
MAY_2026 = datetime(2026, 5, 18, tzinfo=UTC)
RELEASE = dg.AssetKey(["release", "trade_in_services"])
EASYDATA = dg.AssetKey(["release", "easydata_trade_in_services"])


@pytest.fixture
def installed(published: Installation, tmp_path: Path) -> Installation:
    home = tmp_path / "home"
    shutil.copytree(published.settings.home, home, symlinks=True)
    return installation(home)


@pytest.fixture
def sbp() -> Iterator[SbpServer]:
    with SbpServer() as server:
        yield server


@pytest.fixture
def definitions(installed: Installation, sbp: SbpServer, tmp_path: Path) -> dg.Definitions:
    catalog = Catalog.load(loopback_catalog(tmp_path / "releases", sbp))
    return assemble(Context(installed.settings, catalog, Archive(installed.settings.archive)))


def run(definitions: dg.Definitions, job: str, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    return definitions.resolve_job_def(job).execute_in_process(
        instance=instance,
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )


def checks_of(result: dg.ExecuteInProcessResult, asset: dg.AssetKey) -> dict[str, dg.AssetCheckEvaluation]:
    return {e.check_name: e for e in result.get_asset_check_evaluations() if e.asset_key == asset}


def test_materialising_a_release_fetches_it_and_shows_what_came(
    definitions: dg.Definitions, installed: Installation, sbp: SbpServer
) -> None:
    sbp.serve(NEW_SITE, services_workbook(workbooks.services()), last_modified=MAY_2026)
    with dg.instance_for_test() as instance:
        result = run(definitions, FETCH_JOB, instance)
        assert result.success
        event = instance.get_latest_materialization_event(RELEASE)
    assert event is not None
    assert event.asset_materialization is not None
    shown = event.asset_materialization.metadata
    assert shown["outcome"].value == "unchanged"
    assert shown["latest_period"].value == "March 2026"
    assert shown["next_period"].value == "April 2026, due on 2026-05-17"
    assert shown["days_late"].value > 0
    asked_at = next(installed.archive.fetches()).asked_at
    assert shown["last_asked"].value == pytest.approx(asked_at.timestamp())
    assert Path(str(shown["file"].value)).exists()
    assert "| Services |" in str(shown["preview"].value)
    checks = checks_of(result, RELEASE)
    assert checks["is_reachable"].passed
    assert checks["is_understood"].passed
    assert next(installed.archive.fetches()).asked_by == "dagster"


def test_a_server_that_does_not_answer_is_a_warning_and_no_failed_run(
    definitions: dg.Definitions, sbp: SbpServer
) -> None:
    with dg.instance_for_test() as instance:
        result = run(definitions, FETCH_JOB, instance)
    assert result.success
    check = checks_of(result, RELEASE)["is_reachable"]
    assert not check.passed
    assert check.severity == dg.AssetCheckSeverity.WARN
    assert "web page" in str(check.metadata["found"].value)


def test_without_a_key_easydata_is_not_asked_and_nothing_fails(
    definitions: dg.Definitions, installed: Installation, sbp: SbpServer
) -> None:
    with dg.instance_for_test() as instance:
        result = run(definitions, FETCH_JOB, instance)
        event = instance.get_latest_materialization_event(EASYDATA)
    assert event is not None
    assert event.asset_materialization is not None
    shown = event.asset_materialization.metadata
    assert (shown["outcome"].value, shown["reason"].value) == ("not_asked", "EASYDATA_API_KEY is not set")
    assert all(check.passed for check in checks_of(result, EASYDATA).values())
    assert "easydata_trade_in_services" not in {r.release_id for r in installed.archive.fetches()}


def test_an_overdue_release_is_a_warning_that_says_what_was_expected(
    definitions: dg.Definitions, sbp: SbpServer
) -> None:
    with dg.instance_for_test() as instance:
        result = run(definitions, FETCH_JOB, instance)
    check = checks_of(result, RELEASE)["is_up_to_date"]
    assert not check.passed, "March 2026 is the latest period of the starter archive"
    assert check.severity == dg.AssetCheckSeverity.WARN
    assert "April 2026" in str(check.metadata["expected"].value)


def test_the_checks_judge_the_newest_edition_and_not_the_file_that_came_last(
    definitions: dg.Definitions, sbp: SbpServer
) -> None:
    """SBP's mirror brings an old file: the archive reaches March 2026 all the same."""
    sbp.serve(NEW_SITE, workbooks.services_grid(workbooks.services("2026-02")).xls(), last_modified=MAY_2026)
    with dg.instance_for_test() as instance:
        result = run(definitions, FETCH_JOB, instance)
        event = instance.get_latest_materialization_event(RELEASE)
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["period_of_file"].value == "February 2026"
    assert event.asset_materialization.metadata["latest_period"].value == "March 2026"
    assert "April 2026" in str(checks_of(result, RELEASE)["is_up_to_date"].metadata["expected"].value)


@pytest.mark.slow
def test_the_wait_between_two_requests_to_a_host_holds_across_releases(
    installed: Installation, sbp: SbpServer, tmp_path: Path
) -> None:
    wait = 0.4
    settings = replace(installed.settings, polite_seconds=wait)
    catalog = Catalog.load(loopback_catalog(tmp_path / "releases", sbp))
    sbp.serve(NEW_SITE, services_workbook(workbooks.services()), last_modified=MAY_2026)
    polite = assemble(Context(settings, catalog, Archive(settings.archive)))
    with dg.instance_for_test() as instance:
        assert run(polite, FETCH_JOB, instance).success
    times = [request.at for request in sbp.requests]
    assert len(times) > 2
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) > 0.9 * wait


@pytest.mark.slow
def test_a_build_shows_rows_and_a_preview_and_each_test_as_a_check(
    definitions: dg.Definitions, installed: Installation
) -> None:
    with dg.instance_for_test() as instance:
        result = run(definitions, BUILD_JOB, instance)
        assert result.success
        mart = instance.get_latest_materialization_event(dg.AssetKey(["marts", "services_monthly"]))
        published = instance.get_latest_materialization_event(dg.AssetKey(["published", "warehouse"]))
    assert mart is not None
    assert mart.asset_materialization is not None
    assert mart.asset_materialization.metadata["dagster/row_count"].value == installed.value(
        "select count(*) from marts.services_monthly"
    )
    assert "exports_usd_mn" in str(mart.asset_materialization.metadata["preview"].value)
    assert published is not None
    assert published.asset_materialization is not None
    assert "IT exports" in str(published.asset_materialization.metadata["brief"].value)
    checks = checks_of(result, dg.AssetKey(["marts", "services_monthly"]))
    assert "unique_key" in checks
    assert all(check.passed for check in checks.values())
    assert_every_table_is_counted_and_then_checked(result, installed)


def assert_every_table_is_counted_and_then_checked(
    result: dg.ExecuteInProcessResult, installed: Installation
) -> None:
    """Dagster hears of some while dbt works and of others when it is done; it hears of all the same."""
    events = result.get_asset_materialization_events()
    counted = {".".join(e.asset_key.path): e.materialization.metadata for e in events if e.asset_key}
    with build.read_build(installed.settings) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where schema_name <> 'raw'"
        ).fetchall()
        for table in counted.keys() & {name for (name,) in tables}:
            rows = connection.execute(f"select count(*) from {table}").fetchone()
            assert (counted[table]["dagster/row_count"].value,) == rows, table
    for check in result.get_asset_check_evaluations():
        checked = check.target_materialization_data
        assert checked is not None
        assert checked.run_id == result.run_id, "the check is of what this run built"


def test_a_table_that_was_a_view_and_a_view_that_was_a_table_are_built(
    definitions: dg.Definitions, installed: Installation
) -> None:
    with connect.write(installed.settings.build_database) as connection:
        connection.execute("drop table marts.dim_month; create view marts.dim_month as select 1 as one")
        connection.execute(
            "drop table marts.services_share; create view marts.services_share as select 1 as one"
        )
        connection.execute("drop view main.citations; create table main.citations as select 1 as one")
    with dg.instance_for_test() as instance:
        result = definitions.resolve_job_def(BUILD_JOB).execute_in_process(
            instance=instance,
            asset_selection=[
                dg.AssetKey(["marts", "dim_month"]),
                dg.AssetKey(["marts", "services_share"]),  # by fiscal year
                dg.AssetKey(["main", "citations"]),
            ],
        )
    assert result.success
    with build.read_build(installed.settings) as connection:
        assert connection.execute("select month from marts.dim_month").fetchone()
        assert connection.execute("select item_code from marts.services_share").fetchone()
        assert connection.execute("select cell from citations").fetchone()
        assert connection.execute(
            "select view_name from duckdb_views()"
            " where view_name in ('dim_month', 'services_share', 'citations')"
        ).fetchall() == [("citations",)]


@pytest.mark.slow
def test_a_failing_test_fails_the_run_names_itself_and_publishes_nothing(
    definitions: dg.Definitions, installed: Installation
) -> None:
    with connect.write(installed.settings.build_database) as connection:  # as no file can make it
        connection.execute("update raw.balance_of_payments_summary set value = 1e6 where cell = 'G58'")
    published_before = sorted(path.name for path in installed.settings.published.iterdir())

    with dg.instance_for_test() as instance:
        result = run(definitions, BUILD_JOB, instance)

    assert not result.success
    failures = {e.step_key for e in result.all_events if e.is_step_failure}
    assert failures == {"dbt_build"}
    check = checks_of(result, dg.AssetKey(["marts", "reconciliations"]))["identity_holds"]
    assert not check.passed
    assert check.severity == dg.AssetCheckSeverity.ERROR
    assert check.metadata["where"].value == "marts.reconciliations"
    assert check.metadata["rows_found"].value > 0
    assert "identity_holds" in str(check.metadata["expected"].value)
    assert "| check_id |" in str(check.metadata["found"].value)
    assert sorted(path.name for path in installed.settings.published.iterdir()) == published_before


def test_a_part_of_the_models_can_be_built_alone_and_is_not_published(
    definitions: dg.Definitions, installed: Installation
) -> None:
    with dg.instance_for_test() as instance:
        result = definitions.resolve_job_def(BUILD_JOB).execute_in_process(
            instance=instance,
            asset_selection=[dg.AssetKey(["marts", "dim_item"])],
            raise_on_error=False,
        )
    assert result.success
    built = {
        event.asset_key.path[-1] for event in result.get_asset_materialization_events() if event.asset_key
    }
    assert built == {"dim_item"}


@pytest.mark.slow
def test_the_run_in_which_a_quarantine_is_new_fails_at_the_gate_and_later_ones_do_not(
    definitions: dg.Definitions, installed: Installation, sbp: SbpServer
) -> None:
    """The good marts are served either way, and the file shows as a failing check of its release."""
    strange = workbooks.services_grid().put("I63", "1,234").xls()
    sbp.serve(NEW_SITE, strange, last_modified=MAY_2026)
    before = installed.settings.current_database.resolve()
    with dg.instance_for_test() as instance:
        asked = run(definitions, FETCH_JOB, instance)
        first = run(definitions, BUILD_JOB, instance)
        later = run(definitions, BUILD_JOB, instance)
        published = instance.get_latest_materialization_event(dg.AssetKey(["published", "warehouse"]))

    assert asked.success
    assert not checks_of(asked, RELEASE)["is_understood"].passed
    assert {event.step_key for event in first.all_events if event.is_step_failure} == {GATE_STEP}
    assert installed.settings.current_database.resolve() != before
    assert later.success
    assert published is not None
    assert published.asset_materialization is not None
    assert "trade_in_services: dt.xls" in str(published.asset_materialization.metadata["quarantined"].value)
