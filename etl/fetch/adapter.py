"""Connections that lead only where they may, and answers that end in time.

Here: what holds for every connection of this program, whatever a name resolves to and whatever the server
sends. Not here: requests (`fetching.py`, `easydata/`), and which addresses may be asked (`addresses.py`).

A timeout of requests is one of silence: a byte a second is none. `http.client` reads status lines, headers,
chunk sizes and trailers byte by byte until they end, also a hundred lines of 64 kB at a byte a second (75
days), "100 Continue" for ever and trailers without end. Hence one deadline for all of an answer, held where
bytes are received.
"""

import io
import socket
import time
from collections.abc import Mapping
from http.client import HTTPResponse
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from etl.common.addresses import may_answer


class TooSlowError(TimeoutError):
    """An answer was not whole at its deadline."""


class NotPublicError(OSError):
    """A name leads to a private address."""

    def __init__(self, peer: str) -> None:
        super().__init__(
            f"its name leads to {peer}, which is no public address; see which name server this machine asks"
        )


def check_peer(host: str, connected: socket.socket) -> None:
    """Refuse a connection that leads where its host may not lead; nothing has been sent over it yet."""
    peer = str(connected.getpeername()[0]).partition("%")[0]
    if not may_answer(host, peer):
        connected.close()
        raise NotPublicError(peer)


class _InTime(io.RawIOBase):
    """What a socket receives, until the deadline."""

    def __init__(self, received: io.RawIOBase, connected: socket.socket, seconds: float) -> None:
        self._received = received
        self._socket = connected
        self._silence = connected.gettimeout()
        # The machine's clock, not an injected one: nothing but real time passes here.
        self._deadline = time.monotonic() + seconds

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Receive what has come."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TooSlowError
        self._socket.settimeout(left if self._silence is None else min(left, self._silence))
        try:
            return self._received.readinto(buffer)
        except TimeoutError as error:
            if time.monotonic() >= self._deadline:
                raise TooSlowError from error
            raise

    def close(self) -> None:
        """Close what it receives from."""
        self._received.close()
        super().close()


class _Answer(HTTPResponse):
    seconds: float

    def __init__(self, connected: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(connected, *args, **kwargs)
        self.fp = io.BufferedReader(_InTime(self.fp.detach(), connected, self.seconds))


class GuardedHTTPConnection(HTTPConnection):
    """A connection that leads where it may."""

    def _new_conn(self) -> socket.socket:
        return _checked(self, super()._new_conn())


class GuardedHTTPSConnection(HTTPSConnection):
    """A connection that leads where it may; it is checked before TLS is spoken."""

    def _new_conn(self) -> socket.socket:
        return _checked(self, super()._new_conn())


def _checked(connection: HTTPConnection, connected: socket.socket) -> socket.socket:
    if connection.proxy is None:  # a proxy may be anywhere, and resolves names by itself
        try:
            check_peer(connection.host, connected)
        except NotPublicError as error:
            raise NewConnectionError(connection, str(error)) from error
    return connected


class GuardedAdapter(HTTPAdapter):
    """Makes such connections, also through proxies."""

    def __init__(
        self,
        answer_seconds: float,
        *,
        http: type[HTTPConnection] = GuardedHTTPConnection,
        https: type[HTTPSConnection] = GuardedHTTPSConnection,
        attributes: Mapping[str, object] | None = None,
    ) -> None:
        """Take the time for a whole answer, and what kinds of connections to make with which attributes."""
        answer = type("Answer", (_Answer,), {"seconds": answer_seconds})
        given = {"response_class": answer, **(attributes or {})}
        self._pools = {
            "http": type(
                "HTTPPool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": type("HTTP", (http,), given)}
            ),
            "https": type(
                "HTTPSPool", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": type("HTTPS", (https,), given)}
            ),
        }
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make connections of these kinds."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make connections of these kinds through a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager
