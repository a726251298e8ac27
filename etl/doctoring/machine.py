"""The machine: Python and libraries, disk, rights, time zones, and who holds what.

Here: checks that need neither a release nor the network.
"""

import errno
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from etl import turns
from etl.doctoring.checks import Case, Check, Finding, Verdict
from etl.settings import PROJECT_ROOT, TIME_ZONE

_LOCKED = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "msgspec", "requests")
_LOCK_FILE = PROJECT_ROOT / "requirements" / "run.txt"
_LEAST_PYTHON = (3, 11)
_LITTLE_SPACE, _TOO_LITTLE_SPACE = 2_000_000_000, 200_000_000
"""Bytes. A build and a snapshot of the starter archive take 60 MB together; five snapshots are kept."""


def versions(_: Case) -> Iterator[Finding]:
    """Compare Python and the libraries that matter with what is locked."""
    running = f"Python {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    if sys.version_info < _LEAST_PYTHON:
        yield Finding("wrong", running, "install Python 3.11 or newer and set up again: `make clean refresh`")
    else:
        yield Finding("ok", running)
    if not _LOCK_FILE.exists():
        yield Finding("warning", f"{_LOCK_FILE} is not there, so versions cannot be compared")
        return
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", _LOCK_FILE.read_text(encoding="utf-8"), re.MULTILINE))
    installed = {name: _version(name) for name in _LOCKED}
    others = [
        f"{name} is {found or 'not installed'}, locked is {locked.get(name)}"
        for name, found in installed.items()
        if found != locked.get(name)
    ]
    if others:
        yield Finding("wrong", "; ".join(others), "set up again: `make clean refresh`")
    else:
        yield Finding("ok", ", ".join(f"{name} {found}" for name, found in installed.items()))


def disk(case: Case) -> Iterator[Finding]:
    """See how much space is left where the installation keeps its state, and whether it may be written."""
    home = case.settings.home
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free
    words = f"{free / 1e9:.1f} GB free at {nearest}"
    if free < _LITTLE_SPACE:
        verdict: Verdict = "wrong" if free < _TOO_LITTLE_SPACE else "warning"
        yield Finding(verdict, words, "make room: fewer snapshots (ETL_SNAPSHOTS_KEPT), or a larger disk")
    else:
        yield Finding("ok", words)
    settings = case.settings
    folders = (nearest, settings.archive, settings.build, settings.published, settings.dagster_home)
    refused: dict[tuple[str, str], list[str]] = {}
    for folder in folders:
        if folder.exists() and (error := _refusal(folder)):
            refused.setdefault((error.strerror or str(error), _remedy(error)), []).append(str(folder))
    for (reason, to_do), names in refused.items():
        yield Finding("wrong", f"{', '.join(names)} cannot be written: {reason}", to_do)
    if not refused:
        yield Finding("ok", f"{home} may be written")


def time_zones(_: Case) -> Iterator[Finding]:
    """See whether the data of time zones know Karachi."""
    try:
        now = datetime.now(ZoneInfo(TIME_ZONE))
    except ZoneInfoNotFoundError:
        yield Finding("wrong", f"no time zone data for {TIME_ZONE}", "set up again: `make clean refresh`")
        return
    hours = (now.utcoffset() or now - now).total_seconds() / 3_600
    if hours != 5:
        yield Finding("wrong", f"{TIME_ZONE} is {hours:+g} h from UTC, and not +5", "bring tzdata up to date")
    else:
        yield Finding("ok", f"it is {now:%Y-%m-%d %H:%M} in Karachi")


def locks(case: Case) -> Iterator[Finding]:
    """See who holds the build. The system lets go of a lock when its process dies."""
    held = turns.held_locks(case.settings)
    for path, is_held in sorted(held.items()):
        if is_held:
            holder = _holder(path)
            who = f" by process {holder}" if holder else ""
            yield Finding("ok", f"{path.name} is held{who}: something is building or running now")
    dead = [path for path, is_held in held.items() if not is_held and path.parent.name == "runs"]
    if dead:
        yield Finding(
            "warning",
            f"{len(dead)} runs of Dagster's were killed: {', '.join(sorted(path.stem[:8] for path in dead))}",
            "nothing: the next look of the daemon, or the next `etl refresh`, ends them",
        )
    if not any(held.values()):
        yield Finding("ok", "no lock is held")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _refusal(folder: Path) -> OSError | None:
    """Find out whether a folder can be written, by writing; give the error where it cannot."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error
    return None


def _remedy(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "make room; docs/operations.md says what may go, and in which order"
        case errno.EROFS:
            return "the disk is mounted read-only: let it be written"
        case _:
            return "give the user who runs etl the right to write there"


def _holder(path: Path) -> int | None:
    """Give the process that holds a lock, where Linux says so."""
    try:
        inode = path.stat().st_ino
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        parts = line.split()
        if len(parts) > 5 and parts[5].rpartition(":")[2] == str(inode):
            return int(parts[4])
    return None


CHECKS = (
    Check("versions", versions),
    Check("disk", disk),
    Check("time zone", time_zones),
    Check("locks", locks),
)
