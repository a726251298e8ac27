"""What a person gives, as single files: each with its content, or the reason why it is not taken.

Here: folders and zip archives, one within another. Nothing is unpacked to the disk, so no name in an
archive can lead anywhere; and what an archive claims to hold is bounded before it is read. Not here: what
a file is.
"""

import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from etl.plain import one_line
from etl.reading.formats import detect_format

_MOST_ENTRIES = 10_000
_MOST_BYTES = 4_000_000_000
"""Of all entries unpacked: twenty years of the largest release."""
_ZIP = b"PK\x03\x04"
_DOCUMENTS = frozenset({"[Content_Types].xml", "mimetype"})
"""Entries by which a text document or presentation is told from an archive of files."""
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` raises where bytes are cut off, encrypted, or packed by a method it does not know."""


class Given(NamedTuple):
    """A single file: its content, or why it is not taken."""

    where: str
    """As it is shown: a path, with the place inside an archive after a colon."""
    name: str
    content: bytes | None
    refused_because: str | None = None


@dataclass
class _Budget:
    """What an archive, with the one inside it, may still hold."""

    entries: int = _MOST_ENTRIES
    size: int = _MOST_BYTES


def single_files(paths: Iterable[Path], largest: int) -> Iterator[Given]:
    """Give every file in what is given, in the order of names; `largest` is the size of the largest
    release, in bytes. Hidden files, such as those that a Mac adds, are passed over.
    """
    for path in paths:
        if path.is_dir():
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(name for name in folders if not _is_hidden(name))
                for name in sorted(name for name in names if not _is_hidden(name)):
                    yield from _from_disk(Path(folder, name), largest)
        else:
            yield from _from_disk(path, largest)


def _from_disk(path: Path, largest: int) -> Iterator[Given]:
    where = one_line(str(path))
    try:
        if path.exists() and not path.is_file():
            yield _refused(where, "is no regular file")
            return
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            is_zip = file.read(len(_ZIP)) == _ZIP
            file.seek(0)
            if size <= largest:
                yield from _from_bytes(where, one_line(path.name), file.read(), largest, _Budget(), depth=0)
            elif is_zip:
                yield from _from_zip(where, file, largest, _Budget(), depth=0)
            else:
                yield _refused(where, f"has {size:,} bytes; the largest release has {largest:,}")
    except OSError as error:
        yield _refused(where, f"cannot be read: {error.strerror or error}")


def _from_bytes(
    where: str, name: str, content: bytes, largest: int, budget: _Budget, depth: int
) -> Iterator[Given]:
    if detect_format(content) == "zip":
        yield from _from_zip(where, io.BytesIO(content), largest, budget, depth)
    else:
        yield Given(where, name, content)


def _from_zip(where: str, file: BinaryIO, largest: int, budget: _Budget, depth: int) -> Iterator[Given]:
    if depth > 1:
        yield _refused(where, "is a zip archive two archives deep; unpack the outer one and add it again")
        return
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        yield _refused(where, f"is a damaged zip archive ({error})")
        return
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        why_not = _why_not_unpacked(entries, budget)
        if why_not is not None:
            yield _refused(where, why_not)
            return
        for entry in entries:
            if not any(_is_hidden(part) for part in PurePosixPath(entry.filename).parts):
                yield from _from_entry(where, archive, entry, largest, budget, depth)


def _why_not_unpacked(entries: list[zipfile.ZipInfo], budget: _Budget) -> str | None:
    """Tell why an archive is refused whole; else take what it holds from the budget."""
    if any(entry.filename in _DOCUMENTS for entry in entries):
        return "is a document packed as zip, and no workbook"
    if len(entries) > budget.entries:
        return f"holds {len(entries):,} files; at most {_MOST_ENTRIES:,} are taken from one archive"
    size = sum(entry.file_size for entry in entries)
    if size > budget.size:
        return f"unpacks to {size:,} bytes; at most {_MOST_BYTES:,} are taken from one archive"
    budget.entries -= len(entries)
    budget.size -= size
    return None


def _from_entry(
    where: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, largest: int, budget: _Budget, depth: int
) -> Iterator[Given]:
    shown = one_line(entry.filename)
    inside = f"{where}: {shown}"
    if entry.flag_bits & 0x1:
        yield _refused(inside, "is encrypted; unpack it with its password and add the file")
    elif entry.file_size > largest:
        yield _refused(inside, f"has {entry.file_size:,} bytes; the largest release has {largest:,}")
    else:
        try:
            content = archive.read(entry)  # at most `file_size` bytes, whatever is packed
        except _DAMAGED as error:
            yield _refused(inside, f"cannot be unpacked ({error})")
            return
        yield from _from_bytes(inside, PurePosixPath(shown).name, content, largest, budget, depth + 1)


def _is_hidden(name: str) -> bool:
    return (name.startswith(".") and name.strip(".") != "") or name == "__MACOSX"


def _refused(where: str, because: str) -> Given:
    return Given(where, "", None, because)
