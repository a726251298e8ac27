"""Past and present vintages from EasyData: its series as they stand now, whatever its calendar says.

Here: one pull a release, waiting for the next hour's calls where this one's are used up. Not here: how a
pull is made and goes on where it was ended (`etl.easydata`).
"""

from etl.backfilling.values import Backfilled, Progress, Request, Step
from etl.collecting import Collected, collect, last_seen
from etl.easydata.calling import Waiting
from etl.easydata.key import HOW_TO_GET_ONE, VARIABLE
from etl.easydata.opening import puller
from etl.easydata.pulling import Manner
from etl.errors import EtlError


class NoKeyError(EtlError):
    """EasyData answers to nobody without a key."""


def backfill(request: Request, progress: Progress) -> Backfilled:
    """Pull the releases that EasyData has; `since` is the first day of the series.

    Raises `NoKeyError` where there is no key.
    """
    key = request.settings.easydata_key
    if key is None:
        raise NoKeyError(f"{VARIABLE} is not set; get a key {HOW_TO_GET_ONE} and put it into {VARIABLE}")
    manner = Manner(is_forced=True, since=request.since, tell=progress.say)
    waiting = Waiting(is_allowed=True, tell=progress.say, sleep=progress.sleep)
    seen = last_seen(request.archive, request.releases)
    asker = puller(request.settings, request.archive, key, manner, waiting)
    steps: list[Step] = []
    unfinished: list[str] = []
    try:
        for release in request.releases:
            if release.easydata is None:
                continue
            progress.begun(release.id)
            collected = collect(release, asker, request.archive, "command", seen[release.id])
            taken_from = f"{release.rules[2].dataset} since {request.since or release.easydata.since}"
            if collected.outcome == "unreachable":
                unfinished.append(f"{release.id}: {collected.reason}")
                continue
            steps.append(_step(collected, taken_from))
            progress.done(steps[-1])
    finally:
        asker.close()
    return Backfilled(tuple(steps), tuple(unfinished))


def _step(collected: Collected, what: str) -> Step:
    if collected.has_failed:
        return Step(collected.release_id, what, "refused", collected.reason)
    return Step(collected.release_id, what, "taken" if collected.outcome == "new" else "had")
