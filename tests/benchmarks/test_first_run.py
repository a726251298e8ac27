"""When a run counts as started by a tick."""

from benchmarks.first_run import from_tick_to_start


def answer(ticks: list[dict[str, object]], runs: list[dict[str, object]]) -> dict[str, object]:
    repository = {"sensors": [{"sensorState": {"ticks": []}}, {"sensorState": {"ticks": ticks}}]}
    entry = {"locationOrLoadError": {"repositories": [repository]}}
    return {"data": {"runsOrError": {"results": runs}, "workspaceOrError": {"locationEntries": [entry]}}}


def test_the_run_that_a_tick_asked_for_counts_from_the_tick() -> None:
    ticks: list[dict[str, object]] = [
        {"timestamp": 130.0, "runIds": []},
        {"timestamp": 100.0, "runIds": ["asked"]},
    ]
    runs: list[dict[str, object]] = [
        {"runId": "by hand", "startTime": 90.0},
        {"runId": "asked", "startTime": 102.5},
    ]
    assert from_tick_to_start(answer(ticks, runs)) == 2.5


def test_a_run_that_waits_has_not_started_and_a_server_that_is_silent_has_none() -> None:
    ticks: list[dict[str, object]] = [{"timestamp": 100.0, "runIds": ["asked"]}]
    assert from_tick_to_start(answer(ticks, [{"runId": "asked", "startTime": None}])) is None
    assert from_tick_to_start(answer([], [])) is None
    assert from_tick_to_start(None) is None
