"""What every test may ask for: an installation of its own, and the real catalogue."""

from pathlib import Path

import pytest

from etl.archive import Archive
from etl.catalog import Catalog
from etl.settings import Settings
from tests.support.installation import Installation, installation


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty installation below the test's own folder, which waits for no host."""
    monkeypatch.setenv("ETL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ETL_POLITE_SECONDS", "0")
    monkeypatch.delenv("ETL_SNAPSHOTS_KEPT", raising=False)
    return Settings.from_environment()


@pytest.fixture
def archive(settings: Settings) -> Archive:
    """The empty archive of that installation."""
    return Archive(settings.archive)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The catalogue as it is in `etl/releases/`."""
    return Catalog.load()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation that published the starter archive, for tests that only read it."""
    installed = installation(tmp_path_factory.mktemp("published"))
    result = installed.etl("refresh", "--offline")
    assert result.returncode == 0, result.stderr
    return installed
