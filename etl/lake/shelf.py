"""Published snapshots in a lake: one of DuckLake's own snapshots each, recorded in PostgreSQL.

Here: recording, finding, expiring. Not here: the SQL for PostgreSQL (`catalogue`), and whether a build may be
published (`etl.publishing`).

Nothing is copied: what dbt has built in the lake is there, model by model, and what makes it the published
one is a row in PostgreSQL. Who reads at the snapshot of that row sees what was built before it, and nothing
after.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from etl.archive import write_durably
from etl.folder_shelf import point_current_to
from etl.lake import catalogue
from etl.lake.place import Database, Lake
from etl.settings import Settings
from etl.shelves import Describe
from etl.snapshots import BUILD_FILE, Build, Snapshot, encoded


@dataclass(frozen=True)
class LakeShelf:
    """The publications of a lake; what is said of the newest is kept as files below `ETL_HOME/lake` too."""

    settings: Settings
    lake: Lake

    def current(self) -> Snapshot | None:
        """Give what is published now; None before the first publication."""
        found = catalogue.newest(self.lake)
        if found is None:
            return None
        build = msgspec.convert(found.build, Build)
        folder = self._documents(build, found.documents)
        return Snapshot(folder, build, self.lake.at(found.snapshot_id))

    def databases(self) -> dict[int, Database]:
        """Give the snapshots of the publications that are kept, by their numbers."""
        return {number: self.lake.at(moment) for number, moment in catalogue.snapshot_ids(self.lake).items()}

    def put(self, describe: Describe, documents: Mapping[str, str]) -> Snapshot:
        """Record the newest snapshot as published, and let DuckLake forget those that never were, or are too
        old.
        """
        from etl.lake import upkeep  # a look at what is published opens no database

        before = catalogue.newest(self.lake)
        number = before.number + 1 if before else 1
        snapshot_id = catalogue.newest_snapshot_in_turn(self.lake)
        build = describe(
            self.lake.at(snapshot_id), number, msgspec.convert(before.build, Build) if before else None
        )
        record = catalogue.Publication(number, snapshot_id, msgspec.to_builtins(build), dict(documents))
        catalogue.publish(self.lake, record)
        catalogue.forget(self.lake, self.settings.snapshots_kept)
        upkeep.expire(self.lake, set(catalogue.snapshot_ids(self.lake).values()))
        return Snapshot(self._documents(build, documents), build, self.lake.at(snapshot_id))

    def state_of_build(self) -> str:
        """Give DuckLake's newest snapshot: whoever writes the lake makes a newer one."""
        return str(catalogue.newest_snapshot_in_turn(self.lake))

    @contextmanager
    def turn(self, timeout: float) -> Iterator[None]:
        """Hold the right to write the lake, as one of all machines; it is opened once meanwhile."""
        with catalogue.turn(self.lake, timeout):
            from etl import warehouse  # a look at what is published opens no database

            with warehouse.kept_open(self.lake.at("newest")):
                yield

    def is_somebodys_turn(self) -> bool:
        """Tell whether some machine writes the lake now."""
        return catalogue.is_somebodys_turn(self.lake)

    def _documents(self, build: Build, documents: Mapping[str, str]) -> Path:
        """Give the folder of the files about a snapshot; write them where they are not there yet."""
        folder = self.settings.published / str(build.number)
        if not (folder / BUILD_FILE).exists() or (folder / BUILD_FILE).read_bytes() != encoded(build):
            staged = folder.with_name(f".{build.number}.{os.getpid()}")
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir(parents=True)
            for name, text in documents.items():
                write_durably(staged / name, text.encode())
            write_durably(staged / BUILD_FILE, encoded(build))
            shutil.rmtree(folder, ignore_errors=True)
            try:
                staged.rename(folder)
            except OSError:  # another command has just written the same
                shutil.rmtree(staged)
            self._prune(build.number)
        point_current_to(folder)
        return folder

    def _prune(self, newest: int) -> None:
        for entry in self.settings.published.iterdir():
            if entry.name.isdigit() and int(entry.name) <= newest - self.settings.snapshots_kept:
                shutil.rmtree(entry, ignore_errors=True)
