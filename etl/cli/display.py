"""What a refresh and a replay show on a terminal: progress, summaries.

Here: words and layout for people. Not here: any fact that is not handed in, and the commands themselves.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from etl.common.secrets import HOW_TO_GET_ONE, VARIABLE
from etl.common.settings import TIME_ZONE, Settings
from etl.common.terminal import escape_control, raw
from etl.fetch.backfill_values import BackfillProgress
from etl.publish.progress import Progress
from etl.publish.snapshots import Build

if TYPE_CHECKING:
    from etl.fetch.backfill_values import Backfilled, Step
    from etl.fetch.by_hand import Added
    from etl.fetch.collect import Collected
    from etl.landing.land import LandedFile
    from etl.modelling.dbt import NodeResult
    from etl.monitor.status import Moved, ReleaseStatus
    from etl.orchestration.refresh import Refreshed
    from etl.publish.replay import Replayed


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

    def answered(self, collected: Collected) -> None:
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

    def sum_up(self, refreshed: Refreshed, before: Build | None, settings: Settings) -> None:
        """Return what was landed, what is new and where the database is."""
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

    def _keep(self, file: LandedFile) -> None:
        self._landed.append(file)

    def _say(self, step: str) -> None:
        self._tell_likewise()
        if self._status is not None:
            self._status.update(step)
        else:
            self._console.print(f"  {step}")

    def _count(self, result: NodeResult) -> None:
        self._nodes += 1
        if result.status == "warn" or not (result.is_good or result.status == "skipped"):
            kind = "[yellow]warning[/]" if result.is_good else f"[red]{result.status}[/]"
            unique_id = f" ({result.unique_id})" if self._is_verbose else ""
            self._console.print(f"  {kind}: {escape(result.in_words + unique_id)}")
        if self._status is not None:
            self._status.update(f"building and testing the marts: {self._nodes} done")
        elif self._nodes == 1:
            self._console.print("  building and testing the marts")


def print_replayed(console: Console, replayed: Replayed) -> None:
    """Return whether what was rebuilt equals what is published, and where it does not."""
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
    """Return which releases reach further than in the snapshot before."""
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


Row = tuple[object, ...]
_WIDTH_OF_NO_TERMINAL = 10_000


def print_rows(names: Sequence[str], rows: Sequence[Row], style: str, *, is_dense: bool = False) -> None:
    """Print rows to standard output; `style` is table, csv or json. A dense table leaves less space."""
    if style == "csv":
        writer = csv.writer(raw(sys.stdout), lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
    elif style == "json":
        document = [dict(zip(names, row, strict=True)) for row in rows]
        raw(sys.stdout).write(json.dumps(document, default=_as_json, indent=2, ensure_ascii=False) + "\n")
    else:
        _print_table(names, rows, is_dense=is_dense)


def _print_table(names: Sequence[str], rows: Sequence[Row], *, is_dense: bool) -> None:
    """Print a table at its full width; on a terminal that is too narrow, one row below the other:
    numbers are never broken.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = _wide_console()
    padding = (0, 1, 0, 0) if is_dense else (0, 1)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=not is_dense, padding=padding)
    for column, name in enumerate(names):
        is_number = any(isinstance(row[column], int | float | Decimal) for row in rows)
        table.add_column(Text(escape_control(name)), justify="right" if is_number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(_shown(value)) for value in row))
    full = console.measure(table, options=console.options.update(max_width=_WIDTH_OF_NO_TERMINAL)).maximum
    if full <= console.width:
        console.print(table)
        return
    widest = max(len(name) for name in names)
    for number, row in enumerate(rows, 1):
        console.print(f"row {number}", markup=False)
        for name, value in zip(names, row, strict=True):
            console.print(f"  {name.ljust(widest)}  {_shown(value)}", markup=False, soft_wrap=True)


def _wide_console() -> Console:
    """Return a console that breaks no line where its output is read by a program or a file."""
    from etl.cli.console import PlainConsole

    is_terminal = sys.stdout.isatty()
    return PlainConsole(soft_wrap=False, width=None if is_terminal else _WIDTH_OF_NO_TERMINAL)


def _shown(value: object) -> str:
    return "" if value is None else escape_control(str(value))


