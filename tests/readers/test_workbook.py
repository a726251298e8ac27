"""Workbooks of both ages as the same sheets; damaged ones as an explanation and never as a crash."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from etl.readers.read import read_release
from etl.readers.values import Address, LayoutChangedError, NotUnderstood, Reading
from etl.readers.workbook import last_saved_on, read_sheets
from tests.support import workbooks
from tests.support.readings import SERVICES, SUMMARY, known_rows, layout, refusal
from tests.support.sbp_server import HOME_PAGE
from tests.support.workbooks import Grid, services, services_grid, summary_grid

Writer = Callable[..., bytes]
both_formats = pytest.mark.parametrize("write", [workbooks.xls, workbooks.xlsx])


def explanation(content: bytes) -> NotUnderstood:
    with pytest.raises(LayoutChangedError) as caught:
        read_sheets(content)
    return caught.value.explanation


@both_formats
def test_every_cell_is_read_with_its_value_and_its_place(write: Writer) -> None:
    # February's edition: its first header is a date cell, its sheet's name ends in a space
    printed = services_grid(services("2026-02"))

    (sheet,) = read_sheets(write(printed))

    assert sheet.name == "EBOPS "
    assert sheet.at(Address(6, 2)) == date(2025, 2, 28)
    assert sheet.at(Address(1, 1)) == "Trade in Services"
    read = {
        (row, column): cell
        for row, cells in enumerate(sheet.rows)
        for column, cell in enumerate(cells)
        if cell is not None
    }
    assert read == printed.cells


@both_formats
def test_merged_areas_are_given_by_their_first_and_last_cell(write: Writer) -> None:
    printed = services_grid()

    (sheet,) = read_sheets(write(printed))

    assert {(tuple(first), tuple(last)) for first, last in sheet.merged} == set(printed.merged)
    assert (Address(6, 1), Address(7, 1)) in sheet.merged


@both_formats
def test_cells_of_spaces_are_empty_and_truth_values_are_no_numbers(write: Writer) -> None:
    content = write(Grid("x", {(0, 0): "  ", (0, 1): True, (0, 2): 1.0}))

    (sheet,) = read_sheets(content)

    assert sheet.rows == ((None, True, 1.0),)
    assert sheet.rows[0][1] is True


@both_formats
def test_hidden_sheets_are_passed_over(write: Writer) -> None:
    shown, hidden = Grid("shown", {(0, 0): 1.0}), Grid("hidden", {(0, 0): 2.0})

    sheets = read_sheets(write(hidden, shown, hidden=["hidden"]))

    assert [sheet.name for sheet in sheets] == ["shown"]


def test_indents_are_read_where_they_are_asked_for() -> None:
    printed = summary_grid()
    content = printed.xls()

    (with_indents,) = read_sheets(content, with_indents=True)
    (without,) = read_sheets(content)

    label = Address(54, 1)
    assert with_indents.at(label) == "General Government"
    assert with_indents.indents[label] == printed.indents[label] == 6
    assert without.indents == {}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "unknown"),
        (HOME_PAGE, "html"),
        (b"PK\x03\x04 no zip file", "zip"),
    ],
)
def test_what_is_no_workbook_is_said_to_be_none(content: bytes, found: str) -> None:
    for release_id in (SERVICES, SUMMARY):
        answer = refusal(release_id, content)

        assert answer == NotUnderstood("not a workbook", "the first bytes", "xls or xlsx", found)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(workbooks.encrypted_xls(), id="encrypted xls"),
        pytest.param(workbooks.container_without_workbook(), id="container of something else"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", id="nothing but a magic number"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100_000), id="zeros"),
    ],
)
def test_a_workbook_that_cannot_be_opened_is_explained(content: bytes) -> None:
    for release_id in (SERVICES, SUMMARY):
        answer = refusal(release_id, content)

        assert (answer.reason, answer.where) == ("the workbook cannot be opened", "the file")
        assert answer.expected == "a whole, unencrypted workbook"
        assert answer.found


@pytest.mark.parametrize("release_id", [SERVICES, SUMMARY])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9, 0.95, 0.99])
def test_a_workbook_that_was_cut_off_is_explained(release_id: str, share: float) -> None:
    # calamine panics at some lengths, which is no Exception and would end a refresh
    printed = services_grid() if release_id == SERVICES else summary_grid()
    content = printed.xls()

    answer = refusal(release_id, content[: int(len(content) * share)])

    assert answer.reason == "the workbook cannot be opened"
    assert "\n" not in answer.found


def test_no_single_wrong_byte_ends_a_refresh() -> None:
    # Every 1201st byte of the summary, which both parsers read; what comes out may be a reading or not.
    content = summary_grid().xls()

    for at in range(0, len(content), 1201):
        damaged = content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]
        result = read_release(damaged, layout(SUMMARY), known_rows(SUMMARY))

        assert isinstance(result, Reading | NotUnderstood)


def test_an_xlsx_workbook_that_was_cut_off_is_not_even_one() -> None:
    content = services_grid().xlsx()

    assert explanation(content[:-100]).found == "zip"


@both_formats
def test_a_sheet_that_claims_millions_of_cells_is_not_held_in_memory(write: Writer) -> None:
    far_away = services_grid().put("IV8000", 1.0)

    answer = explanation(write(far_away))

    assert answer.reason == "the sheet is too large"
    assert answer.where == "sheet 'EBOPS '"
    assert answer.found == "7999 rows of 255 columns"  # from the first used cell, B2, on


@pytest.mark.parametrize(
    ("saved_at", "day"),
    [
        ("2026-04-17T07:40:00Z", date(2026, 4, 17)),
        ("2026-04-16T18:59:59Z", date(2026, 4, 16)),
        ("2026-04-16T19:00:00Z", date(2026, 4, 17)),
    ],
)
def test_a_workbook_says_on_which_day_in_karachi_it_was_last_saved(saved_at: str, day: date) -> None:
    assert last_saved_on(services_grid().xlsx(saved_at=saved_at)) == day


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(services_grid().xls(), id="xls that does not say"),
        pytest.param(services_grid().xlsx(), id="xlsx that does not say"),
        pytest.param(services_grid().xlsx(saved_at="yesterday"), id="no date"),
        pytest.param(services_grid().xls()[:4000], id="cut off"),
        pytest.param(b"", id="no workbook"),
    ],
)
def test_a_workbook_that_does_not_say_when_it_was_saved_is_no_error(content: bytes) -> None:
    assert last_saved_on(content) is None


def test_the_two_ages_of_a_workbook_give_the_same_sheet() -> None:
    printed = services_grid()

    (old,), (new,) = read_sheets(printed.xls()), read_sheets(printed.xlsx())

    assert replace(old, merged=()) == replace(new, merged=())
    assert set(old.merged) == set(new.merged)
