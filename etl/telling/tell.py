"""Looking and telling: the two steps, each of which may be repeated and may fail.

Here: the order. A look records what opened and what is over, and asks no network; telling sends what each
channel has not told, and records it only when it was sent. So a dead mail server delays mail and not the
log. Not here: when it is done (`etl.orchestration.alerts`, and the command at its end).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from filelock import FileLock, Timeout

from etl import snapshots
from etl.archive import Archive
from etl.calendar import today
from etl.catalog import Catalog
from etl.errors import EtlError
from etl.settings import Settings
from etl.status import release_statuses
from etl.telling import memory
from etl.telling.channels import Channel, ChannelError, channels
from etl.telling.incidents import CommandOutcome, Facts, FailedRun, Incident
from etl.telling.memory import Memory, Message


class BusyTellingError(EtlError):
    """Another process is telling."""


@dataclass(frozen=True)
class Told:
    """What telling came to."""

    messages: int
    """Sent, over all channels."""
    failures: tuple[str, ...]
    """One line for each channel that failed; what it did not tell is tried again."""


def facts(
    settings: Settings,
    catalog: Catalog,
    archive: Archive,
    *,
    runs: tuple[FailedRun, ...] | None = None,
    command: CommandOutcome | None = None,
) -> Facts:
    """Give what is known of an installation now; nothing is asked and no database opened."""
    snapshot = snapshots.current(settings)
    statuses = release_statuses(settings, catalog, archive, today())
    return Facts(statuses, snapshot.build if snapshot else None, runs, command)


def look(settings: Settings, found: Facts, wait_seconds: float = 0.0) -> dict[str, tuple[Message, ...]]:
    """Record what opened and what is over; give what each channel has yet to tell.

    Raises `BusyTellingError` where another process tells for longer than is waited.
    """
    with _alone(settings, wait_seconds):
        before = memory.load(settings.incidents)
        after = memory.looked(before, found, datetime.now(UTC))
        after = memory.without_the_finished(after, _names(settings))
        if after != before:
            memory.save(settings.incidents, after)
        return _untold(settings, after)


def tell(
    settings: Settings, catalog: Catalog, wait_seconds: float = 60.0, *, brief: str | None = None
) -> Told:
    """Send on each channel what it has not told yet; `brief` is that of the published marts, where it is
    written already.
    """
    with _alone(settings, wait_seconds):
        remembered = _with_brief(settings, catalog, memory.load(settings.incidents), brief)
        sent, failures = 0, []
        for channel in channels(settings):
            messages = memory.to_tell(remembered, channel.name)
            failure = _send(channel, messages)
            if failure is not None:
                failures.append(failure)
            elif messages:
                sent += len(messages)
                remembered = memory.told(remembered, channel.name, messages)
                memory.save(settings.incidents, remembered)
        memory.save(settings.incidents, memory.without_the_finished(remembered, _names(settings)))
        return Told(sent, tuple(failures))


def after_command(
    settings: Settings, catalog: Catalog, failure: str | None, *, brief: str | None = None
) -> tuple[str, ...]:
    """Look and tell at the end of `etl refresh`; give a line for each thing that did not work. `brief` is
    what the command has said.

    It fails no refresh, whatever happens: what is not told now is told at the next look.
    """
    try:
        outcome = CommandOutcome(datetime.now(UTC), failure)
        found = facts(settings, catalog, Archive(settings.archive), command=outcome)
        if not any(look(settings, found, wait_seconds=60.0).values()):
            return ()
        return tell(settings, catalog, brief=brief).failures
    except OSError as error:
        # Where the refresh failed too, its own line says what is wrong with the folder that both need.
        return () if failure is not None else (f"alerts: {error}",)
    except EtlError as error:
        return (f"alerts: {' '.join(str(error).split())}",)


def send_test(settings: Settings) -> dict[str, str | None]:
    """Send a test alert on each channel; give why it failed, or None where it was sent."""
    incident = Incident(
        id="test",
        kind="new_release",
        subject="test",
        since=datetime.now(UTC),
        words="this is a test alert of `etl doctor`, and no release",
        to_do="",
    )
    return {channel.name: _send(channel, (Message(incident, None),)) for channel in channels(settings)}


@contextmanager
def _alone(settings: Settings, wait_seconds: float) -> Iterator[None]:
    path = settings.incidents.with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=wait_seconds):
            yield
    except Timeout as error:
        raise BusyTellingError("another process is telling; the next look goes on") from error


def _names(settings: Settings) -> list[str]:
    return [channel.name for channel in channels(settings)]


def _untold(settings: Settings, remembered: Memory) -> dict[str, tuple[Message, ...]]:
    return {name: memory.to_tell(remembered, name) for name in _names(settings)}


def _send(channel: Channel, messages: tuple[Message, ...]) -> str | None:
    """Send messages, if there are any; give why it failed."""
    try:
        if messages:
            channel.send(messages)
    except ChannelError as error:
        return f"alerts: not sent on channel {channel.name}: {error}"
    return None


def _with_brief(settings: Settings, catalog: Catalog, remembered: Memory, brief: str | None) -> Memory:
    """Put the brief to the first new release of services that has none: the brief is about them."""
    services = {release.id for release in catalog.file_releases if release.series == "services"}
    records = list(remembered.records)
    for place, record in enumerate(records):
        incident = record.incident
        if incident.is_news and incident.subject in services and not record.told:
            if not any(other.incident.more for other in records):
                more = msgspec.structs.replace(incident, more=brief or _brief(settings))
                records[place] = msgspec.structs.replace(record, incident=more)
            break
    return msgspec.structs.replace(remembered, records=tuple(records))


def _brief(settings: Settings) -> str:
    from etl.report import brief  # DuckDB takes 60 ms to import, and most nights bring nothing new

    try:
        return brief.write(settings.current_database)
    except EtlError as error:
        return f"the brief could not be written: {error}"
