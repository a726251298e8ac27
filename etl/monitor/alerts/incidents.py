"""Incidents: what is wrong, or new, as it follows from the state of the installation.

Here: facts in, open incidents out; pure, no file and no clock. Decided by state and not by events: where a
tick, a run or a mail server fails, the next look finds the same and nothing is lost. Not here: what was told
already (`memory.py`).
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from etl.common.secrets import HOW_TO_GET_ONE, VARIABLE
from etl.common.settings import TIME_ZONE
from etl.monitor.status import ReleaseStatus
from etl.publish.snapshots import Build

Kind = Literal["failed_run", "quarantine", "overdue", "refused_key", "new_release"]
COMMAND = "refresh"
"""What a failure of the command `etl refresh` is a failure of; runs of Dagster's have their job's name."""
_REFUSES_THE_KEY = (400, 401)
"""Statuses of EasyData's for a key that is wrong or has expired (docs/getting-files.md)."""


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be told."""

    id: str
    """The same for as long as it is the same incident, in whatever process it is found."""
    kind: Kind
    subject: str
    """The release or job that it is about."""
    since: datetime
    words: str
    """One line: what happened, where."""
    to_do: str
    """One line: what to do; empty where nothing is."""
    more: str = ""
    """A text that belongs to it: the brief of a new release."""

    @property
    def is_news(self) -> bool:
        """Whether it is told once and is never over: something good happened."""
        return self.kind == "new_release"


@dataclass(frozen=True)
class FailedRun:
    """A run that failed, with no run of its job having succeeded since."""

    job: str
    run_id: str
    failed_at: datetime
    reason: str
    is_gate_only: bool = False
    """It published, and failed to say that a quarantine is new."""


@dataclass(frozen=True)
class CommandOutcome:
    """How the command `etl refresh` ended just now."""

    ended_at: datetime
    failure: str | None
    """None where it did what it was asked for."""


@dataclass(frozen=True)
class IncidentFacts:
    """What is known of the installation at a moment."""

    statuses: Sequence[ReleaseStatus]
    build: Build | None
    runs: Sequence[FailedRun] | None = None
    """None where nobody looked: who does not run in Dagster does not wait for it."""
    command: CommandOutcome | None = None
    """None where this is not the end of a command."""


def open_incidents(facts: IncidentFacts, remembered: Iterable[Incident]) -> tuple[Incident, ...]:
    """Return the incidents that are open, new releases left out (`new_releases`).

    `remembered` are those that were open before: of failed runs, those of which the facts say nothing are
    still open.
    """
    failures = [incident for incident in remembered if incident.kind == "failed_run"]
    return (
        *_failed_runs(facts, [incident for incident in failures if incident.subject != COMMAND]),
        *_failed_commands(facts, [incident for incident in failures if incident.subject == COMMAND]),
        *_quarantines(facts.build),
        *(_overdue(status) for status in facts.statuses if _is_late(status)),
        *_refused_key(facts.statuses),
    )


def reached(build: Build | None) -> dict[str, date]:
    """Return how far each release reaches."""
    states = build.releases if build else ()
    return {s.release_id: s.latest_period_ends_on for s in states if s.latest_period_ends_on}


def new_releases(facts: IncidentFacts, before: Mapping[str, date]) -> Iterator[Incident]:
    """Return the releases that reach further than they did."""
    titles = {status.release.id: status.release.title for status in facts.statuses}
    for release_id, period in reached(facts.build).items():
        previous = before.get(release_id)
        if facts.build is not None and (previous is None or period > previous):
            was = f" (it reached {_day(previous)})" if previous else ""
            yield Incident(
                id=f"new_release:{release_id}:{period}",
                kind="new_release",
                subject=release_id,
                since=facts.build.published_at,
                words=f"{titles.get(release_id, release_id)} now reaches {_day(period)}{was}",
                to_do="",
            )


def _failed_runs(facts: IncidentFacts, remembered: Sequence[Incident]) -> Sequence[Incident]:
    """Return one incident a job and reason. A run that failed only at the gate says what is quarantined,
    which is an incident of its own where it concerns a release's newest file.
    """
    if facts.runs is None:
        return remembered
    build = facts.build
    states = build.releases if build else ()
    told = {f"{state.release_id}: {file.words}" for state in states for file in state.quarantined}
    is_covered = build is not None and set(build.new_quarantines) <= told
    found: dict[str, Incident] = {}
    for run in sorted(facts.runs, key=lambda run: run.failed_at):
        if not (run.is_gate_only and is_covered):
            incident = _failure(run.job, run.reason, run.failed_at, f"run {run.run_id[:8]} of {run.job}")
            found.setdefault(incident.id, incident)
    return tuple(found.values())


def _failed_commands(facts: IncidentFacts, remembered: Sequence[Incident]) -> Iterator[Incident]:
    """Return the failures of the command: they are over once one succeeds, or anybody has published since."""
    command = facts.command
    if command is not None and command.failure is not None:
        yield _failure(COMMAND, command.failure, command.ended_at, "`etl refresh`")
    for incident in remembered:
        has_published = facts.build is not None and facts.build.published_at > incident.since
        if not has_published and not (command is not None and command.failure is None):
            yield incident


def _failure(subject: str, reason: str, at: datetime, what: str) -> Incident:
    words = " ".join(reason.split())
    return Incident(
        id=f"failed_run:{subject}:{_hash(_without_numbers(words))}",
        kind="failed_run",
        subject=subject,
        since=at,
        words=f"{what} failed: {words}",
        to_do="what was published before is served as it was; `etl doctor` looks for the cause, and "
        "`etl ui` has the run's log",
    )


def _without_numbers(words: str) -> str:
    """Return the words of a reason: the same cause fails with another duration, process or count each
    time.
    """
    return re.sub(r"\d+", "#", re.sub(r"[0-9a-f]{8,}(-[0-9a-f]{4,})*", "#", words))


def _quarantines(build: Build | None) -> Iterator[Incident]:
    """Return one incident a file, so that a second one does not hide behind the first."""
    for state in build.releases if build else ():
        for file in (file for file in state.quarantined if not file.is_outdated):
            yield Incident(
                id=f"quarantine:{state.release_id}:{file.sha256}",
                kind="quarantine",
                subject=state.release_id,
                since=build.published_at if build else datetime.min.replace(tzinfo=UTC),
                words=f"{state.release_id}: a file is quarantined: {file.words}",
                to_do="the marts are served without it; look at the file in the archive "
                f"({state.release_id}/{file.sha256[:12]}…), and see docs/adding-a-release.md where SBP has "
                "changed its layout",
            )


def _is_late(status: ReleaseStatus) -> bool:
    """Whether SBP is late; without a key nobody asks, so nobody knows."""
    return status.timeliness is not None and status.timeliness.is_overdue and not status.needs_key


def _overdue(status: ReleaseStatus) -> Incident:
    release, late = status.release, status.timeliness
    if late is None:
        raise ValueError(f"{release.id} has no period, so it cannot be late")
    answer = status.last_asked.reason if status.last_asked else "it was never asked for"
    return Incident(
        id=f"overdue:{release.id}:{late.next_period_ends_on}",
        kind="overdue",
        subject=release.id,
        since=datetime.combine(late.overdue_on, time(), ZoneInfo(TIME_ZONE)),
        words=f"{release.id}: the period to {_day(late.next_period_ends_on)} was due on {_day(late.due_on)} "
        f"and has not come{f' ({answer})' if answer else ''}",
        to_do=f"see whether SBP has it: {release.rules[0].addresses[0]}; if so, `etl add` the file as a "
        "browser saves it",
    )


def _refused_key(statuses: Sequence[ReleaseStatus]) -> Iterator[Incident]:
    """Return one incident, however many releases were refused."""
    refused = [
        status.last_asked
        for status in statuses
        if status.release.easydata is not None
        and not status.needs_key
        and status.last_asked is not None
        and status.last_asked.outcome == "rejected"
        and status.last_asked.status in _REFUSES_THE_KEY
    ]
    if refused:
        first = min(refused, key=lambda record: record.asked_at)
        yield Incident(
            id="refused_key:easydata",
            kind="refused_key",
            subject="easydata",
            since=first.asked_at,
            words=f"EasyData refuses the key in {VARIABLE}: it is wrong or has expired (a key is good for 90 "
            f"days); {', '.join(sorted(record.release_id for record in refused))} stay as they are",
            to_do=f"generate a new one {HOW_TO_GET_ONE} and put it into {VARIABLE}",
        )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
