"""Dagster's development server, ours or another's: started, asked over HTTP, ended.

Here: the process and its questions. Not here: what is measured with it (`first_page.py`, `first_run.py`).
"""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from etl.common.settings import PROJECT_ROOT

T = TypeVar("T")
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_LONGEST_SECONDS = 120
_SECONDS_BETWEEN_LOOKS = 0.05


@dataclass(frozen=True)
class Server:
    """A development server: its command, which ends where the port goes, and what it runs in."""

    command: Sequence[str]
    environment: dict[str, str]


def offline(environment: dict[str, str]) -> dict[str, str]:
    """Return an environment in which a schedule that happens to tick reaches nobody."""
    nowhere = "http://127.0.0.1:9"
    return environment | {"http_proxy": nowhere, "https_proxy": nowhere, "no_proxy": "localhost,127.0.0.1"}


@contextmanager
def running(server: Server, log: Path) -> Iterator[str]:
    """Start a server; returns its address, and ends it with all that it started."""
    port = _free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*server.command, str(port)],
            cwd=PROJECT_ROOT,
            env=server.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(process)


def wait_for(happened: Callable[[], T | None], log: Path) -> T:
    """Look again and again until something happened; returns it.

    Raises `RuntimeError` with the end of the log where it does not happen.
    """
    until = time.perf_counter() + _LONGEST_SECONDS
    while (found := happened()) is None:
        if time.perf_counter() > until:
            raise RuntimeError(
                f"nothing came in {_LONGEST_SECONDS} s: {log.read_text(errors='replace')[-2000:]}"
            )
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    return found


def ask(address: str, question: str) -> Any | None:
    """Ask GraphQL; None where nobody answers yet."""
    encoded = f"{address}/graphql?{urllib.parse.urlencode({'query': question})}"
    try:
        with OPENER.open(encoded, timeout=10) as answer:
            return json.load(answer)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the server with all that it started, and wait until it is gone."""
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=30)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
