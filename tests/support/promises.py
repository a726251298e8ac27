"""The four promises that hold after every fault, each as an assertion.

Here: what is asserted of an installation that a fault has hit. Not here: making one (`dying.py`,
`small_disks.py`).
"""

import hashlib
from collections.abc import Collection
from pathlib import Path

import msgspec

from etl.archive.store import Archive, FileFacts
from etl.common.settings import Settings
from etl.publish import store
from etl.warehouse import connect

Marts = dict[str, tuple[int, str | None]]
"""Of each mart how many rows it has, and a sum over them that no order changes."""


def files_in(archive: Archive) -> set[tuple[str, str]]:
    """Return the release and hash of every archived file, and assert that each is whole."""
    found: set[tuple[str, str]] = set()
    for folder in archive.folder.glob("*/[!.]*"):
        release_id, sha256 = folder.parts[-2:]
        facts = msgspec.json.decode((folder / f"{sha256}.json").read_bytes(), type=FileFacts)
        content = (folder / f"{sha256}.{facts.format}").read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256 == facts.sha256, folder
        assert len(content) == facts.size_bytes, folder
        assert len(list(folder.iterdir())) == 2, folder
        found.add((release_id, sha256))
    return found


def archive_is_whole(archive: Archive, had: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Assert that each file is whole and none is lost that was had before; returns all of them."""
    found = files_in(archive)
    assert found >= set(had), set(had) - found
    return found


def marts_of(database: Path) -> Marts:
    """Return what all marts of a database hold, seen over one connection."""
    with connect.read(database) as connection:
        names = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
        ).fetchall()
        return {
            name: tuple(
                connection.execute(
                    f'select count(*), sum(hash(one)::hugeint)::varchar from marts."{name}" as one'
                ).fetchall()[0]
            )
            for (name,) in names
        }


def marts_are_one_of(settings: Settings, *known: Marts) -> int:
    """Assert that what is published is all of one of the known marts, described as it is; returns which."""
    snapshot = store.current(settings)
    assert snapshot is not None, "nothing is published any more"
    published = marts_of(settings.current_database)
    assert published in known, "the marts are neither the last good ones nor the new ones"
    assert {name: rows for name, (rows, _) in published.items()} == snapshot.build.mart_rows
    assert snapshot.folder.name == str(snapshot.build.number)
    assert not (snapshot.folder / "warehouse.duckdb.wal").exists()
    return known.index(published)


def said_in_a_line(said: str, *words: str) -> str:
    """Assert that an error is one line for people, and that it has these words; returns the line."""
    lines = [line for line in said.splitlines() if line.startswith("etl: ")]
    assert "Traceback" not in said, said
    assert len(lines) == 1, said
    assert "mistake of the program" not in lines[0], said
    for word in words:
        assert word in lines[0], said
    return lines[0]
