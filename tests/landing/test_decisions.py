"""What a person decides about an archived file: nothing is deleted, and a later decision counts."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import pytest

from etl.archive.store import Archive, Decision
from etl.catalog.releases import Catalog
from etl.modelling.build_key import wanted_build_key
from tests.support.landed import MARCH_FILE, land, rows, store
from tests.support.readings import SERVICES

SHA256 = hashlib.sha256(MARCH_FILE).hexdigest()


def decide(
    archive: Archive, action: Literal["withdrawn", "restored", "dated"], published_on: date | None = None
) -> None:
    archive.decide(
        Decision(
            decided_at=datetime.now(UTC),
            release_id=SERVICES,
            sha256=SHA256,
            action=action,
            reason="a test",
            published_on=published_on,
        )
    )


@pytest.fixture
def landed(database: Path, catalog: Catalog, archive: Archive) -> Path:
    store(archive, MARCH_FILE)
    land(database, catalog, archive)
    return database


def test_a_withdrawn_file_stays_in_the_archive_and_nothing_of_it_is_landed(
    landed: Path, catalog: Catalog, archive: Archive
) -> None:
    decide(archive, "withdrawn")
    land(landed, catalog, archive)

    assert archive.hashes(SERVICES) == (SHA256,)
    assert rows(landed, f"select count(*) from raw.{SERVICES}") == [(0,)]
    assert rows(landed, "select status, decision, quarantine_reason from raw.release_files") == [
        ("withdrawn", "withdrawn", "a test")
    ]


def test_a_restored_file_counts_again(landed: Path, catalog: Catalog, archive: Archive) -> None:
    before = rows(landed, f"select * from raw.{SERVICES} order by all")
    decide(archive, "withdrawn")
    land(landed, catalog, archive)
    decide(archive, "restored")
    land(landed, catalog, archive)

    assert rows(landed, f"select * from raw.{SERVICES} order by all") == before
    assert rows(landed, "select status, decision from raw.release_files") == [("landed", None)]


def test_a_corrected_day_is_that_of_the_file_and_both_stay_in_the_log(
    landed: Path, catalog: Catalog, archive: Archive
) -> None:
    decide(archive, "dated", date(2026, 4, 20))
    decide(archive, "dated", date(2026, 4, 21))
    land(landed, catalog, archive)

    assert rows(landed, "select published_on, published_on_is from raw.release_files") == [
        (date(2026, 4, 21), "given_by_hand")
    ]
    assert [decision.published_on for decision in archive.decisions()] == [
        date(2026, 4, 20),
        date(2026, 4, 21),
    ]


def test_each_decision_calls_for_another_build(catalog: Catalog, archive: Archive, landed: Path) -> None:
    keys = [wanted_build_key(catalog, archive)]
    actions: tuple[Literal["withdrawn", "restored"], ...] = ("withdrawn", "restored")
    for action in actions:
        decide(archive, action)
        keys.append(wanted_build_key(catalog, archive))

    assert keys[0] != keys[1]
    assert keys[0] == keys[2]
