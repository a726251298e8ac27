"""Archives in which something cannot be told for certain: refused with the cell, and never guessed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from etl.readers.read import read_release
from etl.readers.values import NotUnderstood
from tests.support import workbooks
from tests.support.archives import (
    ARCHIVE,
    HEADLINE,
    MONTHS,
    QUARTERS,
    Head,
    LayOut,
    Written,
    across,
    crossed,
    down,
    fiscal_year,
    quarter,
    quarters_cube,
    services_cube,
    summary_cube,
    without,
    years,
)
from tests.support.cells import Value, name, place
from tests.support.readings import known_rows, layout
from tests.support.readings import refusal_as_shape as refusal
from tests.support.workbooks import Grid, services, services_file, summary_grid


@pytest.mark.parametrize(
    ("lay_out", "cell", "where"),
    [(across, "E5", "'Archive' E5 (column E)"), (down, "B8", "'Archive' B8 (row 8)")],
)
@pytest.mark.parametrize("word", ["Sepp-13", "2013", "Q1", "Sep", "Q1 2013", "2013-15", "Jul-Mar 2013"])
def test_a_header_that_names_no_period_for_certain_is_quoted_with_its_cell(
    lay_out: LayOut, cell: str, where: str, word: str
) -> None:
    answer = refusal(MONTHS, lay_out(summary_cube()).put(cell, word).xlsx())

    assert (answer.reason, answer.where) == ("a period header is not understood", where)
    assert answer.found == repr(word)


def test_a_header_with_a_misspelt_flow_is_refused() -> None:
    answer = refusal(ARCHIVE, across(services_cube()).put("D6", "Debits").xls())

    assert answer.where == "'Archive' D6 (column D)"
    assert answer.found == "'Jul-04 Debits'"


def test_a_number_written_as_text_is_refused() -> None:
    printed = down(summary_cube())
    answer = refusal(MONTHS, printed.put("D8", "1,275").xlsx())

    assert answer == NotUnderstood(
        "a cell of the table holds no number",
        "'Archive' D8 ('Current Account Balance without Official Transfers', 'Sep-13')",
        "a number, N/A or -",
        "'1,275'",
    )


@pytest.mark.parametrize("is_row", [True, False])
@pytest.mark.parametrize("lay_out", [across, down])
def test_a_line_in_which_every_number_is_text_is_refused(lay_out: LayOut, is_row: bool) -> None:
    # the last one, below or right of which there is no number that would make it part of the table
    printed = lay_out(summary_cube())
    last = max(place(cell)[not is_row] for cell in printed.numbers(below=5))
    for cell, number in printed.numbers(below=5).items():
        if place(cell)[not is_row] == last:
            printed = printed.put(cell, f"{number:,.0f} ")

    answer = refusal(MONTHS, printed.xlsx())

    assert answer.reason == "a cell of the table holds no number"


@pytest.mark.parametrize("lay_out", [across, down])
@pytest.mark.parametrize("unit", ["(Thousand US$)", "(Million Rupees)", None])
def test_another_unit_or_none_is_refused(lay_out: LayOut, unit: str | None) -> None:
    answer = refusal(MONTHS, lay_out(summary_cube()).put("C3", unit).xlsx())

    assert answer.reason == "the unit is not the one known"


@pytest.mark.parametrize(("lay_out", "cell", "where"), [(across, "B10", "row 10"), (down, "G5", "column G")])
def test_an_item_that_is_not_known_is_named(lay_out: LayOut, cell: str, where: str) -> None:
    answer = refusal(MONTHS, lay_out(summary_cube()).put(cell, "Exports of Digital Services").xlsx())

    assert answer.reason == f"a {where.split()[0]} is not known"
    assert answer.where == f"sheet 'Archive', {where}"
    assert answer.found == "'exports of digital services'"


def test_a_repeated_label_under_an_unknown_heading_is_not_guessed() -> None:
    cube = summary_cube()
    heading = next(n for n, label in enumerate(cube.labels) if label == "Net Incurrence of Liabilities")
    printed = across(cube).put(f"B{heading + 6}", "Liabilities")
    for column in range(24):
        printed = printed.put(name((heading + 5, 2 + column)), None)

    answer = refusal(MONTHS, printed.xlsx())

    assert answer.found == "'central bank'"


def test_an_item_that_makes_the_table_complete_must_be_there() -> None:
    cube = summary_cube()
    kept = tuple(row for row in cube.rows if row.label != "Overall Balance")

    answer = refusal(MONTHS, down(replace(cube, rows=kept)).xlsx())

    assert (answer.reason, answer.expected) == ("a row is missing", "'overall balance'")


@pytest.mark.parametrize(("lay_out", "cell", "what"), [(across, "E5", "columns"), (down, "B8", "rows")])
def test_a_month_twice_with_different_numbers_is_refused(lay_out: LayOut, cell: str, what: str) -> None:
    answer = refusal(MONTHS, lay_out(summary_cube()).put(cell, "Aug-13").xlsx())

    assert answer.reason == f"two {what} are about the same period"
    assert ("columns D and E" if lay_out is across else "rows 7 and 8") in answer.where


@pytest.mark.parametrize(
    ("head", "missing", "found"),
    [
        (lambda day: float(day.year), "O5", "Jan-14 Feb-14 Mar-14 Apr-14 May-14 Jun-14 Jul-14 Aug-14 Sep-14"),
        (fiscal_year, "I5", "Jan-14 Feb-14 Mar-14 Apr-14 May-14 Jun-14 Jul-13 Aug-13 Sep-13"),
    ],
)
def test_a_year_after_which_the_next_ones_header_is_missing_is_refused(
    head: Callable[[date], Value], missing: str, found: str
) -> None:
    cube = summary_cube(date(2014, 1, 1), 18)
    printed = across(cube, lambda day: (head(day), f"{day:%b}"), "first")

    answer = refusal(MONTHS, without(printed, missing).xlsx())

    assert (answer.reason, answer.where) == ("the periods under one year are not in order", "'Archive' C5")
    assert answer.found.startswith(found)


def test_a_year_with_numbers_heads_nothing() -> None:
    cube = quarters_cube()
    words = ["FY14", *(quarter(day) for day in cube.periods[:4]), "FY15", *map(quarter, cube.periods[4:])]
    stub: list[Head] = [(label,) for label in cube.labels]

    printed = crossed([(w,) for w in words], stub, lambda k, row: cube.value(row, k % 8), cube.unit)

    answer = refusal(QUARTERS, printed.xlsx())
    assert answer == NotUnderstood(
        "it cannot be told whether a year heads what follows or sums what came before",
        "'Archive' B6",
        "a year without numbers of its own, or the year beside each of its months",
        "'FY14'",
    )


@pytest.mark.parametrize("written", ["merged", "first"])
def test_a_quarter_whose_header_is_empty_is_not_taken_for_its_year(written: Written) -> None:
    cube = quarters_cube()
    printed = across(cube, lambda day: (fiscal_year(day), quarter(day)), written)

    answer = refusal(QUARTERS, without(printed, "C6").xlsx())

    assert answer.reason == "a period header is not understood"
    assert answer.where == {"merged": "'Archive' C5 (column C)", "first": "'Archive' D6 (column D)"}[written]


def test_months_written_once_over_two_years_are_refused() -> None:
    cube = summary_cube()
    printed = across(cube, lambda day: (f"{day:%b}", fiscal_year(day)), "each")

    answer = refusal(MONTHS, printed.put("D5", None).xlsx())

    assert answer.where == "'Archive' D6 (column D)"
    assert answer.found == "'Jul FY14'"


def test_a_table_whose_header_is_not_understood_at_all_is_refused() -> None:
    printed = across(summary_cube())
    for column in range(24):
        printed = printed.put(name((4, 2 + column)), f"Column {column}")

    answer = refusal(MONTHS, printed.xlsx())

    assert answer.reason == "no header of periods is understood"
    assert answer.where == "sheet 'Archive', before row 6"
    assert answer.found.startswith("'Column 0' 'Column 1'")


def test_labels_in_two_places_are_refused() -> None:
    cube = summary_cube()
    first, second = across(years(cube, 0, 12)), across(years(cube, 12, 24))
    beside = Grid("Archive", first.cells | second.moved(0, 14).cells)

    answer = refusal(MONTHS, beside.xlsx())

    assert answer.reason == "labels stand in two places"
    assert answer.where == "'Archive' P6"


@pytest.mark.parametrize(
    ("sheet", "found"), [("Trade in Services", "none of them"), ("Credit and Debit", "Credit, Debit")]
)
def test_a_sheet_with_one_flow_must_say_which(sheet: str, found: str) -> None:
    cube = services_cube()
    rows = tuple(replace(row, values=row.values[::3]) for row in cube.rows)

    answer = refusal(ARCHIVE, across(replace(cube, rows=rows, flows=()), sheet=sheet).xls())

    assert answer.reason == "it is not said which flow the numbers are"
    assert answer.found == found


def test_two_sheets_that_disagree_about_a_month_are_refused() -> None:
    cube = summary_cube()
    first, second = (across(years(cube, n, n + 12), sheet=str(n)) for n in (0, 11))

    answer = refusal(MONTHS, workbooks.xlsx(first, second.put("C6", 4711.0)))

    assert answer == NotUnderstood(
        "two tables disagree about one figure",
        "'0' N6 and '11' C6",
        "one number for 'Current Account Balance', 'Jun-14'",
        "12840 and 4711",
    )


def test_the_edition_of_one_month_is_no_archive() -> None:
    for release_id, content in (
        (ARCHIVE, services_file(services())),
        (MONTHS, summary_grid().xlsx()),
        (QUARTERS, summary_grid().xls()),
    ):
        assert refusal(release_id, content).reason == "too few periods for an archive"


def test_a_workbook_about_something_else_is_no_archive() -> None:
    answer = refusal(MONTHS, Grid("Exp Acount", {(0, 0): "Afghanistan", (0, 1): 1.0}).xls())

    assert (answer.reason, answer.where) == ("the table is not there", "sheets 'Exp Acount'")


@pytest.mark.parametrize("release_id", [ARCHIVE, MONTHS, QUARTERS, HEADLINE])
@pytest.mark.parametrize("lay_out", [across, down])
def test_no_missing_cell_ends_a_refresh(release_id: str, lay_out: LayOut) -> None:
    # One word in so many is emptied or overwritten: an explanation or a reading, and never a crash.
    cube = years(services_cube() if release_id == ARCHIVE else summary_cube(), 0, 13)
    printed = lay_out(cube, lambda day: (fiscal_year(day), f"{day:%b}"))
    words = [at_ for at_, value in printed.cells.items() if isinstance(value, str)]

    for at_ in words[:: len(words) // 4]:
        for word in (None, "Jul"):
            result = read_release(
                printed.put(name(at_), word).xlsx(), layout(release_id), known_rows(release_id)
            )
            assert isinstance(result, NotUnderstood) or result.observations
