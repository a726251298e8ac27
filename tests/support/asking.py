"""Asking in tests: a clock that passes where someone sleeps, a release at addresses of this machine, and
what came of it.
"""

import io
import time
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from etl.archive.results import LastSeen, Outcome, Rejected, Unreachable
from etl.catalog.releases import Calendar, Fetch, Layout, Release, Source
from etl.fetch.http import Fetcher
from etl.fetch.validate import FetchLimits
from tests.support.sbp_server import SbpServer

ROOT = Path(__file__).parents[2]
WORKBOOK = (ROOT / "etl/fetch/starter/trade_in_services/dt-2026-03.xls").read_bytes()
PATH = "/assets/document/dt.xls"
OLD_PATH = "/ecodata/dt.xls"
PUBLISHED = datetime(2026, 4, 17, 7, 40, tzinfo=UTC)
PUBLISHED_TEXT = "Fri, 17 Apr 2026 07:40:00 GMT"
POLITE = 4.0


class FakeClock:
    """Time that passes only where someone sleeps."""

    def __init__(self) -> None:
        self.time = 1_000.0

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def now(self) -> datetime:
        return datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=self.time - 1_000.0)


def release(*addresses: str, release_id: str = "trade_in_services", **rules: object) -> Release:
    fetch = {"formats": ("xls", "xlsx"), "min_bytes": 20_000, "max_bytes": 1_000_000} | rules
    return Release(
        id=release_id,
        title="Trade in services",
        description="",
        kind="file",
        series="services",
        source=Source(tier=1, basis="published", precision=""),
        fetch=Fetch(addresses=addresses, **fetch),
        calendar=Calendar(cadence="monthly", usual_lag_days=17, overdue_after_days=50),
        layout=Layout(reader="flows_by_period", stub="", unit="", ends_at="", rows_seed="", required_rows=()),
    )


def fetch(
    wanted: Release,
    *,
    clock: FakeClock | None = None,
    seen: Mapping[str, LastSeen] | None = None,
    limits: FetchLimits | None = None,
    polite_seconds: float = POLITE,
) -> tuple[Outcome, ...]:
    clock = clock or FakeClock()
    with Fetcher(
        [wanted],
        polite_seconds=polite_seconds,
        limits=limits,
        clock=clock,
        sleep=clock.sleep,
        now=clock.now,
    ) as fetcher:
        return fetcher.fetch(wanted, seen or {})


def rejection(outcomes: tuple[Outcome, ...]) -> str:
    (outcome,) = outcomes
    assert isinstance(outcome, Rejected)
    assert "\n" not in outcome.reason
    return outcome.reason


def unreachability(outcome: Outcome) -> str:
    assert isinstance(outcome, Unreachable)
    assert "\n" not in outcome.reason
    return outcome.reason


def gaps(server: SbpServer) -> list[float]:
    times = [request.at for request in server.requests]
    return [later - earlier for earlier, later in pairwise(times)]


def xlsx(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>".ljust(size))
    return buffer.getvalue()


def fetch_in_real_time(wanted: Release, limits: FetchLimits) -> tuple[tuple[Outcome, ...], float]:
    started = time.monotonic()
    with Fetcher([wanted], polite_seconds=0, limits=limits) as fetcher:
        outcomes = fetcher.fetch(wanted, {})
    return outcomes, time.monotonic() - started


def seen_at(address: str, etag: str | None = None) -> dict[str, LastSeen]:
    return {address: LastSeen(address, sha256="ab" * 32, last_modified=PUBLISHED_TEXT, etag=etag)}
