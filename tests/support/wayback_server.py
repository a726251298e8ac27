"""A web archive on this machine that answers as `web.archive.org` does: listings of captures in JSON, and
originals unaltered under `id_`.

What it does not have it redirects to the capture nearest in time, or answers with 404. Anything else is
scripted path by path, as at `SbpServer`.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from tests.support.sbp_server import Reply, SbpServer


@dataclass(frozen=True)
class Kept:
    """A capture that the archive has."""

    timestamp: str
    original: str
    content: bytes
    status: int = 200
    content_type: str = "application/vnd.ms-excel"
    last_modified: str | None = None
    """Of the captured server."""

    @property
    def digest(self) -> str:
        return base64.b32encode(hashlib.sha1(self.content, usedforsecurity=False).digest()).decode()


class WaybackServer(SbpServer):
    """Serves captures on 127.0.0.1 while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[Kept] = []
        self._lost: set[str] = set()

    @property
    def service(self) -> str:
        """Its address, as the setting wants it."""
        return f"http://{self.host}"

    def keep(self, timestamp: str, original: str, content: bytes, **others: object) -> Kept:
        """Have a capture from now on."""
        kept = Kept(timestamp, original, content, **others)
        self._kept = sorted([*self._kept, kept], key=lambda k: k.timestamp)
        return kept

    def lose(self, kept: Kept) -> None:
        """Go on listing a capture, and lead to its neighbour where it is asked for."""
        self._lost.add(f"{kept.timestamp} {kept.original}")

    def listings_asked(self) -> list[dict[str, str]]:
        """Return the parameters of every listing asked for so far."""
        asked = [path for path in self.paths_asked() if path.startswith("/cdx/")]
        return [{name: values[0] for name, values in parse_qs(urlsplit(p).query).items()} for p in asked]

    def originals_asked(self) -> list[str]:
        """Return every original asked for so far, as timestamp and address."""
        return [path.removeprefix("/web/") for path in self.paths_asked() if path.startswith("/web/")]

    def take(self, request: BaseHTTPRequestHandler, connection: int) -> Reply:
        """Record a request and give the reply to it."""
        scripted = super().take(request, connection)
        if request.path in self._replies or scripted.status == 403:
            return scripted
        if request.path.startswith("/cdx/search/cdx?"):
            query = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
            return Reply(json.dumps(self._listing(query)).encode(), content_type="application/json")
        if request.path.startswith("/web/"):
            return self._original(request.path.removeprefix("/web/"))
        return Reply(b"<html>Internet Archive</html>", status=404, content_type="text/html")

    def _listing(self, query: dict[str, str]) -> list[list[str]]:
        name, _, wanted = query["filter"].partition(":")
        rows = [
            {
                "timestamp": kept.timestamp,
                "original": kept.original,
                "mimetype": kept.content_type,
                "statuscode": str(kept.status),
                "digest": kept.digest,
                "length": str(len(kept.content)),
            }
            for kept in self._kept
            if _key(kept.original) == _key(query["url"]) and kept.timestamp >= query.get("from", "")
        ]
        rows = _collapsed([row for row in rows if row[name] == wanted], query["collapse"])
        fields = query["fl"].split(",")
        return [fields, *([row[field] for field in fields] for row in rows)] if rows else []

    def _original(self, path: str) -> Reply:
        timestamp, _, original = path.partition("id_/")
        of_address = [kept for kept in self._kept if kept.original == original]
        whole = [kept for kept in of_address if f"{kept.timestamp} {kept.original}" not in self._lost]
        for kept in whole:
            if kept.timestamp == timestamp:
                headers = {"Memento-Datetime": f"{datetime.strptime(timestamp, '%Y%m%d%H%M%S'):%c} GMT"}
                if kept.last_modified:
                    headers["X-Archive-Orig-Last-Modified"] = kept.last_modified
                return Reply(kept.content, kept.status, kept.content_type, headers=headers)
        if whole:
            return Reply(status=302, headers={"Location": f"/web/{whole[0].timestamp}id_/{original}"})
        return Reply(b"<html>not archived</html>", status=404, content_type="text/html")


def _collapsed(rows: Sequence[dict[str, str]], field: str) -> list[dict[str, str]]:
    """Leave out rows that are like the one before: equal ones further apart stay, as at the original."""
    return [row for i, row in enumerate(rows) if i == 0 or row[field] != rows[i - 1][field]]


def _key(address: str) -> str:
    """Return the key under which captures are found: scheme, `www.`, port and case make no difference."""
    parts = urlsplit(address.lower())
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path}"
