"""Measuring one process with all that it starts: wall time, processor time, memory.

Here: how a run is measured. Time and memory are measured in runs of their own: looking at the memory of a
process tree every few milliseconds takes a good part of a small machine.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from benchmarks.results import Figures
from etl.common.settings import PROJECT_ROOT

_SECONDS_BETWEEN_LOOKS = 0.01


def nothing() -> None:
    """Prepare nothing."""


def anything(output: str) -> None:
    """Leave it to the exit code whether a run did its work."""


@dataclass(frozen=True)
class Timed:
    """What one run took."""

    seconds: float
    """Of the whole process, or what it says itself (`Contender.says_seconds`)."""
    cpu_seconds: float
    """Of the whole process and those that it waited for."""
    output: str
    is_whole: bool = True
    """Whether the seconds are those of the whole process, as the processor's always are."""

    @property
    def cores(self) -> float:
        """Return how many cores were at work on average."""
        return self.cpu_seconds / self.seconds


@dataclass(frozen=True)
class Contender:
    """A command to measure."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    prepare: Callable[[], None] = nothing
    """Before each run, untimed."""
    check: Callable[[str], None] = anything
    """After each run, untimed: raises where the run did not do its work; gets its output."""
    says_seconds: bool = False
    """The last word of its output is what counts: the time of a part of the process."""


Round = tuple[Timed, ...]


def alternate(rounds: int, contenders: Sequence[Contender], folder: Path) -> Iterator[Round]:
    """Run A B C A B C, after one run of each that does not count; returns each round."""
    for number in range(rounds + 1):
        timed = tuple(time_run(contender, folder) for contender in contenders)
        if number:
            yield timed


def figures(
    rounds: Sequence[Round], ours: int, theirs: int, *notes: str, is_comparable: bool = True
) -> Figures:
    """Return the figures of a row from rounds: the places of the two contenders in them."""
    own, other = [timed[ours] for timed in rounds], [timed[theirs] for timed in rounds]
    processor = median(run.cpu_seconds for run in own) / median(run.cpu_seconds for run in other)
    is_whole = all(run.is_whole for run in (*own, *other))
    return Figures(
        [run.seconds for run in own],
        [run.seconds for run in other],
        [*notes, *([f"processor time {processor:.2f} ×"] if is_whole else [])],
        is_comparable,
        {
            "ours_cpu_seconds": [run.cpu_seconds for run in own],
            "theirs_cpu_seconds": [run.cpu_seconds for run in other],
        },
    )


def time_run(contender: Contender, folder: Path) -> Timed:
    """Run it once against the clock."""
    contender.prepare()
    printed = folder / "printed.txt"
    with printed.open("wb") as output:
        started = time.perf_counter()
        process = _start(contender, output.fileno())
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    text = _finish(contender, process.returncode, printed)
    if contender.says_seconds:
        seconds = float(text.split()[-1])
    return Timed(seconds, used.ru_utime + used.ru_stime, text, not contender.says_seconds)


def peak_megabytes(contender: Contender, folder: Path) -> float:
    """Run it once and give the most that the processes of its tree held resident at the same time."""
    contender.prepare()
    printed = folder / "printed.txt"
    peak = 0
    with printed.open("wb") as output:
        process = _start(contender, output.fileno())
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _resident(watched))
            time.sleep(_SECONDS_BETWEEN_LOOKS)
    _finish(contender, process.returncode, printed)
    return peak / 1e6


def _start(contender: Contender, output: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        contender.command,
        cwd=PROJECT_ROOT,
        env=contender.environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
    )


def _finish(contender: Contender, code: int, printed: Path) -> str:
    text = printed.read_text(encoding="utf-8", errors="replace")
    if code:
        raise RuntimeError(f"{contender.name} ended with {code}:\n{text[-3000:]}")
    contender.check(text)
    return text


def _resident(process: psutil.Process) -> int:
    """Sum over the tree; pages that processes share count once for each."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        for member in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += member.memory_info().rss
    return total
