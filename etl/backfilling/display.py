"""What `etl backfill` shows: where it is, and at the end what it took, what it had, what it refused and why.

Here: words and layout for people. Not here: any fact that is not handed in.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

from etl.backfilling.values import Backfilled, Progress, Step

_NOTED_EVERY = 25
"""In a log, where no line can move, so many things go by between two lines."""


class BackfillDisplay:
    """Shows a backfill while it runs: on a terminal one line moves, in a log lines come now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._said = 0
        self.progress = Progress(say=self._say, done=self._done)

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
        """Say what came of it, release by release; equal reasons once."""
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
