"""Servers of this machine, for tests that may not use the network, and the catalogue with their addresses.

Here: what such servers have in common. What one answers is its own.
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from etl.catalog.releases import INDEX_FILE, RELEASES_FOLDER, Catalog


class LoopbackHandler(BaseHTTPRequestHandler):
    """Answers one request after the other over a connection, and writes no log."""

    protocol_version = "HTTP/1.1"
    # Otherwise a body waits 40 ms for the acknowledgement of its headers.
    disable_nagle_algorithm = True

    @property
    def owner(self) -> Any:
        """The `LoopbackServer` that was asked."""
        assert isinstance(self.server, _HttpServer)
        return self.server.owner

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def hang_up(self) -> None:
        """End the connection without another word."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


class LoopbackServer:
    """Serves on 127.0.0.1 while it is entered."""

    def __init__(self, handler: type[LoopbackHandler], tls: ssl.SSLContext | None = None) -> None:
        self._handler = handler
        self._tls = tls
        self._http = self._listening(0)

    def _listening(self, port: int) -> "_HttpServer":
        http = _HttpServer(("127.0.0.1", port), self._handler)
        http.owner = self
        if self._tls is not None:
            http.socket = self._tls.wrap_socket(http.socket, server_side=True)
        return http

    @contextmanager
    def gone(self) -> Iterator[int]:
        """Leave the port while this is entered: connections to it are refused. Return its number."""
        port = self.port
        self._http.shutdown()
        self._http.server_close()
        yield port
        self._http = self._listening(port)
        self.__enter__()

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def port(self) -> int:
        """The port that it listens at."""
        return int(self._http.server_address[1])

    @property
    def host(self) -> str:
        """Host and port, as in an address."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"{'http' if self._tls is None else 'https'}://{self.host}{path}"


class _HttpServer(ThreadingHTTPServer):
    owner: LoopbackServer
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hangs up is part of the tests."""


def loopback_catalog(folder: Path, server: LoopbackServer) -> Path:
    """Write the entries of the real catalogue with each address's host replaced; returns their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    hosts = {
        f"https://{urlsplit(address).netloc}"
        for release in Catalog.load(RELEASES_FOLDER).file_releases
        for address in release.rules[0].addresses
    }
    (folder / INDEX_FILE).parent.mkdir(exist_ok=True)
    for entry in RELEASES_FOLDER.rglob("*.toml"):
        text = entry.read_text(encoding="utf-8")
        for host in hosts:
            text = text.replace(host, server.url(""))
        (folder / entry.relative_to(RELEASES_FOLDER)).write_text(text, encoding="utf-8")
    return folder
