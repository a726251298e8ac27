"""How `etl status` looks: what is in time, what is late, what to do about it.

Here: words and layout. Not here: the facts (`status`).
"""

import shutil
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from etl.easydata.key import HOW_TO_GET_ONE, VARIABLE
from etl.rows import Row, print_rows
from etl.settings import TIME_ZONE
from etl.status import Moved, ReleaseStatus

WIDTH = 100
"""What the table fits into, and where sentences are wrapped at the latest."""
_NAMES = ("release", "reaches", "next", "files", "asked", "changed")
_LATE, _IN_TIME, _QUARANTINED, _WITHOUT_KEY, _WITHOUT_FILE = _STATES = (
    "late",
    "in time",
    "quarantined",
    "without a key",
    "without a file",
)


def print_status(statuses: Sequence[ReleaseStatus], index_complaint: str | None) -> None:
    """Print a line that sums up, a table of the releases that were asked or have files, and what to do."""
    states = [_state(status) for status in statuses]
    counts = [f"{states.count(state)} {state}" for state in _STATES if state in states]
    _print_wrapped([f"{len(states)} releases: {', '.join(counts)}"])
    seen = [status for status in statuses if not status.is_unseen]
    if seen:
        print_rows(_NAMES, [_row(status) for status in seen], "table", is_dense=True)
    _print_wrapped([*_what_happened(statuses, index_complaint), *_what_to_do(statuses)])


def _print_wrapped(sentences: Iterable[str]) -> None:
    """Print sentences, broken between words only: addresses stay whole."""
    width = min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDTH)
    for sentence in sentences:
        lines = textwrap.wrap(sentence, width, break_long_words=False, break_on_hyphens=False)
        sys.stdout.write("\n".join(lines) + "\n")


def _state(status: ReleaseStatus) -> str:
    if status.quarantine:
        return _QUARANTINED
    if status.timeliness is not None and not status.timeliness.is_overdue:
        return _IN_TIME
    if status.needs_key:
        return _WITHOUT_KEY
    return _WITHOUT_FILE if status.timeliness is None else _LATE


def _row(status: ReleaseStatus) -> Row:
    return (
        status.release.id,
        f"{status.latest_period_ends_on:%b %Y}" if status.latest_period_ends_on else "",
        _next(status),
        status.files,
        _moment(status.last_asked.asked_at) if status.last_asked else "never",
        _moment(status.last_changed_at) if status.last_changed_at else "",
    )


def _next(status: ReleaseStatus) -> str:
    """Say when the next period is due. Without a key nobody asks, so nobody knows that SBP is late."""
    state = status.timeliness
    if state is None or (state.is_overdue and status.needs_key):
        return "needs a key" if status.needs_key else ""
    return f"{_span(state.days_late)} late" if state.is_overdue else f"due {state.due_on}"


def _span(days: int) -> str:
    """Say how long: days while they are counted as such, then months, then years."""
    if days < 100:
        return f"{days} days"
    return f"{days // 30} months" if days < 730 else f"{days // 365} years"


def _what_happened(statuses: Sequence[ReleaseStatus], index_complaint: str | None) -> Iterator[str]:
    """Say what failed and why, each reason once, and what moved."""
    reasons = defaultdict(list)
    for status in statuses:
        if status.last_asked and status.last_asked.reason:
            reasons[status.last_asked.reason].append(status.release.id)
    for reason, names in reasons.items():
        yield f"{', '.join(names)}: {reason}"
    for status in statuses:
        if status.quarantine:
            yield f"{status.release.id}: quarantined {status.quarantine}"
        if status.moved:
            yield f"{status.release.id}: {_move(status.moved)}"
    if index_complaint:
        yield f"SBP's index of its files: {index_complaint}"


def _what_to_do(statuses: Sequence[ReleaseStatus]) -> Iterator[str]:
    """Say what was never asked, and what to do about it."""
    never = [status for status in statuses if status.last_asked is None and not status.needs_key]
    unseen = [status.release.id for status in never if status.is_unseen]
    without_key = [status.release.id for status in statuses if status.needs_key]
    if unseen:
        yield f"never asked, without a file: {', '.join(unseen)}"
    if never:
        yield "`etl refresh` asks SBP for all that was never asked"
    if without_key:
        yield f"not asked, because {VARIABLE} is not set: {', '.join(without_key)}"
        yield f"get a key {HOW_TO_GET_ONE}"


def _move(moved: Moved) -> str:
    return (
        f"moved from {moved.from_address} to {moved.to_address}, which has answered since "
        f"{_moment(moved.since)}; if it stays there, put that address first in its entry"
    )


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(TIME_ZONE)):%d %b %H:%M}"
