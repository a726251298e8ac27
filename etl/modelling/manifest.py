"""dbt's manifest as values: the nodes that a run builds and checks.

Here: the part of the manifest that others need, in the warehouse's own terms. Not here: running dbt.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

from etl.common.errors import EtlError


@dataclass(frozen=True)
class ModelColumn:
    """A column of a table: its name, its type where the contract gives one, what it holds."""

    name: str
    data_type: str | None
    description: str


@dataclass(frozen=True)
class Node:
    """A source table, a seed or a model."""

    unique_id: str
    kind: Literal["source", "seed", "model"]
    schema: str
    name: str
    description: str
    columns: tuple[ModelColumn, ...]
    depends_on: tuple[str, ...]
    code: str | None
    """SQL as written, with Jinja; None for seeds and sources."""
    materialized: str | None
    """`table` or `view`, for models."""


@dataclass(frozen=True)
class ModelTest:
    """A data test, and the node whose rows it is about."""

    unique_id: str
    name: str
    kind: str
    """The generic test: `unique_key`, `relationships` and so on."""
    node: str
    column: str | None
    """The column it is written under; None where it is about rows."""
    arguments: Mapping[str, Any]
    is_blocking: bool
    """Stops publication where it fails; else a warning."""
    finding: str | None = None
    """What the rows that it finds are, in words."""
    see: str | None = None
    """The query of the published marts that shows them."""
    depends_on: tuple[str, ...] = ()
    """The nodes that it reads."""

    @property
    def description(self) -> str:
        """Return its arguments in words; empty where it has none."""
        return ", ".join(f"{name}: {value}" for name, value in self.arguments.items())

    def in_words(self, rows: int, table: str) -> str:
        """Say that it found rows in a table, what they are, and where to look."""
        arguments = f" ({self.description})" if self.description else ""
        finding = self.finding or f"rows that fail the check {self.name}{arguments}"
        see = f'; see `etl sql "{self.see}"`' if self.see else ""
        return f"{finding}: {rows:,} in {table}{see}"


@dataclass(frozen=True)
class Manifest:
    """All nodes and checks of the dbt project."""

    nodes: dict[str, Node]
    checks: dict[str, ModelTest]
    promises: Mapping[str, str] = field(default_factory=dict)
    """What holds where a check of the project finds nothing, by the check's kind."""
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of the unit tests of each model: what it does, shown by example."""

    @property
    def built(self) -> tuple[Node, ...]:
        """Nodes that dbt builds: seeds and models."""
        return tuple(node for node in self.nodes.values() if node.kind != "source")

    @classmethod
    def load(cls, path: Path) -> "Manifest":
        """Read a manifest file."""
        document = json.loads(path.read_text(encoding="utf-8"))
        entries = document["nodes"] | document["sources"]
        nodes = {
            unique_id: _node(entry)
            for unique_id, entry in entries.items()
            if entry["resource_type"] in ("source", "seed", "model")
        }
        checks = {
            unique_id: _check(entry, nodes)
            for unique_id, entry in document["nodes"].items()
            if entry["resource_type"] == "test"
        }
        return cls(nodes, checks, _promises(document), _examples(document))

    def finding(self, unique_id: str, rows: int) -> str:
        """Say in words what a check found."""
        check = self.checks[unique_id]
        return check.in_words(rows, self.nodes[check.node].name)


def _node(entry: dict[str, Any]) -> Node:
    return Node(
        unique_id=entry["unique_id"],
        kind=entry["resource_type"],
        schema=entry["schema"],
        name=entry["name"],
        description=entry["description"].strip(),
        columns=tuple(
            ModelColumn(column["name"], column.get("data_type"), column["description"].strip())
            for column in entry["columns"].values()
        ),
        depends_on=tuple(entry.get("depends_on", {}).get("nodes", ())),
        code=(entry.get("raw_code") or "").strip() or None,
        materialized=entry["config"].get("materialized") if entry["resource_type"] == "model" else None,
    )


def _check(entry: dict[str, Any], nodes: dict[str, Node]) -> ModelTest:
    """Make a check; it is about the node it is written under, else about the first one it reads."""
    parents = [unique_id for unique_id in entry["depends_on"]["nodes"] if unique_id in nodes]
    metadata = entry.get("test_metadata") or {}
    return ModelTest(
        unique_id=entry["unique_id"],
        name=_check_name(entry, metadata),
        kind=metadata.get("name") or entry["name"],
        node=entry.get("attached_node") or parents[0],
        column=entry.get("column_name"),
        arguments=_arguments(metadata),
        is_blocking=entry["config"]["severity"].lower() == "error",
        finding=entry["config"].get("meta", {}).get("finding"),
        see=entry["config"].get("meta", {}).get("see"),
        depends_on=tuple(parents),
    )


def _check_name(entry: dict[str, Any], metadata: dict[str, Any]) -> str:
    """Call it as it is written: dbt's own name repeats every argument."""
    parts = [metadata.get("name") or entry["name"]]
    if entry.get("column_name"):
        parts.append(entry["column_name"])
    return "__".join(parts)


def _arguments(metadata: dict[str, Any]) -> dict[str, Any]:
    given = metadata.get("kwargs") or {}
    return {name: value for name, value in given.items() if name not in ("model", "column_name")}


def _promises(document: dict[str, Any]) -> dict[str, str]:
    """Return the descriptions of the project's own generic tests, which dbt keeps as macros `test_<kind>`."""
    project = document["metadata"]["project_name"]
    return {
        macro["name"].removeprefix("test_"): macro["description"].strip()
        for macro in document["macros"].values()
        if macro["package_name"] == project and macro["name"].startswith("test_")
    }


def _examples(document: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    examples: dict[str, tuple[str, ...]] = {}
    for test in document["unit_tests"].values():
        for model in test["depends_on"]["nodes"]:
            examples[model] = (*examples.get(model, ()), test["name"])
    return examples


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
    """Return the document of the keys of all marts."""
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
