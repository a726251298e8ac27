"""A table printed to PDF says what its workbook says, whatever the page set-up; and nothing where it was
not read well.
"""

import random
from datetime import date
from typing import Literal

import msgspec
import pytest
from reportlab.lib.pagesizes import A4

from etl.readers.read import read_release
from etl.readers.values import NotUnderstood, Reading
from scripts.write_starter import ServicesEdition
from tests.support.drawn import Text, drawn, scanned
from tests.support.printed import (
    JULY_HEADLINE,
    Setup,
    Table,
    headline_table,
    pages_of,
    printed,
    services_table,
    with_words,
    without_column,
    wrapped,
)
from tests.support.readings import (
    HEADLINE,
    SERVICES,
    SERVICES_PDF,
    at,
    figures,
    known_rows,
    layout,
    periods,
    refusal,
    understood,
)
from tests.support.workbooks import (
    headed,
    july_services,
    june_services,
    relabelled,
    services,
    services_file,
    with_row,
    without_row,
)

CUT = Setup(size=A4, scale=0.6, columns=(5, 5, 4), rows=40)
ITEM_9 = "9.\xa0Telecommunications, Computer and information services"
SOFTWARE = "9.2.2 Software consultancy services  "
LONGEST = "4.1.1 Acquisition of goods and services by border, seasonal, and other short-term workers"
SETUPS = {
    "one wide page": Setup(),
    "fitted to an upright page": Setup(size=A4, scale=0.37),
    "cut by rows": Setup(rows=40),
    "cut by columns, in the middle of a group": Setup(size=A4, scale=0.6, columns=(4, 4, 4, 2)),
    "down, then over": CUT,
    "over, then down": Setup(size=A4, scale=0.6, columns=(5, 5, 4), rows=40, is_over_first=True),
    "header and labels only once, down": Setup(
        size=A4, scale=0.6, columns=(5, 5, 4), rows=40, repeats_header=False, repeats_labels=False
    ),
    "header and labels only once, over": Setup(
        size=A4,
        scale=0.6,
        columns=(5, 5, 4),
        rows=40,
        is_over_first=True,
        repeats_header=False,
        repeats_labels=False,
    ),
    "digits drawn apart": Setup(splits_digits=True),
    "cells filled with spaces": Setup(fills_cells=True),
}


def in_whole_thousands(edition: ServicesEdition) -> dict[object, float | None]:
    """Return what the workbook of an edition says, rounded as it is shown."""
    exact = figures(understood(SERVICES, services_file(edition)))
    return {figure: None if value is None else float(f"{value:.0f}") for figure, value in exact.items()}


def read(table: Table, setup: Setup | None = None) -> Reading:
    return understood(SERVICES_PDF, printed(table, setup))


def refused(table: Table, setup: Setup | None = None) -> NotUnderstood:
    return refusal(SERVICES_PDF, printed(table, setup))


def row_of(table: Table, label: str) -> int:
    return next(
        cell.row for cell in table.cells if cell.first == 0 and cell.words == label.replace("\xa0", " ")
    )


@pytest.mark.parametrize("setup", SETUPS.values(), ids=SETUPS)
@pytest.mark.parametrize("month", ["2026-02", "2026-03"])
def test_a_table_says_what_its_workbook_says_however_it_is_printed(month: str, setup: Setup) -> None:
    edition = services(month)
    reading = read(services_table(edition), setup)

    assert figures(reading) == in_whole_thousands(edition)
    assert reading.unread == ()


@pytest.mark.parametrize("edition", [july_services(), june_services()], ids=["July", "June"])
def test_the_ends_of_a_fiscal_year_are_read_as_in_the_workbook(edition: ServicesEdition) -> None:
    reading = read(services_table(edition))

    assert figures(reading) == in_whole_thousands(edition)
    assert periods(reading) == periods(understood(SERVICES, services_file(edition)))


def test_a_date_cell_is_printed_as_a_month() -> None:
    reading = read(services_table(services("2026-02")))

    assert reading.observations[0].column_label == "Feb-25"
    assert periods(reading)[0].ends_on == date(2025, 2, 28)


def test_every_number_is_found_again_on_its_page() -> None:
    first = read(services_table(services()), CUT)
    figure = next(
        o for o in first.observations if o.row_key == "9.2 computer services" and o.sheet == "page 5"
    )

    assert (figure.column_label, figure.flow_label) == ("Feb-26 (R)", "Net")
    assert figure.cell == "line 20, number 1"
    assert (figure.value, figure.value_as_printed, figure.decimals) == (264022.0, "264,022", 0)
    assert (figure.unit_label, figure.status_mark) == ("(Amount in Thousand US$)", "R")


