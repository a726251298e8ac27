"""The steps of the warehouse as functions of an installation's folder, for processes that may die in them.

Here: each step once, as the product's own commands take it, silent. Its imports are what such a process would
otherwise spend its time on.
"""

import importlib
import os
from pathlib import Path

from etl.archive.store import Archive, FetchRecord
from etl.catalog.releases import Catalog
from etl.cli import main
from etl.common.settings import Settings
from etl.fetch import backfill as sources
from etl.fetch.backfill_values import BackfillProgress as BackfillProgress
from etl.fetch.backfill_values import Request
from etl.orchestration import refresh
from etl.publish import build
from etl.publish import prune as pruning
from etl.publish import publish as publishing
from tests.support.releases import facts

importlib.import_module("etl.fetch.wayback")  # which a backfill imports when it knows its source


def settings_of(home: Path, **others: object) -> Settings:
    """Return the settings of an installation that waits for no host."""
    return Settings(home=home, polite_seconds=0, wayback_polite_seconds=0, **others)


def store(home: Path, *contents: bytes) -> None:
    """Archive files, and log that they were fetched."""
    archive = Archive(settings_of(home).archive)
    for content in contents:
        given = facts(content)
        archive.store(content, given)
        archive.log_fetches(
            [
                FetchRecord(
                    asked_at=given.first_seen_at,
                    release_id=given.release_id,
                    address="https://www.sbp.org.pk/ecodata/dt.xls",
                    outcome="new",
                    asked_by="command",
                    sha256=given.sha256,
                )
            ]
        )


def command(home: Path, *arguments: str) -> int:
    """Run the command as a person would; returns its exit code."""
    os.environ |= {"ETL_HOME": str(home), "ETL_POLITE_SECONDS": "0", "ETL_WAYBACK_POLITE_SECONDS": "0"}
    return main._run(list(arguments))


def fetch(home: Path, entries: Path, release_id: str) -> None:
    """Ask for a release; `entries` is a folder of catalogue entries."""
    catalog, settings = Catalog.load(entries), settings_of(home)
    refresh.fetch(
        [catalog.get(release_id)],
        catalog.index_addresses,
        settings,
        Archive(settings.archive),
        on_answer=lambda _: None,
        tell=lambda _: None,
    )


def land(home: Path) -> None:
    """Land every release, and the log of fetches."""
    settings, catalog = settings_of(home), Catalog.load()
    archive = Archive(settings.archive)
    for release in catalog.file_releases:
        build.land(settings, catalog, archive, release)
    build.land_bookkeeping(settings, catalog, archive)


def publish(home: Path, kept: int = 5) -> None:
    """Publish a tested build with two documents."""
    build.publish(settings_of(home, snapshots_kept=kept), {"keys.json": "{}", "dictionary.html": "<p>"})


def prune(home: Path) -> None:
    """Delete what is old in the build's folder."""
    pruning.prune(settings_of(home))


def backfill(home: Path, address: str, release_id: str) -> None:
    """Take what a web archive has of a release."""
    settings = Settings(home=home, polite_seconds=0, wayback_polite_seconds=0, wayback_address=address)
    release = Catalog.load().get(release_id)
    request = Request(settings, Archive(settings.archive), (release,), since=None)
    sources.backfill_from("wayback", request, BackfillProgress())


def mark_tested(home: Path, models_key: str) -> None:
    """Note that the build was tested as it is."""
    publishing.mark_tested(settings_of(home), models_key)
