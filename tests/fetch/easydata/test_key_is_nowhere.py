"""The key, after successes and failures of every kind, is in no file of the installation, in nothing that
the command prints, in no event of Dagster and in no table.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from etl.catalog.releases import Catalog
from etl.common.secrets import ApiKey
from etl.common.settings import Settings
from etl.orchestration.assets import release_assets
from etl.orchestration.instance import prepare_dagster_home
from etl.orchestration.resources import Context, run_resources
from tests.support.easydata import BALANCE, RATES, easydata_catalog, serve
from tests.support.easydata_server import Answer, EasyDataServer
from tests.support.installation import Installation, installation

BEGINNING = "s3cretXYZ"
KEY = f"{BEGINNING}&/+ %"
RATE = "TS_GP_ER_FAERPKR_M.E00220"


@pytest.fixture
def server() -> Iterator[EasyDataServer]:
    with EasyDataServer(KEY) as server:
        for release_id in (BALANCE, RATES):
            serve(server, release_id)
        yield server


@pytest.fixture
def entries(server: EasyDataServer, tmp_path: Path) -> Path:
    """Return the catalogue with the server's address for EasyData's."""
    return easydata_catalog(tmp_path / "entries", server.address)


@pytest.fixture
def installed(tmp_path: Path) -> Installation:
    return installation(tmp_path / "home")


def files_with_the_key(home: Path) -> list[Path]:
    """Return the files that hold the key, in whatever form: its first letters need no encoding."""
    return [path for path in home.rglob("*") if path.is_file() and BEGINNING.encode() in path.read_bytes()]


def good(server: EasyDataServer) -> None:
    """Change nothing."""


def expired(server: EasyDataServer) -> None:
    server.is_expired = True


def wrong(server: EasyDataServer) -> None:
    server.key = "another"


def repeated(server: EasyDataServer) -> None:
    server.script(RATE, Answer(body=f'{{"columns": ["{KEY}"], "rows": []}}'.encode()))


def redirected(server: EasyDataServer) -> None:
    server.script(RATE, Answer(302, headers={"Location": f"/elsewhere?api_key={KEY}"}))


def hung_up(server: EasyDataServer) -> None:
    server.script(RATE, *[Answer(is_silent=True)] * 3)


def too_many(server: EasyDataServer) -> None:
    server.limit = 1


FATES = [good, expired, wrong, repeated, redirected, hung_up]


@pytest.mark.parametrize("fate", FATES)
def test_the_command_writes_and_prints_no_key(
    server: EasyDataServer, entries: Path, installed: Installation, fate: Callable[[EasyDataServer], None]
) -> None:
    fate(server)

    said = [
        installed.etl(*arguments, catalog=entries, EASYDATA_API_KEY=KEY)
        for arguments in (
            ("--verbose", "backfill", "--from", "easydata", "--release", RATES),
            ("--verbose", "status"),
        )
    ]

    assert server.calls
    assert BEGINNING not in "".join(result.stdout + result.stderr for result in said)
    assert (installed.settings.archive / "fetches.jsonl").exists()
    assert files_with_the_key(installed.settings.home) == []


@pytest.mark.parametrize("fate", [*FATES, too_many])
def test_dagster_records_no_key(
    server: EasyDataServer,
    entries: Path,
    tmp_path: Path,
    fate: Callable[[EasyDataServer], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fate(server)
    settings = Settings(tmp_path / "home", polite_seconds=0, easydata_key=ApiKey(KEY))
    context = Context.of(settings, Catalog.load(entries))
    monkeypatch.setenv("DAGSTER_HOME", str(prepare_dagster_home(settings)))
    asset = next(a for a in release_assets(context) if a.key.path[-1] == RATES)

    with dg.DagsterInstance.get() as instance:
        result = dg.materialize(
            [asset], instance=instance, resources=run_resources(context), raise_on_error=False
        )
        events = [str(entry) for entry in instance.all_logs(result.run_id)]

    assert result.success
    assert server.calls
    assert events
    assert BEGINNING not in "".join(events)
    assert files_with_the_key(settings.home) == []


@pytest.mark.slow
def test_what_is_published_from_a_pull_holds_no_key(
    published: Installation, server: EasyDataServer, entries: Path, tmp_path: Path
) -> None:
    """The whole way: pulled, landed, modelled, tested, published; then each table is read as text."""
    home = tmp_path / "home"
    shutil.copytree(published.settings.home, home, symlinks=True)
    installed = installation(home)

    result = installed.etl(
        "refresh", "--release", BALANCE, "--release", RATES, catalog=entries, EASYDATA_API_KEY=KEY
    )

    assert result.returncode == 0, result.stderr
    assert f"{BALANCE}: 222 cells landed" in result.stdout
    rows = installed.rows(
        "select row_label, flow_label, unit, rates.status, value_as_printed, published_on_is"
        " from staging.stg_easydata_exchange_rates as rates"
        " inner join staging.stg_release_files as files using (file_sha256)"
        " order by period_ends_on limit 1"
    )
    label = f"name of {RATE}"
    figure = server.datasets["TS_GP_ER_FAERPKR_M"].series[RATE]["2026-08-31"]
    assert rows == [(label, None, "PKR", "not_stated", figure, "stated_by_sbp")]
    for (table,) in installed.rows(
        "select schema_name || '.' || table_name from duckdb_tables() where not internal"
    ):
        found = installed.value(f"select count(*) from {table} as t where t::varchar like '%{BEGINNING}%'")
        assert found == 0, table
    assert files_with_the_key(home) == []