def _as_json(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else str(value)


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
    """Return how long: days while they are counted as such, then months, then years."""
    if days < 100:
        return f"{days} days"
    return f"{days // 30} months" if days < 730 else f"{days // 365} years"


def _what_happened(statuses: Sequence[ReleaseStatus], index_complaint: str | None) -> Iterator[str]:
    """Return what failed and why, each reason once, and what moved."""
    reasons = defaultdict(list)
    for status in statuses:
        if status.last_asked and status.last_asked.reason:
            reasons[status.last_asked.reason].append(status.release.id)
    for reason, names in reasons.items():
        yield f"{', '.join(names)}: {reason}"
    for status in statuses:
        if status.quarantine:
            yield f"{status.release.id}: quarantined {status.quarantine}"
        for file in status.withdrawn:
            yield f"{status.release.id}: withdrawn {file}"
        if status.moved:
            yield f"{status.release.id}: {_move(status.moved)}"
    if index_complaint:
        yield f"SBP's index of its files: {index_complaint}"


def _what_to_do(statuses: Sequence[ReleaseStatus]) -> Iterator[str]:
    """Return what was never asked, and what to do about it."""
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


_NOTED_EVERY = 25
"""In a log, where no line can move, so many things go by between two lines."""


class BackfillDisplay:
    """Shows a backfill while it runs: on a terminal one line moves, in a log lines come now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._said = 0
        self.progress = BackfillProgress(say=self._say, done=self._done)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Show progress while the block runs."""
        if not self._console.is_terminal:
            yield
            return
        with self._console.status("asking") as self._status:
            yield
        self._status = None

    def sum_up(self, backfilled: Backfilled) -> None:
        """Return what came of it, release by release; equal reasons once."""
        for release_id in sorted({step.release_id for step in backfilled.steps}):
            steps = [step for step in backfilled.steps if step.release_id == release_id]
            counts = Counter(step.outcome for step in steps)
            self._print(
                f"{release_id}: {counts['taken']} taken, {counts['had']} in the archive before, "
                f"{counts['refused']} refused"
            )
            refused = [step for step in steps if step.outcome == "refused"]
            for reason, times in Counter(step.reason for step in refused).most_common():
                first = next(step.what for step in refused if step.reason == reason)
                self._print(f"  refused {times}, such as {first}: {reason}")
        for sentence in backfilled.unfinished:
            self._print(f"not finished: {sentence}")
        if any(step.outcome == "taken" for step in backfilled.steps):
            self._print("run `etl refresh` to land and publish")
        if backfilled.unfinished:
            self._print("run the same command again: it goes on where it was")
        elif not backfilled.steps:
            self._print("nothing was found")

    def _say(self, words: str) -> None:
        if self._status is not None:
            self._status.update(words.replace("[", "\\["))
        elif self._said % _NOTED_EVERY == 0:
            self._print(f"  {words}")
        self._said += 1

    def _done(self, step: Step) -> None:
        if step.outcome == "taken":
            self._print(f"  {step.release_id}: took {step.what}")

    def _print(self, words: str) -> None:
        self._console.print(words, markup=False)


FEW = 20
"""So many files are told one by one; of more only what was taken of each release and why others were not."""


def lines(added: Sequence[Added]) -> Iterator[str]:
    """Return what became of the files given, in rich's markup."""
    if len(added) <= FEW:
        yield from (_line(item) for item in added)
        return
    taken = [item for item in added if item.reason is None]
    for release_id in sorted({item.release_id or "" for item in taken}):
        of_release = [item for item in taken if item.release_id == release_id]
        new = sum(item.is_new for item in of_release)
        yield f"[green]archived[/] {new} as {release_id}; {len(of_release) - new} were in the archive already"
    if late := [item for item in taken if item.ignored_date]:
        yield (
            f"the date {late[0].ignored_date} is not taken for {len(late)} of these: they stand as archived;"
            " `etl correct-date` changes the day of a file"
        )
    if unknown := [item for item in taken if item.published_on_is == "first_seen"]:
        yield (
            f"{len(unknown)} of these count as published on {unknown[0].published_on}, the day on which they"
            " were first seen: `etl correct-date` gives a file the day on which SBP published it"
        )
    yield from _refusals([item for item in added if item.reason is not None])


def _refusals(refused: Sequence[Added]) -> Iterator[str]:
    reasons = Counter(item.reason or "" for item in refused)
    for reason, times in reasons.most_common(FEW):
        first = next(item.where for item in refused if item.reason == reason)
        others = f" and {times - 1} more" if times > 1 else ""
        yield f"[red]refused[/] {escape(first)}{others}: {escape(reason)}"
    left = sum(times for _, times in reasons.most_common()[FEW:])
    if left:
        yield f"[red]refused[/] {left} more, each for another reason; add a few of them alone to see why"


_DAYS_ARE = {
    "stated_by_sbp": "as SBP says in it",
    "workbook_last_saved": "when the workbook was last saved",
    "first_seen": "the day on which it was first seen; if SBP published it before, give --published-on DAY",
}


def _day(added: Added) -> str:
    """Return which day of publication was taken, and why; nothing where it was given."""
    because = _DAYS_ARE.get(added.published_on_is or "")
    return f"; published on {added.published_on}, {because}" if because else ""


def _line(added: Added) -> str:
    where = escape(added.where)
    if added.reason is not None:
        return f"[red]refused[/] {where}: {escape(added.reason)}"
    if added.is_new:
        return f"[green]archived[/] {where} as {added.release_id}{_day(added)}"
    late = (
        f"; the date {added.ignored_date} is not taken, it stands as archived: `etl correct-date` changes it"
        if added.ignored_date
        else ""
    )
    return f"unchanged {where}: these bytes are in the archive already, as {added.release_id}{late}"
