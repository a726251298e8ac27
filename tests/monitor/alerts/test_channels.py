"""The channels against servers of this machine: what arrives, and what is said where nothing does."""

import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from etl.common.secrets import Secret
from etl.common.settings import Mail, Webhook
from etl.monitor.alerts.channels import ChannelError, LogFile, MailChannel, WebhookChannel
from etl.monitor.alerts.state import Message
from tests.support.alerts import NOON, MailServer, WebhookServer, incident, mail_server
from tests.support.ports import closed_port, listening

OPENED, OVER = Message(incident("one"), None), Message(incident("two"), NOON)
HIDDEN = "s3cretXYZ"


@pytest.fixture
def webhook() -> Iterator[WebhookServer]:
    with WebhookServer() as server:
        yield server


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def mail(server: MailServer, **others: object) -> Mail:
    settings = Mail("127.0.0.1", server.port, ("a@example.org", "b@example.org"), "etl@example.org", "none")
    return replace(settings, **others)


def post(server: WebhookServer, format: str = "slack") -> WebhookChannel:
    return WebhookChannel(Webhook(Secret(server.url(f"/services/{HIDDEN}")), format))


def test_the_log_has_one_line_a_message(tmp_path: Path) -> None:
    path = tmp_path / "alerts" / "alerts.log"
    lines = "with\na break and \x1b[31m colour"
    LogFile(path).send([Message(incident("three", words=lines), None), OVER])
    LogFile(path).send([Message(incident("four", is_news=True), None)])
    written = [line.split(" ", 1) for line in path.read_text().splitlines()]
    assert [words for _, words in written] == [
        "overdue: three: with a break and [31m colour | look",
        "over since 2026-05-20 17:00 in Karachi: overdue: two: something happened",
        "new release: four: something happened",
    ]
    assert all(moment.endswith("Z") for moment, _ in written)


def test_a_log_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "alerts").write_text("a file where the folder belongs")
    with pytest.raises(ChannelError, match=r"alerts\.log could not be written"):
        LogFile(tmp_path / "alerts" / "alerts.log").send([OPENED])


def test_one_mail_holds_all_messages(mails: MailServer) -> None:
    MailChannel(mail(mails)).send([OPENED, OVER])
    (letter,) = mails.letters
    assert letter["Subject"] == "[SBP warehouse] overdue: one: something happened (and 1 more)"
    assert (letter["From"], letter["To"]) == ("etl@example.org", "a@example.org, b@example.org")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().splitlines() == [
        "overdue: one: something happened",
        "Since: 2026-05-19 17:00 in Karachi",
        "To do: look",
        "",
        "over since 2026-05-20 17:00 in Karachi: overdue: two: something happened",
    ]


def test_a_mail_logs_in_where_it_may(mails: MailServer) -> None:
    MailChannel(mail(mails, user="etl", password=Secret(HIDDEN))).send([OPENED])
    assert mails.logins == [("etl", HIDDEN)]
    assert len(mails.letters) == 1


def test_a_refused_login_names_no_password(mails: MailServer) -> None:
    mails.takes_login = False
    with pytest.raises(ChannelError) as caught:
        MailChannel(mail(mails, user="etl", password=Secret(HIDDEN))).send([OPENED])
    assert "refuses user and password (535)" in str(caught.value)
    assert HIDDEN not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("answer", "security", "expected"),
    [
        ("451 not now", "none", "answered 451"),
        ("250 OK", "starttls", "offers no login or no encryption: see ETL_SMTP_SECURITY"),
        ("250 OK", "tls", "could not be reached"),
    ],
)
def test_a_mail_server_that_does_not_take_it_is_named_in_one_line(
    mails: MailServer, answer: str, security: str, expected: str
) -> None:
    mails.answer = answer
    with pytest.raises(ChannelError) as caught:
        MailChannel(mail(mails, security=security)).send([OPENED])
    assert str(caught.value).startswith(f"the mail server 127.0.0.1:{mails.port} ")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
    assert mails.letters == []


def test_a_dead_mail_server_is_said_to_be_one() -> None:
    dead = Mail("127.0.0.1", closed_port(), ("a@example.org",), "a@example.org", "none")
    with pytest.raises(ChannelError, match="could not be reached: Connection refused"):
        MailChannel(dead).send([OPENED])


def test_what_speaks_no_smtp_is_said_to_break_off() -> None:
    with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        deaf = Mail("127.0.0.1", port, ("a@example.org",), "a@example.org", "tls")
        with pytest.raises(ChannelError, match="could not be reached"):
            MailChannel(deaf).send([OPENED])


def test_slack_gets_one_text_without_markup_of_its_own(webhook: WebhookServer) -> None:
    post(webhook).send([Message(incident("one", words="<!channel> & more"), None), OVER])
    (sent,) = webhook.posts
    assert sent["path"] == f"/services/{HIDDEN}"
    assert sent["text"].startswith("overdue: one: &lt;!channel&gt; &amp; more\nSince: ")
    assert "two: something happened" in sent["text"]


def test_teams_gets_an_adaptive_card(webhook: WebhookServer) -> None:
    post(webhook, "teams").send([OPENED])
    (attachment,) = webhook.posts[0]["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["type"] == "AdaptiveCard"
    shown = [block["text"] for block in attachment["content"]["body"]]
    assert shown == ["overdue: one: something happened", "Since: 2026-05-19 17:00 in Karachi", "To do: look"]


def test_a_chat_message_is_cut_to_what_a_chat_takes(webhook: WebhookServer) -> None:
    post(webhook).send([Message(incident(f"number {n}", words="x" * 400), None) for n in range(100)])
    text = webhook.posts[0]["text"]
    assert len(text) < 21_000
    assert text.endswith("the log of alerts has the rest")


@pytest.mark.parametrize("status", [302, 403, 404, 429, 500])
def test_a_webhook_that_does_not_take_it_is_not_followed_and_not_quoted(
    webhook: WebhookServer, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    webhook.status = status
    webhook.headers = {"Location": webhook.url("/elsewhere")}
    with caplog.at_level(logging.DEBUG), pytest.raises(ChannelError) as caught:
        post(webhook).send([OPENED])
    assert str(caught.value) == f"the webhook at 127.0.0.1 answered {status}: see ETL_WEBHOOK"
    assert [sent["path"] for sent in webhook.posts] == [f"/services/{HIDDEN}"]
    assert HIDDEN not in "".join(traceback.format_exception(caught.value)) + caplog.text


def test_a_dead_webhook_is_named_by_its_host_alone() -> None:
    address = f"http://127.0.0.1:{closed_port()}/services/{HIDDEN}"
    with pytest.raises(ChannelError) as caught:
        WebhookChannel(Webhook(Secret(address))).send([OPENED])
    assert str(caught.value) == "the webhook at 127.0.0.1 could not be reached: Connection refused"
    assert HIDDEN not in "".join(traceback.format_exception(caught.value))
