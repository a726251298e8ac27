"""Files that are there whole or not at all, and what an error says of the disk.

Here: the writers that all rooms use; whether an error comes from the disk (full, out of inodes, read-only,
not ours to write), whichever library met it, and one line that says so. Not here: how much room there is
while all is well (`etl.monitor.doctor`).
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_IN_WORDS = tuple(os.strerror(code) for code in (*_NO_ROOM, errno.EROFS))
"""DuckDB, and what dbt and Dagster make of it, keep the system's words and no number."""
_OF_SQLITE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")
"""Dagster's records; on a full disk SQLite says any of the first three."""
_LITTLE_BYTES, _FEW_INODES = 1_000_000, 20
"""With less, what was refused was refused for want of it: who failed gave a part back."""


@contextmanager
def whole(path: Path, *, is_durable: bool = False) -> Iterator[Path]:
    """Return a path beside a file to write to; at the end of the block it takes the file's place at once.

    Whoever reads the file sees the old one or the new one, and where the block fails, the old one stays. With
    `is_durable` the new one is on the disk before it takes the place.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield staged
        if is_durable:
            with staged.open("rb") as file:
                os.fsync(file.fileno())
        staged.replace(path)
    except BaseException:
        staged.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: bytes, *, is_durable: bool = False) -> None:
    """Write a file whole or not at all, whenever the process is killed; see `whole`."""
    with whole(path, is_durable=is_durable) as staged:
        staged.write_bytes(content)


def write_durably(path: Path, content: bytes) -> None:
    """Write a new file that is on the disk when this returns and that nobody writes to again."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o444)


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries to the disk: a rename is safe only then."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def why_not_written(error: BaseException, home: Path) -> str | None:
    """Say that the disk refused to be written where an error comes from that; None where it does not.

    `home` is where most is written.
    """
    met = next((one for one in _chain(error) if _is_of_disk(one)), None)
    if met is None:
        return None
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    reason = _reason(nearest)
    if reason is not None:
        return f"{home} cannot be written: {reason} and run again; what is published stands as it was"
    words = " ".join(str(met).split())
    return f"the disk could not be written ({words}); make room and run again"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Return an error and those that it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_of_disk(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return True
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorname.startswith(_OF_SQLITE)
    return any(words in str(error) for words in _IN_WORDS)


def _reason(folder: Path) -> str | None:
    """Return what is the matter with the disk of a folder, and what to do; None where nothing is to be
    seen.
    """
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if disk.f_flag & os.ST_RDONLY:
        return "its disk is read-only; let it be written"
    if disk.f_files and disk.f_favail < _FEW_INODES:
        return f"its disk has {disk.f_favail} inodes left for new files; delete files"
    if free < _LITTLE_BYTES:
        return f"its disk is full ({free / 1e6:.1f} MB left); make room"
    if not os.access(folder, os.W_OK):
        return "permission denied to whoever runs etl; give the right"
    return None
