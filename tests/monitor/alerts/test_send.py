"""Looking and telling in an installation: what gets through, what is kept for later, what is told of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from filelock import FileLock

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.common.secrets import Secret
from etl.common.settings import Mail, Settings, Webhook
from etl.monitor.alerts import send, state
from tests.support import small_build
from tests.support.alerts import WebhookServer, mail_server
from tests.support.ports import closed_port

HIDDEN = "s3cretXYZ"
LOOK = Callable[[Settings], dict[str, int]]


@pytest.fixture(autouse=True)
def in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """March 2026 is published, and no release is overdue."""
    monkeypatch.setattr(send, "today", lambda: date(2026, 5, 20))


@pytest.fixture
def look(catalog: Catalog, archive: Archive) -> LOOK:
    def look(settings: Settings) -> dict[str, int]:
        found = send.incident_facts(settings, catalog, archive, runs=())
        return {channel: len(messages) for channel, messages in send.update_state(settings, found).items()}

    return look


def mailed(settings: Settings, port: int) -> Settings:
    mail = Mail("127.0.0.1", port, ("a@example.org",), "a@example.org", "none", "etl", Secret(HIDDEN))
    return replace(settings, mail=mail)


def log_of(settings: Settings) -> list[str]:
    return settings.alert_log.read_text().splitlines() if settings.alert_log.exists() else []


def test_each_quarantined_file_is_told_once(settings: Settings, catalog: Catalog, look: LOOK) -> None:
    small_build.publish(settings)
    assert look(settings) == {"log": 2}
    assert send.send_alerts(settings, catalog) == send.SentAlerts(2, ())
    assert look(settings) == {"log": 0}
    assert send.send_alerts(settings, catalog) == send.SentAlerts(0, ())
    older, newest = log_of(settings)
    assert "older.xls" in older
    assert "quarantine: trade_in_services: a file is quarantined: dt.xls: a row is missing at row 9" in newest


def test_a_dead_mail_server_delays_mail_and_not_the_log(
    settings: Settings, catalog: Catalog, look: LOOK
) -> None:
    small_build.publish(settings)
    dead = mailed(settings, closed_port())
    assert look(dead) == {"log": 2, "mail": 2}
    told = send.send_alerts(dead, catalog)
    assert told.messages == 2
    assert "alerts: not sent on channel mail: the mail server" in told.failures[0]
    assert len(log_of(settings)) == 2
    with mail_server() as server:
        alive = mailed(settings, server.port)
        assert look(alive) == {"log": 0, "mail": 2}
        assert send.send_alerts(alive, catalog) == send.SentAlerts(2, ())
        assert look(alive) == {"log": 0, "mail": 0}
        assert len(server.letters) == 1
    assert len(log_of(settings)) == 2


def test_no_secret_is_written_wherever_sending_fails_or_not(
    settings: Settings, catalog: Catalog, look: LOOK, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_build.publish(settings)
    with mail_server() as mails, WebhookServer() as webhook:
        for is_good in (False, True):
            mails.takes_login, webhook.status = is_good, 200 if is_good else 404
            address = Secret(webhook.url(f"/services/{HIDDEN}"))
            told_everywhere = replace(mailed(settings, mails.port), webhook=Webhook(address))
            look(told_everywhere)
            told = send.send_alerts(told_everywhere, catalog)
            assert len(told.failures) == (0 if is_good else 2)
            assert HIDDEN not in f"{told} {told_everywhere!r} {told_everywhere.mail!r}"
        assert len(mails.letters) == 1
    files = [path for path in settings.home.rglob("*") if path.is_file()]
    assert [path for path in files if HIDDEN.encode() in path.read_bytes()] == []


def forget_march(settings: Settings) -> None:
    """Make the next look find that the services reach a new month."""
    remembered = state.load(settings.incidents)
    state.save(
        settings.incidents,
        state.AlertState(records=remembered.records, reached={"trade_in_services": date(2026, 2, 28)}),
    )


def test_a_new_release_comes_with_its_brief(
    settings: Settings, catalog: Catalog, look: LOOK, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_build.publish(settings)
    monkeypatch.setattr("etl.serve.brief.write", lambda _: "the brief")
    look(settings)
    send.send_alerts(settings, catalog)
    forget_march(settings)
    with WebhookServer() as server:
        posted = replace(settings, webhook=Webhook(Secret(server.url("/hook"))))
        look(posted)
        send.send_alerts(posted, catalog)
        (sent,) = server.posts
    title = catalog.get("trade_in_services").title
    assert sent["text"].endswith(
        f"new release: {title} now reaches 31 March 2026 (it reached 28 February 2026)\n\nthe brief"
    )


def test_the_brief_that_the_command_has_said_is_not_written_again(
    settings: Settings, catalog: Catalog, look: LOOK, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_build.publish(settings)
    monkeypatch.delattr("etl.serve.brief.write")
    look(settings)
    forget_march(settings)
    with WebhookServer() as server:
        posted = replace(settings, webhook=Webhook(Secret(server.url("/hook"))))
        assert send.after_command(posted, catalog, None, brief="what was said") == ()
        assert server.posts[-1]["text"].endswith("\n\nwhat was said")


def test_the_command_tells_at_its_end_and_a_failed_sending_is_one_line(
    settings: Settings, catalog: Catalog
) -> None:
    small_build.publish(settings)
    assert send.after_command(settings, catalog, "disk full") == ()
    assert any("failed run: `etl refresh` failed: disk full" in line for line in log_of(settings))
    assert send.after_command(settings, catalog, None) == ()
    assert log_of(settings)[-1].split(" ", 1)[1].startswith("over since ")
    (complaint,) = send.after_command(mailed(settings, closed_port()), catalog, None)
    assert complaint.startswith("alerts: not sent on channel mail: the mail server 127.0.0.1:")


def test_the_command_does_not_fall_over_what_it_cannot_tell(settings: Settings, catalog: Catalog) -> None:
    settings.incidents.parent.mkdir(parents=True)
    settings.incidents.write_text("{")
    (complaint,) = send.after_command(settings, catalog, None)
    assert complaint.startswith("alerts: ")
    assert "is damaged" in complaint


def test_a_look_waits_for_nobody_who_tells(settings: Settings, look: LOOK) -> None:
    settings.incidents.parent.mkdir(parents=True)
    with FileLock(settings.incidents.with_suffix(".lock")), pytest.raises(send.AlertsBusyError):
        look(settings)


def test_a_test_alert_goes_to_every_channel_and_is_no_incident(settings: Settings) -> None:
    with mail_server() as server:
        sent = send.send_test(mailed(settings, server.port))
        assert sent == {"log": None, "mail": None}
        assert "test alert" in server.letters[0]["Subject"]
    assert not settings.incidents.exists()
