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

import psutil

_SECONDS_BETWEEN_LOOKS = 0.01


@dataclass(frozen=True)
class Timed:
    """What one run took, whole process, and what it printed."""

    seconds: float
    cpu_seconds: float
    """Of the process and those that it waited for."""
    output: str


@dataclass(frozen=True)
class Contender:
    """A command to measure."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    prepare: Callable[[], None]
    """Before each run, untimed."""
    check: Callable[[str], None]
    """After each run, untimed: raises where the run did not do its work; gets its output."""


def alternate(
    rounds: int, first: Contender, second: Contender, folder: Path
) -> Iterator[tuple[Timed, Timed]]:
    """Run A B A B, after one run of each that does not count."""
    for number in range(rounds + 1):
        pair = time_run(first, folder), time_run(second, folder)
        if number:
            yield pair


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
    return Timed(seconds, used.ru_utime + used.ru_stime, text)


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
