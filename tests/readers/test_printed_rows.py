"""The rows of a printed table: a label, and one number below each heading."""

import pytest

from etl.catalog.labels import row_key
from etl.readers.pdf import read_pages
from etl.readers.printed_table import Heading, PrintedRow, read_rows
from etl.readers.values import LayoutChangedError
from tests.support.drawn import Text, drawn
from tests.support.readings import HEADLINE, SERVICES_PDF, known_rows, layout

HEADINGS = (Heading("Mar-26", "Credit", 300, 330), Heading("Mar-26", "Debit", 400, 425))


def is_known(label: str) -> bool:
    return row_key(label) in known_rows(SERVICES_PDF)


def row(y: float, label: str, *numbers: str) -> list[Text]:
    texts = [Text(340 + 100 * n, y, number, align="right") for n, number in enumerate(numbers)]
    return [Text(50, y, label), *texts]


def rows(*texts: Text, release_id: str = SERVICES_PDF) -> list[PrintedRow]:
    (page,) = read_pages(drawn(texts))
    return read_rows(1, page.lines, HEADINGS, layout(release_id), is_known)


def test_a_row_has_its_label_and_its_numbers() -> None:
    (found,) = rows(*row(700, "4. Travel", "95,785", "(156,202)"))
    assert (found.label, found.place) == ("4. Travel", "page 1, line 1")
    assert [(cell.value, cell.text) for cell in found.cells] == [
        (95785.0, "95,785"),
        (-156202.0, "(156,202)"),
    ]


def test_a_number_stands_below_the_heading_that_is_least_aside() -> None:
    """A dash stands at the right end of its cell, a long number fills it."""
    (found,) = rows(*row(700, "4. Travel", "-", "123,456,789"))
    assert [cell.value for cell in found.cells] == [0.0, 123456789.0]


def test_a_code_that_is_printed_apart_is_part_of_the_label() -> None:
    (found,) = rows(
        Text(50, 700, "7.1"), *row(700, "", "4,744", "55,988"), Text(75, 700, "Explicitly charged")
    )
    assert found.label == "7.1 Explicitly charged"


def test_numbers_without_a_label_are_a_row_that_another_page_labels() -> None:
    (found,) = rows(*row(700, "", "4,744", "55,988"))
    assert found.label == ""


def test_titles_notes_and_page_numbers_are_no_rows() -> None:
    found = rows(
        *row(720, "Trade in Services"),
        *row(700, "4. Travel", "1", "2"),
        *row(680, "5. Construction", "3", "4"),
        *row(660, "Prepared by the Statistics Department"),
        Text(300, 20, "7"),
    )
    assert [r.label for r in found] == ["4. Travel", "5. Construction"]


def test_below_the_first_footnote_there_is_no_row() -> None:
    found = rows(
        *row(700, "4. Travel", "1", "2"),
        *row(680, "R' for revised, 'P' for provisional"),
        *row(660, "2026", "1", "2"),
    )
    assert [r.label for r in found] == ["4. Travel"]


@pytest.mark.parametrize("numbers", [("1",), ("1", "2", "3")])
def test_a_row_with_another_number_of_numbers_is_refused(numbers: tuple[str, ...]) -> None:
    with pytest.raises(LayoutChangedError) as caught:
        rows(*row(700, "4. Travel", *numbers))
    assert caught.value.explanation.found == f"'{' '.join(numbers)}' beside '4. Travel'"


def test_between_rows_nothing_is_passed_over() -> None:
    with pytest.raises(LayoutChangedError):
        rows(
            *row(700, "4. Travel", "1", "2"),
            *row(690, "a new row", "9"),
            *row(680, "5. Construction", "3", "4"),
        )


def test_a_label_goes_on_above_or_below_its_numbers() -> None:
    found = rows(
        *row(700, "4.1.1 Acquisition of goods and services by border, seasonal, and other short-"),
        *row(688, "term workers", "1", "2"),
        *row(670, "10.2.1.3 Business and management consulting", "3", "4"),
        *row(658, "and public relations services"),
    )
    assert [is_known(r.label) for r in found] == [True, True]
    assert found[0].label.endswith("short-term workers")


def test_a_label_that_no_neighbour_makes_known_stays_as_it_is() -> None:
    found = rows(*row(700, "Title"), *row(680, "a new row", "1", "2"), *row(660, "Note"))
    assert [r.label for r in found] == ["a new row"]


def test_a_heading_that_opens_a_block_is_kept_without_numbers() -> None:
    found = rows(
        *row(700, "Imports"), *row(680, "4. Travel", "1", "2"), *row(660, "Note"), release_id=HEADLINE
    )
    assert [(r.label, len(r.cells)) for r in found] == [("Imports", 0), ("4. Travel", 2)]
