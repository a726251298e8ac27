"""Whole files, from their bytes to what they say. Figures: see tests/support/workbooks."""

import csv
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.readers.read import read_release
from etl.readers.values import NotUnderstood
from scripts.write_starter import FIGURES_FOLDER
from tests.support import cells, workbooks
from tests.support.readings import SERVICES, SUMMARY, at, figures, known_rows, layout, refusal, understood
from tests.support.workbooks import Grid, headed, services, services_file, services_grid, summary_grid

HEADER_ROWS = (6, 7)
"""Of Trade in Services, counted from 0."""
HEADER_ENDS = {SERVICES: 8, SUMMARY: 6}
EDITIONS = [(SERVICES, "2026-02"), (SERVICES, "2026-03"), (SUMMARY, "2026-03")]


def edition(release_id: str, month: str) -> Grid:
    return services_grid(services(month)) if release_id == SERVICES else summary_grid()


@pytest.mark.parametrize(("release_id", "month"), EDITIONS)
def test_every_number_of_the_sheet_is_landed(release_id: str, month: str) -> None:
    printed = edition(release_id, month)

    reading = understood(release_id, printed.xls())

    landed = {o.cell: o.value for o in reading.observations if o.value is not None}
    assert landed == printed.numbers(below=HEADER_ENDS[release_id])
    assert reading.unread == ()


@pytest.mark.parametrize(("release_id", "month"), EDITIONS)
def test_every_text_in_the_place_of_a_number_is_landed_too(release_id: str, month: str) -> None:
    printed = edition(release_id, month)

    reading = understood(release_id, printed.xls())

    absences = {o.cell: o.value_as_printed for o in reading.observations if o.value is None}
    assert absences == {
        cells.name(at): text
        for at, text in printed.cells.items()
        if at[0] >= HEADER_ENDS[release_id] and text in ("N/A", "-")
    }


@pytest.mark.parametrize(("release_id", "month"), EDITIONS)
def test_the_figures_that_a_file_was_written_from_are_read_back(release_id: str, month: str) -> None:
    with (FIGURES_FOLDER / f"{release_id}.csv").open(encoding="utf-8", newline="") as file:
        lines = [x for x in csv.DictReader(file) if x["edition"] == month and x["value"]]

    reading = understood(release_id, edition(release_id, month).xls())

    assert [(o.row_number, o.row_label, o.value_as_printed) for o in reading.observations] == [
        (int(line["sheet_row"]), line["label"], line["value"].removesuffix(".0")) for line in lines
    ]


def test_an_observation_carries_all_that_is_printed_about_it() -> None:
    reading = understood(SERVICES, services_grid().xls())

    assert at(reading, "I59")._asdict() == {
        "sheet": "EBOPS ",
        "cell": "I59",
        "row_number": 59,
        "row_label": "9.\xa0Telecommunications, Computer and information services",
        "row_key": "9. telecommunications, computer and information services",
        "indent": None,
        "column_label": "Mar-26 (P)",
        "flow_label": "Credit",
        "unit_label": "(Amount in Thousand US$)",
        "period_type": "month",
        "period_starts_on": date(2026, 3, 1),
        "period_ends_on": date(2026, 3, 31),
        "status_mark": "P",
        "value": 413622.89200000005,
        "value_as_printed": "413622.89200000005",
        "decimals": 11,
    }


@pytest.mark.parametrize(("release_id", "month"), EDITIONS)
@pytest.mark.parametrize(("down", "right"), [(1, 0), (0, 1), (13, 7), (0, 30)])
def test_a_table_that_was_moved_says_the_same(release_id: str, month: str, down: int, right: int) -> None:
    printed = edition(release_id, month)

    moved = understood(release_id, printed.moved(down, right).xls())

    as_printed = understood(release_id, printed.xls())
    assert figures(moved) == figures(as_printed)
    assert [o.cell for o in moved.observations] == [
        cells.name((row + down, column + right))
        for row, column in (cells.place(o.cell) for o in as_printed.observations)
    ]
    assert moved.unread == ()


def test_a_table_without_its_empty_first_row_and_column_says_the_same() -> None:
    assert figures(understood(SERVICES, services_grid().moved(-1, -1).xls())) == figures(
        understood(SERVICES, services_grid().xls())
    )


