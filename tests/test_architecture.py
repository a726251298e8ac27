"""The walls: which part may import what, and that everything public says what it is."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ETL = ROOT / "etl"
SIDE_EFFECTS = {"dagster", "duckdb", "dbt", "requests", "urllib3", "pyarrow", "rich", "click"}
MODULES = sorted(ETL.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Give the full names of all modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def top_level(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def files_importing(package: str) -> set[str]:
    return {str(path.relative_to(ROOT)) for path in MODULES if package in top_level(imported(path))}


@pytest.mark.parametrize("path", sorted((ETL / "reading").glob("*.py")), ids=lambda path: path.name)
def test_reading_is_pure(path: Path) -> None:
    names = imported(path)
    assert not top_level(names) & SIDE_EFFECTS
    own = {name for name in names if name.startswith("etl.")}
    assert all(name.startswith(("etl.reading", "etl.catalog")) for name in own), own


@pytest.mark.parametrize("path", sorted((ETL / "claims").glob("*.py")), ids=lambda path: path.name)
def test_the_press_check_judges_purely(path: Path) -> None:
    """Only `evidence` reads the warehouse, and only `command` prints."""
    names = imported(path)
    assert not top_level(names) & SIDE_EFFECTS
    outer = {name.split(".")[1] for name in names if name.startswith("etl.")} - {"claims", "errors"}
    assert outer <= {"evidence.py": {"warehouse", "report", "lake"}, "command.py": {"rows", "lake"}}.get(
        path.name, set()
    )


def test_only_the_warehouse_module_opens_duckdb_files() -> None:
    assert files_importing("duckdb") == {"etl/warehouse.py", "etl/commands/asking.py"}
    assert "duckdb.connect" not in (ETL / "commands" / "asking.py").read_text(encoding="utf-8")


def test_only_the_worker_and_its_plugin_import_dbt() -> None:
    assert files_importing("dbt") == {"etl/modelling/worker.py", "etl/modelling/lake_plugin.py"}


def test_only_the_catalogue_of_a_lake_asks_postgresql() -> None:
    assert files_importing("psycopg") == {"etl/lake/catalogue.py"}


def test_no_step_knows_whether_it_has_a_file_or_a_lake() -> None:
    """Who opens, who publishes, who sets dbt up and who looks for faults; nobody else."""
    branching = {
        str(path.relative_to(ROOT))
        for path in MODULES
        if "settings.lake" in (text := path.read_text(encoding="utf-8")) or "LakeDatabase" in text
    }
    assert {name for name in branching if not name.startswith("etl/lake/")} == {
        "etl/warehouse.py",
        "etl/shelves.py",
        "etl/modelling/dbt.py",
        "etl/doctoring/lake.py",
    }


def test_only_fetching_imports_requests() -> None:
    assert files_importing("requests") <= {
        "etl/connecting.py",
        "etl/fetching.py",
        "etl/session.py",
        "etl/politeness.py",
        "etl/believing.py",
        "etl/doctoring/network.py",
        "etl/easydata/connection.py",
    }


def test_dagster_is_a_shell_around_the_rest() -> None:
    outside = {name for name in files_importing("dagster") if not name.startswith("etl/orchestration/")}
    assert not outside, "the command starts a run and reads why it failed, through etl.orchestration"
    inside = {
        path.name
        for path in MODULES
        if "orchestration" not in path.parts
        and any(name.startswith("etl.orchestration") for name in imported(path))
    }
    assert inside <= {"refreshing.py", "watching.py"}


def test_data_flows_one_way() -> None:
    """A step knows the steps before it and none after it."""
    order = ["catalog", "archive", "reading", "landing", "modelling", "publishing", "report", "orchestration"]
    for position, step in enumerate(order):
        later = tuple(f"etl.{name}" for name in order[position + 1 :])
        paths = sorted((ETL / step).glob("*.py")) or [ETL / f"{step}.py"]
        for path in paths:
            wrong = {name for name in imported(path) if name.startswith(later)}
            if path.name == "sources.py":
                wrong -= {name for name in wrong if name.startswith("etl.landing")}
            assert not wrong, f"{path.name} imports {wrong}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_belongs_in_it(path: Path) -> None:
    assert len(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "") > 60


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_small_enough_to_be_one_thing(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_no_registry_and_no_place_of_a_machine_is_named() -> None:
    for path in [*ROOT.glob("requirements/*"), ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / ".ci/run"]:
        text = path.read_text(encoding="utf-8")
        assert "index-url" not in text.replace("--no-emit-index-url", ""), path
        assert "://" not in text, path
