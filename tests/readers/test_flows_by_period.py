"""Trade in Services: groups of Credit, Debit and Net under a period. Figures: see tests/support/workbooks."""

from datetime import date

import pytest

from etl.readers.read import read_release
from etl.readers.values import NotUnderstood, Period, Reading
from scripts.write_starter import ServicesEdition
from tests.support.readings import (
    SERVICES,
    at,
    figures,
    known_rows,
    layout,
    periods,
    refusal,
    understood,
    understood_as_shape,
)
from tests.support.workbooks import (
    headed,
    july_services,
    june_services,
    relabelled,
    services,
    services_file,
    services_grid,
    swapped,
    with_groups,
    with_row,
    without_row,
)

SOFTWARE = "9.2.2 Software consultancy services  "
HARDWARE = "9.2.1 Hardware consultancy services  "


def month(starts_on: date, ends_on: date, mark: str | None = None) -> Period:
    return Period("month", starts_on, ends_on, mark)


def to_date(starts_on: date, ends_on: date, mark: str | None = None) -> Period:
    return Period("fiscal_year_to_date", starts_on, ends_on, mark)


def refused(edition: ServicesEdition) -> NotUnderstood:
    return refusal(SERVICES, services_file(edition))


# What columns are about


def test_months_and_fiscal_years_to_date_are_told_by_their_headers() -> None:
    reading = understood(SERVICES, services_file(services("2026-03")))

    assert periods(reading) == [
        month(date(2025, 3, 1), date(2025, 3, 31), "R"),
        month(date(2026, 2, 1), date(2026, 2, 28), "R"),
        month(date(2026, 3, 1), date(2026, 3, 31), "P"),
        to_date(date(2024, 7, 1), date(2025, 3, 31), "R"),
        to_date(date(2025, 7, 1), date(2026, 3, 31), "P"),
    ]
    assert reading.latest_period_ends_on == date(2026, 3, 31)


def test_a_date_cell_and_words_may_stand_side_by_side_and_a_missing_mark_stays_missing() -> None:
    reading = understood(SERVICES, services_file(services("2026-02")))

    assert periods(reading) == [
        month(date(2025, 2, 1), date(2025, 2, 28)),
        month(date(2026, 1, 1), date(2026, 1, 31), "R"),
        month(date(2026, 2, 1), date(2026, 2, 28), "P"),
        to_date(date(2024, 7, 1), date(2025, 2, 28)),
        to_date(date(2025, 7, 1), date(2026, 2, 28), "P"),
    ]
    assert at(reading, "C9").column_label == "2025-02-28"


def test_headers_may_all_be_dates_or_all_be_words() -> None:
    words = headed(with_groups(services(), 0, 1, 2), "Mar-25", "Feb-26", "Mar-26")
    dates = headed(words, date(2025, 3, 31), date(2026, 2, 1), date(2026, 3, 17))

    from_words = understood_as_shape(SERVICES, services_file(words))
    from_dates = understood_as_shape(SERVICES, services_file(dates))

    assert figures(from_dates) == figures(from_words)


def test_in_july_the_month_and_the_fiscal_year_to_date_are_told_apart_by_the_fiscal_year() -> None:
    reading = understood(SERVICES, services_file(july_services()))

    july = (date(2026, 7, 1), date(2026, 7, 31))
    assert periods(reading) == [
        month(date(2025, 7, 1), date(2025, 7, 31), "R"),
        month(date(2026, 6, 1), date(2026, 6, 30), "R"),
        month(*july, "P"),
        to_date(date(2025, 7, 1), date(2025, 7, 31), "R"),
        to_date(*july, "P"),
    ]
    assert at(reading, "I59").value == at(reading, "O59").value == 413622.89200000005
    assert reading.unread == ()


def test_in_june_the_fiscal_year_to_date_is_the_fiscal_year() -> None:
    reading = understood(SERVICES, services_file(june_services()))

    assert periods(reading)[3:] == [
        Period("fiscal_year", date(2024, 7, 1), date(2025, 6, 30), "R"),
        Period("fiscal_year", date(2025, 7, 1), date(2026, 6, 30), "P"),
    ]


def test_a_quarter_from_july_on_is_cumulative_here() -> None:
    september = headed(with_groups(services(), 2, 4), "Sep-26 (P)", "Jul-Sep, FY27 (P)")

    reading = understood_as_shape(SERVICES, services_file(september))

    assert periods(reading)[1] == to_date(date(2026, 7, 1), date(2026, 9, 30), "P")


@pytest.mark.parametrize("order", [(4, 3, 2, 1, 0), (2, 0, 4, 1, 3)])
def test_the_order_of_the_columns_does_not_matter(order: tuple[int, ...]) -> None:
    as_printed = understood(SERVICES, services_file(services()))

    reordered = understood(SERVICES, services_file(with_groups(services(), *order)))

    assert figures(reordered) == figures(as_printed)


@pytest.mark.parametrize("header", ["Latest", "Q3 FY26", "Jul-Mar", "Growth (%)"])
def test_a_header_that_names_no_period_is_quoted_with_its_cell(header: str) -> None:
    changed = headed(services(), "Mar-25 (R)", "Feb-26 (R)", header, "Jul-Mar, FY25 (R)", "Jul-Mar, FY26 (P)")

    answer = refused(changed)

    assert answer == NotUnderstood(
        "a period header is not understood",
        "'EBOPS ' I7",
        "a period like 'Mar-26 (P)', 'Jul-Mar, FY26 (P)' or a date",
        repr(header),
    )


