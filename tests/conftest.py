"""What every test may ask for: an installation of its own, the real catalogue, a server that behaves as
SBP's, and no proxy on the way to it.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.common.settings import Settings
from etl.serve.export.export import export
from tests.support.asking import FakeClock
from tests.support.browser import chromium
from tests.support.installation import Installation, installation
from tests.support.postgres import Postgres, postgres
from tests.support.remittances import remittances
from tests.support.reserves import reserves
from tests.support.sbp_server import SbpServer
from tests.support.tables_down import goods_of_a_year, rates_of_a_winter
from tests.support.workbooks import xls

hypothesis_settings.register_profile(
    "unhurried", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("unhurried")
"""A busy machine makes no property false."""
_SLOW_FIXTURES = frozenset({"browser", "postgres_server"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what needs a browser or a server."""
    for item in items:
        if _SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


def _built_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, build: Callable[[Installation], None]
) -> Installation:
    """Return an installation that all workers of a run share; the first that wants it builds it."""
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    shared = tmp_path_factory.getbasetemp().parent if is_worker else tmp_path_factory.getbasetemp()
    folder, done = shared / name, shared / f"{name}.done"
    with FileLock(shared / f"{name}.lock"):
        installed = installation(folder)
        if not done.exists():
            build(installed)
            done.touch()
    return installed


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the proxies of this machine out of the way: servers of the tests are on it."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that passes only where someone sleeps."""
    return FakeClock()


@pytest.fixture
def server(clock: FakeClock) -> Iterator[SbpServer]:
    """Return a server that behaves as SBP's, by that clock."""
    with SbpServer(clock=clock) as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return an empty installation below the test's own folder, which waits for no host."""
    monkeypatch.setenv("ETL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ETL_POLITE_SECONDS", "0")
    own = ("ETL_SNAPSHOTS_KEPT", "ETL_PRUNE_DAYS", "ETL_WAREHOUSE")
    for name in (*own, "EASYDATA_API_KEY", "ETL_MAIL_TO", "ETL_WEBHOOK"):
        monkeypatch.delenv(name, raising=False)
    return Settings.from_environment()


@pytest.fixture
def archive(settings: Settings) -> Archive:
    """Return the empty archive of that installation."""
    return Archive(settings.archive)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """Return the catalogue as it is in `etl/catalog/releases/`."""
    return Catalog.load()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return an installation that published the starter archive, for tests that only read it."""

    def build(installed: Installation) -> None:
        result = installed.etl("refresh", "--offline")
        assert result.returncode == 0, result.stderr

    return _built_once(tmp_path_factory, "published", build)


@pytest.fixture(scope="session")
def exported(published: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with everything that it published, in every format."""
    return export(published.settings, tmp_path_factory.mktemp("exported") / "all").folder


@pytest.fixture(scope="session")
def external_sector(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return one that published a file of goods, rates, reserves and remittances too, to be read only."""

    def build(installed: Installation) -> None:
        folder = tmp_path_factory.mktemp("files")
        files = {
            "exp_import_BOP.xls": goods_of_a_year().xls(),
            "IBF_Arch.xls": xls(*rates_of_a_winter()),
            "forex.pdf": reserves(),
            "remittances.csv": remittances(),
        }
        paths: list[Path] = []
        for name, content in files.items():
            paths.append(folder / name)
            paths[-1].write_bytes(content)
        added = installed.etl("add", "--published-on", "2026-11-02", *map(str, paths))
        assert added.returncode == 0, added.stderr
        result = installed.etl("refresh", "--offline")
        assert result.returncode == 0, result.stderr

    return _built_once(tmp_path_factory, "sector", build)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """Return a PostgreSQL of the tests' own; skip where the machine has none, fail in CI."""
    with postgres() as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the machine's own Chromium; skip where there is none, fail in CI."""
    with chromium() as started:
        yield started
