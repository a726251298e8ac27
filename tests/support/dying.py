"""Steps of the warehouse run in processes of their own, which can be made to die at any place.

Here: starting such a process, where it dies, what it said. Not here: which steps there are (`steps.py`) and
what must hold afterwards (`promises.py`).

The processes are forked from one that has the slow imports behind it, so that a try costs hundredths of a
second. A place is a line of the product's code, counted as lines are executed, which needs no hook in the
product; or a byte of a file, at which the system itself ends the process, so that one also dies inside of a
write, DuckDB's included; or a moment.
"""

import multiprocessing
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Collection
from contextlib import suppress
from math import gcd
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, NamedTuple, cast

_SLOW_IMPORTS = ["tests.support.steps"]
_ETL = Path(__file__).parents[2] / "etl"
_LONGEST_SECONDS = 300


class Death(NamedTuple):
    """Where a process dies; by default it lives."""

    at_line: int | None = None
    """Before this line of the files that are watched, the first being 0."""
    at_byte: int | None = None
    """When it writes this byte of whatever file."""
    after_seconds: float | None = None


_LIVES = Death()


class Ended(NamedTuple):
    """What became of a process."""

    code: int
    """As the system says it: 0 is well, a negative number the signal that ended it."""
    said: str
    """Standard output and error."""
    lines: int
    """Lines of the watched files that it executed; 0 where it was killed."""

    @property
    def was_killed(self) -> bool:
        """Whether it died before it was done."""
        return self.code < 0


def run(
    step: Callable[..., object], *arguments: object, watched: Collection[str] = (), death: Death = _LIVES
) -> Ended:
    """Run a step to its end or its death.

    `watched` are files of the package `etl`, such as `archive/store.py`, whose lines are counted.
    """
    context = cast("ForkServerContext", multiprocessing.get_context("forkserver"))
    context.set_forkserver_preload(_SLOW_IMPORTS)
    receiving, sending = context.Pipe(duplex=False)
    files = frozenset(str(_ETL / name) for name in watched)
    with TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        process = context.Process(target=_child, args=(sending, output, step, arguments, files, death))
        process.start()
        sending.close()
        if death.after_seconds is not None:
            process.join(death.after_seconds)
            end_group(cast("int", process.pid))
        process.join(_LONGEST_SECONDS)
        assert process.exitcode is not None, "it neither ends nor dies"
        lines = 0
        with suppress(EOFError):
            lines = receiving.recv()
        receiving.close()
        said = output.read_text(errors="replace") if output.exists() else ""
    return Ended(process.exitcode, said, lines)


def end_group(leader: int) -> None:
    """Kill a process and all that it started, at once."""
    for end in (os.killpg, os.kill):  # it has no group yet while it starts
        with suppress(ProcessLookupError):
            end(leader, signal.SIGKILL)


def spread(number: int, total: int) -> int:
    """Return a place among so many, for each number another: few numbers lie all over, `total` are all."""
    step = next(step for step in range(int(total * 0.618) + 1, total + 2) if gcd(step, total) == 1)
    return number * step % total


def _child(
    sending: Connection,
    output: Path,
    step: Callable[..., object],
    arguments: tuple[object, ...],
    files: frozenset[str],
    death: Death,
) -> None:
    os.setsid()  # whatever it starts belongs to its group
    words = os.open(output, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(words, stream)
    sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
    if death.at_byte is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # which Python ignores, and then has an error
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (death.at_byte, resource.RLIM_INFINITY))
    counted = _count_lines(files, death.at_line)
    try:
        code = int(cast("Any", step(*arguments)) or 0)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.settrace(None)
    sending.send(counted[0])
    sys.stdout.flush()
    os._exit(code)


def _count_lines(files: frozenset[str], at_line: int | None) -> list[int]:
    """Count the lines of some files from now on, and die before one of them; returns where the count
    stands.
    """
    counted = [0]

    def on_line(_: FrameType, event: str, __: object) -> Any:
        if event == "line":
            if counted[0] == at_line:
                os.kill(os.getpid(), signal.SIGKILL)
            counted[0] += 1
        return on_line

    def on_call(frame: FrameType, _: str, __: object) -> Any:
        return on_line if frame.f_code.co_filename in files else None

    if files:
        sys.settrace(on_call)
    return counted
