"""Backfills from a web archive: the addresses of a release, and what came of them."""

import msgspec

from etl.archive.store import Archive, FetchRecord
from etl.catalog.releases import Release
from etl.fetch.backfill_values import Backfilled
from tests.support.releases import release_at

NOW, OLD, FORMER = (
    f"https://www.sbp.org.pk/{path}/dt.xls" for path in ("assets/document", "ecodata", "stats/survey")
)
SAVED_AS = "http://www.sbp.org.pk:80/ecodata/dt.xls"
"""An archive keeps an address as it was asked."""


def services(*addresses: str, former: tuple[str, ...] = ()) -> Release:
    release = release_at(*(addresses or (NOW, OLD)))
    assert release.fetch is not None
    return msgspec.structs.replace(
        release, fetch=msgspec.structs.replace(release.fetch, former_addresses=former)
    )


def outcomes(backfilled: Backfilled) -> list[tuple[str, str]]:
    return [(step.outcome, step.what) for step in backfilled.steps]


def logged(archive: Archive, outcome: str) -> list[FetchRecord]:
    return [record for record in archive.fetches() if record.outcome == outcome]
