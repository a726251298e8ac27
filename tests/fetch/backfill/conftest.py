"""A web archive on this machine, and backfills from it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from etl.archive.store import Archive
from etl.catalog.releases import Release
from etl.common.settings import Settings
from etl.fetch import wayback
from etl.fetch.backfill_values import Backfilled, BackfillProgress, Request
from tests.support.backfills import services
from tests.support.wayback_server import WaybackServer


@pytest.fixture
def web_archive() -> Iterator[WaybackServer]:
    with WaybackServer() as server:
        yield server


@pytest.fixture
def take(settings: Settings, web_archive: WaybackServer, archive: Archive) -> Any:
    """Backfill from the web archive of the test."""

    def backfill(
        *releases: Release, since: date | None = None, progress: BackfillProgress | None = None
    ) -> Backfilled:
        at = settings.__class__(
            settings.home,
            polite_seconds=0,
            wayback_address=web_archive.service,
            wayback_polite_seconds=0,
        )
        request = Request(at, archive, releases or (services(),), since)
        return wayback.backfill(request, progress or BackfillProgress())

    return backfill
