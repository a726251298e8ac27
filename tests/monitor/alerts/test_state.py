"""What is told on which channel: once, and once when it is over, whatever fails in between."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from etl.monitor.alerts import state
from etl.monitor.alerts.incidents import CommandOutcome, IncidentFacts
from etl.monitor.alerts.state import AlertState, AlertStateError, Message, Record
from etl.publish.snapshots import QuarantinedFile
from tests.support.alerts import APRIL, MARCH, NOON, SERVICES, build, facts, incident

CHANNELS = ("log", "mail")
LATER = NOON + timedelta(hours=1)
BAD = facts(published=build(MARCH, QuarantinedFile(sha256="a" * 64, words="dt.xls: a row is missing")))
GOOD = facts(published=build(MARCH))


def look(remembered: AlertState, found: IncidentFacts) -> AlertState:
    return state.without_finished(state.with_open_incidents(remembered, found, LATER), CHANNELS)


def tell(remembered: AlertState, *channels: str) -> tuple[list[str], AlertState]:
    """Tell on channels; returns what was told in short, and what is remembered."""
    said = []
    for channel in channels:
        messages = state.to_send(remembered, channel)
        said += [f"{channel} {'over' if m.over_at else 'open'} {m.incident.kind}" for m in messages]
        remembered = state.with_sent(remembered, channel, messages)
    return said, remembered


def test_an_incident_is_told_once_on_each_channel_and_once_when_it_is_over() -> None:
    said, remembered = tell(look(AlertState(), BAD), *CHANNELS)
    assert said == ["log open quarantine", "mail open quarantine"]
    said, remembered = tell(look(remembered, BAD), *CHANNELS)
    assert said == []
    said, remembered = tell(look(remembered, GOOD), *CHANNELS)
    assert said == ["log over quarantine", "mail over quarantine"]
    assert look(remembered, GOOD).records == ()


def test_an_incident_that_opens_again_is_told_again() -> None:
    _, remembered = tell(look(AlertState(), BAD), *CHANNELS)
    _, remembered = tell(look(remembered, GOOD), *CHANNELS)
    said, _ = tell(look(remembered, BAD), *CHANNELS)
    assert said == ["log open quarantine", "mail open quarantine"]


def test_a_dead_channel_delays_its_own_messages_and_loses_none() -> None:
    said, remembered = tell(look(AlertState(), BAD), "log")
    assert said == ["log open quarantine"]
    said, remembered = tell(look(remembered, GOOD), "log")
    assert said == ["log over quarantine"]
    said, remembered = tell(look(remembered, GOOD), *CHANNELS)
    assert said == ["mail open quarantine", "mail over quarantine"]
    assert look(remembered, GOOD).records == ()


def test_what_comes_and_goes_and_comes_while_a_channel_is_dead_is_told_in_order() -> None:
    _, remembered = tell(look(AlertState(), BAD), "log")
    _, remembered = tell(look(remembered, GOOD), "log")
    said, remembered = tell(look(remembered, BAD), *CHANNELS)
    assert said == [
        "log open quarantine",
        "mail open quarantine",
        "mail over quarantine",
        "mail open quarantine",
    ]
    said, _ = tell(look(remembered, BAD), *CHANNELS)
    assert said == []


def test_a_channel_that_is_new_is_told_what_is_open() -> None:
    _, remembered = tell(look(AlertState(), BAD), "log")
    said, _ = tell(look(remembered, BAD), *CHANNELS)
    assert said == ["mail open quarantine"]


def test_a_channel_that_is_gone_keeps_nothing_waiting() -> None:
    _, remembered = tell(look(AlertState(), BAD), "log")
    _, remembered = tell(state.with_open_incidents(remembered, GOOD, LATER), "log")
    assert state.without_finished(remembered, ["log"]).records == ()


def test_at_the_first_look_no_release_is_new_and_afterwards_each_is_once() -> None:
    remembered = look(AlertState(), GOOD)
    assert tell(remembered, *CHANNELS)[0] == []
    remembered = look(remembered, facts(published=build(APRIL)))
    said, remembered = tell(remembered, *CHANNELS)
    assert said == ["log open new_release", "mail open new_release"]
    remembered = look(remembered, facts(published=build(APRIL)))
    assert (remembered.records, remembered.reached) == ((), {SERVICES: APRIL})


def test_an_older_snapshot_makes_no_release_new_a_second_time() -> None:
    remembered = look(look(AlertState(), facts(published=build(APRIL))), GOOD)
    assert remembered.reached == {SERVICES: APRIL}
    assert tell(look(remembered, facts(published=build(APRIL))), "log")[0] == []


def test_before_anything_is_published_nothing_is_taken_as_known() -> None:
    assert look(AlertState(), facts()).reached is None
    assert look(look(AlertState(), facts()), GOOD).reached == {SERVICES: MARCH}


def test_a_failed_command_is_told_by_whoever_looks_next() -> None:
    failed = facts(published=build(), command=CommandOutcome(LATER, "disk full"))
    remembered = look(AlertState(), failed)
    said, remembered = tell(look(remembered, facts(published=build(), runs=())), *CHANNELS)
    assert said == ["log open failed_run", "mail open failed_run"]
    again, _ = tell(look(remembered, failed), *CHANNELS)
    assert again == []


def test_the_memory_is_written_whole_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "alerts" / "incidents.json"
    remembered = AlertState(
        records=(Record(incident=incident(), over_at=LATER, told=("log",)),), reached={SERVICES: MARCH}
    )
    assert state.load(path) == AlertState()
    state.save(path, remembered)
    assert state.load(path) == remembered
    assert [entry.name for entry in path.parent.iterdir()] == ["incidents.json"]


def test_a_damaged_memory_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "incidents.json"
    path.write_text('{"records": [')
    with pytest.raises(AlertStateError, match=r"is damaged .* delete it"):
        state.load(path)


def test_messages_are_marked_by_incident_and_not_by_place() -> None:
    one, two = (Record(incident=incident(name)) for name in ("one", "two"))
    remembered = state.with_sent(AlertState(records=(one, two)), "log", [Message(two.incident, None)])
    assert remembered.records == (one, msgspec.structs.replace(two, told=("log",)))
