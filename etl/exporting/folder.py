"""The folder of an export: filled beside its place and put there whole.

Here: which folder may be replaced, and the swap. Not here: what is in it.

A killed export leaves the last one as it was, and a hidden folder beside it that the next export removes.
Only between two renames, some microseconds, is there none: the last one is then in such a hidden folder.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from etl.errors import EtlError

DESCRIPTOR = "datapackage.json"
PACKAGE_NAME = "sbp-warehouse"


class FolderError(EtlError):
    """A folder cannot take an export; the message says why."""


class _Resource(msgspec.Struct):
    path: str


class _Descriptor(msgspec.Struct):
    """What an export says of itself that tells its own files from others."""

    name: str
    resources: tuple[_Resource, ...]


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill, which takes the place of `folder` at the end of the block.

    Where the block fails, nothing has changed. Raises `FolderError` where `folder` is a file, holds what no
    export has written, or is where the program was started.
    """
    folder = folder.resolve()
    _refuse_what_is_no_export(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(folder)
    filled, last = (_hidden(folder, kind, os.getpid()) for kind in ("new", "old"))
    filled.mkdir()
    try:
        yield filled
        if folder.exists():
            folder.rename(last)
        filled.rename(folder)
    except BaseException:
        if last.exists() and not folder.exists():
            last.rename(folder)
        shutil.rmtree(filled, ignore_errors=True)
        raise
    shutil.rmtree(last, ignore_errors=True)


def _refuse_what_is_no_export(folder: Path) -> None:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if not there.is_dir():
        raise FolderError(f"{there} is a file; give a folder")
    if there != folder:
        return
    if folder in (Path.cwd(), *Path.cwd().parents):
        raise FolderError(f"{folder} is the folder that this runs in, or above it; give another one")
    own = {DESCRIPTOR, *_own_files(folder)}
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    others = sorted(set(found) - own)
    if others:
        raise FolderError(
            f"{folder} holds {others[0]}, which no export wrote; give another or an empty folder"
        )


def _own_files(folder: Path) -> set[str]:
    """Give the files that the export in a folder says it consists of; none where there is no export."""
    try:
        descriptor = msgspec.json.decode((folder / DESCRIPTOR).read_bytes(), type=_Descriptor)
    except FileNotFoundError:
        return set()
    except msgspec.MsgspecError as error:
        raise FolderError(f"{folder / DESCRIPTOR} is of no export; give another folder") from error
    if descriptor.name != PACKAGE_NAME:
        raise FolderError(f"{folder} holds the data package {descriptor.name!r}; give another folder")
    return {resource.path for resource in descriptor.resources}


def _hidden(folder: Path, kind: str, process: int) -> Path:
    return folder.with_name(f".{folder.name}.{kind}-{process}")


def _remove_leftovers(folder: Path) -> None:
    """Remove what exports to this folder left when they were killed; those that still run keep theirs."""
    for kind in ("new", "old"):
        for left in folder.parent.glob(f".{folder.name}.{kind}-*"):
            process = left.name.rsplit("-", 1)[-1]
            if process.isdigit() and not _runs(int(process)):
                shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is another user's
        return True
    return True
