"""SBP's own files, where they are at hand, say what the starter's say, cell by cell.

They are not in the repository: who has them puts them beside it, in `../shared/releases`.
"""

from datetime import date

import pytest

from etl.collecting import STARTER_FOLDER
from etl.reading import easydata_rows, easydata_series
from etl.settings import PROJECT_ROOT
from tests.support.readings import SERVICES, SUMMARY, understood

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


@each_file
def test_a_file_of_sbp_says_when_it_was_saved(release_id: str, name: str, saved_on: date) -> None:
    assert understood(release_id, (REAL_FILES / name).read_bytes()).last_saved_on == saved_on


def test_an_export_of_easydata_is_read_to_its_last_row_and_adds_up_in_every_month() -> None:
    content = (REAL_FILES / "easydata-portal-export-TS_GP_BOP_BPM6SUM_M.csv").read_bytes()

    reading = understood("easydata_balance_of_payments", content)

    assert len(reading.observations) == 8_722
    assert reading.latest_period_ends_on == date(2023, 5, 31)
    assert (min(o.period_starts_on for o in reading.observations), reading.is_complete) == (
        date(2013, 7, 1),
        False,
    )


def test_an_answer_of_the_api_is_rows_of_the_same_fields() -> None:
    content = (REAL_FILES / "easydata-api-series-data-sample.json").read_bytes()

    rows = easydata_rows.of_answer(content, "the sample")

    assert [row.day for row in rows[:2]] == ["2026-09-18", "2026-09-11"]
    assert (rows[0].key, rows[0].value, rows[0].unit, rows[0].status) == (
        "TS_GP_BAM_M2_W.M000340",
        "11156434.66",
        "Million PKR",
        "Normal",
    )
    assert easydata_series.day_of(rows[0].day) == date(2026, 9, 18)
