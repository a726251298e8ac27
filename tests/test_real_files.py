"""SBP's own files, where they are at hand, say what the starter's say, cell by cell.

They are not in the repository: who has them puts them beside it, in `../shared/releases`.
"""

from datetime import date

import pytest

from etl.collecting import STARTER_FOLDER
from etl.reading.pages import read_pages
from etl.settings import PROJECT_ROOT
from tests.support.readings import SERVICES, SERVICES_PDF, SUMMARY, figures, understood

REAL_FILES = PROJECT_ROOT.parent / "shared" / "releases"

pytestmark = [
    pytest.mark.real_files,
    pytest.mark.skipif(not REAL_FILES.is_dir(), reason=f"SBP's own files are not in {REAL_FILES}"),
]
each_file = pytest.mark.parametrize(
    ("release_id", "name", "saved_on"),
    [
        (SERVICES, "dt-2026-02.xls", date(2026, 3, 17)),
        (SUMMARY, "Balancepayment_BPM6-2026-03.xls", date(2026, 4, 15)),
    ],
)


@each_file
def test_a_file_of_sbp_is_read_to_its_last_number(release_id: str, name: str, saved_on: date) -> None:
    reading = understood(release_id, (REAL_FILES / name).read_bytes())

    assert reading.unread == ()
    assert len(reading.observations) == {SERVICES: 1320, SUMMARY: 830}[release_id]


@each_file
def test_a_file_of_sbp_and_the_starters_say_the_same(release_id: str, name: str, saved_on: date) -> None:
    real = understood(release_id, (REAL_FILES / name).read_bytes())
    starters = understood(release_id, (STARTER_FOLDER / release_id / name).read_bytes())

    assert real.figures_sha256 == starters.figures_sha256
    assert real.observations == starters.observations


def test_the_printed_services_table_says_what_its_workbook_says() -> None:
    """Eight pages of an office program, cut down and over in the middle of a group."""
    printed = understood(SERVICES_PDF, (REAL_FILES / "dt-2026-02-printed.pdf").read_bytes())
    workbook = understood(SERVICES, (REAL_FILES / "dt-2026-02.xls").read_bytes())

    exact = figures(workbook)
    assert figures(printed) == {
        figure: None if value is None else float(f"{value:.0f}") for figure, value in exact.items()
    }
    assert {o.sheet for o in printed.observations} == {f"page {number}" for number in range(1, 9)}


def test_numbers_that_text_extraction_splits_are_whole_by_their_places() -> None:
    """The newest week: extraction gives `1 5,079.5 5 ,445.0 2 0,524.5`."""
    (page,) = read_pages((REAL_FILES / "forex-2026-04.pdf").read_bytes())

    (week,) = [line for line in page.lines if line.text.startswith("10-Apr-26")]
    assert [phrase.text for phrase in week.phrases] == ["10-Apr-26", "15,079.5", "5,445.0", "20,524.5"]


@each_file
def test_a_file_of_sbp_says_when_it_was_saved(release_id: str, name: str, saved_on: date) -> None:
    assert understood(release_id, (REAL_FILES / name).read_bytes()).last_saved_on == saved_on
