"""An export: the published marts, or some, in the formats asked for, in one folder that is replaced whole.

Here: the order of the steps. Not here: how a format is written, which folder may be replaced.

The same snapshot gives the same bytes: nothing that is written knows the time. As of a day, marts are worked
out anew and in no order of their own, so they are sorted by their keys.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from etl import snapshots, warehouse
from etl.errors import EtlError
from etl.exporting import flat_files, folder, package, tables, workbook
from etl.exporting.flat_files import FlatFormat
from etl.exporting.origin import TITLE, Origin
from etl.exporting.package import File
from etl.exporting.tables import Mart
from etl.modelling import keys
from etl.settings import Settings
from etl.warehouse import Connection

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
        """Say what was exported, and what a person should know of it."""
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
    snapshot = snapshots.current(settings)
    if snapshot is None:
        raise ExportError("nothing is published yet; run `etl refresh` first")
    known_keys = keys.of_snapshot(snapshot.folder)
    target = target or settings.exports
    with folder.replaced(target) as filled:
        opened = (
            warehouse.read_as_of(snapshot.database, as_of, export_to=filled)
            if as_of
            else warehouse.read(snapshot.database, "marts", export_to=filled)
        )
        with opened as connection:
            chosen = tables.marts(connection, known_keys, marts)
            origin = Origin.of(connection, snapshot.build, as_of)
            files, notes = _write(connection, chosen, origin, filled, formats, on_step)
        on_step("describing")
        package.write(filled, files, origin)
        size = sum(path.stat().st_size for path in filled.rglob("*") if path.is_file())
    return Exported(target, origin.version, tuple(files), len(chosen), size, tuple(notes))


def _write(
    connection: Connection,
    marts: list[Mart],
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
                rows = flat_files.write(connection, mart, style, filled / path, is_sorted=is_sorted)
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
