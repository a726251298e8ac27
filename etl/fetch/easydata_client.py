"""Calls of EasyData's API: one address, its answer or why there is none.

Here: requests, waits between them, and what a status means. Not here: which series are asked
(`pulling.py`) and how many calls are left (`quota.py`).

The key is added below requests and urllib3, when the request line is written to the socket: addresses,
exceptions, redirects and debug logs of both are without it because they never had it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.client import InvalidURL
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
import requests
import urllib3
from filelock import FileLock

from etl.archive.results import NotAsked, Rejected, Unreachable
from etl.catalog.labels import row_key
from etl.catalog.releases import Release
from etl.common.addresses import host_of
from etl.common.errors import EtlError
from etl.common.files import write_whole
from etl.common.secrets import HOW_TO_GET_ONE, VARIABLE, ApiKey
from etl.common.settings import TIME_ZONE
from etl.fetch.adapter import GuardedAdapter, GuardedHTTPConnection, GuardedHTTPSConnection
from etl.fetch.http import Session
from etl.fetch.politeness import Hosts, in_words
from etl.readers import easydata
from etl.readers.values import LayoutChangedError

_NETWORK_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
_CHUNK = 65_536
_LARGEST = 20_000_000
"""Twenty years of a monthly series are some 50 kB."""


@dataclass(frozen=True)
class Patience:
    """How long is waited and how often is tried."""

    connect_seconds: float = 5.0
    read_seconds: float = 45.0
    """Answers take 3 s, and now and then 30."""
    answer_seconds: float = 165.0
    """For a whole answer: one byte a second is no silence."""
    attempts: int = 3
    retry_seconds: float = 10.0
    """Before the second attempt; twice as long before the third."""


class NoAnswerError(Exception):
    """A call brought nothing that can be used; the message says why, and never holds the key."""

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        """None where no answer came."""

    @property
    def is_refusal(self) -> bool:
        """Whether the same call would be answered the same way until a person does something."""
        return self.status is not None and self.status < 500 and self.status not in (403, 408, 429)

    @property
    def is_of_key(self) -> bool:
        """Whether no call at all will be answered with this key."""
        return self.status in (400, 401)


class Connection:
    """Calls to one API with one key, one after the other; to be closed at the end."""

    def __init__(
        self,
        key: ApiKey,
        *,
        polite_seconds: float,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._key = key
        self._patience = patience or Patience()
        self._clock = clock
        self._sleep = sleep
        self._hosts = Hosts(polite_seconds=polite_seconds, probe_seconds=4.0, clock=clock, sleep=sleep)
        self._session = _session(key, self._patience.answer_seconds)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def ask(self, address: str, parameters: dict[str, str], take: Callable[[], None]) -> bytes:
        """Return the body of a successful answer; `take` is called before each attempt, to count it.

        Raises `NoAnswerError`, and whatever `take` raises.
        """
        self._hosts.probe([address])
        if left_alone := self._hosts.why_left_alone(host_of(address)):
            raise NoAnswerError(left_alone)
        for attempt in range(1, self._patience.attempts + 1):
            take()
            try:
                return self._attempt(f"{address}?{urlencode(parameters)}")
            except NoAnswerError as error:
                is_last = attempt == self._patience.attempts
                if is_last or error.is_refusal or error.status in (403, 429):
                    raise
            self._sleep(self._patience.retry_seconds * attempt)
        raise AssertionError("the last attempt raises or returns")

    def _attempt(self, address: str) -> bytes:
        host = host_of(address)
        self._hosts.wait_for_turn(host)
        try:
            answer = self._session.get(
                address,
                timeout=(self._patience.connect_seconds, self._patience.read_seconds),
                allow_redirects=False,
                stream=True,
            )
            with answer:
                if answer.status_code != 200:
                    raise NoAnswerError(_meaning(host, answer.status_code), status=answer.status_code)
                body = self._body(host, answer)
        except _NETWORK_ERRORS as error:
            raise NoAnswerError(f"{host} could not be reached: {in_words(error)}") from error
        finally:
            self._hosts.was_asked(host)
        if self._key.is_in(body):
            reason = f"{host} repeats the key in its answer, which is therefore not kept"
            raise NoAnswerError(reason, status=200)
        return body

    def _body(self, host: str, answer: requests.Response) -> bytes:
        body = bytearray()
        while chunk := answer.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > _LARGEST:
                raise NoAnswerError(f"{host} sends an answer without end: {len(body):,} bytes so far")
        return bytes(body)


def _meaning(host: str, status: int) -> str:
    """Return what a status means and what to do; nothing of the answer is quoted, for it may quote the
    key.
    """
    match status:
        case 400 | 401:
            return (
                f"{host} answered {status}: the key in {VARIABLE} is wrong or has expired (a key is good "
                f"for 90 days); generate a new one {HOW_TO_GET_ONE} and put it into {VARIABLE}"
            )
        case 403:
            return f"{host} answered 403: it turns programs away for a while; try again later"
        case 404:
            return f"{host} answered 404: it has no such series or dataset"
        case 429:
            return f"{host} answered 429: the calls of this key are used up for now"
        case _ if 300 <= status < 400 and status != 304:
            return f"{host} answered {status}, a redirect, which is not followed: the key would go along"
        case _:
            return f"{host} answered {status}"


class _KeyedHTTPConnection(GuardedHTTPConnection):
    api_key: ApiKey

    def putrequest(
        self, method: str, url: str, skip_host: bool = False, skip_accept_encoding: bool = False
    ) -> None:
        with _silent():
            super().putrequest(method, self.api_key.added_to(url), skip_host, skip_accept_encoding)


class _KeyedHTTPSConnection(GuardedHTTPSConnection):
    api_key: ApiKey

    def putrequest(
        self, method: str, url: str, skip_host: bool = False, skip_accept_encoding: bool = False
    ) -> None:
        with _silent():
            super().putrequest(method, self.api_key.added_to(url), skip_host, skip_accept_encoding)


@contextmanager
def _silent() -> Iterator[None]:
    """Turn the one error that would quote the request line into one that does not."""
    try:
        yield
    except (InvalidURL, UnicodeError):
        raise OSError("the request cannot be written") from None


def _session(key: ApiKey, answer_seconds: float) -> Session:
    """Return a session whose connections add the key to each request as they write it."""
    adapter = GuardedAdapter(
        answer_seconds,
        http=_KeyedHTTPConnection,
        https=_KeyedHTTPSConnection,
        attributes={"api_key": key},
    )
    session = Session(adapter)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))  # calls do not depend on each other
    return session


_LOCK_SECONDS = 30


@dataclass(frozen=True)
class QuotaLimits:
    """What the portal's guide allows a key."""

    an_hour: int = 250
    a_day: int = 2_000


