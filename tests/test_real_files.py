"""SBP's own files, where they are at hand, say what the starter's say, cell by cell.

They are not in the repository: who has them puts them beside it, in `../shared/releases`.
"""

from datetime import date

import pytest

from etl.common.settings import PROJECT_ROOT
from etl.fetch.collect import STARTER_FOLDER
from etl.readers import easydata, periods
from etl.readers.pdf import read_pages
from tests.support.readings import SERVICES, SERVICES_PDF, SUMMARY, at, figures, understood

REAL_FILES = PROJECT_ROOT.parent / "shared" / "releases"

GOODS, RATES, RESERVES = "goods_trade", "exchange_rates", "foreign_exchange_reserves"
OBSERVATIONS = {SERVICES: 1320, SUMMARY: 830, GOODS: 846, RATES: 40_080, RESERVES: 72}

pytestmark = [
    pytest.mark.real_files,
    pytest.mark.skipif(not REAL_FILES.is_dir(), reason=f"SBP's own files are not in {REAL_FILES}"),
]
each_file = pytest.mark.parametrize(
    ("release_id", "name", "saved_on"),
    [
        (SERVICES, "dt-2026-02.xls", date(2026, 3, 17)),
        (SUMMARY, "Balancepayment_BPM6-2026-03.xls", date(2026, 4, 15)),
        (GOODS, "exp_import_BOP-2026-03.xls", date(2026, 4, 15)),
        (RATES, "IBF_Arch-2026-03.xls", date(2026, 4, 3)),
        (RESERVES, "forex-2026-04.pdf", date(2026, 4, 16)),
    ],
)
in_the_starter = pytest.mark.parametrize(
    ("release_id", "name"),
    [(SERVICES, "dt-2026-02.xls"), (SUMMARY, "Balancepayment_BPM6-2026-03.xls")],
)


@each_file
def test_a_file_of_sbp_is_read_to_its_last_number(release_id: str, name: str, saved_on: date) -> None:
    reading = understood(release_id, (REAL_FILES / name).read_bytes())

    assert reading.unread == ()
    assert len(reading.observations) == OBSERVATIONS[release_id]


@in_the_starter
def test_a_file_of_sbp_and_the_starters_say_the_same(release_id: str, name: str) -> None:
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


@pytest.mark.parametrize(
    ("cell", "month", "value"),
    [
        ("C8", date(2014, 7, 1), 1918.999975),  # a hidden row
        ("G47", date(2017, 7, 1), 4799.0),
        ("C159", date(2026, 3, 1), 2525.9859190784764),
        ("G159", date(2026, 3, 1), 4901.955970951368),
        ("K159", date(2026, 3, 1), -2375.9700518728914),
    ],
)
def test_goods_in_sbps_file(cell: str, month: date, value: float) -> None:
    found = at(understood(GOODS, (REAL_FILES / "exp_import_BOP-2026-03.xls").read_bytes()), cell)

    assert (found.period_type, found.period_starts_on, found.value) == ("month", month, value)


@pytest.mark.parametrize(
    ("cell", "flow", "value"),
    [
        ("X844", "Monthly Average Exchange Rates", 279.5112857142858),
        ("Y844", "Monthly Average Exchange Rates", 323.18617553365374),
        ("X844", "Month End Exchange Rates", 279.3789285714285),
        ("I844", "Month End Exchange Rates", 1.749535461538462),
    ],
)
def test_rates_in_sbps_file(cell: str, flow: str, value: float) -> None:
    reading = understood(RATES, (REAL_FILES / "IBF_Arch-2026-03.xls").read_bytes())
    (found,) = (o for o in reading.observations if (o.cell, o.flow_label) == (cell, flow))

    assert (found.period_starts_on, found.value) == (date(2026, 3, 1), value)


@pytest.mark.parametrize(
    ("period", "numbers"),
    [
        ("2022-23", (4445.1, 4714.9, 9160.0)),
        ("Dec 25 R", (16053.5, 4692.8, 20746.3)),
        ("6-Mar-26", (16341.1, 5257.2, 21598.3)),
        ("10-Apr-26", (15079.5, 5445.0, 20524.5)),
    ],
)
def test_reserves_in_sbps_file(period: str, numbers: tuple[float, ...]) -> None:
    reading = understood(RESERVES, (REAL_FILES / "forex-2026-04.pdf").read_bytes())

    assert tuple(o.value for o in reading.observations if o.column_label == period) == numbers


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("WR0020 31-Aug-2026", 308.8795715),
        ("WR0040 31-Aug-2026", 873.4537536),
        ("WR0340 31-Aug-2026", 3656.33767),
    ],
)
def test_remittances_in_an_export_of_the_portal(cell: str, value: float) -> None:
    name = "easydata-portal-export-TS_GP_BOP_WR_M-2026-08.csv"
    reading = understood("workers_remittances", (REAL_FILES / name).read_bytes())

    assert at(reading, cell).value == value
    assert len(reading.observations) == 35
    assert not reading.is_complete


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

    rows = easydata.of_answer(content, "the sample")

    assert [row.day for row in rows[:2]] == ["2026-09-18", "2026-09-11"]
    assert (rows[0].key, rows[0].value, rows[0].unit, rows[0].status) == (
        "TS_GP_BAM_M2_W.M000340",
        "11156434.66",
        "Million PKR",
        "Normal",
    )
    assert periods.parse_day(rows[0].day) == date(2026, 9, 18)
