"""Backfills in Dagster: a form, slices that give way to other runs, and the next slice by itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.common.settings import Settings
from etl.orchestration import backfill
from etl.orchestration.backfill import LEFT_TAG, NEXT_TAG, STEP, backfill_job, backfill_sensor
from etl.orchestration.resources import Context, run_resources
from etl.orchestration.schedules import BUILD_JOB, FETCH_JOB
from tests.support.releases import FEBRUARY, MARCH
from tests.support.wayback_server import WaybackServer

SERVICES = "trade_in_services"
ADDRESS = "https://www.sbp.org.pk/ecodata/dt.xls"


@pytest.fixture
def web_archive() -> Iterator[WaybackServer]:
    with WaybackServer() as server:
        server.keep("20260318120000", ADDRESS, FEBRUARY.read_bytes())
        server.keep("20260418120000", ADDRESS, MARCH.read_bytes())
        yield server


@pytest.fixture
def context(settings: Settings, archive: Archive, catalog: Catalog, web_archive: WaybackServer) -> Context:
    at = replace(settings, wayback_address=web_archive.service, wayback_polite_seconds=0)
    return Context(at, catalog, archive)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        yield instance


def form(**fields: object) -> dict[str, Any]:
    return {"ops": {STEP: {"config": {"releases": [SERVICES], **fields}}}}


def run(
    context: Context, instance: dg.DagsterInstance, config: dict[str, Any], **tags: str
) -> dg.ExecuteInProcessResult:
    return backfill_job(context).execute_in_process(
        instance=instance,
        run_config=config,
        tags=tags,
        raise_on_error=False,
        resources=run_resources(context),
    )


def next_slices(instance: dg.DagsterInstance) -> list[dg.RunRequest]:
    found = backfill_sensor()(dg.build_sensor_context(instance=instance))
    if isinstance(found, dg.SkipReason):
        return []
    assert isinstance(found, dg.SensorResult)
    return list(found.run_requests or ())


def queue(instance: dg.DagsterInstance, job: str) -> dg.DagsterRun:
    """Have a run of a job wait for its turn."""

    @dg.job(name=job)
    def waiting() -> None:
        """Do nothing."""

    # Dagster puts only runs of a code location that is served into its queue.
    location = RegisteredCodeLocationOrigin("sbp_warehouse")
    return instance.create_run_for_job(
        job_def=waiting,
        status=dg.DagsterRunStatus.QUEUED,
        remote_job_origin=RemoteJobOrigin(RemoteRepositoryOrigin(location, "repository"), job),
        job_code_origin=None,
    )


def tags_of(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> dict[str, str]:
    found = instance.get_run_by_id(result.run_id)
    assert found is not None
    return dict(found.tags)


def test_the_form_can_be_sent_as_it_is_and_says_what_each_field_is() -> None:
    schema = backfill.Form.to_fields_dict()
    assert {name: field.is_required for name, field in schema.items()} == {
        "source": False,
        "since": False,
        "releases": False,
    }
    assert all(len(field.description or "") > 40 for field in schema.values())


def test_a_backfill_takes_what_there_is_and_is_over(context: Context, instance: dg.DagsterInstance) -> None:
    result = run(context, instance, form())
    assert result.success
    assert len(context.archive.hashes(SERVICES)) == 2
    assert tags_of(instance, result)[NEXT_TAG] == "no"
    assert next_slices(instance) == []


def test_it_gives_way_to_the_nights_run_and_goes_on_after_it(
    context: Context, instance: dg.DagsterInstance, web_archive: WaybackServer
) -> None:
    waiting = queue(instance, FETCH_JOB)
    first = run(context, instance, form())
    assert first.success, "to give way is no failure"
    assert context.archive.hashes(SERVICES) == ()
    assert tags_of(instance, first)[LEFT_TAG] == SERVICES
    (request,) = next_slices(instance)
    assert next_slices(instance)[0].run_key == request.run_key, "Dagster starts one run for a key"

    instance.report_run_canceled(waiting)
    second = run(context, instance, dict(request.run_config), **request.tags)
    assert second.success
    assert len(context.archive.hashes(SERVICES)) == 2
    assert next_slices(instance) == []


def test_a_build_waits_for_the_end_of_the_slice_which_is_not_far(
    context: Context, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(instance, BUILD_JOB)
    monkeypatch.setattr(backfill, "_LONGEST", timedelta(0))
    assert tags_of(instance, run(context, instance, form()))[NEXT_TAG] != "no"
    monkeypatch.setattr(backfill, "_LONGEST", timedelta(minutes=10))
    assert tags_of(instance, run(context, instance, form()))[NEXT_TAG] == "no"


def test_other_runs_are_taken_from_the_queue_first(context: Context) -> None:
    assert backfill_job(context).tags["dagster/priority"] == "-1"


def test_the_form_is_kept_from_slice_to_slice(context: Context, instance: dg.DagsterInstance) -> None:
    queue(instance, FETCH_JOB)
    run(context, instance, form(since="2026-04-01", source="wayback"))
    (request,) = next_slices(instance)
    assert request.run_config == form(since="2026-04-01", source="wayback")


def test_two_backfills_go_on_each_by_itself(context: Context, instance: dg.DagsterInstance) -> None:
    queue(instance, FETCH_JOB)
    for since in ("2026-04-01", "2026-03-01"):
        run(context, instance, form(since=since))
    found = next_slices(instance)
    assert {r.run_config["ops"][STEP]["config"]["since"] for r in found} == {"2026-04-01", "2026-03-01"}
    assert len({r.run_key for r in found}) == 2


def test_one_that_waits_for_calls_does_not_go_on_before_they_are_there(
    context: Context, instance: dg.DagsterInstance
) -> None:
    queue(instance, FETCH_JOB)
    result = run(context, instance, form())
    instance.add_run_tags(result.run_id, {NEXT_TAG: (datetime.now(UTC) + timedelta(minutes=9)).isoformat()})
    assert next_slices(instance) == []


def test_out_of_reach_fails_with_the_reason_and_started_again_it_goes_on(
    context: Context, instance: dg.DagsterInstance
) -> None:
    out_of_reach = replace(context, settings=replace(context.settings, wayback_address="http://127.0.0.1:9"))
    failed = run(out_of_reach, instance, form())
    assert not failed.success
    assert "start it again: it goes on where it was" in "".join(map(str, instance.all_logs(failed.run_id)))
    assert next_slices(instance) == []
    assert run(context, instance, form(), **tags_of(instance, failed)).success
    assert len(context.archive.hashes(SERVICES)) == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"since": "last year"}, "give a day such as 2020-01-31"), ({"releases": ["nonsense"]}, "nonsense")],
)
def test_a_form_that_cannot_be_used_says_why(
    context: Context, instance: dg.DagsterInstance, fields: dict[str, object], words: str
) -> None:
    failed = run(context, instance, form(**fields))
    assert not failed.success
    assert words in "".join(map(str, instance.all_logs(failed.run_id)))
