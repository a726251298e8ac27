"""Published snapshots in a lake: one of DuckLake's own snapshots each, recorded in PostgreSQL.

Here: recording, finding, expiring. Not here: the SQL for PostgreSQL (`catalogue`), and whether a build may be
published (`etl.publish.publish`).

Nothing is copied: what dbt has built in the lake is there, model by model, and what makes it the published
one is a row in PostgreSQL. Who reads at the snapshot of that row sees what was built before it, and nothing
after.
"""

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from etl.common import location
from etl.common.files import write_durably
from etl.common.location import Database, Lake
from etl.common.settings import Settings
from etl.publish.snapshots import BUILD_FILE, Build, Describe, Snapshot, encoded, point_current_to
from etl.warehouse import ducklake
from etl.warehouse.connect import kept_open, write


@dataclass(frozen=True)
class LakeStore:
    """The publications of a lake; what is said of the newest is kept as files below `ETL_HOME/lake` too."""

    settings: Settings
    lake: Lake

    def current(self) -> Snapshot | None:
        """Return what is published now; None before the first publication."""
        found = ducklake.newest(self.lake)
        if found is None:
            return None
        build = msgspec.convert(found.build, Build)
        folder = self._documents(build, found.documents)
        return Snapshot(folder, build, self.lake.at(found.snapshot_id))

    def databases(self) -> dict[int, Database]:
        """Return the snapshots of the publications that are kept, by their numbers."""
        return {number: self.lake.at(moment) for number, moment in ducklake.snapshot_ids(self.lake).items()}

    def publish(self, describe: Describe, documents: Mapping[str, str]) -> Snapshot:
        """Record the newest snapshot as published, and let DuckLake forget those that never were, or are too
        old.
        """
        before = ducklake.newest(self.lake)
        number = before.number + 1 if before else 1
        snapshot_id = ducklake.newest_snapshot_under_lock(self.lake)
        build = describe(
            self.lake.at(snapshot_id), number, msgspec.convert(before.build, Build) if before else None
        )
        record = ducklake.Publication(number, snapshot_id, msgspec.to_builtins(build), dict(documents))
        ducklake.publish(self.lake, record)
        ducklake.forget(self.lake, self.settings.snapshots_kept)
        expire(self.lake, set(ducklake.snapshot_ids(self.lake).values()))
        return Snapshot(self._documents(build, documents), build, self.lake.at(snapshot_id))

    def state_of_build(self) -> str:
        """Return DuckLake's newest snapshot: whoever writes the lake makes a newer one."""
        return str(ducklake.newest_snapshot_under_lock(self.lake))

    @contextmanager
    def lock(self, timeout: float) -> Iterator[None]:
        """Hold the right to write the lake, as one of all machines; it is opened once meanwhile."""
        with ducklake.build_lock(self.lake, timeout), kept_open(self.lake.at("newest")):
            yield

    def is_locked(self) -> bool:
        """Whether some machine writes the lake now."""
        return ducklake.is_locked(self.lake)

    def _documents(self, build: Build, documents: Mapping[str, str]) -> Path:
        """Return the folder of the files about a snapshot; write them where they are not there yet."""
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


def expire(lake: Lake, kept: Collection[int]) -> None:
    """Let a lake forget its snapshots but those that are kept and the newest, and delete files that none of
    them needs any more.

    Files go a day later: until then whoever read at a forgotten snapshot comes to an end. So do the files
    that a killed build has left, which no snapshot ever held.
    """
    with write(lake.at("newest")) as connection:
        rows = connection.execute(
            f"select snapshot_id from ducklake_snapshots('{location.DATABASE}')"
        ).fetchall()
        newest = max(row[0] for row in rows)
        if old := sorted({row[0] for row in rows} - set(kept) - {newest}):
            connection.execute(f"call ducklake_expire_snapshots('{location.DATABASE}', versions => {old})")
        for procedure in ("ducklake_cleanup_old_files", "ducklake_delete_orphaned_files"):
            connection.execute(
                f"call {procedure}('{location.DATABASE}', older_than => now() - interval 1 day)"
            )
