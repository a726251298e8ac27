"""Alerts in Dagster: the sensor asks for a run where there is something to tell, and the run tells."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import dagster as dg
import pytest
from filelock import FileLock

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.common.secrets import Secret
from etl.common.settings import Settings, Webhook
from etl.monitor.alerts import send as tell
from etl.orchestration.resources import COMMAND_TAG, Context, end_abandoned_runs, run_resources
from etl.orchestration.sensors import alerts_job, alerts_sensor, failed_runs
from tests.support import small_build
from tests.support.alerts import WebhookServer
from tests.support.ports import closed_port

HIDDEN = "s3cretXYZ"


@pytest.fixture(autouse=True)
def in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """March 2026 is published, and no release is overdue."""
    monkeypatch.setattr(tell, "today", lambda: date(2026, 5, 20))


@pytest.fixture
def context(settings: Settings, archive: Archive, catalog: Catalog) -> Context:
    return Context(settings, catalog, archive)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        yield instance


def look(context: Context, instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    found = alerts_sensor(context)(dg.build_sensor_context(instance=instance))
    assert isinstance(found, dg.RunRequest | dg.SkipReason)
    return found


def send(context: Context, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    return alerts_job(context).execute_in_process(
        instance=instance, raise_on_error=False, resources=run_resources(context)
    )


def run(
    instance: dg.DagsterInstance, reason: str | None, name: str = "a_job", **tags: str
) -> dg.ExecuteInProcessResult:
    """Make a run of a job that fails for a reason, or succeeds."""

    @dg.op(name="step")
    def step() -> None:
        if reason is not None:
            raise dg.Failure(reason, allow_retries=False)

    @dg.job(name=name, executor_def=dg.in_process_executor)
    def a_job() -> None:
        step()

    return a_job.execute_in_process(instance=instance, raise_on_error=False, tags=tags)


def reasons(instance: dg.DagsterInstance) -> list[str]:
    return [failed.reason for failed in failed_runs(instance)]


def test_where_there_is_nothing_to_tell_no_run_starts(context: Context, instance: dg.DagsterInstance) -> None:
    assert isinstance(look(context, instance), dg.SkipReason)


def test_a_quarantine_starts_one_run_that_tells_it(context: Context, instance: dg.DagsterInstance) -> None:
    small_build.publish(context.settings)
    request, again = look(context, instance), look(context, instance)
    assert isinstance(request, dg.RunRequest)
    assert isinstance(again, dg.RunRequest)
    assert request.run_key == again.run_key, "Dagster starts one run for a key"
    assert send(context, instance).success
    assert "dt.xls: a row is missing" in context.settings.alert_log.read_text()
    assert isinstance(look(context, instance), dg.SkipReason)


def test_what_could_not_be_sent_fails_the_run_and_is_asked_for_again(
    context: Context, instance: dg.DagsterInstance
) -> None:
    small_build.publish(context.settings)
    address = Secret(f"http://127.0.0.1:{closed_port()}/services/{HIDDEN}")
    told = replace(context, settings=replace(context.settings, webhook=Webhook(address)))
    before = look(told, instance)
    failed = send(told, instance)
    after = look(told, instance)
    assert not failed.success
    assert isinstance(before, dg.RunRequest)
    assert isinstance(after, dg.RunRequest)
    assert before.run_key != after.run_key, "the log has told, so something else is to be told"
    assert reasons(instance) == [], "that alerts cannot be sent is no alert"
    events = "".join(str(entry) for entry in instance.all_logs(failed.run_id))
    assert "the webhook at 127.0.0.1 could not be reached" in events
    assert HIDDEN not in events


def test_a_failed_run_is_told_until_a_run_of_its_job_succeeds(
    context: Context, instance: dg.DagsterInstance
) -> None:
    with WebhookServer() as server:
        webhook = Webhook(Secret(server.url("/hook")))
        told = replace(context, settings=replace(context.settings, webhook=webhook))
        for reason in ("disk full", "disk full", "no model", None):
            run(instance, reason)
            look(told, instance)
            send(told, instance)
        texts = [sent["text"] for sent in server.posts]
    assert len(texts) == 3
    assert "of a_job failed: disk full" in texts[0]
    assert "of a_job failed: no model" in texts[1]
    assert texts[2].count("over since") == 2


def test_another_jobs_success_ends_no_incident(instance: dg.DagsterInstance) -> None:
    run(instance, "disk full")
    run(instance, None, "another_job")
    assert reasons(instance) == ["disk full"]


def test_a_command_tells_itself_of_its_run_unless_it_was_killed(
    context: Context, instance: dg.DagsterInstance
) -> None:
    run(instance, "disk full", **{COMMAND_TAG: "refresh"})
    assert reasons(instance) == []

    @dg.job(name="killed")
    def killed() -> None:
        """Do nothing."""

    started = instance.create_run_for_job(
        job_def=killed, status=dg.DagsterRunStatus.STARTED, tags={COMMAND_TAG: "refresh"}
    )
    lock = context.settings.build / "runs" / f"{started.run_id}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    end_abandoned_runs(instance, context.settings)
    assert ["process of this run was ended" in reason for reason in reasons(instance)] == [True]


def test_a_run_that_was_killed_before_it_began_is_reported_when_it_had_time_to_begin(
    context: Context, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dg.job(name="killed")
    def killed() -> None:
        """Do nothing."""

    created = instance.create_run_for_job(job_def=killed, status=dg.DagsterRunStatus.NOT_STARTED)
    end_abandoned_runs(instance, context.settings)
    assert instance.get_runs()[0].status is dg.DagsterRunStatus.NOT_STARTED
    monkeypatch.setattr("etl.orchestration.resources._TIME_TO_TAKE_THE_LOCK", timedelta(0))
    end_abandoned_runs(instance, context.settings)
    assert [(run.run_id, run.status) for run in instance.get_runs()] == [
        (created.run_id, dg.DagsterRunStatus.FAILURE)
    ]


def test_a_look_asks_no_network_and_takes_less_than_a_second(
    context: Context, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_build.publish(context.settings)
    for number in range(3):
        run(instance, f"reason {'abc'[number]}")
    webhook = Webhook(Secret("https://example.org/hook"))
    told = replace(context, settings=replace(context.settings, webhook=webhook))

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a look connects to nobody")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    started = time.process_time()
    assert isinstance(look(told, instance), dg.RunRequest)
    assert time.process_time() - started < 1


def test_while_somebody_tells_a_look_waits_for_nothing(
    context: Context, instance: dg.DagsterInstance
) -> None:
    context.settings.incidents.parent.mkdir(parents=True)
    with FileLock(context.settings.incidents.with_suffix(".lock")):
        found = look(context, instance)
    assert isinstance(found, dg.SkipReason)
    assert "another process is sending alerts" in (found.skip_message or "")