class _Ledger(msgspec.Struct):
    calls: list[float] = []
    """Seconds since 1970, oldest first."""
    closed_until: float = 0.0
    """The server said itself that there are too many."""


class QuotaError(EtlError):
    """The ledger cannot be used; the message says what to do."""


class Quota:
    """The calls of this installation."""

    def __init__(
        self,
        folder: Path,
        limits: QuotaLimits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._path = folder / "calls.json"
        self._limits = limits or QuotaLimits()
        self._now = now

    def take(self) -> datetime | None:
        """Count a call; where none is left, count nothing and give the time at which one will be."""
        with self._locked():
            ledger, now = self._read(), self._now().timestamp()
            frees_at = self._frees_at(ledger, now)
            if frees_at > now:
                return datetime.fromtimestamp(frees_at, UTC)
            ledger.calls.append(now)
            self._write(ledger)
            return None

    def close_for(self, pause: timedelta) -> datetime:
        """Note that the server wants no more calls for now; returns until when none is made."""
        with self._locked():
            ledger = self._read()
            ledger.closed_until = max(ledger.closed_until, (self._now() + pause).timestamp())
            self._write(ledger)
            return datetime.fromtimestamp(ledger.closed_until, UTC)

    def _frees_at(self, ledger: _Ledger, now: float) -> float:
        frees_at = min(ledger.closed_until, now + timedelta(days=1).total_seconds())
        for limit, span in ((self._limits.an_hour, 3_600.0), (self._limits.a_day, 86_400.0)):
            recent = [call for call in ledger.calls if call > now - span]
            if len(recent) >= limit:
                frees_at = max(frees_at, recent[-limit] + span)
        return frees_at

    def _locked(self) -> FileLock:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self._path.with_suffix(".lock"), timeout=_LOCK_SECONDS)

    def _read(self) -> _Ledger:
        """Read what still counts; a call that a clock set wrong put into the future is taken as of now."""
        try:
            ledger = msgspec.json.decode(self._path.read_bytes(), type=_Ledger)
        except FileNotFoundError:
            return _Ledger()
        except msgspec.MsgspecError as error:
            raise QuotaError(
                f"{self._path} is damaged ({error}); delete it if nobody called EasyData in the last 24 hours"
            ) from error
        now = self._now().timestamp()
        ledger.calls = sorted(min(call, now) for call in ledger.calls if call > now - 86_400)
        return ledger

    def _write(self, ledger: _Ledger) -> None:
        write_whole(self._path, msgspec.json.encode(ledger))


