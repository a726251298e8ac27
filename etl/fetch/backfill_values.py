"""What a backfill is asked for, tells while it works, and comes to.

Here: the values that all sources share. Not here: any source.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from etl.archive.store import Archive
from etl.catalog.releases import Release
from etl.common.settings import Settings


@dataclass(frozen=True)
class Request:
    """What is to be backfilled, and where it goes."""

    settings: Settings
    archive: Archive
    releases: tuple[Release, ...]
    """Those that were named, else all releases of files; a source passes over those it has nothing of."""
    since: date | None
    """Nothing older is asked for; each source says what the day is of (a capture, a period)."""


class Step(NamedTuple):
    """What became of one thing that a source has: a capture of a file, a pull."""

    release_id: str
    what: str
    """In words, such as `dt.xls as captured on 2024-03-18`."""
    outcome: Literal["taken", "had", "refused"]
    """`taken`: new in the archive; `had`: the archive had it before."""
    reason: str | None = None
    """Why it was refused."""


@dataclass(frozen=True)
class Backfilled:
    """What a backfill came to."""

    steps: tuple[Step, ...]
    unfinished: tuple[str, ...]
    """What could not be asked, each a sentence with its reason; the next run goes on there."""


class NotAskedError(Exception):
    """A source could not be asked for something, or did not answer; the message says why."""


def _nothing(_: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class BackfillProgress:
    """Whom to tell while it runs; by default nobody."""

    say: Callable[[str], None] = _nothing
    """What is being asked, in words."""
    done: Callable[[Step], None] = _nothing
    """A thing is decided."""
    begun: Callable[[str], None] = _nothing
    """A release is asked for from now on; its id."""
    sleep: Callable[[float], None] = time.sleep
    """How it waits for the next hour's calls, in seconds."""
