"""The time from the start of Dagster's development server to its first page with the project on it.

By HTTP, so that no browser's own start counts: the page itself must come, and the question that it asks must
be answered with the project's groups of assets.
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
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl.settings import PROJECT_ROOT

_LONGEST_SECONDS = 120
_SECONDS_BETWEEN_LOOKS = 0.05
_QUESTION = """
{ workspaceOrError { ... on Workspace { locationEntries { loadStatus locationOrLoadError {
  __typename ... on RepositoryLocation { repositories { assetGroups { groupName } } } } } } } }
"""


@dataclass(frozen=True)
class Server:
    """A development server: its command, which ends where the port goes, and what its page must show."""

    command: Sequence[str]
    environment: dict[str, str]
    group: str
    """A group of assets; empty: the project has none."""


def offline(environment: dict[str, str]) -> dict[str, str]:
    """Give an environment in which a schedule that happens to tick reaches nobody."""
    nowhere = "http://127.0.0.1:9"
    return environment | {"http_proxy": nowhere, "https_proxy": nowhere, "no_proxy": "localhost,127.0.0.1"}


def seconds(server: Server, log: Path) -> float:
    """Start it, wait for the page, end it; gives the seconds from start to page."""
    port = _free_port()
    with log.open("wb") as output:
        started = time.perf_counter()
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
            while not is_shown(f"http://127.0.0.1:{port}", server.group):
                if process.poll() is not None or time.perf_counter() - started > _LONGEST_SECONDS:
                    raise RuntimeError(f"no page came: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(_SECONDS_BETWEEN_LOOKS)
            return time.perf_counter() - started
        finally:
            _end(process)


def is_shown(address: str, group: str) -> bool:
    """Tell whether the page comes, with a group of assets on it, or with none where none is named."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    question = f"{address}/graphql?{urllib.parse.urlencode({'query': _QUESTION})}"
    try:
        with opener.open(f"{address}/", timeout=10) as page, opener.open(question, timeout=10) as answer:
            return b"<html" in page.read() and has_group(json.load(answer), group)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def has_group(answer: Any, group: str) -> bool:
    """Tell whether an answer has every location loaded, and a group of assets in one of them.

    Raises `RuntimeError` where a location cannot be loaded.
    """
    entries = answer["data"]["workspaceOrError"].get("locationEntries", [])
    if not entries or any(entry["loadStatus"] != "LOADED" for entry in entries):
        return False
    locations = [entry["locationOrLoadError"] for entry in entries]
    if any(location["__typename"] != "RepositoryLocation" for location in locations):
        raise RuntimeError("the project could not be loaded")
    groups = {
        found["groupName"]
        for location in locations
        for repository in location["repositories"]
        for found in repository["assetGroups"]
    }
    return group in groups if group else not groups


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
