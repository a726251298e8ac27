"""Releases and files for the archive's tests: the catalogue's own release at another address, and bytes
with the facts that belong to them.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from etl.archive.store import FileFacts
from etl.catalog.releases import Catalog, Release
from etl.fetch.collect import STARTER_FOLDER
from tests.support.readings import SERVICES, SUMMARY

FEBRUARY = STARTER_FOLDER / SERVICES / "dt-2026-02.xls"
MARCH = STARTER_FOLDER / SERVICES / "dt-2026-03.xls"
SUMMARY_OF_MARCH = STARTER_FOLDER / SUMMARY / "Balancepayment_BPM6-2026-03.xls"
SEEN = datetime(2026, 4, 17, 20, 30, tzinfo=UTC)
"""In Karachi this is already the 18th."""


def release_at(*addresses: str, release_id: str = SERVICES) -> Release:
    """Return a release of the catalogue that is published at these addresses."""
    release = Catalog.load().get(release_id)
    assert release.fetch is not None
    return msgspec.structs.replace(release, fetch=msgspec.structs.replace(release.fetch, addresses=addresses))


def facts(content: bytes, release_id: str = SERVICES, **others: object) -> FileFacts:
    """Return the facts of a file that was fetched on 17 April 2026."""
    given: dict[str, object] = {
        "release_id": release_id,
        "sha256": hashlib.sha256(content).hexdigest(),
        "format": "xls",
        "size_bytes": len(content),
        "via": "fetched",
        "original_name": "dt.xls",
        "source_address": "https://www.sbp.org.pk/assets/document/dt.xls",
        "first_seen_at": SEEN,
    }
    return FileFacts(**given | others)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
