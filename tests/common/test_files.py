"""An error of the disk is told from a mistake of the program, whichever library met it."""

import errno
import sqlite3
from pathlib import Path

import pytest

from etl.common import files
from etl.common.errors import EtlError


class _Wrapped(Exception):
    """As a library raises it around the error that it met."""


def wrapped(error: Exception) -> Exception:
    try:
        try:
            raise error
        except Exception as met:
            raise _Wrapped("step failed") from met
    except _Wrapped as outer:
        return outer


def of_sqlite(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        of_sqlite("SQLITE_FULL"),
        of_sqlite("SQLITE_IOERR_SHMSIZE"),
        EtlError('2 of dbt\'s nodes failed: Could not write file "w.wal": No space left on device'),
    ],
)
def test_an_error_of_the_disk_is_found_inside_of_others(error: Exception, tmp_path: Path) -> None:
    said = files.why_not_written(wrapped(error), tmp_path)

    assert said is not None
    assert said.startswith("the disk could not be written (")
    assert said.endswith("); make room and run again"), "this disk has room by now, so the error speaks"


@pytest.mark.parametrize(
    "error", [ValueError("no"), OSError(errno.ENOENT, "No such file"), of_sqlite("SQLITE_ERROR")]
)
def test_another_error_is_not_of_the_disk(error: Exception, tmp_path: Path) -> None:
    assert files.why_not_written(wrapped(error), tmp_path) is None


def test_a_home_that_is_not_there_yet_is_judged_by_the_folder_above(tmp_path: Path) -> None:
    error = OSError(errno.ENOSPC, "No space left on device")

    assert files.why_not_written(error, tmp_path / "not" / "yet") is not None
