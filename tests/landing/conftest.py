"""A build database that is ready to land in."""

from pathlib import Path

import pytest

from etl.catalog.releases import Catalog
from etl.common.settings import Settings
from tests.support.landed import prepare


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> bytes:
    path = tmp_path_factory.mktemp("prepared") / "warehouse.duckdb"
    prepare(path, catalog, "key")
    return path.read_bytes()


@pytest.fixture
def database(settings: Settings, prepared: bytes) -> Path:
    """Return an empty build database that is ready to land in."""
    settings.build.mkdir(parents=True)
    settings.build_database.write_bytes(prepared)
    return settings.build_database
