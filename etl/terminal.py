"""What the command shows on a terminal: tables, progress, summaries.

Here: words and layout for people. Not here: any fact that is not handed in, and the commands themselves.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.status import Status

from etl.easydata.key import HOW_TO_GET_ONE, VARIABLE
from etl.progress import Progress
from etl.rows import print_rows, wide_console
from etl.settings import TIME_ZONE, Settings
from etl.snapshots import Build
from etl.status import Moved, ReleaseStatus

if TYPE_CHECKING:  # `etl status` shows no refresh and need not import one
    from etl.collecting import Collected
    from etl.landing import LandedFile
    from etl.modelling.dbt import NodeResult
    from etl.refreshing import Refreshed
    from etl.replaying import Replayed

_WORDS = {
    "new": "new file",
    "unchanged": "unchanged",
    "unreachable": "out of reach",
    "rejected": "rejected",
    "not_asked": "not asked",
}
_STYLES = {"new": "green", "unreachable": "yellow", "rejected": "yellow"}


class RefreshDisplay:
    """Shows a refresh while it runs and sums it up at its end.

    On a terminal one line moves; elsewhere (a log, a pipe) each step is a line of its own.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self.progress = Progress(step=self._say, landed=self._keep, node=self._count)
        self._landed: list[LandedFile] = []
        self._nodes = 0
        self._status: Status | None = None

    @contextmanager
    def running(self, first_words: str) -> Iterator[None]:
        """Show progress while the block runs."""
        if not self._console.is_terminal:
            yield
            return
        with self._console.status(first_words) as self._status:
            yield
        self._status = None

    def answered(self, collected: "Collected") -> None:
        """Show what one release's address answered."""
        size = f" ({collected.size_bytes:,} bytes)" if collected.outcome == "new" else ""
        reason = f": {collected.reason}" if collected.reason else ""
        outcome = f"[{_STYLES.get(collected.outcome, 'default')}]{_WORDS[collected.outcome]}[/]"
        self._console.print(f"  {collected.release_id}: {outcome}{size}{reason}")

    def sum_up(self, refreshed: "Refreshed", before: Build | None, settings: Settings) -> None:
        """Say what was landed, what is new and where the database is."""
        build = refreshed.snapshot.build
        for file in self._landed:
            if file.quarantine:
                self._console.print(
                    f"  [red]{file.release_id}: {file.original_name} is quarantined[/]: {file.quarantine}"
                )
            else:
                self._console.print(
                    f"  {file.release_id}: {file.observation_count:,} cells landed from {file.original_name}"
                )
        for line in _news(before, build) if refreshed.is_new else ():
            self._console.print(f"  {line}")
        if refreshed.is_new:
            rows = sum(build.mart_rows.values())
            self._console.print(
                f"published snapshot {build.number}: {rows:,} rows in {len(build.mart_rows)} marts"
            )
        else:
            self._console.print(f"nothing new: snapshot {build.number} stands")
        self._console.print(f"database: {settings.current_database}")
        asked = [item for item in refreshed.collected if item.outcome != "not_asked"]
        if asked and all(item.has_failed for item in asked):
            self._console.print(_out_of_reach(build))

    def _keep(self, file: "LandedFile") -> None:
        self._landed.append(file)

    def _say(self, step: str) -> None:
        if self._status is not None:
            self._status.update(step)
        else:
            self._console.print(f"  {step}")

    def _count(self, result: "NodeResult") -> None:
        self._nodes += 1
        if not result.is_good and result.status != "skipped":
            self._console.print(f"  [red]{result.unique_id}: {result.status}[/] {result.message or ''}")
        elif result.status == "warn":
            self._console.print(f"  [yellow]{result.unique_id}: {result.message or ''}[/]")
        if self._status is not None:
            self._status.update(f"building and testing the marts: {self._nodes} done")
        elif self._nodes == 1:
            self._console.print("  building and testing the marts")


