"""Locks: who may build now, and which runs of Dagster's live.

Here: the locks of an installation; the system lets go of each where its process is killed. Not here: what is
done while one is held (`build`), and DuckDB, which whoever waits for a lock need not import yet.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from etl.common.errors import EtlError
from etl.common.settings import Settings
from etl.publish import store

_LONGEST_STEP_SECONDS = 600


class BusyError(EtlError):
    """Another refresh holds the build database for longer than any step takes."""


@contextmanager
def build_lock(settings: Settings) -> Iterator[None]:
    """Hold the build database for a step."""
    with _lock(settings, settings.build / "build.lock", _LONGEST_STEP_SECONDS):
        yield


@contextmanager
def hold_build_lock(settings: Settings, timeout: float = _LONGEST_STEP_SECONDS) -> Iterator[None]:
    """Hold the right to build: one command or run of Dagster's builds at a time, and the next command then
    finds it done.

    Raises `BusyError` where another holds it for longer than `timeout` seconds.
    """
    with _lock(settings, _build_lock_path(settings), timeout), store.store_of(settings).lock(timeout):
        yield


@contextmanager
def run_lock(settings: Settings, run_id: str) -> Iterator[None]:
    """Hold the sign that a run of Dagster's lives: Dagster itself cannot tell on one machine whether the
    process of a run was killed, and a dead run that counts as running keeps every other one waiting.
    """
    path = _run_lock(settings, run_id)
    with _lock(settings, path, timeout=0):
        yield
    path.unlink(missing_ok=True)


def is_alive(settings: Settings, run_id: str) -> bool | None:
    """Whether a run holds its lock; None where it never took it, or gave it back."""
    path = _run_lock(settings, run_id)
    return _is_held(settings, path) if path.exists() else None


def is_locked(settings: Settings) -> bool:
    """Whether a command or a run is building now, here or on a machine that shares what is published."""
    return _is_held(settings, _build_lock_path(settings)) or store.store_of(settings).is_locked()


def held_locks(settings: Settings) -> dict[Path, bool]:
    """Return the lock files of the build and of runs, and whether a living process holds each."""
    paths = [*settings.build.glob("*.lock"), *settings.build.glob("runs/*.lock")]
    return {path: _is_held(settings, path) for path in paths}


def _is_held(settings: Settings, path: Path) -> bool:
    try:
        with _lock(settings, path, timeout=0):
            return False
    except BusyError:
        return True


def _build_lock_path(settings: Settings) -> Path:
    return settings.build / "turn.lock"


def _run_lock(settings: Settings, run_id: str) -> Path:
    return settings.build / "runs" / f"{run_id}.lock"


@contextmanager
def _lock(settings: Settings, path: Path, timeout: float) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, timeout=timeout)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"another refresh has held {settings.build} for {timeout / 60:.0f} minutes; "
            "end it, or wait and try again"
        ) from error
    try:
        yield
    finally:
        lock.release()