_TOO_MANY, _NOT_FOUND = 429, 404
_AFTER_TOO_MANY = timedelta(minutes=15)
_LONGEST_WAIT = timedelta(hours=1, minutes=5)
_TRIES = 4
"""For one call, where a pull that waits is told that there were too many."""


class StoppedError(Exception):
    """A pull cannot go on now: it comes to an outcome of this kind."""

    def __init__(
        self,
        kind: type[Unreachable] | type[Rejected] | type[NotAsked],
        reason: str,
        *,
        status: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.status = status
        """With which the portal refused; None where something else stops the pull. The alert of a key that
        expired goes by it.
        """


@dataclass(frozen=True)
class Waiting:
    """What is done where the calls of this hour are used up: by default nothing, the pull stops."""

    is_allowed: bool = False
    """Wait for the next hour's."""
    tell: Callable[[str], None] = field(default=lambda _: None)
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class Asking:
    """The calls of one run."""

    def __init__(self, connection: Connection, quota: Quota, waiting: Waiting | None = None) -> None:
        self._connection = connection
        self._quota = quota
        self._waiting = waiting or Waiting()
        self._refused: StoppedError | None = None

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def series(
        self, release: Release, key: str, since: date, until: date, known_rows: frozenset[str]
    ) -> bytes:
        """Return the answer for a series, or nothing where the portal has none of one that may be missing.

        Raises `StoppedError` where there is none, or another than was asked for.
        """
        rules, _, layout = release.rules
        is_optional = key.partition(".")[2] in release.by_series.may_be_missing
        parameters = {"start_date": since.isoformat(), "end_date": until.isoformat(), "format": "json"}
        address = f"{rules.addresses[0]}/series/{key}/data"
        try:
            body = self._answer(address, parameters)
            rows = easydata.of_answer(body, f"the answer for {key}")
            if rows:
                strangers = {row.key for row in rows if row_key(row.key) != row_key(key)}
                if strangers:
                    raise StoppedError(Rejected, f"EasyData was asked for {key} and sent {min(strangers)}")
                easydata.observe(rows, layout, known_rows)
                return body
        except NoAnswerError as error:
            if error.status != _NOT_FOUND or not is_optional:
                raise self._stopped(error, key) from error
        except LayoutChangedError as error:
            raise StoppedError(Rejected, str(error.explanation)) from error
        if is_optional:
            return b""
        reason = f"EasyData's answer for {key} from {since} to {until} is empty, as it is for an expired key"
        raise StoppedError(Rejected, reason)

    def ask(self, address: str, parameters: dict[str, str], what: str) -> bytes:
        """Return an answer; raises `StoppedError` where there is none."""
        try:
            return self._answer(address, parameters)
        except NoAnswerError as error:
            raise self._stopped(error, what) from error

    def _answer(self, address: str, parameters: dict[str, str]) -> bytes:
        if self._refused is not None:
            raise self._refused
        for _ in range(_TRIES):
            try:
                return self._connection.ask(address, parameters, self._take)
            except NoAnswerError as error:
                if error.status != _TOO_MANY:
                    raise
                self._wait(self._quota.close_for(_AFTER_TOO_MANY), error.reason)
        raise StoppedError(Unreachable, f"EasyData answered {_TOO_MANY} {_TRIES} times; try again tomorrow")

    def _take(self) -> None:
        """Count a call, and where none is left, wait or stop."""
        while (frees_at := self._quota.take()) is not None:
            self._wait(frees_at, "the calls that EasyData allows are used up (250 an hour, 2,000 a day)")

    def _wait(self, until: datetime, reason: str) -> None:
        pause = until - self._waiting.now()
        at = f"{until.astimezone(ZoneInfo(TIME_ZONE)):%d %b %H:%M}"
        if not self._waiting.is_allowed or pause > _LONGEST_WAIT:
            raise StoppedError(Unreachable, f"{reason}; a run after {at} goes on")
        self._waiting.tell(f"{reason}; going on at {at}")
        self._waiting.sleep(max(0.0, pause.total_seconds()))

    def _stopped(self, error: NoAnswerError, what: str) -> StoppedError:
        kind: type[Rejected] | type[Unreachable] = Rejected if error.is_refusal else Unreachable
        if error.is_of_key:
            self._refused = StoppedError(kind, error.reason, status=error.status)
            return self._refused
        about = f" ({what})" if what not in error.reason else ""
        return StoppedError(kind, error.reason + about, status=error.status)
