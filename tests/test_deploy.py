"""What stands in `deploy/`: closed to the outside, without secrets, and true to the project's names."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from etl.cli import main
from etl.common.settings import PROJECT_ROOT, Settings
from etl.orchestration.instance import prepare_dagster_home

DEPLOY = PROJECT_ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
WAREHOUSE = ("code", "daemon", "webserver")


def read(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text())


COMPOSE = read("compose.yaml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def lines(path: Path) -> list[tuple[str, str]]:
    """Return the settings of a unit in order; a name may stand several times."""
    pairs = (line.partition("=") for line in path.read_text().splitlines() if re.match(r"\w+=", line))
    return [(name, value) for name, _, value in pairs]


def test_there_is_a_service_for_each_part() -> None:
    assert set(SERVICES) == {"postgres", *WAREHOUSE}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_says_whether_it_is_well_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_only_the_web_server_has_a_port_and_only_on_this_machine_unless_told_otherwise() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"webserver": ["${ETL_UI_ADDRESS:-127.0.0.1}:${ETL_UI_PORT:-3000}:3000"]}


@pytest.mark.parametrize("name", WAREHOUSE)
def test_the_archive_is_a_volume_of_its_own_where_the_warehouse_looks_for_it(name: str) -> None:
    home = SERVICES[name]["environment"]["ETL_HOME"]
    assert f"archive:{Settings(Path(home)).archive}" in SERVICES[name]["volumes"]
    assert SERVICES[name]["environment"]["DAGSTER_HOME"] == str(Settings(Path(home)).dagster_home)
    assert {"archive", "state"} <= set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", WAREHOUSE)
def test_a_container_of_the_warehouse_may_do_little(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_no_secret_stands_in_a_file() -> None:
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if "PASSWORD" in name or "KEY" in name:
                assert value.startswith("${"), name
    for example in [*DEPLOY.glob(".env*"), *DEPLOY.glob("systemd/*.example")]:
        if example.name == ".env":
            continue  # somebody's own, which git ignores
        for line in example.read_text().splitlines():
            if re.search("PASSWORD|KEY|WEBHOOK", line) and "=" in line:
                assert line.endswith("="), line
    assert "/deploy/.env" in (PROJECT_ROOT / ".gitignore").read_text().splitlines()


def test_every_setting_of_the_examples_is_one() -> None:
    known = (PROJECT_ROOT / "etl" / "common" / "settings.py").read_text() + (
        DEPLOY / "compose.yaml"
    ).read_text()
    known += "EASYDATA_API_KEY"
    for example in (DEPLOY / ".env.example", DEPLOY / "systemd" / "sbp-warehouse.env.example"):
        names = re.findall(r"^#?([A-Z_]{6,})=", example.read_text(), re.MULTILINE)
        assert len(names) > 5
        assert [name for name in names if name not in known] == []


def test_dagster_in_containers_is_set_as_on_one_machine_but_for_its_storage(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    ours = yaml.safe_load((prepare_dagster_home(settings) / "dagster.yaml").read_text())
    theirs = read("dagster.yaml")
    storage = theirs.pop("storage")
    assert theirs == ours
    assert storage["postgres"]["postgres_db"]["password"] == {"env": "DAGSTER_POSTGRES_PASSWORD"}
    assert storage["postgres"]["postgres_db"]["hostname"] == {"env": "DAGSTER_POSTGRES_HOST"}


def test_the_workspace_finds_the_code_server_of_compose() -> None:
    (location,) = read("workspace.yaml")["load_from"]
    server = location["grpc_server"]
    assert server["host"] in SERVICES
    assert str(server["port"]) in SERVICES[server["host"]]["command"]
    project = yaml.safe_load((PROJECT_ROOT / "workspace.yaml").read_text())["load_from"][0]["python_module"]
    assert project["module_name"] in SERVICES[server["host"]]["command"]
    assert server["location_name"] == project["location_name"]


def test_what_the_image_copies_is_there_and_is_let_through() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (?:--\S+ )?(.+) \S+$", dockerfile, re.MULTILINE)
    names = [name for group in copied for name in group.split()]
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert len(names) > 8
    for name in names:
        assert (PROJECT_ROOT / name).exists(), name
        assert any(f"!{part}" in allowed for part in (name, name.partition("/")[0])), name
    assert "--require-hashes" in dockerfile
    assert re.search(r"^USER (?!root)", dockerfile, re.MULTILINE)


def test_the_lock_of_the_image_is_that_of_a_machine_and_what_postgresql_takes() -> None:
    def locked(name: str) -> set[str]:
        text = (PROJECT_ROOT / "requirements" / name).read_text()
        return set(re.findall(r"^[a-z0-9-]+==[^\s;]+", text, re.MULTILINE))

    more = {pin.partition("==")[0] for pin in locked("postgres.txt") - locked("run.txt")}
    assert more == {"dagster-postgres", "psycopg2-binary"}
    assert locked("run.txt") <= locked("postgres.txt")


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_unit_may_write_to_its_state_and_nowhere_else(unit: Path) -> None:
    found = dict(lines(unit))
    assert found["User"] not in ("", "root")
    assert found["NoNewPrivileges"] == "yes"
    assert found["ProtectSystem"] == "strict"
    assert found["CapabilityBoundingSet"] == ""
    assert [value for name, value in lines(unit) if name == "ReadWritePaths"] == ["/var/lib/sbp-warehouse"]
    assert ("Environment", "ETL_HOME=/var/lib/sbp-warehouse") in lines(unit)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_unit_calls_a_command_that_there_is(unit: Path) -> None:
    program, command, *_ = dict(lines(unit))["ExecStart"].split()
    assert program.endswith("/.venv/bin/etl")
    assert command in main.etl.commands


def test_the_timer_asks_in_the_night_and_in_the_hours_in_which_sbp_publishes() -> None:
    timer = DEPLOY / "systemd" / "sbp-warehouse-refresh.timer"
    assert timer.with_suffix(".service") in UNITS
    assert [value for name, value in lines(timer) if name == "OnCalendar"] == [
        "*-*-* 02:00:00 Asia/Karachi",
        "*-*-* 09..20:00:00 Asia/Karachi",
    ]
