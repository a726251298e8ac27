"""A disk of the test's own that can be full, out of inodes or read-only, and a process without rights.

Here: making such a disk (a filesystem in memory, which takes root) and bringing it into that state. Where
this machine lets nobody mount, tests skip and say why; in CI that is a failure.
"""

import ctypes
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_FILLER = ".filler"


class SmallDisk:
    """A mounted filesystem."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def leave(self, free_bytes: int) -> None:
        """Fill it but for so many bytes."""
        self.recover()
        state = os.statvfs(self.folder)
        taken = state.f_bavail * state.f_frsize - free_bytes
        if taken > 0:
            with (self.folder / _FILLER).open("wb") as filler:
                os.posix_fallocate(filler.fileno(), 0, taken)

    def leave_inodes(self, free: int) -> None:
        """Use up all inodes but so many."""
        self.recover()
        fillers = self.folder / _FILLER
        fillers.mkdir()
        for number in range(os.statvfs(self.folder).f_favail - free):
            (fillers / str(number)).touch()

    def make_read_only(self) -> None:
        """Let nobody write."""
        self._remount("ro")

    def recover(self) -> None:
        """Make it writable, with room."""
        self._remount("rw")
        filler = self.folder / _FILLER
        if filler.is_dir():
            for path in filler.iterdir():
                path.unlink()
            filler.rmdir()
        filler.unlink(missing_ok=True)

    def _remount(self, how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.folder)], check=True)


@contextmanager
def small_disk(folder: Path, megabytes: int, inodes: int = 2_000) -> Iterator[SmallDisk]:
    """Mount an empty one."""
    folder.mkdir(parents=True)
    options = f"size={megabytes}m,nr_inodes={inodes},mode=0755"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        why = f"needs the right to mount a small filesystem ({getattr(error, 'stderr', error)})"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def without_rights(step: Callable[..., object], *arguments: object) -> object:
    """Run a step in this process and what it starts without root's right to pass over permissions.

    For a process of its own (`dying.run`): the right does not come back.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(_VERSION, 0), (ctypes.c_uint32 * 6)()
    if os.geteuid() == 0:
        for right in _PASSING_OVER:
            libc.prctl(_DROP_FROM_BOUND, right, 0, 0, 0)
        libc.capget(header, sets)
        for right in _PASSING_OVER:
            for of_set in range(3):
                sets[of_set] &= ~(1 << right)
        if libc.capset(header, sets):
            raise OSError(ctypes.get_errno(), "capset")
    return step(*arguments)


_VERSION, _DROP_FROM_BOUND = 0x20080522, 24
_PASSING_OVER = (1, 2)
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH."""
