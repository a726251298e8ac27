"""What a question to SBP can come to: the outcomes and the facts of each.

Here: the values, so that code which keeps or shows them does not load `requests` (0.1 s). Not here: the
asking (`fetching.py`).
"""

from dataclasses import dataclass
from datetime import datetime

from etl.archive.store import FetchRecord, LoggedOutcome
from etl.common.formats import Found


@dataclass(frozen=True)
class LastSeen:
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
class ResponseFacts:
    """What is known of a question to an address: of the attempt that decided, where there were several."""

    release_id: str
    """Or the name of what is no release, such as an index."""
    address: str
    asked_at: datetime
    """UTC; after the wait that the host is owed."""
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

    facts: ResponseFacts
    body: bytes
    format: Found
    name: str | None = None
    """What to call it; None for the name in its address."""


@dataclass(frozen=True)
class Unchanged:
    """The server says that its file is the one which the archive has (304)."""

    facts: ResponseFacts
    sha256: str


@dataclass(frozen=True)
class Unreachable:
    """No answer could be had: the network, 403, 429 or 5xx to the end, or a host left alone."""

    facts: ResponseFacts
    reason: str


@dataclass(frozen=True)
class Rejected:
    """An answer came and is not the release."""

    facts: ResponseFacts
    reason: str
    may_pass: bool = False
    """The answer broke off on its way: another time it may be the release."""


@dataclass(frozen=True)
class NotAsked:
    """Nothing was asked, because there can be nothing new yet; it leaves no line in the log of fetches."""

    facts: ResponseFacts
    reason: str


Outcome = Fetched | Unchanged | Unreachable | Rejected | NotAsked


def fetch_record(
    outcome: Outcome,
    came_to: LoggedOutcome,
    asked_by: str,
    *,
    sha256: str | None = None,
    digest: str | None = None,
    reason: str | None = None,
) -> FetchRecord:
    """Return the line for an outcome; `came_to` says what it meant for the archive, and `reason` why an
    answer that came was not understood.
    """
    facts = outcome.facts
    return FetchRecord(
        asked_at=facts.asked_at,
        release_id=facts.release_id,
        address=facts.address,
        outcome=came_to,
        asked_by=asked_by,
        reason=outcome.reason if isinstance(outcome, Unreachable | Rejected) else reason,
        status=facts.status,
        final_address=facts.final_address,
        last_modified=facts.last_modified,
        etag=facts.etag,
        content_type=facts.content_type,
        content_length=facts.content_length,
        elapsed_seconds=round(facts.elapsed_seconds, 3),
        sha256=sha256,
        digest=digest,
    )
