"""What the command shows on a terminal: tables, progress, summaries.

Here: words and layout for people. Not here: any fact that is not handed in, and the commands themselves.
"""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.status import Status
from rich.table import Table

from etl.collecting import Added, Collected
from etl.landing import LandedFile
from etl.modelling.dbt import NodeResult
from etl.progress import Progress
from etl.publishing import Build
from etl.refreshing import Refreshed
from etl.settings import TIME_ZONE, Settings
from etl.status import ReleaseStatus

_OUTCOMES = {
    "new": "[green]new file[/]",
    "unchanged": "unchanged",
    "unreachable": "[yellow]out of reach[/]",
    "rejected": "[yellow]rejected[/]",
}
_STATUS_HEADINGS = (
    "release",
    "last asked",
    "answer",
    "last change",
    "files",
    "latest period",
    "next",
    "quarantine",
)


class RefreshDisplay:
    """Shows a refresh while it runs and sums it up at its end.

    On a terminal one line moves; elsewhere (a log, a pipe) each step is a line of its own.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._landed: list[LandedFile] = []
        self._nodes = 0
        self._status: Status | None = None
        self.progress = Progress(step=self._say, landed=self._landed.append, node=self._count)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Show progress while the block runs."""
        if not self._console.is_terminal:
            yield
            return
        with self._console.status("asking SBP") as self._status:
            yield
        self._status = None

    def answered(self, collected: Collected) -> None:
        """Show what one release's address answered."""
        size = f" ({collected.size_bytes:,} bytes)" if collected.outcome == "new" else ""
        reason = f": {collected.reason}" if collected.reason else ""
        self._console.print(f"  {collected.release_id}: {_OUTCOMES[collected.outcome]}{size}{reason}")

    def sum_up(self, refreshed: Refreshed, before: Build | None, settings: Settings) -> None:
        """Say what was landed, what is new and where the database is."""
        build = refreshed.snapshot.build
        for file in self._landed:
            if file.quarantine:
                self._console.print(f"  [red]{file.release_id}: quarantined[/] {file.quarantine}")
            else:
                self._console.print(f"  {file.release_id}: {file.observation_count:,} cells landed")
        for line in _news(before, build) if refreshed.is_new else ():
            self._console.print(f"  {line}")
        if refreshed.is_new:
            rows = sum(build.mart_rows.values())
            self._console.print(
                f"published snapshot {build.number}: {rows:,} rows in {len(build.mart_rows)} marts"
            )
        else:
            self._console.print(f"nothing new: snapshot {build.number} stands")
        self._console.print(f"database: {settings.current_database}", soft_wrap=True)
        if refreshed.collected and all(item.has_failed for item in refreshed.collected):
            self._console.print(_out_of_reach(build), soft_wrap=True)

    def _say(self, step: str) -> None:
        if self._status is not None:
            self._status.update(step)
        else:
            self._console.print(f"  {step}")

    def _count(self, result: NodeResult) -> None:
        self._nodes += 1
        if not result.is_good and result.status != "skipped":
            self._console.print(f"  [red]{result.unique_id}: {result.status}[/] {result.message or ''}")
        elif result.status == "warn":
            self._console.print(f"  [yellow]{result.unique_id}: {result.message or ''}[/]")
        if self._status is not None:
            self._status.update(f"building and testing the marts: {self._nodes} done")
        elif self._nodes == 1:
            self._console.print("  building and testing the marts")


def status_table(statuses: Sequence[ReleaseStatus]) -> Table:
    """Give the state of the releases as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (
        "release",
        "last asked",
        "answer",
        "last change",
        "files",
        "latest period",
        "next",
        "quarantine",
    ):
        table.add_column(heading, overflow="fold")
    for status in statuses:
        asked = status.last_asked
        table.add_row(
            status.release.id,
            _moment(asked.asked_at) if asked else "never",
            f"{_OUTCOMES[asked.outcome]}{': ' + asked.reason if asked.reason else ''}" if asked else "",
            _moment(status.last_changed_at) if status.last_changed_at else "never",
            str(status.files),
            f"{status.latest_period_ends_on:%b %Y}" if status.latest_period_ends_on else "none",
            _next(status),
            f"[red]{status.quarantine}[/]" if status.quarantine else "",
        )
    return table


def added_line(added: Added) -> str:
    """Say what became of a file given by hand."""
    if added.reason is not None:
        return f"[red]refused[/] {added.path}: {added.reason}"
    if added.is_new:
        return f"[green]archived[/] {added.path} as {added.release_id}"
    return f"unchanged {added.path}: these bytes are in the archive already, as {added.release_id}"


def print_rows(console: Console, names: list[str], rows: list[tuple[object, ...]], style: str) -> None:
    """Print the rows of a query as a table, CSV or JSON."""
    if style == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
    elif style == "json":
        document = [dict(zip(names, row, strict=True)) for row in rows]
        sys.stdout.write(json.dumps(document, default=_json, indent=2, ensure_ascii=False) + "\n")
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column, name in enumerate(names):
            is_number = any(isinstance(row[column], int | float | Decimal) for row in rows)
            table.add_column(name, justify="right" if is_number else "left", overflow="fold")
        for row in rows:
            table.add_row(*("" if value is None else str(value) for value in row))
        console.print(table, markup=False)


def _json(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else str(value)


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
        return f"[yellow]{state.next_period_ends_on:%b %Y} overdue by {state.days_late} days[/]"
    return f"{state.next_period_ends_on:%b %Y} due {state.due_on}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(TIME_ZONE)):%Y-%m-%d %H:%M}"