def test_prints_are_kept_as_they_are() -> None:
    reading = read(services_table(services()))
    prints = {o.value_as_printed: o.value for o in reading.observations}

    assert prints["(22,891)"] == -22891.0
    assert prints["-"] == 0.0
    assert prints["N/A"] is None
    assert at(reading, "line 7, number 7").value_as_printed == "902,913"


@pytest.mark.parametrize("numbers", ["top", "middle", "bottom"])
def test_a_label_may_take_two_lines(numbers: Literal["top", "middle", "bottom"]) -> None:
    table = wrapped(services_table(services()), LONGEST, numbers)
    reading = read(table, Setup(scale=0.2))

    assert figures(reading) == in_whole_thousands(services())


def test_a_digit_that_is_wrong_does_not_add_up() -> None:
    table = services_table(services())
    wrong = with_words(table, row_of(table, SOFTWARE), 7, "119,598")

    assert refused(wrong) == NotUnderstood(
        reason="the figures do not add up",
        where="page 1, line 63, number 9 ('9.2.2 Software consultancy services', 'Mar-26 (P)', Net)",
        expected="Net = Credit - Debit = 94,896, within 1.5 for rounding",
        found="94,887",
    )


def test_a_wrong_row_does_not_add_up_to_its_parent() -> None:
    table = services_table(services())
    row = row_of(table, SOFTWARE)
    wrong = with_words(with_words(table, row, 7, "119,689"), row, 9, "94,987")

    answer = refused(wrong)

    assert answer.reason == "the figures do not add up"
    assert answer.expected == "9.2 = the sum of the rows below 9.2 = 359,107, within 3.5 for rounding"
    assert answer.found == "359,007"


def test_a_row_that_is_missing_does_not_add_up() -> None:
    answer = refused(services_table(without_row(services(), SOFTWARE)))
    assert answer.reason == "the figures do not add up"
    assert "'9.2\xa0Computer services'".replace("\xa0", " ") in answer.where


def test_a_main_item_that_is_missing_is_missed() -> None:
    answer = refused(services_table(without_row(services(), ITEM_9)))
    assert answer.reason == "a row is missing"


def test_an_unknown_row_is_refused_with_its_line() -> None:
    answer = refused(services_table(relabelled(services(), SOFTWARE, "9.2.2 Software as a service")))
    assert (answer.reason, answer.where) == ("a row is not known", "page 1, line 63")
    assert answer.found == "'9.2.2 software as a service'"


def test_a_row_that_is_printed_twice_is_refused() -> None:
    answer = refused(services_table(with_row(services(), after=SOFTWARE, label=SOFTWARE)))
    assert (answer.reason, answer.where) == ("two rows are the same", "page 1, line 63 and page 1, line 64")


def test_a_column_that_is_cut_off_is_missed() -> None:
    answer = refused(without_column(services_table(services()), 15))
    assert (answer.reason, answer.found) == ("a group of columns is not as known", "Credit Debit (empty)")


def test_an_empty_cell_is_no_zero() -> None:
    table = services_table(services())
    answer = refused(with_words(table, row_of(table, SOFTWARE), 8, ""))
    assert (answer.reason, answer.where) == ("a row has not one number in each column", "page 1, line 63")


def test_an_empty_cell_in_the_last_row_is_no_zero_either() -> None:
    table = services_table(services())
    answer = refused(with_words(table, row_of(table, "12.3\xa0\xa0Other"), 8, ""))
    assert answer.reason == "a row has not one number in each column"


def test_two_numbers_that_nothing_tells_apart_are_refused() -> None:
    table = services_table(services())
    answer = refused(with_words(table, row_of(table, SOFTWARE), 7, "119 589"))
    assert answer.reason == "a row has not one number in each column"


def test_a_period_that_is_not_understood_is_refused_with_its_line() -> None:
    edition = headed(services(), "Mar-25", "Feb-26", "last month", "Jul-Mar, FY25", "Jul-Mar, FY26")
    answer = refused(services_table(edition))
    assert (answer.reason, answer.where) == ("a period header is not understood", "page 1, line 4")


def test_another_unit_is_refused() -> None:
    table = services_table(services())
    answer = refused(with_words(table, 2, 13, "(Amount in Million US$)"))
    assert (answer.reason, answer.where) == ("the unit is not the one known", "page 1, line 3")


