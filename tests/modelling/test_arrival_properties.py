"""Landing ten vintages in ten orders gives one warehouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.modelling import as_of
from scripts.write_starter import services_workbook
from tests.support.editions import edition_of, relabelled
from tests.support.installation import Installation
from tests.support.landed import land_release, prepare
from tests.support.models_in_memory import Models
from tests.support.readings import SERVICES
from tests.support.releases import facts

pytestmark = pytest.mark.slow

FIRST_ARRIVAL = datetime(2026, 11, 1, tzinfo=UTC)
OURS = ("first_seen_at", "inputs_key", "inputs_key_so_far")
"""The columns that say when a file came here, or hash it, and not what SBP said when."""

Content = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Vintage:
    """A file and the day on which SBP published it."""

    content: bytes
    published_on: date


@pytest.fixture(scope="module")
def ten_vintages() -> list[Vintage]:
    """Return eight months; of the last a second file of the same day, with other figures, and a week later
    one that says what the first did. Of two files of a day the order in which they come decides.
    """
    months = [date(2025, month, 1) for month in range(8, 13)] + [date(2026, month, 1) for month in (1, 2, 3)]
    editions = [edition_of(month) for month in months]
    days = [month + timedelta(days=47) for month in months]
    return [
        *(Vintage(services_workbook(edition), day) for edition, day in zip(editions, days, strict=True)),
        Vintage(services_workbook(edition_of(months[-1], figures_of="2026-02")), days[-1]),
        Vintage(services_workbook(relabelled(editions[-1])), days[-1] + timedelta(days=7)),
    ]


@pytest.fixture(scope="module")
def models(published: Installation) -> Models:
    return Models(published, *as_of.MARTS)


@pytest.fixture(scope="module")
def in_file_order(ten_vintages: list[Vintage], models: Models, catalog: Catalog) -> Content:
    return landed_and_built(ten_vintages, models, catalog)


@hypothesis_settings(max_examples=9, derandomize=True)
@given(order=st.permutations(range(10)).map(lambda order: first_before_second(order, 7, 8)))
def test_the_order_of_arrival_changes_nothing_but_which_of_two_files_of_a_day_counts(
    ten_vintages: list[Vintage],
    models: Models,
    catalog: Catalog,
    in_file_order: Content,
    order: list[int],
) -> None:
    content = landed_and_built([ten_vintages[number] for number in order], models, catalog)
    assert len(content[f"raw.{SERVICES}"]) > 0
    assert {table for table, rows in content.items() if rows} >= {"raw.release_files", "marts.revisions"}
    assert [table for table in in_file_order if content[table] != in_file_order[table]] == []


def first_before_second(order: list[int], first: int, second: int) -> list[int]:
    """Return an order with two of its numbers exchanged where the second comes before the first."""
    if order.index(first) < order.index(second):
        return order
    exchanged = {first: second, second: first}
    return [exchanged.get(number, number) for number in order]


def landed_and_built(arrivals: Sequence[Vintage], models: Models, catalog: Catalog) -> Content:
    """Land files one after the other as they come, each a day after the one before; returns every table."""
    release = catalog.get(SERVICES)
    assert release is not None
    with TemporaryDirectory() as folder, models.warehouse() as warehouse:
        archive, database = Archive(Path(folder) / "archive"), Path(folder) / "warehouse.duckdb"
        prepare(database, catalog, "key")
        for number, vintage in enumerate(arrivals):
            seen = FIRST_ARRIVAL + timedelta(days=number)
            archive.store(
                vintage.content,
                facts(vintage.content, first_seen_at=seen, published_on=vintage.published_on),
            )
            land_release(database, release, archive)
        warehouse.fill_from(database)
        warehouse.build()
        return {table: warehouse.content(table, *OURS) for table in warehouse.tables()}
