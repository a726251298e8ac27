"""The fetching of release files: polite, conditional, bounded, and believing nothing before it is checked.

Here: requests to the addresses of a release, and the verdict on what comes. Not here: what is done with
a body (`archive.py`), what a file says (`reading/`), waits and reachability of hosts (`politeness.py`).

What the network does is a value, one of four outcomes, and never an exception; a mistake of this
program still is one.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from io import BytesIO
import time
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import requests
import tenacity  # 7 ms on top of requests, which has already loaded most of what it needs
import urllib3

from etl.catalog import Fetch, Format, Release, is_file_address
from etl.politeness import Hosts, host_of, in_words, printable
from etl.reading.formats import detect_format

VERSION = "0.1"
"""That of the project; looking it up among the installed packages would cost 10 ms."""
USER_AGENT = f"Mozilla/5.0 (compatible; sbp-warehouse/{VERSION})"
"""SBP answers the default agents of requests and curl with 403, and this honest form with 200."""
_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "*/*",
    # A compressed answer comes without the length of the file, which tells whether all of it came.
    "Accept-Encoding": "identity",
}
_CHUNK = 65_536
_LONGEST_HEADER = 1_000
_NETWORK_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


@dataclass(frozen=True)
class Seen:
    """What the archive last had from an address."""

    address: str
    sha256: str
    last_modified: str | None
    etag: str | None


@dataclass(frozen=True)
class Facts:
    """What is known of one question to one address: that of the attempt which decided."""

    release_id: str
    address: str
    asked_at: datetime
    """UTC; after the wait for the host's turn."""
    elapsed_seconds: float
    """From `asked_at` to the verdict, redirects included."""
    status: int | None
    """Of the last answer; None where none came. The headers below are from the same answer."""
    last_modified: str | None
    etag: str | None
    content_type: str | None
    content_length: int | None
    """As declared; None where the server did not say."""
    final_address: str | None
    """The address that gave the last answer: after redirects another one than `address`."""


@dataclass(frozen=True)
class Fetched:
    """A file that may be the release: its format, size, type and length were checked."""

    facts: Facts
    body: bytes
    format: Format


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


Outcome = Fetched | Unchanged | Unreachable | Rejected


@dataclass(frozen=True)
class Limits:
    """How long and how often is tried. That SBP is out of reach is known after `probe_seconds`, and
    after `connect_seconds` more a host where only the probe came through."""

    probe_seconds: float = 4.0
    """To connect to all hosts, once, at the start."""
    connect_seconds: float = 2.5
    """To connect and to agree on TLS."""
    read_seconds: float = 20.0
    """Silence after which an answer is given up."""
    body_seconds: float = 120.0
    """For a whole body: one byte a second is no silence and would never end."""
    attempts: int = 3
    """Requests to one address, where another may bring more than the last."""
    redirects: int = 5
    retry_after_seconds: float = 60.0
    """The longest wait that a server may ask for."""


class _FailedError(Exception):
    """An attempt that brought no file: the verdict on it, and what it means for the next one."""

    def __init__(
        self,
        kind: type[Unreachable] | type[Rejected],
        reason: str,
        *,
        may_pass: bool = False,
        host: str | None = None,
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.may_pass = may_pass
        """Another attempt may bring more."""
        self.host = host
        """The host that is to be left alone where this is the last attempt."""


@dataclass(frozen=True)
class _Attempt:
    outcome: Outcome
    may_pass: bool = False
    host: str | None = None


@dataclass(frozen=True)
class _Question:
    release: Release
    rules: Fetch
    address: str
    seen: Seen | None
    hosts: frozenset[str]
    """Hosts that a redirect may lead to."""


class _Session(requests.Session):
    """A session that leaves redirects and credentials to this program."""

    def __init__(self) -> None:
        super().__init__()
        self.headers.update(_HEADERS)
        # Otherwise requests searches the user's .netrc for a password to send along.
        self.auth = _no_credentials

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        # Also where redirects are not followed, requests prepares the next request: it reads the body
        # to the end, however long, and a malformed target is a ValueError.
        return None


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class Fetcher:
    """Asks for release files during one run, one after the other; to be closed at its end."""

    def __init__(
        self,
        releases: Iterable[Release],
        *,
        polite_seconds: float,
        allowed_hosts: frozenset[str] | None = None,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = partial(datetime.now, UTC),
    ) -> None:
        """Take the releases of the run; nothing is asked yet.

        `allowed_hosts` are those that a redirect may lead to; by default the release's own.
        """
        self._limits = limits or Limits()
        self._allowed_hosts = allowed_hosts
        self._clock = clock
        self._now = now
        self._session = _Session()
        self._addresses = [
            address for release in releases if release.fetch for address in release.fetch.addresses
        ]
        self._hosts = Hosts(
            polite_seconds=polite_seconds,
            probe_seconds=self._limits.probe_seconds,
            clock=clock,
            sleep=sleep,
        )
        self._attempts = tenacity.Retrying(
            sleep=sleep,
            stop=tenacity.stop_after_attempt(self._limits.attempts),
            wait=tenacity.wait_exponential(multiplier=polite_seconds, max=60),
            retry=tenacity.retry_if_result(lambda attempt: attempt.may_pass),
            retry_error_callback=_last_attempt,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def fetch(self, release: Release, seen: Mapping[str, Seen]) -> tuple[Outcome, ...]:
        """Ask the addresses in order until one is Fetched or Unchanged; give every outcome in order, the
        last one decides. `seen` is by address."""
        rules, _, _ = release.rules
        self._hosts.probe([*self._addresses, *rules.addresses])
        allowed = rules.hosts if self._allowed_hosts is None else self._allowed_hosts
        hosts = frozenset(host.lower() for host in allowed)
        outcomes: list[Outcome] = []
        for address in rules.addresses:
            outcome = self._ask(_Question(release, rules, address, seen.get(address), hosts))
            outcomes.append(outcome)
            if isinstance(outcome, Fetched | Unchanged):
                break
        return tuple(outcomes)

    def _ask(self, question: _Question) -> Outcome:
        """Try one address as often as makes sense."""
        last = self._attempts(self._attempt, question)
        if isinstance(last.outcome, Unreachable) and last.host is not None:
            self._hosts.leave_alone(last.host, last.outcome.reason)
        return last.outcome

    def _attempt(self, question: _Question) -> _Attempt:
        host = host_of(question.address)
        if self._hosts.why_left_alone(host) is None:
            self._hosts.wait_for_turn(host)
        facts = Facts(
            question.release.id, question.address, self._now(), 0.0, None, None, None, None, None, None
        )
        started = self._clock()
        trail = _Trail()
        try:
            with closing(trail):
                self._follow(question, trail)
                content = self._take(question, trail.answer)
        except _FailedError as failed:
            facts = replace(facts, elapsed_seconds=self._clock() - started, **trail.facts)
            return _Attempt(failed.kind(facts, failed.reason), failed.may_pass, failed.host)
        facts = replace(facts, elapsed_seconds=self._clock() - started, **trail.facts)
        return _Attempt(Unchanged(facts, content) if isinstance(content, str) else Fetched(facts, *content))
