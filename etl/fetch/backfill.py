"""A backfill in slices: it gives way to others and goes on later where it was.

Here: one slice, from its beginning to the moment at which it gives way, and with what the next one begins.
Not here: who starts the next slice, and whom it gives way to (`etl.orchestration.backfill`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from etl.common.errors import EtlError
from etl.common.secrets import HOW_TO_GET_ONE, VARIABLE
from etl.fetch import wayback
from etl.fetch.backfill_values import Backfilled, BackfillProgress, Request, Step
from etl.fetch.collect import Collected, collect, last_seen
from etl.fetch.easydata import Manner, puller
from etl.fetch.easydata_client import Waiting

Source = Literal["wayback", "easydata"]


def backfill_from(name: Source, request: Request, progress: BackfillProgress) -> Backfilled:
    """Take past vintages from a source."""
    match name:
        case "wayback":
            return wayback.backfill(request, progress)
        case "easydata":
            return backfill(request, progress)


@dataclass(frozen=True)
class Slice:
    """What a slice came to."""

    steps: tuple[Step, ...]
    unfinished: tuple[str, ...] = ()
    """What could not be asked, each a sentence with its reason: somebody should look at it."""
    left: tuple[str, ...] = ()
    """Ids of the releases with which the next slice goes on; none where nothing is left."""
    goes_on_at: datetime | None = None
    """Not before; UTC. None where nothing is left."""


class _GivesWay(Exception):
    """Raised between two questions, as a person who ends the command would."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class _Watch:
    tell: BackfillProgress
    must_give_way: Callable[[], bool]
    now: Callable[[], datetime]
    steps: list[Step] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    goes_on_at: datetime | None = None

    def say(self, words: str) -> None:
        if self.must_give_way():
            self._give_way(timedelta(0))
        self.tell.say(words)

    def done(self, step: Step) -> None:
        self.steps.append(step)
        self.tell.done(step)

    def sleep(self, seconds: float) -> None:
        """Return way instead of waiting for the next hour's calls."""
        self._give_way(timedelta(seconds=seconds))

    def _give_way(self, pause: timedelta) -> None:
        self.goes_on_at = self.now() + pause
        raise _GivesWay


def take(
    source: Source,
    request: Request,
    must_give_way: Callable[[], bool],
    tell: BackfillProgress | None = None,
    now: Callable[[], datetime] = _utc_now,
) -> Slice:
    """Take past vintages until all are had, or until it must give way, which is looked at before each
    question and not in the middle of one.
    """
    watch = _Watch(tell or BackfillProgress(), must_give_way, now)
    progress = BackfillProgress(watch.say, watch.done, watch.begun.append, watch.sleep)
    try:
        backfilled = backfill_from(source, request, progress)
    except _GivesWay:
        # What was begun last is not done; a source has passed over those before it that it has nothing of.
        ids = [release.id for release in request.releases]
        left = tuple(ids[ids.index(watch.begun[-1]) :])
        return Slice(tuple(watch.steps), left=left, goes_on_at=watch.goes_on_at)
    return Slice(backfilled.steps, backfilled.unfinished)


class NoKeyError(EtlError):
    """EasyData answers to nobody without a key."""


def backfill(request: Request, progress: BackfillProgress) -> Backfilled:
    """Pull the releases that EasyData has; `since` is the first day of the series.

    Raises `NoKeyError` where there is no key.
    """
    key = request.settings.easydata_key
    if key is None:
        raise NoKeyError(f"{VARIABLE} is not set; get a key {HOW_TO_GET_ONE} and put it into {VARIABLE}")
    manner = Manner(is_forced=True, since=request.since, tell=progress.say)
    waiting = Waiting(is_allowed=True, tell=progress.say, sleep=progress.sleep)
    seen = last_seen(request.archive, request.releases)
    client = puller(request.settings, request.archive, key, manner, waiting)
    steps: list[Step] = []
    unfinished: list[str] = []
    try:
        for release in request.releases:
            if release.easydata is None:
                continue
            progress.begun(release.id)
            collected = collect(release, client, request.archive, "command", seen[release.id])
            taken_from = f"{release.rules[2].dataset} since {request.since or release.easydata.since}"
            if collected.outcome == "unreachable":
                unfinished.append(f"{release.id}: {collected.reason}")
                continue
            steps.append(_step(collected, taken_from))
            progress.done(steps[-1])
    finally:
        client.close()
    return Backfilled(tuple(steps), tuple(unfinished))


def _step(collected: Collected, what: str) -> Step:
    if collected.has_failed:
        return Step(collected.release_id, what, "refused", collected.reason)
    return Step(collected.release_id, what, "taken" if collected.outcome == "new" else "had")
