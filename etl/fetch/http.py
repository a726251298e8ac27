"""The fetching of release files: polite, conditional, bounded, and accepting nothing before it is checked.

Here: requests to the addresses of a release, and what each answer means. Not here: the values that come
out (`etl.archive.results`), the checks of a body (`validate`), waits and reachability of hosts
(`politeness.py`), what becomes of a file (`archive.py`) and what it says (`reading/`).

What the network does is a value, one of four outcomes, and never an exception; a mistake of this program
still is one.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Self
from urllib.parse import urljoin

import requests
import tenacity  # 7 ms on top of requests, which has loaded most of what it needs
import urllib3

from etl import __version__
from etl.archive.results import Fetched, LastSeen, Outcome, Rejected, ResponseFacts, Unchanged, Unreachable
from etl.catalog.releases import Release
from etl.common.addresses import host_of, is_file_address
from etl.common.formats import Found
from etl.common.terminal import printable
from etl.fetch.adapter import GuardedAdapter, TooSlowError
from etl.fetch.politeness import Hosts, in_words, seconds_asked_for
from etl.fetch.validate import Expected, FetchLimits, FetchRequest, InvalidResponseError, ResponseCheck, hosts

USER_AGENT = f"Mozilla/5.0 (compatible; sbp-warehouse/{__version__})"
"""SBP answers the default agents of requests and curl with 403, and this honest form with 200."""

_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "*/*",
    # A compressed answer does not declare the length of the file, which tells whether all of it came.
    "Accept-Encoding": "identity",
}


class Session(requests.Session):
    """A session that leaves redirects and credentials to this program."""

    def __init__(self, adapter: GuardedAdapter) -> None:
        super().__init__()
        for scheme in ("http://", "https://"):
            self.mount(scheme, adapter)
        self.headers.update(_HEADERS)
        # Without it requests looks for a password in the user's .netrc and sends that along.
        self.auth = _no_credentials

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Follow nothing. Told not to follow redirects, requests still prepares the next request: it reads
        the answer's body to the end, however long, and a malformed target is a ValueError.
        """
        return None


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536
_BELIEVED_FOR = timedelta(days=7)
"""So long an address may answer that its file is the one that it sent; then it sends it again."""
_LONGEST_HEADER = 1_000
_ORIGINAL_LAST_MODIFIED = "X-Archive-Orig-Last-Modified"
"""A web archive repeats the headers of the server it met under such names."""
_NETWORK_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


