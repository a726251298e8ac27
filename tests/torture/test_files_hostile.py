"""Files made to do harm: quarantined with the reason, in bounded time and memory, and the run goes on."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.landing.read_files import Reader, read_content
from etl.readers.values import NotUnderstood
from tests.support import hostile
from tests.support.landed import MARCH_FILE, land_release, prepare, rows, store
from tests.support.readings import SERVICES, SERVICES_PDF, known_rows, layout

Tries = Callable[[int, int], Iterator[int]]
TOO_MUCH = "one that ended the process reading it: it asked for too much memory"


def read(content: bytes) -> NotUnderstood:
    release_id = SERVICES_PDF if content.startswith(b"%PDF") else SERVICES
    began = time.monotonic()
    (result,) = read_content(content, [Reader(layout(release_id), known_rows(release_id))])
    assert isinstance(result, NotUnderstood)
    assert time.monotonic() - began < 300
    return result


@pytest.mark.fault(
    "a workbook or PDF made to take all memory (2^28 rows declared, a cell far away, nested forms)",
    promise="quarantined as one that cannot be read to its end, with at most 1 GB and 60 s; the run goes on",
)
@pytest.mark.parametrize(
    "make",
    [
        hostile.declares_a_billion_cells,
        hostile.has_a_cell_far_away,
        hostile.was_found_by_fuzzing,
        hostile.laughs,
    ],
    ids=lambda f: f.__name__,
)
def test_a_file_that_asks_for_all_memory_is_quarantined(make: Callable[[], bytes], tries: Tries) -> None:
    content = make()
    for _ in tries(1, 5):
        assert read(content).found == TOO_MUCH


@pytest.mark.fault(
    "containers that lie: a chain of sectors in a circle, a part of an .xlsx twice, 10,000 sheets, a path "
    "out of the archive, shared strings damaged",
    promise="quarantined with the reason",
)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (hostile.goes_round_in_circles, "cannot be opened"),
        (hostile.has_a_sheet_twice, "a part is there twice"),
        (hostile.ten_thousand_sheets, "too many sheets"),
    ],
    ids=lambda f: getattr(f, "__name__", None),
)
def test_a_container_that_lies_is_quarantined(content: Callable[[], bytes], said: str, tries: Tries) -> None:
    for _ in tries(1, 1):
        assert said in str(read(content()))


@pytest.mark.fault(
    "a file that ends the process reading it, among good ones",
    promise="the archive is whole; the good files land; the bad one is quarantined, and stays "
    "so without being read again",
)
def test_a_file_that_ends_its_reader_costs_no_other_file(
    database: Path, catalog: Catalog, archive: Archive, tries: Tries
) -> None:
    for _ in tries(1, 1):
        store(archive, hostile.has_a_cell_far_away(), MARCH_FILE)

        first = land_release(database, catalog.get(SERVICES), archive)
        second = land_release(database, catalog.get(SERVICES), archive)

        assert sorted(file.observation_count for file in first) == [0, 1320]
        assert second == ()
        said = rows(database, "select quarantine_found from raw.release_files where status = 'quarantined'")
        assert said == [(TOO_MUCH,)]
        assert [len(file.read()) > 0 for file in archive.files(SERVICES)] == [True, True]


@pytest.fixture
def database(tmp_path: Path, catalog: Catalog) -> Path:
    """Return an empty build database that is ready to land in."""
    path = tmp_path / "warehouse.duckdb"
    prepare(path, catalog, "key")
    return path
