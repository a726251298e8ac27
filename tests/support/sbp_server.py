"""A server on this machine that behaves as SBP's does, for tests that may not use the network.

What it does by default was seen at SBP: files come with Last-Modified and without ETag, unchanged ones as
304, default agents of programs get 403, and an unknown path answers 200 with the home page. What else
servers do is scripted path by path with `Reply` values.
"""

import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from tests.support.loopback import LoopbackHandler, LoopbackServer

HOME_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>State Bank of Pakistan</title></head><body>\n"
    + b"<p>Monetary policy, publications, economic data.</p>\n" * 3_800
    + b"</body></html>\n"
)
"""About as long as SBP's: 200 kB, so a least size alone does not tell it from a release."""

_DEFAULT_AGENTS = ("python-requests", "python-urllib", "curl", "wget", "go-http-client")
_CONTENT_TYPES = {
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@dataclass(frozen=True)
class Reply:
    """How the server behaves once."""

    body: bytes = b""
    status: int = 200
    content_type: str | None = None
    """By default the one of the path's ending."""
    last_modified: datetime | None = None
    """With it the server answers 304 to a client that has this version."""
    etag: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    declares_length: bool = True
    """Without it the end of the connection is the end of the body."""
    is_chunked: bool = False
    breaks_off_after: int | None = None
    """Bytes of the body after which the connection ends."""
    silent_seconds: float = 0.0
    """Before the answer; a negative number hangs up without one."""
    bytes_at_once: int | None = None
    """With `seconds_between`: the body comes in such pieces."""
    seconds_between: float = 0.0
    raw: Callable[[], Iterable[bytes]] | None = None
    """The answer itself in pieces, in place of everything above; then the connection ends."""


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    at: float
    """By the server's clock."""
    connection: int
    """Number of the connection: requests over the same one have the same."""


class SbpServer(LoopbackServer):
    """Serves on 127.0.0.1 while it is entered; records what it is asked."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(_Handler, tls)
        self._clock = clock
        self._replies: dict[str, list[Reply]] = {}
        self._requests: list[Request] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        super().__exit__(*error)

    @property
    def requests(self) -> tuple[Request, ...]:
        """All requests so far, in the order in which they came."""
        with self._lock:
            return tuple(self._requests)

    def serve(
        self,
        path: str,
        content: bytes,
        *,
        last_modified: datetime | None = None,
        etag: str | None = None,
        content_type: str | None = None,
    ) -> None:
        """Serve a file from now on, in place of what was there."""
        self.script(path, Reply(content, last_modified=last_modified, etag=etag, content_type=content_type))

    def redirect(self, path: str, to: str, status: int = 302) -> None:
        """Redirect a path from now on."""
        self.script(path, Reply(status=status, headers={"Location": to}))

    def script(self, path: str, *replies: Reply) -> None:
        """Behave so at a path: one reply after the other, the last one for good."""
        with self._lock:
            self._replies[path] = list(replies)

    def forget(self, path: str) -> None:
        """Return a path up: it answers with the home page."""
        with self._lock:
            self._replies.pop(path, None)

    def paths_asked(self) -> tuple[str, ...]:
        """Return the paths of all requests so far."""
        return tuple(request.path for request in self.requests)

    def wait(self, seconds: float) -> bool:
        """Wait, but not beyond the end of the server; returns whether it still runs."""
        return not self._stopped.wait(seconds)

    def take(self, request: BaseHTTPRequestHandler, connection: int) -> Reply:
        """Record a request and give the reply to it."""
        # A client that uses this server as its proxy asks for a complete address.
        path = urlsplit(request.path).path if "://" in request.path else request.path
        headers = {name.lower(): value for name, value in request.headers.items()}
        with self._lock:
            self._requests.append(Request(request.command, path, headers, self._clock(), connection))
            replies = self._replies.get(path, [])
            reply = replies.pop(0) if len(replies) > 1 else replies[0] if replies else None
        if headers.get("user-agent", "").lower().startswith(_DEFAULT_AGENTS) or request.command == "CONNECT":
            return Reply(b"error code: 1010", status=403, content_type="text/plain")
        if reply is None:
            return Reply(HOME_PAGE, content_type="text/html; charset=UTF-8")
        return reply if not _client_has(reply, headers) else Reply(status=304)


def _client_has(reply: Reply, headers: dict[str, str]) -> bool:
    if reply.status != 200:
        return False
    if reply.etag is not None and "if-none-match" in headers:
        return headers["if-none-match"] == reply.etag
    since = headers.get("if-modified-since")
    return (
        since is not None
        and reply.last_modified is not None
        and reply.last_modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    )


class _Handler(LoopbackHandler):
    def version_string(self) -> str:
        """Call itself as SBP's does."""
        return "cloudflare"

    def do_GET(self) -> None:
        """Answer as scripted."""
        owner = self.owner
        reply = owner.take(self, self.client_address[1])
        if reply.silent_seconds < 0:
            self.hang_up()
            return
        owner.wait(reply.silent_seconds)
        if reply.raw is not None:
            self._send_raw(reply.raw(), reply.seconds_between)
            return
        self._send_headers(reply)
        if self.command != "HEAD" and reply.status != 304:
            self._send_body(reply)

    do_HEAD = do_GET
    do_CONNECT = do_GET

    def _send_headers(self, reply: Reply) -> None:
        ending = self.path.rpartition(".")[2].lower()
        headers = {
            "Content-Type": reply.content_type or _CONTENT_TYPES.get(ending, "application/octet-stream"),
            "Cache-Control": "no-store",
            "Cf-Cache-Status": "DYNAMIC",
            "Accept-Ranges": "bytes",
        }
        if reply.last_modified is not None:
            headers["Last-Modified"] = format_datetime(reply.last_modified.astimezone(UTC), usegmt=True)
        if reply.etag is not None:
            headers["ETag"] = reply.etag
        if reply.is_chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif not reply.declares_length:
            headers["Connection"] = "close"
        elif reply.status != 304:
            headers["Content-Length"] = str(len(reply.body))
        self.send_response(reply.status)
        for name, value in (headers | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()

    def _send_raw(self, pieces: Iterable[bytes], seconds_between: float) -> None:
        for piece in pieces:
            self.wfile.write(piece)
            if seconds_between and not self.owner.wait(seconds_between):
                return
        self.hang_up()

    def _send_body(self, reply: Reply) -> None:
        body = reply.body if reply.breaks_off_after is None else reply.body[: reply.breaks_off_after]
        size = reply.bytes_at_once or max(1, len(body))
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if reply.is_chunked else piece)
            if reply.seconds_between and not self.owner.wait(reply.seconds_between):
                return
        if reply.breaks_off_after is not None:
            self.hang_up()
        elif reply.is_chunked:
            self.wfile.write(b"0\r\n\r\n")
