"""The time from the start of Dagster's development server to its first page with the project on it.

By HTTP, so that no browser's own start counts: the page itself must come, and the question that it asks must
be answered with the project's groups of assets.
"""

import time
import urllib.error
from pathlib import Path
from typing import Any

from benchmarks.server import OPENER, Server, ask, running, wait_for

_QUESTION = """
{ workspaceOrError { ... on Workspace { locationEntries { loadStatus locationOrLoadError {
  __typename ... on RepositoryLocation { repositories { assetGroups { groupName } } } } } } } }
"""


def seconds(server: Server, group: str, log: Path) -> float:
    """Start it, wait for the page, end it; returns the seconds from start to page.

    `group` is a group of assets that must be on it; empty: the project has none.
    """
    started = time.perf_counter()
    with running(server, log) as address:
        wait_for(lambda: is_shown(address, group) or None, log)
        return time.perf_counter() - started


def is_shown(address: str, group: str) -> bool:
    """Whether the page comes, with a group of assets on it, or with none where none is named."""
    try:
        with OPENER.open(f"{address}/", timeout=10) as page:
            if b"<html" not in page.read():
                return False
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    answer = ask(address, _QUESTION)
    return answer is not None and has_group(answer, group)


def has_group(answer: Any, group: str) -> bool:
    """Whether an answer has every location loaded, and a group of assets in one of them.

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
