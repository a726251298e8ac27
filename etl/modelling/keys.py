"""The keys of the marts, as dbt's tests hold them: what no snapshot says of itself.

Here: keys out of the manifest, and the document of them that is published beside the database. The database
has none: DuckDB's own constraints would make every build slower, and are not needed where nobody writes.
Not here: the tests.
"""

from pathlib import Path

import msgspec

from etl.errors import EtlError
from etl.modelling.manifest import Manifest

FILE_NAME = "keys.json"


class ForeignKey(msgspec.Struct, frozen=True):
    """A column whose values, where they are not null, are among those of another mart's column."""

    column: str
    mart: str
    mart_column: str


class Keys(msgspec.Struct, frozen=True):
    """The keys of one mart. Only what a test that stops publication has seen to hold."""

    primary: tuple[str, ...] = ()
    """Columns that tell its rows apart; empty where no test says so."""
    unique: tuple[str, ...] = ()
    """Columns each of which has no value twice."""
    foreign: tuple[ForeignKey, ...] = ()


class KeysError(EtlError):
    """A snapshot does not say its keys; the message says what to do."""


def document(manifest: Manifest) -> str:
    """Give the document of the keys of all marts."""
    marts = {node.name: node.unique_id for node in manifest.built if node.schema == "marts"}
    keys = {name: _keys(unique_id, manifest) for name, unique_id in sorted(marts.items())}
    return msgspec.json.format(msgspec.json.encode(keys), indent=2).decode() + "\n"


def of_snapshot(folder: Path) -> dict[str, Keys]:
    """Read the keys of the marts of a published snapshot.

    Raises `KeysError` where it was published by a version that did not write them.
    """
    path = folder / FILE_NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Keys])
    except FileNotFoundError as error:
        message = f"{folder} was published by an older version and has no {FILE_NAME}; run `etl refresh`"
        raise KeysError(message) from error
    except msgspec.MsgspecError as error:
        raise KeysError(f"{path} is damaged ({error}); delete {folder} and refresh") from error


def _keys(unique_id: str, manifest: Manifest) -> Keys:
    checks = [c for c in manifest.checks.values() if c.node == unique_id and c.is_blocking]
    primary = [tuple(c.arguments["columns"]) for c in checks if c.kind == "unique_key"]
    unique = [c.column for c in checks if c.kind == "unique" and c.column]
    foreign = []
    for check in checks:
        if check.kind == "relationships" and check.column:
            (other,) = (manifest.nodes[node] for node in check.depends_on if node != unique_id)
            if other.schema == "marts":
                foreign.append(ForeignKey(check.column, other.name, check.arguments["field"]))
    foreign.sort(key=lambda key: key.column)
    return Keys(primary[0] if primary else (), tuple(sorted(unique)), tuple(foreign))
