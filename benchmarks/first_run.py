"""The time from a sensor's tick to the start of the run that it asked for.

By Dagster's own clocks: the tick's timestamp and the run's start, as its web server tells them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.server import Server, ask, running, wait_for

_QUESTION = """
{ runsOrError { ... on Runs { results { runId startTime } } }
  workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError { ... on RepositoryLocation {
    repositories { sensors { sensorState { ticks(limit: 50) { timestamp runIds } } } } } } } } } }
"""


def seconds(server: Server, log: Path) -> float:
    """Start it, wait for the first run that a tick asked for, end it; returns the seconds between the two."""
    with running(server, log) as address:
        return wait_for(lambda: from_tick_to_start(ask(address, _QUESTION)), log)


def from_tick_to_start(answer: Any | None) -> float | None:
    """Return the seconds from the tick to its run's start; None where none has started."""
    if answer is None or "results" not in answer["data"]["runsOrError"]:
        return None
    starts = {run["runId"]: run["startTime"] for run in answer["data"]["runsOrError"]["results"]}
    for tick in _ticks(answer["data"]["workspaceOrError"]):
        for run_id in tick["runIds"]:
            if starts.get(run_id) is not None:
                return float(starts[run_id] - tick["timestamp"])
    return None


def _ticks(workspace: Any) -> Iterator[Any]:
    for entry in workspace.get("locationEntries", []):
        for repository in (entry["locationOrLoadError"] or {}).get("repositories", []):
            for sensor in repository["sensors"]:
                yield from sensor["sensorState"]["ticks"]
