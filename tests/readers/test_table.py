"""What all tables have in common: unit, end, unread numbers, printed forms, the hash of what is said."""

from datetime import date

import pytest

from etl.readers import table
from etl.readers.table import PeriodColumn, distinct_periods, figures_sha256, header_text, is_text, printed
from etl.readers.values import CellValue, LayoutChangedError, NotUnderstood, Period, Sheet
from tests.support.readings import SERVICES, SUMMARY, at, layout, refusal, understood
from tests.support.workbooks import services_grid, summary_grid

MARCH = Period("month", date(2026, 3, 1), date(2026, 3, 31), "P")


def sheet(*rows: tuple[CellValue, ...]) -> Sheet:
    return Sheet("x", rows, merged=(), indents={})


# Printed forms


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (777.0, "777"),
        (0.0, "0"),
        (-2072.0, "-2072"),
        (363809.9711, "363809.9711"),
        (897.3303064213328, "897.3303064213328"),
        (1e-7, "0.0000001"),
        (1.5e22, "15000000000000000000000"),
        (True, "True"),
        (None, "None"),
        (" N/A ", "N/A"),
        (date(2025, 2, 28), "2025-02-28"),
    ],
)
def test_a_cell_is_printed_in_its_shortest_form(cell: CellValue, text: str) -> None:
    assert printed(cell) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [(None, ""), ("  Mar-26 (P) ", "Mar-26 (P)"), (date(2026, 3, 31), "2026-03-31"), (2026.0, "2026")],
)
def test_a_header_is_landed_as_its_words(cell: CellValue, text: str) -> None:
    assert header_text(cell) == text


def test_words_are_recognised_whatever_their_case_and_spacing() -> None:
    assert is_text(" TRADE  in\xa0Services*", "Trade in Services")
    assert not is_text("Trade in Goods", "Trade in Services")
    assert not is_text(None, "Trade in Services")
    assert not is_text(1.0, "1")


# The unit


@pytest.mark.parametrize(
    ("release_id", "cell", "other_unit"),
    [
        (SERVICES, "L6", "(Amount in Million US$)"),
        (SERVICES, "L6", "(Amount in US$)"),
        (SUMMARY, "L4", "(Thousand US$)"),
        (SUMMARY, "L4", "(Billion US Dollar)"),
    ],
)
def test_another_unit_is_a_changed_layout(release_id: str, cell: str, other_unit: str) -> None:
    printed_sheet = services_grid() if release_id == SERVICES else summary_grid()

    answer = refusal(release_id, printed_sheet.put(cell, other_unit).xls())

    assert answer == NotUnderstood(
        "the unit is not the one known",
        f"{printed_sheet.sheet!r} {cell}",
        f"words with {layout(release_id).unit!r}",
        other_unit,
    )


def test_a_missing_unit_is_a_changed_layout() -> None:
    answer = refusal(SERVICES, services_grid().put("L6", None).xls())

    assert (answer.where, answer.found) == ("'EBOPS ', above row 9", "none")


def test_the_unit_is_found_wherever_it_stands_above_the_table() -> None:
    elsewhere = services_grid().put("L6", None).put("B4", "(amount in  THOUSAND US$)")

    reading = understood(SERVICES, elsewhere.xls())

    assert {o.unit_label for o in reading.observations} == {"(amount in  THOUSAND US$)"}


def test_a_unit_below_the_table_does_not_count() -> None:
    below = services_grid().put("L6", None).put("B104", "(Amount in Thousand US$)")

    assert refusal(SERVICES, below.xls()).reason == "the unit is not the one known"


# What the cells of a table may hold


@pytest.mark.parametrize("text", ["1,234", "12.5 ", "(95)", "nil", "*"])
def test_text_in_the_place_of_a_number_is_quoted_with_its_cell(text: str) -> None:
    answer = refusal(SERVICES, services_grid().put("I63", text).xls())

    assert answer == NotUnderstood(
        "a cell of the table holds no number",
        "'EBOPS ' I63 ('9.2\\xa0Computer services', 'Mar-26 (P)')",
        "a number, N/A or -",
        repr(text.strip()),
    )


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A"])
def test_an_error_value_is_named_as_that(error: str) -> None:
    answer = refusal(SERVICES, services_grid().put("I63", error).xls())

    assert (answer.reason, answer.found) == ("a cell holds an error value", repr(error))
    assert answer.where == "'EBOPS ' I63 ('9.2\\xa0Computer services', 'Mar-26 (P)')"


@pytest.mark.parametrize("value", [True, date(2026, 3, 31)])
def test_neither_truth_values_nor_dates_are_numbers(value: bool | date) -> None:
    answer = refusal(SERVICES, services_grid().put("I63", value).xlsx())

    assert answer.reason == "a cell of the table holds no number"


@pytest.mark.parametrize("absence", ["N/A", "-", "...", "n.a.", " N/A "])
def test_a_printed_absence_is_landed_as_printed_and_without_a_value(absence: str) -> None:
    reading = understood(SUMMARY, summary_grid().put("I91", absence).xls())

    observation = at(reading, "I91")
    assert (observation.value, observation.decimals) == (None, None)
    assert observation.value_as_printed == absence.strip()


