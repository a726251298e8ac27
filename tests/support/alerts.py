"""Facts, incidents, and servers of this machine that take alerts, for tests of telling."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from etl.archive.store import FetchRecord
from etl.catalog.calendar import timeliness
from etl.catalog.releases import Catalog
from etl.monitor.alerts.incidents import Incident, IncidentFacts
from etl.monitor.status import ReleaseStatus
from etl.publish.snapshots import Build, QuarantinedFile, ReleaseState
from tests.support.ports import closed_port

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
SERVICES, RATES = "trade_in_services", "easydata_exchange_rates"
TODAY = NOON.date()
MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 30)


def build(
    latest: date = MARCH,
    *quarantined: QuarantinedFile,
    new: tuple[str, ...] = (),
    published_at: datetime = NOON,
) -> Build:
    """Return what a snapshot says of itself, with one release in it."""
    return Build(
        number=1,
        build_key="key",
        published_at=published_at,
        mart_rows={},
        releases=(
            ReleaseState(
                release_id=SERVICES,
                files_landed=1,
                files_quarantined=len(quarantined),
                latest_period_ends_on=latest,
                latest_published_on=None,
                quarantined=quarantined,
            ),
        ),
        new_quarantines=new,
    )


def status(catalog: Catalog, on: date = TODAY, latest: date | None = MARCH) -> ReleaseStatus:
    """Return the state of the services file on a day."""
    release = catalog.get(SERVICES)
    late = timeliness(release.rules[1], latest, on) if latest else None
    return ReleaseStatus(release, None, None, 1, latest, late, None)


def refused(catalog: Catalog, code: int = 401, at: datetime = NOON) -> ReleaseStatus:
    """Return the state of a release of EasyData's whose key was refused."""
    record = FetchRecord(
        asked_at=at,
        release_id=RATES,
        address="https://example.org/x",
        outcome="rejected",
        asked_by="command",
        status=code,
        reason="refused",
    )
    return replace(status(catalog, latest=None), release=catalog.get(RATES), last_asked=record)


def facts(*statuses: ReleaseStatus, published: Build | None = None, **others: Any) -> IncidentFacts:
    """Return facts, of which nothing is wrong unless it is said."""
    return IncidentFacts(statuses, published, **others)


def incident(name: str = "one", *, is_news: bool = False, words: str = "something happened") -> Incident:
    """Return an incident that nothing else than its name is known of."""
    return Incident(
        id=name,
        kind="new_release" if is_news else "overdue",
        subject=SERVICES,
        since=NOON - timedelta(days=1),
        words=f"{name}: {words}",
        to_do="" if is_news else "look",
    )


class WebhookServer:
    """Takes posts on 127.0.0.1 while it is entered."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str) -> str:
        """Return an address at this server."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.posts.append({"path": self.path} | json.loads(body))
                self.send_response(owner.status)
                for name, value in owner.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


class MailServer:
    """A mail server on a free port of 127.0.0.1, which may refuse."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.logins: list[tuple[str, str]] = []
        self.answer = "250 OK"
        self.takes_login = True
        self.port = 0

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:
        """Keep a letter."""
        if self.answer.startswith("250"):
            content = cast("bytes", envelope.content)
            self.letters.append(cast("EmailMessage", message_from_bytes(content, policy=default)))
        return self.answer

    def authenticate(self, _s: object, _ss: object, _e: object, _m: object, given: object) -> AuthResult:
        """Keep user and password of a login."""
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=self.takes_login, handled=False)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server."""
    server = MailServer()
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=closed_port(),
        authenticator=server.authenticate,
        auth_require_tls=False,
    )
    controller.start()
    try:
        server.port = controller.port
        yield server
    finally:
        controller.stop()
