"""Building: the steps between archive and publication, each safe to repeat and to interleave.

Here: which step may touch the build database when, and what must be true before the next. Not here: how
a file is landed, a model built or a snapshot published; and not Dagster, which calls these one by one.

Two refreshes at once take turns step by step. That is enough: each step brings the build database to
what archive and models call for, and publication demands that what it publishes was tested as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from etl import build_key, finishing, landing, publishing, shelves, warehouse
from etl.archive import Archive
from etl.catalog import Catalog, Release
from etl.errors import EtlError
from etl.modelling.dbt import DbtWorker, NodeResult, manifest_path
from etl.modelling.manifest import Manifest
from etl.settings import Settings
from etl.snapshots import Snapshot

_LONGEST_STEP_SECONDS = 600


class BusyError(EtlError):
    """Another refresh holds the build database for longer than any step takes."""


@contextmanager
def build_lock(settings: Settings) -> Iterator[None]:
    """Hold the build database for a step; the system lets go of it if the process is killed."""
    with _lock(settings, settings.build / "build.lock", _LONGEST_STEP_SECONDS):
        yield


@contextmanager
def turn_to_build(settings: Settings, timeout: float = _LONGEST_STEP_SECONDS) -> Iterator[None]:
    """Hold the right to build: one command or run of Dagster's builds at a time, and the next command then
    finds it done.

    Raises `BusyError` where another holds it for longer than `timeout` seconds.
    """
    with (
        _lock(settings, _turn_lock(settings), timeout),
        shelves.of(settings).turn(timeout),
        warehouse.kept_open(settings.build_database),
    ):
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
    """Tell whether a run holds its lock; None where it never took it, or gave it back."""
    path = _run_lock(settings, run_id)
    return _is_held(settings, path) if path.exists() else None


def is_somebodys_turn(settings: Settings) -> bool:
    """Tell whether a command or a run is building now, here or on a machine that shares what is published."""
    return _is_held(settings, _turn_lock(settings)) or shelves.of(settings).is_somebodys_turn()


def held_locks(settings: Settings) -> dict[Path, bool]:
    """Give the lock files of the build and of runs, and whether a living process holds each."""
    paths = [*settings.build.glob("*.lock"), *settings.build.glob("runs/*.lock")]
    return {path: _is_held(settings, path) for path in paths}


def _is_held(settings: Settings, path: Path) -> bool:
    try:
        with _lock(settings, path, timeout=0):
            return False
    except BusyError:
        return True


def _turn_lock(settings: Settings) -> Path:
    return settings.build / "turn.lock"


def _run_lock(settings: Settings, run_id: str) -> Path:
    return settings.build / "runs" / f"{run_id}.lock"


@contextmanager
def read_build(settings: Settings) -> Iterator[warehouse.Connection]:
    """Read the build database while no step changes it."""
    with build_lock(settings), warehouse.read(settings.build_database) as connection:
        yield connection


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


def land(
    settings: Settings, catalog: Catalog, archive: Archive, *releases: Release
) -> tuple[landing.LandedFile, ...]:
    """Land the files of releases that are not landed yet."""
    with build_lock(settings):
        _prepare(settings, catalog)
        landed = landing.land_releases(settings.build_database, releases, archive)
        if landed:
            publishing.mark_untested(settings)
        return landed


def land_bookkeeping(settings: Settings, catalog: Catalog, archive: Archive) -> int:
    """Land the log of fetches; gives how many lines it has gained."""
    with build_lock(settings):
        _prepare(settings, catalog)
        return landing.land_fetches(settings.build_database, archive)


def model(settings: Settings, worker: DbtWorker, select: Sequence[str] = ()) -> Iterator[NodeResult]:
    """Build the models and run their tests; give each node as it finishes.

    The build counts as tested only where all of it was built and nothing failed.
    """
    with build_lock(settings):
        publishing.mark_untested(settings)
        is_good = True
        for result in worker.build(select):
            is_good = is_good and result.is_good
            yield result
        if is_good and not select:
            finishing.finish(settings.build_database, worker.compiled, Manifest.load(manifest_path(settings)))
            publishing.mark_tested(settings, worker.models_key)


def publish(settings: Settings, documents: Mapping[str, str]) -> Snapshot:
    """Publish the build database where it was tested as it is, and documents about it."""
    with build_lock(settings):
        return publishing.publish(settings, documents)


def _prepare(settings: Settings, catalog: Catalog) -> None:
    landing.prepare(settings.build_database, catalog, build_key.raw_key(catalog))