def test_an_empty_cell_is_nothing_to_land() -> None:
    reading = understood(SUMMARY, summary_grid().put("I89", None).xls())

    assert "I89" not in {o.cell for o in reading.observations}
    assert len(reading.observations) == 829


def test_an_empty_cell_that_belongs_to_a_sum_refuses_the_file() -> None:
    answer = refusal(SUMMARY, summary_grid().put("I13", None).xls())

    assert answer.reason == "the figures do not add up"
    assert "'Balance on Trade in Services'" in answer.where


def test_decimals_are_those_of_the_shortest_form() -> None:
    reading = understood(SUMMARY, summary_grid().put("C91", 12.25).put("D91", 12.0).xls())

    assert (at(reading, "C91").decimals, at(reading, "D91").decimals) == (2, 0)


# What is not landed is reported


@pytest.mark.parametrize(
    ("cell", "where"),
    [
        ("C104", "below the table, in one of its columns"),
        ("B105", "below the table, under the labels"),
        ("T20", "beside the table"),
        ("A59", "before the labels"),
        ("D2", "above the headers"),
    ],
)
def test_a_number_outside_the_table_is_reported_as_unread(cell: str, where: str) -> None:
    reading = understood(SERVICES, services_grid().put(cell, 3.09).xls())

    assert [(u.sheet, u.cell, u.value_as_printed) for u in reading.unread] == [("EBOPS ", cell, "3.09")], (
        where
    )
    assert len(reading.observations) == 1320


def test_a_row_without_a_label_is_reported_number_by_number() -> None:
    reading = understood(SUMMARY, summary_grid().put("B86", None).xls())

    assert [u.cell for u in reading.unread] == [f"{column}86" for column in "CDEFGHIJKL"]


def test_the_table_ends_at_its_first_footnote() -> None:
    reading = understood(SUMMARY, summary_grid().put("B93", "CRR/SCRR").put("C93", 1.0).xls())

    assert [u.cell for u in reading.unread] == ["C93"]


def test_without_the_footnote_it_is_known_by_the_table_ends_below_its_last_number() -> None:
    reading = understood(SUMMARY, summary_grid().put("B92", None).xls())

    assert len(reading.observations) == 830
    assert reading.unread == ()


# Columns of one period


def column(number: int, mark: str | None = "P") -> PeriodColumn:
    return PeriodColumn(
        number, Period("month", date(2026, 3, 1), date(2026, 3, 31), mark), f"c{number}", None
    )


def test_columns_of_one_period_and_the_same_cells_are_one_column() -> None:
    cells = sheet((1.0, 1.0), ("N/A", "N/A"), (None, None))

    assert distinct_periods(cells, [column(0, "P"), column(1, "R")], range(3)) == [column(0, "P")]


def test_columns_of_one_period_that_differ_below_the_table_are_one_column() -> None:
    cells = sheet((1.0, 1.0), (2.0, 3.0))

    assert distinct_periods(cells, [column(0), column(1)], range(1)) == [column(0)]


@pytest.mark.parametrize("other", [2.0, None, "N/A"])
def test_columns_of_one_period_that_differ_in_a_cell_are_refused(other: CellValue) -> None:
    with pytest.raises(LayoutChangedError):
        distinct_periods(sheet((1.0, other)), [column(0), column(1)], range(1))


def test_the_flows_of_one_period_are_columns_of_their_own() -> None:
    credit, debit = PeriodColumn(0, MARCH, "Mar-26", "Credit"), PeriodColumn(1, MARCH, "Mar-26", "Debit")

    assert distinct_periods(sheet((1.0, 2.0)), [credit, debit], range(1)) == [credit, debit]


# The hash of what a file says


def test_two_files_that_say_the_same_have_the_same_hash_whatever_their_bytes() -> None:
    old, new = services_grid().xls(), services_grid().xlsx()
    assert old != new

    assert understood(SERVICES, old).figures_sha256 == understood(SERVICES, new).figures_sha256


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param("I63", 359006.6808005, id="a number, within what its sum allows"),
        pytest.param("I7", "Mar-26 (R)", id="a mark"),
    ],
)
def test_whatever_a_file_says_otherwise_gives_another_hash(cell: str, value: CellValue) -> None:
    as_printed = understood(SERVICES, services_grid().xls())
    changed = understood(SERVICES, services_grid().put(cell, value).xls())

    assert changed.figures_sha256 != as_printed.figures_sha256


def test_the_hash_depends_on_where_a_number_stands() -> None:
    as_printed = understood(SERVICES, services_grid().xls())
    moved = understood(SERVICES, services_grid().moved(1, 0).xls())

    assert moved.figures_sha256 != as_printed.figures_sha256
    assert figures_sha256(list(as_printed.observations)) == as_printed.figures_sha256


def test_the_end_of_a_table_is_not_looked_for_above_it() -> None:
    cells = sheet(("R: Revised", None), ("Items", None), ("a", 1.0), ("b", 2.0), ("notes", None))

    assert table.find_end(cells, layout(SUMMARY), 0, 2, [column(1)]) == 4