def print_status(statuses: Sequence[ReleaseStatus], index_complaint: str | None, *, has_key: bool) -> None:
    """Print the state of the releases as a table, and below it whatever wants a sentence."""
    names = ("release", "asked", "answer", "reaches", "next", "files", "changed")
    rows = [
        (
            status.release.id,
            _moment(status.last_asked.asked_at if status.last_asked else None),
            _WORDS[status.last_asked.outcome] if status.last_asked else "",
            f"{status.latest_period_ends_on:%b %Y}" if status.latest_period_ends_on else "",
            _next(status),
            status.files,
            _moment(status.last_changed_at),
        )
        for status in statuses
    ]
    print_rows(names, rows, "table")
    console = wide_console()
    for status in statuses:
        if status.last_asked and status.last_asked.reason:
            console.print(f"{status.release.id}: {status.last_asked.reason}", soft_wrap=True, markup=False)
        if status.quarantine:
            console.print(
                f"{status.release.id}: quarantined {status.quarantine}", soft_wrap=True, markup=False
            )
        if status.moved:
            console.print(f"{status.release.id}: {_move(status.moved)}", soft_wrap=True, markup=False)
    if index_complaint:
        console.print(f"SBP's index of its files: {index_complaint}", soft_wrap=True, markup=False)
    without = [status.release.id for status in statuses if status.release.easydata and not has_key]
    if without:
        reason = f"not asked, because {VARIABLE} is not set; get a key {HOW_TO_GET_ONE}"
        console.print(f"{', '.join(without)}: {reason}", soft_wrap=True, markup=False)


def print_replayed(console: Console, replayed: "Replayed") -> None:
    """Say whether what was rebuilt equals what is published, and where it does not."""
    rebuilt = f"{replayed.tables} tables rebuilt from {replayed.files} files"
    if not replayed.differences:
        console.print(f"{rebuilt}: equal row for row to what is published")
        return
    console.print(f"{rebuilt}: {len(replayed.differences)} tables differ from what is published")
    for found in replayed.differences:
        counts = f"{found.rows_only_published} rows only published, {found.rows_only_rebuilt} only rebuilt"
        console.print(f"  {found.table}: {counts}; for example {found.example}", markup=False)
    console.print("the archive is the truth: delete the folder `build` and run `etl refresh --offline`")


def _news(before: Build | None, after: Build) -> Iterator[str]:
    """Say which releases reach further than in the snapshot before."""
    old = {state.release_id: state for state in before.releases} if before else {}
    for state in after.releases:
        previous = old[state.release_id].latest_period_ends_on if state.release_id in old else None
        if state.latest_period_ends_on and state.latest_period_ends_on != previous:
            was = f" (was {previous:%B %Y})" if previous else ""
            yield f"new: {state.release_id} reaches {state.latest_period_ends_on:%B %Y}{was}"
    gained = after.mart_rows.get("vintages", 0) - (before.mart_rows.get("vintages", 0) if before else 0)
    if before and gained:
        yield f"new: {gained:+,} vintages"


def _out_of_reach(build: Build) -> str:
    latest = max((s.latest_period_ends_on for s in build.releases if s.latest_period_ends_on), default=None)
    shown = f"detail to {latest:%B %Y}" if latest else "what is archived"
    return (
        f"SBP is out of reach, so this shows {shown} from the archive; for newer figures run `etl refresh` "
        "with a connection, or download SBP's file in a browser and run `etl add FILE`"
    )


def _next(status: ReleaseStatus) -> str:
    state = status.timeliness
    if state is None:
        return ""
    if state.is_overdue:
        return f"{state.next_period_ends_on:%b %Y} {state.days_late} days late"
    return f"{state.next_period_ends_on:%b %Y} due {state.due_on}"


def _move(moved: Moved) -> str:
    return (
        f"moved from {moved.from_address} to {moved.to_address}, which has answered since "
        f"{_moment(moved.since)}; if it stays there, put that address first in its entry"
    )


def _moment(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment.astimezone(ZoneInfo(TIME_ZONE)):%d %b %H:%M}"
