"""What one run knows about the hosts it asks: which are out of reach, when each may be asked again,
and which are left alone.

Here: the one look at the start whether a host can be reached, the waits between requests to it, and
network errors in plain words. Not here: requests and what is made of their answers (`fetching.py`).
"""

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy

from etl.common.addresses import host_of
from etl.common.terminal import printable
from etl.fetch.adapter import check_peer

FORBIDDEN_FACTOR = 6
"""After a 403 a host rests this many times the polite wait: SBP's 403 outlives the burst that earned
it."""
_FORBIDDEN_LIMIT = 2
_PORTS = {"http": 80, "https": 443}
_SOCKS_PORT = 1080
_OF_THE_CLOCK = "; is this machine's clock right?"
_OF_THE_ISSUER = "; where a proxy or virus scanner signs, name its certificates in REQUESTS_CA_BUNDLE"
_CERTIFICATE_REMEDIES = {
    9: _OF_THE_CLOCK,  # not valid yet
    10: _OF_THE_CLOCK,  # expired
    18: _OF_THE_ISSUER,  # self-signed
    19: _OF_THE_ISSUER,  # self-signed in the chain
    20: _OF_THE_ISSUER,  # issuer unknown
}
"""By OpenSSL's number: what on this machine is the likely cause."""


def in_words(error: BaseException) -> str:
    """Say in plain words, on one line, why a connection failed: the first cause, not its wrappings."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    match error:
        case socket.gaierror() | UnicodeError():
            return "its name could not be resolved"
        case ConnectionRefusedError():
            return "it refused the connection"
        case TimeoutError():
            return "it did not answer in time"
        case ssl.SSLCertVerificationError():
            remedy = _CERTIFICATE_REMEDIES.get(error.verify_code, "")
            return f"its TLS certificate is not valid ({error.verify_message}{remedy})"
        case ssl.SSLError():
            return f"no TLS connection could be agreed ({printable(error.reason or str(error))})"
        case OSError(strerror=str(text)):
            return printable(text)
        case _:
            return printable(str(error) or type(error).__name__)


def seconds_asked_for(retry_after: str, now: datetime) -> float:
    """Return the wait that a `Retry-After` header asks for, in seconds or by a date; 0 if by neither."""
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds())


class _Endpoint(NamedTuple):
    """Where a connection really goes: the host, or the proxy that requests would use for it."""

    host: str
    port: int
    is_proxy: bool


class Hosts:
    """The hosts of one run. Not for several threads: one worker asks, one request at a time."""

    def __init__(
        self,
        *,
        polite_seconds: float,
        probe_seconds: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._polite_seconds = polite_seconds
        self._probe_seconds = probe_seconds
        self._clock = clock
        self._sleep = sleep
        self._probed: set[str] = set()
        self._left_alone: dict[str, str] = {}
        self._rests_until: dict[str, float] = {}
        self._forbidden: dict[str, int] = {}
        self._cost: dict[str, float] = {}

    def probe(self, addresses: Iterable[str]) -> None:
        """Connect to every host that was not yet tried, to all at once, and leave alone those that
        cannot be reached within `probe_seconds` for all together.

        A connection attempt per address would add up: name resolution knows no timeout, and a
        connection whose packets vanish takes all of its own. Hence threads that may be abandoned.
        """
        hosts_behind: dict[_Endpoint, list[str]] = {}
        for address in addresses:
            host = host_of(address)
            if host in self._probed:
                continue
            self._probed.add(host)
            endpoint = _endpoint(address)
            if endpoint is not None:
                hosts_behind.setdefault(endpoint, []).append(host)
        for endpoint, reason in self._unreachable(set(hosts_behind)):
            via = f"through the proxy {endpoint.host}:{endpoint.port}: " if endpoint.is_proxy else ""
            for host in hosts_behind[endpoint]:
                self.leave_alone(host, f"{host} could not be reached: {via}{reason}")

    def _unreachable(self, endpoints: set[_Endpoint]) -> Iterable[tuple[_Endpoint, str]]:
        # A host may have several addresses, each of which gets this timeout: where IPv6 leads nowhere,
        # IPv4 must still have its turn.
        timeout = self._probe_seconds / 3
        answers: queue.SimpleQueue[tuple[_Endpoint, str | None]] = queue.SimpleQueue()
        for endpoint in endpoints:
            threading.Thread(target=_connect, args=(endpoint, timeout, answers), daemon=True).start()
        # The machine's clock, not the injected one: nothing but real time passes here.
        deadline = time.monotonic() + self._probe_seconds
        while endpoints:
            try:
                endpoint, reason = answers.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            endpoints.discard(endpoint)
            if reason is not None:
                yield endpoint, reason
        for endpoint in endpoints:
            yield endpoint, f"no connection within {self._probe_seconds:g} s"

    def why_left_alone(self, host: str) -> str | None:
        """Tell why a host is not asked any more in this run; None where it may be asked."""
        return self._left_alone.get(host)

    def leave_alone(self, host: str, reason: str) -> None:
        """Do not ask a host again in this run."""
        self._left_alone.setdefault(host, reason)

    def has_cost(self, host: str, seconds: float, at_most: float) -> None:
        """Note what a failed question took; a host that took more than `at_most` in all is left alone."""
        self._cost[host] = cost = self._cost.get(host, 0.0) + seconds
        if cost > at_most:
            reason = f"{host} is not asked again in this run: failed answers took {cost / 60:.0f} minutes"
            self.leave_alone(host, reason)

    def wait_for_turn(self, host: str) -> None:
        """Sleep until a host may be asked; one that is left alone has no turn."""
        if host in self._left_alone or host not in self._rests_until:
            return
        wait = self._rests_until[host] - self._clock()
        if wait > 0:
            self._sleep(wait)

    def was_asked(self, host: str) -> None:
        """Note that a request to a host has just ended: it rests for the polite wait."""
        self.rest(host, self._polite_seconds)

    def was_forbidden(self, host: str) -> bool:
        """Note a 403: the host rests for long. Return whether it may be asked again after that."""
        self._forbidden[host] = self._forbidden.get(host, 0) + 1
        self.rest(host, FORBIDDEN_FACTOR * self._polite_seconds)
        return self._forbidden[host] < _FORBIDDEN_LIMIT

    def rest(self, host: str, seconds: float) -> None:
        """Do not ask a host for so long from now; a longer rest that was noted earlier stays."""
        until = self._clock() + seconds
        self._rests_until[host] = max(until, self._rests_until.get(host, until))


def _endpoint(address: str) -> _Endpoint | None:
    """Return the endpoint behind an address; None where address or proxy cannot be understood, which
    requests then says better.
    """
    try:
        proxy = select_proxy(address, get_environ_proxies(address))
        if proxy is not None:
            address = proxy if "://" in proxy else f"http://{proxy}"
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme, _SOCKS_PORT)
    except ValueError:
        return None
    return _Endpoint(parts.hostname, port, proxy is not None) if parts.hostname else None


def _connect(
    endpoint: _Endpoint, timeout: float, answers: queue.SimpleQueue[tuple[_Endpoint, str | None]]
) -> None:
    try:
        with socket.create_connection((endpoint.host, endpoint.port), timeout=timeout) as connected:
            if not endpoint.is_proxy:  # which may be anywhere
                check_peer(endpoint.host, connected)
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be a host's
        answers.put((endpoint, in_words(error)))
    else:
        answers.put((endpoint, None))
