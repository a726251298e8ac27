"""What a question to SBP can come to: the outcomes and the facts of each.

Here: the values, so that code which keeps or shows them does not load `requests` (0.1 s). Not here: the
asking (`fetching.py`).
"""

from dataclasses import dataclass
from datetime import datetime

from etl.reading.formats import Found


@dataclass(frozen=True)
class Seen:
    """What the archive last had from an address."""

    address: str
    sha256: str
    last_modified: str | None
    etag: str | None
    had_at: datetime | None = None
    """When the address last sent the file itself; None where that is not known."""

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for the file only if it is another one by now."""
        given = {"If-Modified-Since": self.last_modified, "If-None-Match": self.etag}
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class Facts:
    """What is known of a question to an address: of the attempt that decided, where there were several."""

    release_id: str
    """Or the name of what is no release, such as an index."""
    address: str
    asked_at: datetime
    """UTC; after the wait for the host's turn."""
    elapsed_seconds: float
    """From `asked_at` to the verdict, redirects included."""
    status: int | None
    """Of the last answer; None where none came. The headers are of the same answer."""
    last_modified: str | None
    etag: str | None
    content_type: str | None
    content_length: int | None
    """As declared; None where the server did not say."""
    final_address: str | None
    """Where the last answer came from: after redirects another address than `address`."""


@dataclass(frozen=True)
class Fetched:
    """A file that may be the release: its format, size, type and length were checked."""

    facts: Facts
    body: bytes
    format: Found
    name: str | None = None
    """What to call it; None for the name in its address."""


@dataclass(frozen=True)
class Unchanged:
    """The server says that its file is the one which the archive has (304)."""

    facts: Facts
    sha256: str


@dataclass(frozen=True)
class Unreachable:
    """No answer could be had: the network, 403, 429 or 5xx to the end, or a host left alone."""

    facts: Facts
    reason: str


@dataclass(frozen=True)
class Rejected:
    """An answer came and is not the release."""

    facts: Facts
    reason: str
    may_pass: bool = False
    """The answer broke off on its way: another time it may be the release."""


@dataclass(frozen=True)
class NotAsked:
    """Nothing was asked, because there can be nothing new yet; it leaves no line in the log of fetches."""

    facts: Facts
    reason: str


Outcome = Fetched | Unchanged | Unreachable | Rejected | NotAsked