class _FailedError(Exception):
    """An attempt brought no file."""

    def __init__(
        self,
        kind: Callable[..., Unreachable | Rejected],
        reason: str,
        *,
        attempts: int = 1,
        host: str | None = None,
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.attempts = attempts
        """How many attempts at the address such a failure is worth in all."""
        self.host = host
        """The host that is left alone where this was the last attempt."""


@dataclass(frozen=True)
class _Attempt:
    outcome: Outcome
    attempts: int = 1
    host: str | None = None


@dataclass
class _Trail:
    """Where an attempt has come to: the address that was asked last, and its answer."""

    address: str
    answer: requests.Response | None = None

    def facts(self, question: FetchRequest, asked_at: datetime, elapsed_seconds: float) -> ResponseFacts:
        answer = self.answer
        return ResponseFacts(
            release_id=question.wanted.id,
            address=question.address,
            asked_at=asked_at,
            elapsed_seconds=elapsed_seconds,
            status=None if answer is None else answer.status_code,
            last_modified=_header(answer, _ORIGINAL_LAST_MODIFIED) or _header(answer, "Last-Modified"),
            etag=_header(answer, "ETag"),
            content_type=_header(answer, "Content-Type"),
            content_length=_content_length(answer),
            final_address=None if answer is None else answer.url,
        )

    def close(self) -> None:
        if self.answer is not None:
            self.answer.close()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Fetcher:
    """Asks for release files during one run, one after the other; to be closed at its end."""

    def __init__(
        self,
        releases: Iterable[Release],
        *,
        polite_seconds: float,
        allowed_hosts: Iterable[str] | None = None,
        limits: FetchLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Take the releases of the run; nothing is asked yet.

        `allowed_hosts` are those that a redirect may lead to; by default each release's own.
        """
        self._limits = limits or FetchLimits()
        self._allowed_hosts = None if allowed_hosts is None else frozenset(allowed_hosts)
        self._clock = clock
        self._now = now
        self._session = Session(GuardedAdapter(self._limits.answer_seconds))
        self._addresses = tuple(a for release in releases if release.fetch for a in release.fetch.addresses)
        self._hosts = Hosts(
            polite_seconds=polite_seconds,
            probe_seconds=self._limits.probe_seconds,
            clock=clock,
            sleep=sleep,
        )
        self._retrying = tenacity.Retrying(
            sleep=sleep,
            retry=_is_worth_another,
            wait=tenacity.wait_exponential(multiplier=polite_seconds),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def fetch(
        self, release: Release, seen: Mapping[str, LastSeen], first: Sequence[str] = ()
    ) -> tuple[Outcome, ...]:
        """Ask the addresses in order until one is Fetched or Unchanged: `first`, then the catalogue's.

        Every outcome in order; the last one decides. `seen` is by address.
        """
        rules, _, _ = release.rules
        allowed = hosts(rules.hosts if self._allowed_hosts is None else self._allowed_hosts)
        outcomes: list[Outcome] = []
        for address in (*first, *(known for known in rules.addresses if known not in first)):
            known = self._still_good(seen.get(address))
            outcomes.append(self.ask(FetchRequest(Expected.of(release), address, allowed, known)))
            if isinstance(outcomes[-1], Fetched | Unchanged):
                break
        return tuple(outcomes)

    def _still_good(self, seen: LastSeen | None) -> LastSeen | None:
        """Return what was seen, where it is not too long ago to trust a server that says it is unchanged.

        A cache that lies, or a file put back with an older date, would be answered with 304 for ever.
        """
        if seen is not None and seen.had_at is not None and self._now() - seen.had_at > _BELIEVED_FOR:
            return None
        return seen

    def ask(self, question: FetchRequest) -> Outcome:
        """Ask one address, of a release or of anything else."""
        self._hosts.probe((*self._addresses, question.address))
        return self._ask(question)

    def why_not(self, address: str) -> str | None:
        """Tell why the host of an address is not asked any more in this run; None where it may be."""
        return self._hosts.why_left_alone(host_of(address))

    def _ask(self, question: FetchRequest) -> Outcome:
        """Try an address as often as its failures are worth, and give up a host that is the cause."""
        started = self._clock()
        last = self._retrying(self._attempt, question)
        if not isinstance(last.outcome, Fetched | Unchanged):
            self._hosts.has_cost(
                host_of(question.address), self._clock() - started, at_most=self._limits.host_seconds
            )
        if last.host is not None and isinstance(last.outcome, Unreachable):
            reason = f"{last.host} is not asked again in this run: {last.outcome.reason}"
            self._hosts.leave_alone(last.host, reason)
        return last.outcome

    def _attempt(self, question: FetchRequest) -> _Attempt:
        trail = _Trail(question.address)
        self._hosts.wait_for_turn(host_of(question.address))
        # A cookie goes back where a redirect asks for it, and never with another question: what an address
        # answers depends on nothing that was asked before.
        self._session.cookies.clear()
        asked_at, started = self._now(), self._clock()
        attempts, host = 1, None
        try:
            answer = self._follow(question, trail)
            settle = self._settle(question, trail.address, answer)
        except _FailedError as failed:
            settle = partial(failed.kind, reason=failed.reason)
            attempts, host = _capped(failed, question)
        finally:
            trail.close()
        return _Attempt(settle(trail.facts(question, asked_at, self._clock() - started)), attempts, host)

    def _follow(self, question: FetchRequest, trail: _Trail) -> requests.Response:
        """Ask, and go where redirects lead, as long as that is an allowed place."""
        for _ in range(self._limits.redirects + 1):
            answer = self._request(question, trail)
            target = answer.headers.get("Location")
            if answer.status_code not in _REDIRECTS or target is None:
                return answer
            trail.address = _redirected(question, trail, target)
        reason = f"{question.address} was redirected more than {self._limits.redirects} times"
        raise _FailedError(Rejected, f"{reason}; {question.wanted.if_absent}")

    def _request(self, question: FetchRequest, trail: _Trail) -> requests.Response:
        host = host_of(trail.address)
        left_alone = self._hosts.why_left_alone(host)
        if left_alone is not None:
            raise _FailedError(Unreachable, left_alone)
        self._hosts.wait_for_turn(host)
        trail.close()
        trail.answer = None
        started = time.monotonic()  # the machine's clock: nothing but real time passes here
        try:
            trail.answer = self._session.get(
                trail.address,
                headers=question.seen.conditions if question.seen else None,
                timeout=(self._limits.connect_seconds, self._limits.read_seconds),
                allow_redirects=False,
                stream=True,
            )
        except _NETWORK_ERRORS as error:
            raise self._no_answer(host, error, time.monotonic() - started) from error
        finally:
            self._hosts.was_asked(host)
        return trail.answer

    def _no_answer(self, host: str, error: Exception, elapsed_seconds: float) -> _FailedError:
        limits = self._limits
        if _is_caused_by(error, TooSlowError):
            reason = f"{host} is too slow: its headers were not whole after {limits.answer_seconds:g} s"
            return _FailedError(Unreachable, reason, host=host)
        if isinstance(error, requests.ReadTimeout):
            # A TLS handshake has the shorter timeout of the connection, and its end has the same name.
            if elapsed_seconds < limits.read_seconds:
                reason = f"{host} could not be reached: no TLS connection within {limits.connect_seconds:g} s"
                return _FailedError(Unreachable, reason, host=host)
            reason = f"{host} did not answer within {limits.read_seconds:g} s"
            return _FailedError(Unreachable, reason, attempts=limits.attempts, host=host)
        if isinstance(error, requests.ConnectionError) and isinstance(
            error.args[0] if error.args else None, urllib3.exceptions.ProtocolError
        ):
            # One more attempt and not two: where a filter cuts every connection, two hosts with their
            # polite waits still take less than ten seconds.
            reason = f"{host} broke off the connection before it answered ({in_words(error)})"
            return _FailedError(Unreachable, reason, attempts=2, host=host)
        via = " through the proxy" if isinstance(error, requests.exceptions.ProxyError) else ""
        reason = f"{host} could not be reached{via}: {in_words(error)}"
        return _FailedError(Unreachable, reason, host=host)

    def _settle(
        self, question: FetchRequest, address: str, answer: requests.Response
    ) -> Callable[[ResponseFacts], Outcome]:
        """Judge the last answer: give what makes the outcome of its facts."""
        host, status = host_of(address), answer.status_code
        said = f"{host} answered {status} ({printable(answer.reason or 'without a reason')})"
        if status == 200:
            body, found = self._accepted(question, host, answer)
            return partial(Fetched, body=body, format=found)
        if status == 304 and question.seen is not None and question.seen.conditions:
            if not answer.raw.chunked:  # else it has a body all the same, which nobody wants
                answer.raw.drain_conn()  # there is none: the connection can be used again
            return partial(Unchanged, sha256=question.seen.sha256)
        if status == 403:
            attempts = 2 if self._hosts.was_forbidden(host) else 1
            raise _FailedError(Unreachable, said, attempts=attempts, host=host)
        if status in (429, 503):
            asked = seconds_asked_for(answer.headers.get("Retry-After", ""), self._now())
            self._hosts.rest(host, min(asked, self._limits.retry_after_seconds))
        if status == 429:
            raise _FailedError(Unreachable, said, attempts=self._limits.attempts, host=host)
        if status >= 500:
            raise _FailedError(Unreachable, said, attempts=self._limits.attempts)
        raise _FailedError(Rejected, f"{said} for {printable(address)}; {question.wanted.if_absent}")

    def _accepted(self, question: FetchRequest, host: str, answer: requests.Response) -> tuple[bytes, Found]:
        """Read the body of a 200 and give it with its format, if it can be the release."""
        length = _content_length(answer)
        announced = ResponseCheck(
            wanted=question.wanted,
            host=host,
            content_type=_header(answer, "Content-Type"),
            length=length,
            ends_surely=length is not None or bool(answer.raw.chunked),
        )
        try:
            announced.check_headers()
            body = self._body(announced, answer)
            return body, announced.check_body(body)
        except InvalidResponseError as error:
            attempts = self._limits.attempts if error.may_pass else 1
            rejected = partial(Rejected, may_pass=error.may_pass)
            raise _FailedError(rejected, error.reason, attempts=attempts) from error
        finally:
            self._hosts.was_asked(host)

    def _body(self, announced: ResponseCheck, answer: requests.Response) -> bytes:
        host, limits = announced.host, self._limits
        body = bytearray()
        try:
            # read1 gives what has come: read and iter_content wait until a whole chunk is there, which
            # at a byte a second is 18 hours that no timeout ends.
            while chunk := answer.raw.read1(_CHUNK, decode_content=True):
                body += chunk
                announced.check_size(len(body))
        except urllib3.exceptions.DecodeError as error:
            raise announced.garbled(len(body)) from error
        except urllib3.exceptions.ReadTimeoutError as error:
            if _is_caused_by(error, TooSlowError):
                reason = f"{host} is too slow: {len(body):,} bytes came in {limits.answer_seconds:g} s"
                raise _FailedError(Unreachable, reason) from error
            reason = f"{host} fell silent for {limits.read_seconds:g} s after {len(body):,} bytes of the file"
            raise _FailedError(Unreachable, reason, attempts=limits.attempts) from error
        except _NETWORK_ERRORS as error:
            raise announced.broken_off(len(body)) from error
        if announced.length is not None and answer.raw.tell() != announced.length:
            raise announced.broken_off(len(body))
        return bytes(body)


def _is_caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error is not None


def _is_worth_another(state: tenacity.RetryCallState) -> bool:
    return state.outcome is not None and state.attempt_number < state.outcome.result().attempts


def _capped(failed: _FailedError, question: FetchRequest) -> tuple[int, str | None]:
    """Return how many attempts a failure is worth at this question, and the host to leave alone after them.

    A host is left alone only after all the attempts that the failure deserves: what is asked once by the
    way must not take a release's host away.
    """
    if question.attempts is None or failed.attempts <= question.attempts:
        return failed.attempts, failed.host
    return question.attempts, None


def _redirected(question: FetchRequest, trail: _Trail, target: str) -> str:
    try:
        address = urljoin(trail.address, target)
        is_allowed = is_file_address(address) and question.may_lead_to(address)
    except ValueError:
        is_allowed = False
    if not is_allowed:
        raise _FailedError(
            Rejected,
            f"{host_of(trail.address)} redirects to {printable(target)}, which is no https address of a file "
            f"on a host of {question.wanted.id}; {question.wanted.if_absent}",
        )
    return address


def _header(answer: requests.Response | None, name: str) -> str | None:
    """Return a header that may be logged, shown and sent back: printable and not endless."""
    value = None if answer is None else answer.headers.get(name)
    if value is None or not value.isprintable() or len(value) > _LONGEST_HEADER:
        return None
    return value


def _content_length(answer: requests.Response | None) -> int | None:
    value = _header(answer, "Content-Length") or ""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None
