"""Pulls from EasyData: all series of a release, as they stand on one day.

Here: what is asked, in which order, and what a pull comes to: one of the outcomes that every release has.
Not here: single calls (`connection.py`), their count (`quota.py`) and what they say (`etl.readers`).

One call tells whether the dataset was refreshed since the last pull; only then are its series asked, one
call each. What came is kept on the disk, so a pull that stops goes on where it stopped. It becomes a file
when it is complete, when the dataset was not refreshed meanwhile, and when its figures add up.
"""

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
from filelock import FileLock, Timeout

from etl.archive.results import (
    Fetched,
    LastSeen,
    NotAsked,
    Outcome,
    Rejected,
    ResponseFacts,
    Unchanged,
    Unreachable,
)
from etl.archive.store import Archive, FetchRecord
from etl.catalog.calendar import timeliness
from etl.catalog.labels import known_row_keys, requested_series, row_key
from etl.catalog.releases import Release
from etl.common.files import write_whole
from etl.common.secrets import ApiKey
from etl.common.settings import TIME_ZONE, Settings
from etl.fetch.easydata_client import Asking, Connection, Patience, Quota, StoppedError, Waiting
from etl.readers import easydata
from etl.readers.easydata import Asked, Pull, pack
from etl.readers.read import read_release
from etl.readers.values import LayoutChangedError, NotUnderstood, Reading

_NOTE = "pull.json"
_LONGEST = timedelta(days=7)
"""A pull that is older begins anew: nobody knows what has moved since."""
_T = TypeVar("_T")


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """The last complete pull."""

    sha256: str
    """The archived file that says what it said."""
    since: date
    refreshed_on: date | None
    """The dataset's last refresh, as the portal said; None where it said nothing."""
    latest_period_ends_on: date


class PullNote(msgspec.Struct, frozen=True, kw_only=True):
    """What a pull is about: answers of two states of a dataset are never mixed."""

    since: date
    until: date
    refreshed_on: date | None


class PullState:
    """The memory of one release."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = folder / "last.json"
        self._partial = folder / "partial"
        self._complete = folder / "complete"

    def recall(self, archived: str | None) -> Pulled | None:
        """Return the last complete pull, where the archive has it: `archived` is the newest file's hash.

        A run that was killed between the pull and the archive left all its answers: they are taken again.
        """
        pulled = _read(self._last, Pulled)
        has_arrived = pulled is not None and pulled.sha256 == archived
        if self._complete.exists() and has_arrived:
            shutil.rmtree(self._complete)
        elif self._complete.exists():
            shutil.rmtree(self._partial, ignore_errors=True)
            self._complete.rename(self._partial)
        return pulled if has_arrived else None

    def open(self, since: date, today: date, refreshed_on: date | None) -> PullNote:
        """Go on with the pull that is there, or begin one; returns what it is about."""
        note = _read(self._partial / _NOTE, PullNote)
        is_same = note is not None and (note.since, note.refreshed_on) == (since, refreshed_on)
        if note is not None and is_same and today - note.until <= _LONGEST:
            return note
        self.discard()
        note = PullNote(since=since, until=today, refreshed_on=refreshed_on)
        write_whole(self._partial / _NOTE, msgspec.json.encode(note))
        return note

    def answer(self, key: str) -> bytes | None:
        """Return the answer for a series; None where it was not had yet."""
        path = self._partial / f"{key}.json"
        return path.read_bytes() if path.exists() else None

    def keep(self, key: str, body: bytes) -> None:
        """Keep an answer."""
        write_whole(self._partial / f"{key}.json", body)

    def discard(self) -> None:
        """Throw the pull away that is not complete."""
        shutil.rmtree(self._partial, ignore_errors=True)

    def finish(self, pulled: Pulled, *, is_archived: bool) -> None:
        """Remember a complete pull; its answers stay until it is seen in the archive."""
        shutil.rmtree(self._complete, ignore_errors=True)
        if is_archived:
            self.discard()
        else:
            self._partial.rename(self._complete)
        write_whole(self._last, msgspec.json.encode(pulled))


def _read(path: Path, type_: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=type_)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


_EARLY = timedelta(days=7)
"""SBP is early now and then; to ask whether a dataset moved is one call."""
Settle = Callable[[ResponseFacts], Outcome]


@dataclass(frozen=True)
class Manner:
    """How pulls are made."""

    is_forced: bool = False
    """Pull whatever the calendar and the portal say of the dataset."""
    since: date | None = None
    """First day, where it is another than the catalogue's."""
    tell: Callable[[str], None] = field(default=lambda _: None)
    """Whom to tell how far a pull is."""


