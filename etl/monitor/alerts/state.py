"""What was told on which channel, and how far each release reached: `ETL_HOME/alerts/incidents.json`.

Here: the record of each incident until every channel has told all of it, and what is to be told now. Not
here: which incidents are open (`incidents.py`) and sending (`channels.py`).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from etl.common.errors import EtlError
from etl.common.files import write_whole
from etl.monitor.alerts.incidents import Incident, IncidentFacts, new_releases, open_incidents, reached


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """An incident and who was told of it."""

    incident: Incident
    over_at: datetime | None = None
    told: tuple[str, ...] = ()
    """Channels that told that it is open."""
    told_over: tuple[str, ...] = ()
    """Channels that told that it is over."""


class AlertState(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered between two looks."""

    records: tuple[Record, ...] = ()
    reached: dict[str, date] | None = None
    """How far each release reached at the last look; None before the first, at which nothing is new."""


class Message(NamedTuple):
    """One thing to be told on one channel."""

    incident: Incident
    over_at: datetime | None
    """None where it is told that the incident is open."""


class AlertStateError(EtlError):
    """The file cannot be read; the message says what to do."""


def load(path: Path) -> AlertState:
    """Read what is remembered; nothing where the file is not there yet."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=AlertState)
    except FileNotFoundError:
        return AlertState()
    except msgspec.MsgspecError as error:
        raise AlertStateError(
            f"{path} is damaged ({error}); delete it: what is open is then told once more"
        ) from error


def save(path: Path, memory: AlertState) -> None:
    """Write it whole or not at all."""
    content = msgspec.json.format(msgspec.json.encode(memory), indent=2) + b"\n"
    write_whole(path, content, is_durable=True)


def with_open_incidents(memory: AlertState, facts: IncidentFacts, now: datetime) -> AlertState:
    """Return what is remembered after a look at the facts: incidents that opened, and that are over."""
    standing = [r.incident for r in memory.records if r.over_at is None and not r.incident.is_news]
    found = {incident.id: incident for incident in open_incidents(facts, standing)}
    known = {incident.id for incident in standing}
    records = [_ended(record, found, now) for record in memory.records]
    records += [Record(incident=incident) for name, incident in found.items() if name not in known]
    if memory.reached is not None:
        records += [Record(incident=incident) for incident in new_releases(facts, memory.reached)]
    furthest = dict(memory.reached or {})
    for release_id, period in reached(facts.build).items():
        furthest[release_id] = max(period, furthest.get(release_id, period))
    has_looked = facts.build is not None or memory.reached is not None
    return AlertState(records=tuple(records), reached=furthest if has_looked else None)


def to_send(memory: AlertState, channel: str) -> tuple[Message, ...]:
    """Return what a channel has not told yet, in the order in which it happened.

    Of an incident that came and went while the channel was dead, both are told.
    """
    return tuple(message for record in memory.records for message in _not_sent(record, channel))


def with_sent(memory: AlertState, channel: str, messages: Sequence[Message]) -> AlertState:
    """Return what is remembered after a channel has told messages."""
    opened = {message.incident for message in messages if message.over_at is None}
    ended = {message.incident for message in messages if message.over_at is not None}
    records = []
    for record in memory.records:
        if record.incident in opened and channel not in record.told:
            record = msgspec.structs.replace(record, told=(*record.told, channel))
        if record.incident in ended and channel not in record.told_over:
            record = msgspec.structs.replace(record, told_over=(*record.told_over, channel))
        records.append(record)
    return msgspec.structs.replace(memory, records=tuple(records))


def without_finished(memory: AlertState, channels: Iterable[str]) -> AlertState:
    """Return what is remembered without the incidents of which every channel has told all."""
    names = set(channels)
    records = tuple(record for record in memory.records if not _is_finished(record, names))
    return msgspec.structs.replace(memory, records=records)


def _ended(record: Record, found: dict[str, Incident], now: datetime) -> Record:
    is_open = record.over_at is None and not record.incident.is_news
    if is_open and record.incident.id not in found:
        return msgspec.structs.replace(record, over_at=now)
    return record


def _not_sent(record: Record, channel: str) -> Iterator[Message]:
    if channel not in record.told:
        yield Message(record.incident, None)
    if record.over_at is not None and channel not in record.told_over:
        yield Message(record.incident, record.over_at)


def _is_finished(record: Record, channels: set[str]) -> bool:
    if record.incident.is_news:
        return channels <= set(record.told)
    return record.over_at is not None and channels <= set(record.told_over)
