"""A process for foreign bytes: with little memory, little time, nothing to write to and no secrets.

Here: starting it, asking it, and saying how it ended. Not here: what is asked. The parsers are native
code (calamine, PDFium), and a file made for it can have them ask for all memory or compute for ever;
neither can be stopped from within a process, nor survived by it. docs/decisions/0011 says what this costs
and what else was thought of.

A program of its own and not a copy of this process (a copy holds what its threads held that moment), nor
one of `multiprocessing`, which imports the parent's program once more: Dagster's takes a second.
It ends with this process, whatever ends that: its input is then at an end.
"""

import atexit
import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from threading import Lock
from types import TracebackType
from typing import IO, Any, ParamSpec, Self, TypeVar, cast

MOST_MEMORY = 1_000_000_000
"""Bytes of address space. A sheet of 1.5 million cells, in an .xlsx of 60 MB unpacked, took 0.18 GB."""
MOST_SECONDS = 60
"""Of processor time for one file. SBP's largest archive takes half a second, that sheet 4."""
_NO_MEMORY = 77
"""Exit status of a process in which Python itself found no memory left."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class SandboxEndedError(Exception):
    """The process ended before it had an answer; the message says how."""


class Sandbox:
    """One such process: started when it is first asked, and again after it ended."""

    def __init__(self, seconds: int = MOST_SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Have a function called there; raises what it raises, and `EndedError` where the process ended."""
        with self._lock:
            has_result, answer = self._ask((self._seconds, function, args, kwargs))
        if has_result:
            return cast("Result", answer)
        raise answer

    def _ask(self, question: object) -> tuple[bool, Any]:
        process = self._process = self._process or _start()
        try:
            pickle.dump(question, cast("IO[bytes]", process.stdin), pickle.HIGHEST_PROTOCOL)
            cast("IO[bytes]", process.stdin).flush()
            # What is unpickled comes from our own program: decision 0011 says that it is a limit, no sandbox.
            answer: tuple[bool, Any] = pickle.load(cast("IO[bytes]", process.stdout))  # noqa: S301
            return answer
        except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
            raise SandboxEndedError(self._end()) from error

    def close(self) -> None:
        """End the process, if there is one, when it has answered who asks now; the next call starts anew."""
        with self._lock:
            self._end()

    def _end(self) -> str:
        """End the process; returns how it ended."""
        process, self._process = self._process, None
        if process is None:
            return ""
        with process, suppress(BrokenPipeError):
            process.communicate()
        return _how(process.returncode)


@cache
def shared() -> Sandbox:
    """Return the one process that all of this process's readings share, a few at a time: starting it and
    importing the readers takes 0.2 s of processor time. It ends with this process.
    """
    process = Sandbox()
    atexit.register(process.close)
    return process


def limit_memory() -> None:
    """Bound what this process may have from now on; it stays silent when a parser dies."""
    with suppress(ValueError):  # macOS has the limit and lets nobody set it
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123 - a descriptor is wanted, not a path
        os.dup2(nothing.fileno(), 2)


def limit_time(seconds: int) -> None:
    """Bound the processor time of this process, counted from now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _start() -> subprocess.Popen[bytes]:
    folders = [folder for folder in sys.path if folder]
    # -P: what lies in the folder of work is no program.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", __name__],
        env={"PYTHONPATH": os.pathsep.join(folders)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _how(status: int) -> str:
    if status == -signal.SIGXCPU:
        return "it took too long"
    if status in (_NO_MEMORY, -signal.SIGABRT):
        return "it asked for too much memory"
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def _answer(seconds: int, function: Callable[..., Any], args: Any, kwargs: Any) -> tuple[bool, Any]:
    limit_time(seconds)
    try:
        return True, function(*args, **kwargs)
    except MemoryError:
        os._exit(_NO_MEMORY)
    except Exception as error:
        return False, error


def _main() -> None:
    limit_memory()
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # what anything prints is no answer
        while True:
            try:
                asked = pickle.load(sys.stdin.buffer)  # noqa: S301 - of our own program
            except EOFError:
                return
            pickle.dump(_answer(*asked), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()


if __name__ == "__main__":
    _main()
