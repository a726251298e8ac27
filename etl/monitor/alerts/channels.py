"""Channels: a log file, mail, a webhook. Each sends messages or says in one line why it could not.

Here: the sending. Not here: the words (`words.py`) and what was sent before (`memory.py`).

No secret gets into an error: what a library says is taken apart to its first cause, which names no address,
and a server's answer is not quoted.
"""

import json
import os
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import certifi

from etl.common.errors import EtlError
from etl.common.settings import Mail, Settings, Webhook
from etl.monitor.alerts import messages as words
from etl.monitor.alerts.state import Message

_SECONDS = 20.0
_USER_AGENT = "sbp-warehouse"


class ChannelError(EtlError):
    """Messages were not sent; the line says why, and names no secret."""


class Channel(Protocol):
    """A way to tell people."""

    @property
    def name(self) -> str:
        """Return the name under which it is remembered what it told."""

    def send(self, messages: Sequence[Message]) -> None:
        """Send all of them, or raise `ChannelError`."""


def channels(settings: Settings) -> tuple[Channel, ...]:
    """Return the channels of an installation; the log file is always one."""
    mail = (MailChannel(settings.mail),) if settings.mail else ()
    webhook = (WebhookChannel(settings.webhook),) if settings.webhook else ()
    return (LogFile(settings.alert_log), *mail, *webhook)


class LogFile:
    """One line a message, at the end of a file."""

    name = "log"

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, messages: Sequence[Message]) -> None:
        """Add the lines, fsynced."""
        now = datetime.now(UTC)
        lines = "".join(f"{words.line(message, now)}\n" for message in messages)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ChannelError(f"{self._path} could not be written: {error.strerror or error}") from error


class MailChannel:
    """One mail for all messages."""

    name = "mail"

    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    def send(self, messages: Sequence[Message]) -> None:
        """Send it to every recipient; it counts as sent where all of them were accepted."""
        mail = self._mail
        letter = _letter(mail, messages)
        where = f"the mail server {mail.host}:{mail.port}"
        try:
            with _connected(mail) as server:
                if mail.user and mail.password is not None:
                    server.login(mail.user, mail.password.reveal())
                refused = server.send_message(letter)
        except smtplib.SMTPAuthenticationError as error:
            raise ChannelError(f"{where} refuses user and password ({error.smtp_code})") from None
        except smtplib.SMTPRecipientsRefused:
            raise ChannelError(f"{where} refuses the recipients: see ETL_MAIL_TO") from None
        except smtplib.SMTPResponseException as error:
            raise ChannelError(f"{where} answered {error.smtp_code}") from None
        except smtplib.SMTPNotSupportedError:
            raise ChannelError(f"{where} offers no login or no encryption: see ETL_SMTP_SECURITY") from None
        except smtplib.SMTPException as error:
            raise ChannelError(f"{where} broke off: {type(error).__name__}") from None
        except (OSError, ValueError) as error:
            raise ChannelError(f"{where} could not be reached: {_cause(error)}") from None
        if refused:
            raise ChannelError(f"{where} refuses {len(refused)} of the recipients: see ETL_MAIL_TO")


class WebhookChannel:
    """One post for all messages, as Slack or Teams wants it."""

    name = "webhook"

    def __init__(self, webhook: Webhook) -> None:
        self._webhook = webhook

    def send(self, messages: Sequence[Message]) -> None:
        """Post it; it counts as sent where the answer is 2xx. A redirect is not followed: the address is as
        good as a password.
        """
        address = self._webhook.address.reveal()
        where = f"the webhook at {urlsplit(address).hostname}"
        make = _slack if self._webhook.format == "slack" else _teams
        request = urllib.request.Request(  # noqa: S310 - the settings let through https only
            address,
            data=json.dumps(make(words.chat(messages))).encode(),
            headers={"Content-Type": "application/json", "User-Agent": _USER_AGENT},
        )
        opener = urllib.request.build_opener(_NoRedirect, urllib.request.HTTPSHandler(context=_tls()))
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                answer.read(1_000)
        except urllib.error.HTTPError as error:
            error.close()
            raise ChannelError(f"{where} answered {error.code}: see ETL_WEBHOOK") from None
        except (OSError, HTTPException, ValueError) as error:
            raise ChannelError(f"{where} could not be reached: {_cause(error)}") from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow none."""


def _connected(mail: Mail) -> smtplib.SMTP:
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=_SECONDS, context=_tls())
    server = smtplib.SMTP(mail.host, mail.port, timeout=_SECONDS)
    if mail.security == "starttls":
        try:
            server.starttls(context=_tls())
        except BaseException:
            server.close()
            raise
    return server


def _letter(mail: Mail, messages: Sequence[Message]) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = words.subject(messages)
    letter["From"] = mail.sender
    letter["To"] = ", ".join(mail.recipients)
    letter["Date"] = formatdate()
    letter["Message-ID"] = make_msgid(domain="sbp-warehouse.invalid")
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(words.text(messages))
    return letter


def _slack(text: str) -> dict[str, object]:
    for character, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, escaped)
    return {"text": text}


def _teams(text: str) -> dict[str, object]:
    """Return an adaptive card, which Teams' workflows take; each paragraph is a block of its own."""
    blocks = [{"type": "TextBlock", "text": part, "wrap": True} for part in text.split("\n") if part]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    content_type = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": content_type, "content": card}]}


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def _cause(error: BaseException) -> str:
    """Return why in words of the system's or of the kind of error, never in those of the request."""
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f"its TLS certificate is not valid ({inner.verify_message})"
    if isinstance(inner, TimeoutError):
        return "it did not answer in time"
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror
    return type(inner).__name__