def test_a_missing_header_is_a_changed_layout() -> None:
    answer = refusal(SERVICES, services_grid().put("I7", None).xls())

    assert (answer.where, answer.found) == ("'EBOPS ' I7", "None")


def test_two_columns_of_one_period_with_different_numbers_are_refused() -> None:
    # February's figures under March's header: one of the two columns would be misread.
    doubled = headed(
        services(), "Mar-25 (R)", "Mar-26 (R)", "Mar-26 (P)", "Jul-Mar, FY25 (R)", "Jul-Mar, FY26 (P)"
    )

    answer = refused(doubled)

    assert answer == NotUnderstood(
        "two columns are about the same period",
        "sheet 'EBOPS ', columns F and I",
        "a period of its own for each",
        "'Mar-26 (R)' and 'Mar-26 (P)' with different numbers",
    )


def test_of_two_columns_with_the_same_period_and_numbers_one_is_landed_and_one_reported() -> None:
    doubled = with_groups(services(), 0, 1, 2, 3, 4, 2)

    reading = understood(SERVICES, services_file(doubled))

    assert figures(reading) == figures(understood(SERVICES, services_file(services())))
    assert {cell.cell.rstrip("0123456789") for cell in reading.unread} == {"R", "S", "T"}
    assert len(reading.unread) == 88 * 3 - 2  # two N/A, which are no numbers


def test_a_group_that_is_not_credit_debit_net_is_quoted() -> None:
    answer = refusal(SERVICES, services_grid().put("J8", "Net").put("K8", None).xls())

    assert answer == NotUnderstood(
        "a group of columns is not as known", "'EBOPS ' I8", "Credit Debit Net", "Credit Net (empty)"
    )


def test_without_the_header_of_the_labels_the_table_is_not_believed() -> None:
    answer = refusal(SERVICES, services_grid().put("B7", "Services by kind").xls())

    assert answer.reason == "the header of the labels is missing"
    assert answer.expected == "'Trade in Services'"
    assert "'Services by kind'" in answer.found


# Which row is which


def test_rows_are_told_by_their_labels_and_not_by_their_places() -> None:
    as_printed = understood(SERVICES, services_file(services()))
    exchanged = understood_as_shape(SERVICES, services_file(swapped(services(), HARDWARE, SOFTWARE)))

    assert figures(exchanged) == figures(as_printed)
    assert at(exchanged, "I64").row_label == SOFTWARE
    assert at(exchanged, "I64").value == at(as_printed, "I65").value


def test_rows_whose_codes_are_out_of_order_are_refused() -> None:
    answer = refused(swapped(services(), HARDWARE, SOFTWARE))

    assert answer.reason == "the codes of the rows are out of order"
    assert (answer.where, answer.found) == ("EBOPS , row 65", repr(HARDWARE.strip()))


def test_an_inserted_row_that_is_not_known_is_named_with_the_nearest_known_one() -> None:
    inserted = with_row(services(), after=SOFTWARE, label="9.2.3 Cloud consultancy services")

    answer = refused(inserted)

    assert answer == NotUnderstood(
        "a row is not known",
        "sheet 'EBOPS ', row 66",
        "a known row, such as '9.2.2 software consultancy services'",
        "'9.2.3 cloud consultancy services'",
    )


def test_an_inserted_row_unlike_any_known_one_is_named_too() -> None:
    answer = refused(with_row(services(), after=SOFTWARE, label="xyz"))

    assert answer.where == "sheet 'EBOPS ', row 66"
    assert answer.expected == "a row that the labels seed lists"
    assert answer.found == "'xyz'"


def test_a_row_that_is_printed_twice_is_refused() -> None:
    answer = refused(with_row(services(), after=SOFTWARE, label=SOFTWARE))

    assert answer.reason == "two rows are the same"
    assert answer.where == "sheet 'EBOPS ', row 65 and sheet 'EBOPS ', row 66"
    assert answer.found == "'9.2.2 software consultancy services' twice"


def test_a_row_may_be_missing_unless_the_table_is_incomplete_without_it() -> None:
    reading = understood(SERVICES, services_file(without_row(services(), "3.6 Electricity transmission")))
    assert len(reading.observations) == 87 * 15

    answer = refused(without_row(services(), "4. Travel"))
    assert answer.reason == "a row is missing"
    assert answer.expected == "'4. travel'"


def test_the_labels_of_older_editions_are_known() -> None:
    # Before the freelance rows were inserted, 9.2.5 was `Other Computer services`.
    older = without_row(services(), "9.2.6 Other Computer services")
    older = relabelled(
        older, "9.2.5 Freelance of Computer and Information Services", "9.2.5 Other Computer services"
    )

    # The row that is left out takes its figures along, so that the sum of its parent is another.
    refused_for_its_sum = refused(older)

    assert refused_for_its_sum.reason == "the figures do not add up"
    read = read_release(services_file(older), layout(SERVICES), known_rows(SERVICES), must_add_up=False)
    assert isinstance(read, Reading)
    assert at(read, "I68").row_key == "9.2.5 other computer services"


def test_a_heading_without_numbers_needs_not_be_known() -> None:
    headings = services_grid().put("B97", "Memorandum items")

    reading = understood(SERVICES, headings.xls())

    assert len(reading.observations) == 88 * 15
