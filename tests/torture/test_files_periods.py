"""Months and units that are not what the file says: a forgotten rollover, another unit under old words."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from etl.readers.read import read_release
from etl.readers.values import NotUnderstood
from tests.support.archives import (
    ARCHIVE,
    HEADLINE,
    MONTHS,
    QUARTERS,
    across,
    fiscal_year,
    headline_cube,
    quarter_months,
    quarters_cube,
    services_cube,
    summary_cube,
)
from tests.support.readings import (
    SERVICES,
    SUMMARY,
    known_rows,
    layout,
    periods,
    understood,
)
from tests.support.remittances import remittances
from tests.support.reserves import ROWS as RESERVES
from tests.support.reserves import reserves
from tests.support.tables_down import goods, goods_of_a_year, rates, rates_of_a_winter
from tests.support.workbooks import (
    JULY_COLUMNS,
    Grid,
    headed,
    july_services,
    june_services,
    services_file,
    services_grid,
    summary,
    summary_file,
    summary_grid,
    with_columns,
    xls,
)

Tries = Callable[[int, int], Iterator[int]]
GOODS = "goods_trade"


def reason(release_id: str, content: bytes) -> str:
    result = read_release(content, layout(release_id), known_rows(release_id))
    assert isinstance(result, NotUnderstood)
    return result.reason


@pytest.mark.fault(
    "July, where the month is also the fiscal year to date, and June, where that is the fiscal year",
    promise="each column is about its own period",
)
def test_the_fiscal_year_rolls_over(tries: Tries) -> None:
    for _ in tries(1, 1):
        july = periods(understood(SERVICES, services_file(july_services())))
        assert [(p.type, f"{p.starts_on:%Y-%m}", f"{p.ends_on:%Y-%m}") for p in july] == [
            ("month", "2025-07", "2025-07"),
            ("month", "2026-06", "2026-06"),
            ("month", "2026-07", "2026-07"),
            ("fiscal_year_to_date", "2025-07", "2025-07"),
            ("fiscal_year_to_date", "2026-07", "2026-07"),
        ]
        june = periods(understood(SERVICES, services_file(june_services())))
        assert [f"{p.starts_on:%Y-%m}" for p in june[3:]] == ["2024-07", "2025-07"]
        of_summary = periods(understood(SUMMARY, summary_file(with_columns(summary(), JULY_COLUMNS))))
        assert of_summary[-1].type == "fiscal_year_to_date"
        assert f"{of_summary[-1].ends_on:%Y-%m}" == "2026-07"


@pytest.mark.fault(
    "a header forgotten when the month or the fiscal year began: last year's over this year's figures",
    promise="quarantined: the newest month ends the fiscal year to date, and no period stands twice",
)
@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (("Jul-25 (R)", "Jun-26 (R)", "Jul-25 (P)", "Jul, FY26 (R)", "Jul, FY27 (P)"), "same"),
        (("Jul-25 (R)", "Jun-26 (R)", "Jul-26 (P)", "Jul, FY25 (R)", "Jul, FY26 (P)"), "does not fit"),
        (("Jul-25 (R)", "Jun-26 (R)", "Jul-27 (P)", "Jul, FY26 (R)", "Jul, FY27 (P)"), "does not fit"),
        (
            ("Jul-25 (R)", "Jun-26 (R)", "Jul-26 (P)", "Jul-Jun, FY25 (R)", "Jul-Jun, FY26 (P)"),
            "does not fit",
        ),
        (
            ("Jul-25 (R)", "Jun-26 (R)", "Jul-26 (P)", "Jul-Aug, FY26 (R)", "Jul-Aug, FY27 (P)"),
            "does not fit",
        ),
    ],
)
def test_a_header_of_last_year_is_noticed(headers: tuple[str, ...], said: str, tries: Tries) -> None:
    for _ in tries(1, 1):
        assert said in reason(SERVICES, services_file(headed(july_services(), *headers)))


@pytest.mark.fault(
    "a forgotten header in the summary of the balance of payments",
    promise="quarantined: the newest month ends the fiscal year to date",
)
def test_a_header_of_last_year_is_noticed_in_the_summary(tries: Tries) -> None:
    forgotten = tuple((n, (month, year.replace("27", "26"))) for n, (month, year) in JULY_COLUMNS[-1:])
    for _ in tries(1, 1):
        content = summary_file(with_columns(summary(), (*JULY_COLUMNS[:-1], *forgotten)))
        assert reason(SUMMARY, content) in (
            "the fiscal year to date does not end with the newest month",
            "two columns are about the same period",
        )


def scaled(of: Grid, factor: float, after: int = 0) -> Grid:
    """Return the grid with its numbers in another unit, after so many columns, and all words as they were."""
    cells = {
        at: value * factor if isinstance(value, float) and at[1] >= after else value
        for at, value in of.cells.items()
    }
    return replace(of, cells=cells)


def scaled_reserves(factor: float) -> bytes:
    """Return the page of reserves with its numbers in another unit."""
    rows = [
        row
        if isinstance(row, str)
        else (row[0], *(f"{float(n.replace(',', '')) * factor:,.1f}" for n in row[1:]))
        for row in RESERVES
    ]
    return reserves(rows)


@pytest.mark.fault(
    "the unit changed without a word: all figures of services, goods, the balance of payments, exchange "
    "rates, reserves or an archive a thousand times smaller or larger, and all sums right",
    promise="quarantined: the figures are of another size than the release's",
)
@pytest.mark.parametrize("factor", [0.001, 1000.0])
def test_a_unit_that_changed_without_a_word_is_noticed(factor: float, tries: Tries) -> None:
    tables = {
        SERVICES: services_grid(),
        SUMMARY: summary_grid(),
        GOODS: goods_of_a_year(),
        ARCHIVE: across(services_cube()),
        MONTHS: across(summary_cube()),
        QUARTERS: across(quarters_cube(), lambda end: (quarter_months(end), fiscal_year(end))),
        HEADLINE: across(headline_cube()),
    }
    files = {release_id: scaled(grid, factor).xls() for release_id, grid in tables.items()}
    files["exchange_rates"] = xls(*(scaled(sheet, factor, after=2) for sheet in rates_of_a_winter()))
    files["foreign_exchange_reserves"] = scaled_reserves(factor)
    for _ in tries(1, 1):
        for release_id, content in files.items():
            assert reason(release_id, content) == "the figures are of another size", release_id


@pytest.mark.fault(
    "another unit or none, as the file says it itself", promise="quarantined with the unit found"
)
def test_another_unit_is_quarantined_whatever_the_release(tries: Tries) -> None:
    first, *other_rates = rates()
    files = {
        SERVICES: (
            services_grid().put("L6", "(Amount in Million US$)").xls(),
            services_grid().put("L6", None).xls(),
        ),
        SUMMARY: (summary_grid().put("L4", "(Thousand US$)").xls(), summary_grid().put("L4", None).xls()),
        GOODS: (goods().put("K3", "(Billion US $)").xls(), goods().put("K3", None).xls()),
        "exchange_rates": (xls(first.put("A6", "Paisa per Currency Unit"), *other_rates),),
        "foreign_exchange_reserves": (reserves(unit="(BILLION US$)"),),
        "workers_remittances": (remittances().replace(b"Million USD", b"Thousand USD"),),
    }
    for _ in tries(1, 1):
        for release_id, contents in files.items():
            for content in contents:
                assert "unit" in reason(release_id, content)