class Puller:
    """Asks EasyData for releases during one run; to be closed at its end."""

    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        asking: Asking,
        *,
        manner: Manner | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._folder = settings.easydata
        self._archive = archive
        self._asking = asking
        self._manner = manner or Manner()
        self._now = now

    def close(self) -> None:
        """Close the connections."""
        self._asking.close()

    def fetch(self, release: Release, seen: Mapping[str, LastSeen]) -> tuple[Outcome, ...]:
        """Pull a release; returns what it came to."""
        address = dataset_address(release)
        asked_at, started, status = self._now(), time.monotonic(), None
        try:
            with self._alone(release):
                settle = self._pull(release, seen.get(address))
        except StoppedError as stopped:
            settle, status = partial(stopped.kind, reason=stopped.reason), stopped.status
        facts = ResponseFacts(
            release_id=release.id,
            address=address,
            asked_at=asked_at,
            elapsed_seconds=time.monotonic() - started,
            status=status,
            last_modified=None,
            etag=None,
            content_type=None,
            content_length=None,
            final_address=None,
        )
        return (settle(facts),)

    def take_records(self) -> list[FetchRecord]:
        """Return no lines for the log: a pull is one question, and its outcome says what came of it."""
        return []

    def _pull(self, release: Release, last: LastSeen | None) -> Settle:
        rules, state = release.by_series, PullState(self._folder / release.id)
        since = self._manner.since or rules.since
        pulled = state.recall(last.sha256 if last else None)
        if self._manner.is_forced or (pulled and pulled.since > since):
            pulled = None
        if pulled:
            self._check_due(release, pulled)
        description, refreshed_on, keys = self._dataset(release)
        if pulled and pulled.refreshed_on == refreshed_on:
            return partial(Unchanged, sha256=pulled.sha256)
        note = state.open(since, self._now().astimezone(ZoneInfo(TIME_ZONE)).date(), refreshed_on)
        answers = self._series(release, keys, note, state)
        self._check_not_refreshed(release, note, state)
        asked = Asked(
            dataset=release.rules[2].dataset, since=note.since, until=note.until, series=tuple(answers)
        )
        return self._finish(release, Pull(asked, description, answers), note, last, state)

    def _check_due(self, release: Release, pulled: Pulled) -> None:
        today = self._now().astimezone(ZoneInfo(TIME_ZONE)).date()
        state = timeliness(release.rules[1], pulled.latest_period_ends_on, today)
        if today < state.due_on - _EARLY:
            reason = f"{state.next_period_ends_on:%B %Y} is due on {state.due_on}"
            raise StoppedError(NotAsked, reason)

    def _dataset(self, release: Release) -> tuple[bytes, date | None, list[str]]:
        """Ask what the portal says of the dataset; returns that, its last refresh, and the series to ask."""
        layout = release.rules[2]
        keys = list(requested_series(release))
        description = self._asking.ask(dataset_address(release), {"format": "json"}, layout.dataset)
        try:
            known = easydata.describe(description, layout)
        except LayoutChangedError as error:
            if self._manner.is_forced:
                return description, None, keys
            reason = f"{error.explanation}; `etl backfill --from easydata` pulls without it"
            raise StoppedError(Rejected, reason) from error
        optional = {f"{layout.dataset}.{code}" for code in release.by_series.may_be_missing}
        unlisted = [key for key in keys if row_key(key) not in known.keys]
        if wanted := [key for key in unlisted if key not in optional]:
            reason = f"EasyData lists no series {wanted[0]} ({len(wanted)} of {len(keys)} are not there)"
            remedy = (
                f"correct the codes in the seed {layout.rows_seed} and etl/catalog/releases/{release.id}.toml"
            )
            raise StoppedError(Rejected, f"{reason}; {remedy}")
        return description, known.refreshed_on, [key for key in keys if key not in unlisted]

    def _series(
        self, release: Release, keys: list[str], note: PullNote, state: PullState
    ) -> dict[str, bytes]:
        """Return the answers for all series, from the disk where they were had before."""
        known_rows = known_row_keys(release.rules[2])
        answers: dict[str, bytes] = {}
        for number, key in enumerate(keys):
            body = state.answer(key)
            if body is None:
                self._manner.tell(f"{release.id}: series {number + 1} of {len(keys)}")
                try:
                    body = self._asking.series(release, key, note.since, note.until, known_rows)
                except StoppedError as stopped:
                    kept = f"; {number} of {len(keys)} series are kept and not asked again" if number else ""
                    raise StoppedError(
                        stopped.kind, stopped.reason + kept, status=stopped.status
                    ) from stopped
                state.keep(key, body)
            if body:  # empty: the portal has none of a series that may be missing
                answers[key] = body
        return answers

    def _check_not_refreshed(self, release: Release, note: PullNote, state: PullState) -> None:
        """Check that all answers are of one state of the dataset."""
        if note.refreshed_on is None:
            return
        layout = release.rules[2]
        description = self._asking.ask(dataset_address(release), {"format": "json"}, layout.dataset)
        try:
            refreshed_on = easydata.describe(description, layout).refreshed_on
        except LayoutChangedError as error:
            raise StoppedError(Unreachable, str(error.explanation)) from error
        if refreshed_on != note.refreshed_on:
            state.discard()
            reason = f"EasyData refreshed {layout.dataset} while it was pulled; the next run begins again"
            raise StoppedError(Unreachable, reason)

    def _finish(
        self, release: Release, pull: Pull, note: PullNote, last: LastSeen | None, state: PullState
    ) -> Settle:
        content = pack(pull)
        reading = read_release(content, release.rules[2], known_row_keys(release.rules[2]))
        if isinstance(reading, NotUnderstood):
            state.discard()
            raise StoppedError(Rejected, f"the pull is not kept: {reading}; the next run pulls again")
        is_repeat = last is not None and self._figures(release, last.sha256) == reading.figures_sha256
        sha256 = last.sha256 if last and is_repeat else hashlib.sha256(content).hexdigest()
        pulled = Pulled(
            sha256=sha256,
            since=note.since,
            refreshed_on=note.refreshed_on,
            latest_period_ends_on=reading.latest_period_ends_on,
        )
        state.finish(pulled, is_archived=is_repeat)
        if is_repeat:
            return partial(Unchanged, sha256=sha256)
        name = f"{pull.asked.dataset}-{note.until}.easydata"
        return partial(Fetched, body=content, format="easydata", name=name)

    def _figures(self, release: Release, sha256: str) -> str | None:
        """Return the hash of what an archived file says; None where it is not understood any more."""
        layout = release.rules[2]
        file = next(file for file in self._archive.files(release.id) if file.facts.sha256 == sha256)
        reading = read_release(file.read(), layout, known_row_keys(layout))
        return reading.figures_sha256 if isinstance(reading, Reading) else None

    @contextmanager
    def _alone(self, release: Release) -> Iterator[None]:
        """Keep other runs from pulling the same release."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._folder / f"{release.id}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise StoppedError(Unreachable, "another run is pulling it from EasyData now") from error
        try:
            yield
        finally:
            lock.release()


def dataset_address(release: Release) -> str:
    """Return the address that tells about a release's dataset; it also names the release's pulls."""
    rules, _, layout = release.rules
    return f"{rules.addresses[0]}/dataset/{layout.dataset}/meta"


def puller(
    settings: Settings, archive: Archive, key: ApiKey, manner: Manner, waiting: Waiting | None = None
) -> Puller:
    """Return who pulls from EasyData, counting calls for this installation."""
    patience = Patience(retry_seconds=3 * settings.polite_seconds)
    connection = Connection(key, polite_seconds=settings.polite_seconds, patience=patience)
    return Puller(settings, archive, Asking(connection, Quota(settings.easydata), waiting), manner=manner)
