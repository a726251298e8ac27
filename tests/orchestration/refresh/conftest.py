"""A server that behaves as SBP's, and an installation that has not asked it yet."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation, installation
from tests.support.loopback import loopback_catalog
from tests.support.sbp_server import SbpServer


@pytest.fixture
def sbp() -> Iterator[SbpServer]:
    with SbpServer() as server:
        yield server


@pytest.fixture
def entries(sbp: SbpServer, tmp_path: Path) -> Path:
    """Return the catalogue with the server's addresses."""
    return loopback_catalog(tmp_path / "releases", sbp)


@pytest.fixture
def installed(published: Installation, tmp_path: Path) -> Installation:
    """Return an installation that published the starter archive and has not asked SBP yet."""
    home = tmp_path / "home"
    shutil.copytree(published.settings.home, home, symlinks=True)
    return installation(home)
