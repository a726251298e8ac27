"""Updating the open incidents, and sending alerts: two steps, each of which may be repeated and may fail.

Here: the order. A look records what opened and what is over, and asks no network; sending sends what each
channel has not told, and records it only when it was sent. So a dead mail server delays mail and not the
log. Not here: when it is done (`etl.orchestration.sensors`, and the command at its end).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from filelock import FileLock, Timeout

from etl.archive.store import Archive
from etl.catalog.calendar import today
from etl.catalog.releases import Catalog
from etl.common.errors import EtlError
from etl.common.settings import Settings
from etl.monitor.alerts import state
from etl.monitor.alerts.channels import Channel, ChannelError, channels
from etl.monitor.alerts.incidents import CommandOutcome, FailedRun, Incident, IncidentFacts
from etl.monitor.alerts.state import AlertState, Message
from etl.monitor.status import release_statuses
from etl.publish import store


class AlertsBusyError(EtlError):
    """Another process is sending alerts."""


@dataclass(frozen=True)
class SentAlerts:
    """What sending came to."""

    messages: int
    """Sent, over all channels."""
    failures: tuple[str, ...]
    """One line for each channel that failed; what it did not tell is tried again."""


def incident_facts(
    settings: Settings,
    catalog: Catalog,
    archive: Archive,
    *,
    runs: tuple[FailedRun, ...] | None = None,
    command: CommandOutcome | None = None,
) -> IncidentFacts:
    """Return what is known of an installation now; nothing is asked and no database opened."""
    snapshot = store.current(settings)
    statuses = release_statuses(settings, catalog, archive, today())
    return IncidentFacts(statuses, snapshot.build if snapshot else None, runs, command)


def update_state(
    settings: Settings, found: IncidentFacts, wait_seconds: float = 0.0
) -> dict[str, tuple[Message, ...]]:
    """Record what opened and what is over; returns what each channel has yet to tell.

    Raises `BusyTellingError` where another process tells for longer than is waited.
    """
    with _alone(settings, wait_seconds):
        before = state.load(settings.incidents)
        after = state.with_open_incidents(before, found, datetime.now(UTC))
        after = state.without_finished(after, _names(settings))
        if after != before:
            state.save(settings.incidents, after)
        return _not_sent_names(settings, after)


def send_alerts(
    settings: Settings, catalog: Catalog, wait_seconds: float = 60.0, *, brief: str | None = None
) -> SentAlerts:
    """Send on each channel what it has not told yet; `brief` is that of the published marts, where it is
    written already.
    """
    with _alone(settings, wait_seconds):
        remembered = _with_brief(settings, catalog, state.load(settings.incidents), brief)
        sent, failures = 0, []
        for channel in channels(settings):
            messages = state.to_send(remembered, channel.name)
            failure = _send(channel, messages)
            if failure is not None:
                failures.append(failure)
            elif messages:
                sent += len(messages)
                remembered = state.with_sent(remembered, channel.name, messages)
                state.save(settings.incidents, remembered)
        state.save(settings.incidents, state.without_finished(remembered, _names(settings)))
        return SentAlerts(sent, tuple(failures))


def after_command(
    settings: Settings, catalog: Catalog, failure: str | None, *, brief: str | None = None
) -> tuple[str, ...]:
    """Look and tell at the end of `etl refresh`; returns a line for each thing that did not work. `brief` is
    what the command has said.

    It fails no refresh, whatever happens: what is not told now is told at the next look.
    """
    try:
        outcome = CommandOutcome(datetime.now(UTC), failure)
        found = incident_facts(settings, catalog, Archive(settings.archive), command=outcome)
        if not any(update_state(settings, found, wait_seconds=60.0).values()):
            return ()
        return send_alerts(settings, catalog, brief=brief).failures
    except OSError as error:
        # Where the refresh failed too, its own line says what is wrong with the folder that both need.
        return () if failure is not None else (f"alerts: {error}",)
    except EtlError as error:
        return (f"alerts: {' '.join(str(error).split())}",)


def send_test(settings: Settings) -> dict[str, str | None]:
    """Send a test alert on each channel; returns why it failed, or None where it was sent."""
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
        raise AlertsBusyError("another process is sending alerts; the next look goes on") from error


def _names(settings: Settings) -> list[str]:
    return [channel.name for channel in channels(settings)]


def _not_sent_names(settings: Settings, remembered: AlertState) -> dict[str, tuple[Message, ...]]:
    return {name: state.to_send(remembered, name) for name in _names(settings)}


def _send(channel: Channel, messages: tuple[Message, ...]) -> str | None:
    """Send messages, if there are any; returns why it failed."""
    try:
        if messages:
            channel.send(messages)
    except ChannelError as error:
        return f"alerts: not sent on channel {channel.name}: {error}"
    return None


def _with_brief(
    settings: Settings, catalog: Catalog, remembered: AlertState, brief: str | None
) -> AlertState:
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
    from etl.serve import brief  # DuckDB takes 60 ms to import, and most nights bring nothing new

    try:
        return brief.write(settings.current_database)
    except EtlError as error:
        return f"the brief could not be written: {error}"
