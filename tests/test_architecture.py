"""The house: thirteen rooms, one way between them, and what only one room may do.

Rules about rooms, for every import wherever in a file it stands. Not here: names of files; a new file needs
no change here, unless it breaks a rule.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from scripts import draw_rooms

ROOT = Path(__file__).parent.parent
ETL = ROOT / "etl"
ROOMS = (
    *("common", "catalog", "archive", "warehouse", "readers", "landing", "fetch"),
    *("modelling", "publish", "serve", "monitor", "orchestration", "cli"),
)
"""From the ground up: each imports those before it and none after it."""
MODULES = sorted(ETL.rglob("*.py"))


class Import(NamedTuple):
    """An imported module, and how it is imported."""

    module: str
    line: int
    is_for_types: bool
    """Below `if TYPE_CHECKING:`, which never runs."""
    is_in_function: bool


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """Return every import of a file, relative to nothing: `from etl import x` counts as `etl.x`."""
    return tuple(
        _imports(ast.parse(path.read_text(encoding="utf-8")), is_for_types=False, is_in_function=False)
    )


def _imports(node: ast.AST, *, is_for_types: bool, is_in_function: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            names = [alias.name for alias in child.names]
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute"
            names = [f"{child.module}.{alias.name}" for alias in child.names]
        else:
            names = []
        for name in names:
            yield Import(_module(name), child.lineno, is_for_types, is_in_function)
        guards = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        yield from _imports(
            child,
            is_for_types=is_for_types or guards,
            is_in_function=is_in_function or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef),
        )


def _module(name: str) -> str:
    """Return the module of a name: `etl.publish.locks.build_lock` is of `etl.publish.locks`."""
    parts = name.split(".")
    while (
        parts[0] == "etl"
        and len(parts) > 1
        and not (ROOT.joinpath(*parts).is_dir() or ROOT.joinpath(*parts).with_suffix(".py").exists())
    ):
        parts.pop()
    return ".".join(parts)


def room(path: Path) -> str:
    """Return the room of a file of `etl/`."""
    return path.relative_to(ETL).parts[0]


def rooms_importing(library: str) -> set[str]:
    """Return the rooms that import a library."""
    return {
        room(path) for path in MODULES for found in imports(path) if found.module.split(".")[0] == library
    }


def test_there_are_the_rooms_and_no_module_beside_them() -> None:
    found = {path.name for path in ETL.iterdir() if path.name != "__pycache__"}
    assert found == {*ROOMS, "__init__.py", "__main__.py"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_rooms_below_it(path: Path) -> None:
    if path.parent == ETL:
        return
    upward = [
        f"line {found.line}: {found.module}"
        for found in imports(path)
        if found.module.startswith("etl.")
        and ROOMS.index(found.module.split(".")[1]) > ROOMS.index(room(path))
    ]
    assert not upward


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in MODULES}
    edges = {
        name: {found.module for found in imports(path) if not found.is_for_types and found.module in names}
        for name, path in names.items()
    }
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way[way.index(name) :], name))
        if name not in done:
            for other in sorted(edges[name]):
                visit(other, (*way, name))
            done.add(name)

    for name in edges:
        visit(name, ())


def test_imports_stand_at_the_top_unless_a_comment_gives_the_reason() -> None:
    """In `cli/` and `orchestration/definitions.py` a command imports what it needs when it runs; elsewhere at
    most ten may, each with its measured reason.
    """
    inside = [
        (path, found)
        for path in MODULES
        if room(path) != "cli" and path.relative_to(ETL).as_posix() != "orchestration/definitions.py"
        for found in imports(path)
        if found.is_in_function
    ]
    places = {(path, found.line) for path, found in inside}
    for path, line in places:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert "#" in lines[line - 1] + lines[line - 2], f"{path}:{line} has no comment with its reason"
    assert len(places) <= 10


@pytest.mark.parametrize("path", sorted((ETL / "readers").glob("*.py")), ids=lambda path: path.name)
def test_readers_are_pure(path: Path) -> None:
    for found in imports(path):
        assert found.module.split(".")[0] not in {
            "dagster",
            "duckdb",
            "dbt",
            "requests",
            "urllib3",
            "rich",
            "click",
        }
        if found.module.startswith("etl."):
            assert found.module.split(".")[1] in {"readers", "catalog", "common"}


def test_only_evidence_of_the_press_check_reads_the_warehouse() -> None:
    readers = {
        path.name
        for path in (ETL / "serve" / "press_check").glob("*.py")
        if any(found.module.startswith(("etl.warehouse", "duckdb")) for found in imports(path))
    }
    assert readers == {"evidence.py"}


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("dagster", {"orchestration"}),
        ("dbt", {"modelling"}),
        ("psycopg", {"warehouse"}),
        ("requests", {"fetch", "monitor"}),
        ("click", {"cli"}),
        ("rich", {"cli"}),
    ],
)
def test_a_library_is_used_in_one_place(library: str, rooms: set[str]) -> None:
    assert rooms_importing(library) == rooms


def test_only_one_module_opens_duckdb_databases() -> None:
    opening = [path for path in MODULES if " duckdb.connect(" in path.read_text(encoding="utf-8")]
    assert [path.relative_to(ETL).as_posix() for path in opening] == ["warehouse/connect.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_belongs_in_it(path: Path) -> None:
    assert len(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "") > 60


def test_the_picture_of_the_rooms_is_that_of_the_code() -> None:
    page = draw_rooms.PAGE.read_text(encoding="utf-8")
    assert page == draw_rooms.with_picture(page, draw_rooms.picture(ETL)), "run `make rooms`"


def test_no_registry_and_no_place_of_a_machine_is_named() -> None:
    for path in [*ROOT.glob("requirements/*"), ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / ".ci/run"]:
        text = path.read_text(encoding="utf-8")
        assert "index-url" not in text.replace("--no-emit-index-url", ""), path
        assert "://" not in text, path
