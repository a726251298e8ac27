"""Two hashes tell whether a build is still the one that is called for; a copy of the project is changed
to see which changes count.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.archive.store import Archive
from etl.catalog import calendar, releases
from etl.catalog.releases import Catalog
from etl.common.settings import PROJECT_ROOT
from etl.modelling import build_key
from tests.support.releases import FEBRUARY, MARCH, facts

FILES = [("trade_in_services", "a"), ("trade_in_services", "b"), ("balance_of_payments_summary", "a")]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of what the keys are made from, which may be changed."""
    root = tmp_path / "project"
    for folder in ("etl/readers", "etl/landing", "etl/catalog", "dbt_project"):
        leave_out = shutil.ignore_patterns("target", "logs", "__pycache__", "dbt_packages")
        shutil.copytree(PROJECT_ROOT / folder, root / folder, ignore=leave_out)
    monkeypatch.setattr(build_key, "_PACKAGE", root / "etl")
    monkeypatch.setattr(build_key, "RELEASES_FOLDER", root / "etl" / "catalog" / "releases")
    monkeypatch.setattr(build_key, "DBT_PROJECT", root / "dbt_project")
    monkeypatch.setattr(releases, "SEEDS_FOLDER", root / "dbt_project" / "seeds")
    return root


def append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("\n")


def keys(catalog: Catalog) -> tuple[str, str]:
    return build_key.raw_key(catalog), build_key.models_key()


def test_a_copy_of_the_project_has_the_keys_of_the_project(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    here = keys(catalog)

    request.getfixturevalue("project")

    assert keys(catalog) == here


@pytest.mark.parametrize(
    "changed",
    [
        "etl/readers/periods.py",
        "etl/landing/land.py",
        "etl/catalog/releases/trade_in_services.toml",
        "etl/catalog/releases/transcribed_prints.toml",
    ],
)
def test_a_change_of_readers_or_catalogue_calls_for_landing_again(
    catalog: Catalog, project: Path, changed: str
) -> None:
    raw, models = keys(catalog)

    append(project / changed)

    assert build_key.raw_key(catalog) != raw
    assert build_key.models_key() == models


def test_a_new_reader_calls_for_landing_again(catalog: Catalog, project: Path) -> None:
    raw = build_key.raw_key(catalog)

    (project / "etl/readers/weekly.py").write_text("")

    assert build_key.raw_key(catalog) != raw


def test_another_version_of_the_holidays_calls_for_landing_again(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = build_key.raw_key(catalog)

    monkeypatch.setattr(calendar, "library_version", lambda: "999.0")

    assert build_key.raw_key(catalog) != raw


@pytest.mark.parametrize("seed", ["ebops_item_labels", "balance_of_payments_lines"])
def test_a_change_of_the_known_labels_changes_both(catalog: Catalog, project: Path, seed: str) -> None:
    raw, models = keys(catalog)

    append(project / f"dbt_project/seeds/{seed}.csv")

    assert build_key.raw_key(catalog) != raw
    assert build_key.models_key() != models


@pytest.mark.parametrize(
    "changed",
    [
        "dbt_project/models/marts/services_monthly.sql",
        "dbt_project/models/marts/services_monthly.yml",
        "dbt_project/macros/flow_of.sql",
        "dbt_project/seeds/transcribed_monthly.csv",
        "dbt_project/dbt_project.yml",
        "dbt_project/tests/generic/unique_key.sql",
    ],
)
def test_a_change_of_the_models_calls_for_no_landing(catalog: Catalog, project: Path, changed: str) -> None:
    raw, models = keys(catalog)

    append(project / changed)

    assert build_key.raw_key(catalog) == raw
    assert build_key.models_key() != models


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda root: (root / "etl/fetch.py").write_text(""), id="the command"),
        pytest.param(lambda root: (root / "dbt_project/notes.txt").write_text("x"), id="notes"),
        pytest.param(lambda root: write(root / "dbt_project/target/compiled/a.sql"), id="what dbt compiled"),
        pytest.param(lambda root: write(root / "dbt_project/logs/a.yml"), id="dbt's logs"),
    ],
)
def test_what_figures_do_not_depend_on_changes_nothing(
    catalog: Catalog, project: Path, change: Callable[[Path], object]
) -> None:
    before = keys(catalog)

    change(project)

    assert keys(catalog) == before


def write(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("select 1")


def test_a_renamed_model_is_another_project(catalog: Catalog, project: Path) -> None:
    models = build_key.models_key()
    model = project / "dbt_project/models/marts/services_share.sql"

    model.rename(model.with_name("share.sql"))

    assert build_key.models_key() != models


def test_the_order_of_the_files_does_not_matter() -> None:
    assert build_key.build_key("raw", FILES, "models") == build_key.build_key("raw", FILES[::-1], "models")


@pytest.mark.parametrize(
    ("raw", "files", "models"),
    [
        ("other", FILES, "models"),
        ("raw", FILES, "other"),
        ("raw", FILES[:2], "models"),
        ("raw", [*FILES[:2], ("trade_in_services", "c")], "models"),
        ("raw", [*FILES[:2], ("trade_in_services", "a")], "models"),
        ("raw", [], "models"),
    ],
)
def test_other_readers_files_or_models_give_another_key(
    raw: str, files: list[tuple[str, str]], models: str
) -> None:
    assert build_key.build_key(raw, files, models) != build_key.build_key("raw", FILES, "models")


def test_the_wanted_key_follows_the_archive(catalog: Catalog, archive: Archive) -> None:
    empty = build_key.wanted_build_key(catalog, archive)
    march = MARCH.read_bytes()
    archive.store(march, facts(march))
    with_march = build_key.wanted_build_key(catalog, archive)

    archive.store(march, facts(march))
    assert build_key.wanted_build_key(catalog, archive) == with_march != empty

    february = FEBRUARY.read_bytes()
    archive.store(february, facts(february))
    assert build_key.wanted_build_key(catalog, archive) != with_march
