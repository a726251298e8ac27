"""An export: the published marts, or some, in the formats asked for, in one folder that is replaced whole.

Here: the order of the steps. Not here: how a format is written, which folder may be replaced.

The same snapshot gives the same bytes: nothing that is written knows the time. As of a day, marts are worked
out anew and in no order of their own, so they are sorted by their keys.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import msgspec

from etl.common.errors import EtlError
from etl.common.settings import Settings
from etl.modelling import as_of as macros
from etl.modelling import manifest
from etl.publish import store
from etl.serve.export import datapackage, tables, workbook
from etl.serve.export.datapackage import DESCRIPTOR, PACKAGE_NAME, File
from etl.serve.export.tables import TITLE, ExportedMart, Origin
from etl.warehouse import connect
from etl.warehouse.connect import Connection

FlatFormat = Literal["parquet", "csv"]

_OPTIONS: dict[FlatFormat, str] = {
    "parquet": "format parquet, compression zstd",
    "csv": "format csv, header, delimiter ',', timestampformat '%Y-%m-%dT%H:%M:%S.%fZ'",
}


def write(
    connection: Connection, mart: ExportedMart, style: FlatFormat, path: Path, *, is_sorted: bool
) -> int:
    """Write a mart as a new file and give the number of its rows."""
    query = mart.query(is_flat=style == "csv", is_sorted=is_sorted)
    quoted = str(path).replace("'", "''")
    written = connection.execute(f"copy ({query}) to '{quoted}' ({_OPTIONS[style]})").fetchone()
    return int(written[0]) if written else 0


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
    """Return an empty folder to fill, which takes the place of `folder` at the end of the block.

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
    """Return the files that the export in a folder says it consists of; none where there is no export."""
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


Format = Literal[FlatFormat, "excel"]
FORMATS: tuple[Format, ...] = get_args(Format)
WORKBOOK = "sbp-warehouse.xlsx"


class ExportError(EtlError):
    """Nothing was exported; the message says why."""


@dataclass(frozen=True)
class Exported:
    """What was exported."""

    folder: Path
    version: str
    files: tuple[File, ...]
    marts: int
    bytes: int
    notes: tuple[str, ...]
    """What a person should know of it, a line each."""

    def lines(self) -> list[str]:
        """Return what was exported, and what a person should know of it."""
        size = f"{self.bytes / 1e6:,.1f} MB"
        marts = f"{self.marts} mart{'s' if self.marts > 1 else ''}"
        return [f"exported {marts} to {self.folder}: {self.version}; {size}", *self.notes]


def export(
    settings: Settings,
    target: Path | None = None,
    *,
    marts: Sequence[str] = (),
    formats: Sequence[Format] = FORMATS,
    as_of: date | None = None,
    on_step: Callable[[str], object] = lambda _: None,
) -> Exported:
    """Export the published marts to a folder, by default `ETL_HOME/exports`.

    Raises `UnknownMartError` and `FolderError`, each before anything is written.
    """
    snapshot = store.current(settings)
    if snapshot is None:
        raise ExportError("nothing is published yet; run `etl refresh` first")
    known_keys = manifest.of_snapshot(snapshot.folder)
    target = target or settings.exports
    with replaced(target) as filled:
        opened = (
            connect.read_as_of(snapshot.database, as_of, marts or macros.MARTS, export_to=filled)
            if as_of
            else connect.read(snapshot.database, "marts", export_to=filled)
        )
        with opened as connection:
            chosen = tables.marts(connection, known_keys, marts)
            origin = Origin.of(connection, snapshot.build, as_of)
            files, notes = _write(connection, chosen, origin, filled, formats, on_step)
        on_step("describing")
        datapackage.write(filled, files, origin)
        size = sum(path.stat().st_size for path in filled.rglob("*") if path.is_file())
    return Exported(target, origin.version, tuple(files), len(chosen), size, tuple(notes))


def _write(
    connection: Connection,
    marts: list[ExportedMart],
    origin: Origin,
    filled: Path,
    formats: Sequence[Format],
    on_step: Callable[[str], object],
) -> tuple[list[File], list[str]]:
    is_sorted = origin.as_of is not None
    described = "csv" if "csv" in formats else "parquet"
    files: list[File] = []
    for style in get_args(FlatFormat):
        if style in formats:
            (filled / style).mkdir()
            for mart in marts:
                on_step(f"{mart.name} as {style}")
                path = f"{style}/{mart.name}.{style}"
                rows = write(connection, mart, style, filled / path, is_sorted=is_sorted)
                name = mart.name if style == described else f"{mart.name}.{style}"
                files.append(File(name, path, style, mart.description, mart, rows))
    if "excel" not in formats:
        return files, []
    on_step("the workbook")
    sheets = workbook.write(connection, marts, origin, filled / WORKBOOK, is_sorted=is_sorted)
    files.append(File("workbook", WORKBOOK, "xlsx", f"{TITLE}, a sheet a mart.", None, None))
    parts = Counter(sheet.mart.name for sheet in sheets)
    return files, [
        f"{name} is in {count} sheets: Excel's end at {workbook.ROWS_PER_SHEET + 1:,} rows"
        for name, count in parts.items()
        if count > 1
    ]
