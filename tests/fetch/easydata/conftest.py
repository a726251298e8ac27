"""A portal on this machine, and an installation before it."""

from collections.abc import Iterator

import pytest

from etl.archive.store import Archive
from etl.common.settings import Settings
from tests.support.easydata import BALANCE, RATES, SERVICES, serve
from tests.support.easydata_server import EasyDataServer
from tests.support.portal import KEY, Portal


@pytest.fixture
def server() -> Iterator[EasyDataServer]:
    with EasyDataServer(KEY) as server:
        for release_id in (SERVICES, BALANCE, RATES):
            serve(server, release_id)
        yield server


@pytest.fixture
def portal(server: EasyDataServer, settings: Settings, archive: Archive) -> Portal:
    return Portal(server, settings, archive)
