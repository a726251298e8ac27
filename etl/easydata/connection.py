"""Calls of EasyData's API: one address, its answer or why there is none.

Here: requests, waits between them, and what a status means. Not here: which series are asked
(`pulling.py`) and how many calls are left (`quota.py`).

The key is added below requests and urllib3, when the request line is written to the socket: addresses,
exceptions, redirects and debug logs of both are without it because they never had it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import InvalidURL
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlencode

import requests
import urllib3

from etl.addresses import host_of
from etl.connecting import GuardedAdapter, GuardedHTTPConnection, GuardedHTTPSConnection
from etl.easydata.key import HOW_TO_GET_ONE, VARIABLE, ApiKey
from etl.politeness import Hosts, in_words
from etl.session import Session

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
        """Tell whether the same call would be answered the same way until a person does something."""
        return self.status is not None and self.status < 500 and self.status not in (403, 408, 429)

    @property
    def is_of_key(self) -> bool:
        """Tell whether no call at all will be answered with this key."""
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
        """Give the body of a successful answer; `take` is called before each attempt, to count it.

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
    """Say what a status means and what to do; nothing of the answer is quoted, for it may quote the key."""
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
    """Give a session whose connections add the key to each request as they write it."""
    adapter = GuardedAdapter(
        answer_seconds,
        http=_KeyedHTTPConnection,
        https=_KeyedHTTPSConnection,
        attributes={"api_key": key},
    )
    session = Session(adapter)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))  # calls do not depend on each other
    return session