@pytest.mark.parametrize("month", ["2026-02", "2026-03"])
def test_both_ages_of_a_workbook_say_the_same(month: str) -> None:
    printed = services_grid(services(month))

    assert (
        understood(SERVICES, printed.xls()).observations == understood(SERVICES, printed.xlsx()).observations
    )


def test_a_sheet_by_another_name_is_read_all_the_same() -> None:
    renamed = Grid("Sheet1", services_grid().cells, merged=services_grid().merged)

    reading = understood(SERVICES, renamed.xls())

    assert {o.sheet for o in reading.observations} == {"Sheet1"}


def test_sheets_without_the_table_are_passed_over() -> None:
    notes = Grid("Notes", {(0, 0): "Trade in Services", (1, 0): "see next sheet", (2, 0): 1.0})

    reading = understood(SERVICES, workbooks.xls(notes, services_grid()))

    assert len(reading.observations) == 1320


def test_a_hidden_copy_of_the_table_is_passed_over() -> None:
    draft = Grid("draft", services_grid().put("I59", 1.0).cells)

    reading = understood(SERVICES, workbooks.xls(draft, services_grid(), hidden=["draft"]))

    assert at(reading, "I59").value == 413622.89200000005


def test_the_table_on_two_sheets_is_refused() -> None:
    copy = Grid("Copy", services_grid().cells)

    answer = refusal(SERVICES, workbooks.xls(services_grid(), copy))

    assert answer == NotUnderstood(
        "the table is there more than once",
        "sheets 'EBOPS ', 'Copy'",
        "one sheet with the headers 'Trade in Services' Credit Debit Net and numbers below",
        "it on 2",
    )


def test_a_workbook_of_another_release_is_refused() -> None:
    as_services = refusal(SERVICES, summary_grid().xls())
    as_summary = refusal(SUMMARY, services_grid().xls())

    assert as_services.reason == as_summary.reason == "the table is not there"
    assert as_services.where == "sheets 'BPM6_Summary'"
    assert as_summary.expected == "one sheet with the headers 'Items' and numbers below"


def test_an_empty_workbook_is_refused() -> None:
    answer = refusal(SERVICES, workbooks.xls(Grid("Sheet1", {})))

    found = (answer.reason, answer.where, answer.found)
    assert found == ("the table is not there", "sheets 'Sheet1'", "no words at all")


def test_where_a_header_changed_the_row_that_comes_nearest_is_shown() -> None:
    grid = services_grid()
    for cell, words in list(grid.cells.items()):
        if words == "Credit":
            grid = grid.put(cells.name(cell), "Crudit")

    answer = refusal(SERVICES, grid.xls())

    assert "'Crudit' 'Debit' 'Net'" in answer.found
    assert answer.found.endswith("in row 8 of sheet 'EBOPS '")


def test_the_latest_period_is_that_of_the_figures_and_not_of_the_place_of_a_column() -> None:
    backwards = headed(services(), "Mar-26", "Feb-26", "Mar-25", "Jul-Mar, FY26", "Jul-Mar, FY25")

    assert understood(SERVICES, services_file(backwards)).latest_period_ends_on == date(2026, 3, 31)


def test_a_reading_knows_when_its_workbook_was_last_saved() -> None:
    saved = understood(SERVICES, services_grid().xlsx(saved_at="2026-04-17T07:40:00Z"))

    assert saved.last_saved_on == date(2026, 4, 17)
    assert understood(SERVICES, services_grid().xls()).last_saved_on is None


@example({"D6": 1.0})  # within a merged area
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 110), st.integers(0, 19)).map(cells.name),
        st.one_of(
            st.floats(-1e9, 1e9),
            st.sampled_from(["N/A", "-", "1,234", "Credit", "Mar-26 (P)", "Services", "  "]),
        ),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=25)
def test_whatever_is_typed_into_the_sheet_every_number_is_landed_or_reported_or_the_file_is_refused(
    typed: dict[str, float | str],
) -> None:
    printed = services_grid()
    for cell, value in typed.items():
        printed = printed.put(cell, value)

    result = read_release(printed.xls(), layout(SERVICES), known_rows(SERVICES))

    if isinstance(result, NotUnderstood):
        assert all((result.reason, result.where, result.expected, result.found))
    else:
        landed = {o.cell for o in result.observations if o.value is not None}
        left_out = printed.numbers().keys() - landed - {cell.cell for cell in result.unread}
        assert all(cells.place(cell)[0] in HEADER_ROWS for cell in left_out)
