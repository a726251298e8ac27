"""What a refresh and a replay show on a terminal: progress, summaries.

Here: words and layout for people. Not here: any fact that is not handed in, and the commands themselves.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from etl.progress import Progress
from etl.settings import Settings
from etl.snapshots import Build

if TYPE_CHECKING:  # a refresh with nothing new imports neither DuckDB nor Arrow
    from rich.status import Status

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

    def __init__(self, console: Console, *, is_verbose: bool = False) -> None:
        self._console = console
        self._is_verbose = is_verbose
        self.progress = Progress(step=self._say, landed=self._keep, node=self._count)
        self._landed: list[LandedFile] = []
        self._nodes = 0
        self._status: Status | None = None
        self._unreachable: str | None = None
        self._likewise: list[str] = []

    @contextmanager
    def running(self, first_words: str) -> Iterator[None]:
        """Show progress while the block runs."""
        try:
            if not self._console.is_terminal:
                yield
                return
            with self._console.status(first_words) as self._status:
                yield
            self._status = None
        finally:
            self._tell_likewise()

    def answered(self, collected: "Collected") -> None:
        """Show what one release's address answered; of releases out of reach for one reason the first one
        says it, and the others are named together.
        """
        if collected.outcome == "unreachable" and not self._is_verbose:
            if collected.reason and collected.reason == self._unreachable:
                self._likewise.append(collected.release_id)
                return
            self._tell_likewise()
            self._unreachable = collected.reason
        else:
            self._tell_likewise()
        size = f" ({collected.size_bytes:,} bytes)" if collected.outcome == "new" else ""
        reason = f": {escape(collected.reason)}" if collected.reason else ""
        if collected.outcome == "unreachable":
            reason += "; the next refresh asks again"
        outcome = f"[{_STYLES.get(collected.outcome, 'default')}]{_WORDS[collected.outcome]}[/]"
        self._console.print(f"  {collected.release_id}: {outcome}{size}{reason}")

    def sum_up(self, refreshed: "Refreshed", before: Build | None, settings: Settings) -> None:
        """Say what was landed, what is new and where the database is."""
        build = refreshed.snapshot.build
        for file in self._landed:
            if file.quarantine:
                self._console.print(
                    f"  [red]{file.release_id}: {escape(file.original_name)} is quarantined[/]: "
                    f"{escape(str(file.quarantine))}"
                )
            else:
                self._console.print(
                    f"  {file.release_id}: {file.observation_count:,} cells landed from "
                    f"{escape(file.original_name)}"
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
            self._console.print(_nothing_fetched(build))

    def _tell_likewise(self) -> None:
        if self._likewise:
            self._console.print(f"  [yellow]out of reach[/] likewise: {', '.join(self._likewise)}")
        self._unreachable, self._likewise = None, []

    def _keep(self, file: "LandedFile") -> None:
        self._landed.append(file)

    def _say(self, step: str) -> None:
        self._tell_likewise()
        if self._status is not None:
            self._status.update(step)
        else:
            self._console.print(f"  {step}")

    def _count(self, result: "NodeResult") -> None:
        self._nodes += 1
        if result.status == "warn" or not (result.is_good or result.status == "skipped"):
            kind = "[yellow]warning[/]" if result.is_good else f"[red]{result.status}[/]"
            unique_id = f" ({result.unique_id})" if self._is_verbose else ""
            self._console.print(f"  {kind}: {escape(result.in_words + unique_id)}")
        if self._status is not None:
            self._status.update(f"building and testing the marts: {self._nodes} done")
        elif self._nodes == 1:
            self._console.print("  building and testing the marts")


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


def _nothing_fetched(build: Build) -> str:
    latest = max((s.latest_period_ends_on for s in build.releases if s.latest_period_ends_on), default=None)
    shown = f"detail to {latest:%B %Y}" if latest else "what is archived"
    return (
        f"nothing could be fetched, so this shows {shown} from the archive; for newer figures run "
        "`etl refresh` with a connection, or download SBP's file in a browser and run `etl add FILE`"
    )
