"""Dagster's own configuration, as `etl ui` starts it."""

import os

import pytest
import yaml

from etl.common.settings import PROJECT_ROOT, Settings
from etl.orchestration.instance import prepare_dagster_home


def test_dagster_home_is_the_projects_own_with_telemetry_and_sign_up_off(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    home = prepare_dagster_home(settings)
    assert os.environ["DAGSTER_HOME"] == str(home)
    assert settings.home in home.parents
    configuration = yaml.safe_load((home / "dagster.yaml").read_text())
    assert configuration["telemetry"]["enabled"] is False
    assert configuration["nux"]["enabled"] is False
    assert configuration["concurrency"]["runs"]["max_concurrent_runs"] == 1


def test_a_changed_configuration_is_left_as_it_is(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    settings.dagster_home.mkdir(parents=True)
    (settings.dagster_home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    prepare_dagster_home(settings)
    assert (settings.dagster_home / "dagster.yaml").read_text() == "telemetry: {enabled: false}\n"


def test_the_workspace_names_the_code_location() -> None:
    workspace = yaml.safe_load((PROJECT_ROOT / "workspace.yaml").read_text())
    module = workspace["load_from"][0]["python_module"]
    assert module["module_name"] == "etl.orchestration.definitions"