def test_a_page_that_is_lost_is_missed() -> None:
    """The second one: the middle of the rows of the first columns."""
    pages = pages_of(services_table(services()), CUT)
    answer = refusal(SERVICES_PDF, drawn(*pages[:1], *pages[2:], size=CUT.size))
    assert answer.reason == "pages do not have the same rows"


def test_a_page_without_header_that_fits_no_other_is_refused() -> None:
    pages = pages_of(services_table(services()), Setup(rows=40))
    label = "9. Telecommunications, Computer and information services"
    alien = [Text(30, 500, label, 6), Text(400, 500, "1,234", 6)]
    answer = refusal(SERVICES_PDF, drawn(*pages, alien, size=Setup().size))
    assert (answer.reason, answer.where) == ("a row has not one number in each column", "page 4, line 1")


def test_a_pdf_without_the_table_is_refused_with_what_it_has() -> None:
    answer = refusal(SERVICES_PDF, drawn([Text(50, 700, "Press release")]))
    assert answer.reason == "the table is not there"
    assert answer.found == "none of these headers; the first line is 'Press release'"


def test_a_scan_is_refused() -> None:
    assert refusal(SERVICES_PDF, scanned()).reason == "a page has no words"


def test_numbers_without_any_label_are_refused() -> None:
    table = services_table(services())
    bare = Table(table.widths, table.header_rows, table.rows, tuple(c for c in table.cells if c.first > 0))
    assert refused(bare).reason == "a row has no label"


@pytest.mark.parametrize("seed", range(12))
def test_damaged_bytes_are_read_right_or_refused(seed: int) -> None:
    content = bytearray(printed(services_table(services())))
    chance = random.Random(seed)
    for _ in range(chance.randrange(1, 40)):
        content[chance.randrange(len(content))] = chance.randrange(256)

    result = read_release(bytes(content), layout(SERVICES_PDF), known_rows(SERVICES_PDF))

    assert isinstance(result, NotUnderstood) or figures(result) == in_whole_thousands(services())


# The headline table: two blocks with the same labels.


def test_rows_are_told_apart_by_their_block() -> None:
    reading = understood(HEADLINE, printed(headline_table(services()), Setup(scale=0.9)))
    march = {o.row_key: o.value for o in reading.observations if o.column_label == "Mar FY26P"}

    assert march["exports > 2. exports of services"] == 903.0
    assert march["exports > 9. telecommunications, computer, and information services"] == 414.0
    assert march["imports > 4. imports of services"] == 926.0
    assert march["imports > 9. telecommunications, computer, and information services"] == 53.0
    assert len(march) == 26
    assert reading.observations[0].unit_label == "(Million US $ )"


def test_in_july_the_fiscal_year_to_date_is_headed_like_the_month() -> None:
    reading = understood(HEADLINE, printed(headline_table(services(), JULY_HEADLINE), Setup(scale=0.9)))
    found = [(p.type, p.ends_on, p.status_mark) for p in periods(reading)]

    assert found == [
        ("fiscal_year", date(2025, 6, 30), None),
        ("month", date(2025, 7, 31), None),
        ("fiscal_year", date(2026, 6, 30), None),
        ("month", date(2026, 6, 30), "R"),
        ("month", date(2026, 7, 31), "P"),
        ("fiscal_year_to_date", date(2025, 7, 31), None),
        ("fiscal_year_to_date", date(2026, 7, 31), "P"),
    ]


def test_services_that_are_not_the_sum_of_the_twelve_are_refused() -> None:
    table = headline_table(services())
    row = row_of(table, "9. Telecommunications, Computer, and Information Services")
    answer = refusal(HEADLINE, printed(with_words(table, row, 4, "441"), Setup(scale=0.9)))
    assert answer == NotUnderstood(
        reason="the figures do not add up",
        where="page 1, line 5, number 4 ('2. Exports of Services', 'Mar FY26P')",
        expected="'2. Exports of Services' = the sum of the main items = 930, within 6 for rounding",
        found="903",
    )


def test_a_block_that_is_not_known_is_refused() -> None:
    table = headline_table(services())
    answer = refusal(
        HEADLINE,
        printed(
            with_words(table, row_of(table, "4. Imports of Services"), 0, "4. Payments"), Setup(scale=0.9)
        ),
    )
    assert answer.reason == "a row is missing"


def test_a_layout_without_a_table_that_adds_up_is_refused() -> None:
    """What no identity speaks of cannot be believed."""
    other = msgspec.structs.replace(layout(HEADLINE), total="of goods")
    content = printed(headline_table(services()), Setup(scale=0.9))
    result = read_release(content, other, known_rows(HEADLINE))
    assert isinstance(result, NotUnderstood)
    assert result.reason == "nothing can be checked"
