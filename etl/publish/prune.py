"""Pruning: what builds and ended processes left in the build's folder, deleted when it is old.

Here: which files those are. Not here: Dagster's runs (`etl.orchestration.pruning`), snapshots, which have a
number to keep (`publishing`), and the archive with the log of fetches, which nothing ever deletes.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from etl.common.settings import Settings
from etl.publish import locks

_DAY = 86_400
_LISTINGS_LAST_DAYS = 1
"""A listing of a web archive is asked again after a day."""


class Pruned(NamedTuple):
    """What was deleted."""

    files: int
    size_bytes: int


def prune(settings: Settings) -> Pruned:
    """Delete what is older than `ETL_PRUNE_DAYS`: sign-of-life locks of runs that were killed, dbt's logs,
    what interrupted writing and replays left; listings after a day. It may run beside a build, which
    needs none of these.
    """
    kept_since = time.time() - settings.prune_days * _DAY
    old = [path for path in _leavings(settings) if path.lstat().st_mtime < kept_since]
    listings = settings.listings.glob("*")
    old += [p for p in listings if p.lstat().st_mtime < time.time() - _LISTINGS_LAST_DAYS * _DAY]
    pruned = [_delete(path) for path in old]
    return Pruned(sum(p.files for p in pruned), sum(p.size_bytes for p in pruned))


def _leavings(settings: Settings) -> Iterator[Path]:
    """Return the files that nothing needs once they are old."""
    held = {path for path, is_held in locks.held_locks(settings).items() if is_held}
    build = settings.build
    yield from (path for path in build.glob("runs/*.lock") if path not in held)
    yield from build.glob("dbt/*.log*")
    yield from build.glob("dbt/.*")
    yield from settings.easydata.glob("calls.[0-9]*")
    yield from settings.home.glob("replay")


def _delete(path: Path) -> Pruned:
    """Delete a file or a folder. A link in it, such as a replay's to the archive, goes and not what it leads
    to.
    """
    if path.is_symlink() or not path.is_dir():
        size = path.lstat().st_size
        path.unlink()
        return Pruned(1, size)
    pruned = [_delete(inner) for inner in path.iterdir()]
    path.rmdir()
    return Pruned(sum(p.files for p in pruned), sum(p.size_bytes for p in pruned))
