"""Tables that SBP might publish otherwise: numbers of other locales, moved headers, codes used again, units
that change without a word. Read right, or quarantined with the reason; never another number.
"""

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from etl.readers.read import read_release
from etl.readers.values import NotUnderstood, Reading
from tests.support.cells import Value, name, place
from tests.support.readings import SERVICES, figures, known_rows, layout, understood
from tests.support.workbooks import Grid, relabelled, services, services_file, services_grid, xls

Tries = Callable[[int, int], Iterator[int]]
IT_EXPORTS = "I59"
SOFTWARE = "9.2.2 Software consultancy services  "


def read(content: bytes) -> Reading | NotUnderstood:
    return read_release(content, layout(SERVICES), known_rows(SERVICES))


def reason(content: bytes) -> str:
    result = read(content)
    assert isinstance(result, NotUnderstood)
    return result.reason


@pytest.mark.fault(
    "numbers as text of other locales, dates or nothing computed in place of numbers",
    promise="quarantined, with the cell and what it holds",
)
@pytest.mark.parametrize(
    "value",
    [
        "413.622,89",
        "413 622,89",
        "4,13,622.89",
        "(413)",
        "413-",
        "٤١٣٦٢٢",
        "4.1E5",
        date(2026, 3, 1),
    ],
)
def test_what_is_no_number_is_never_taken_for_one(value: Value, tries: Tries) -> None:
    for _ in tries(1, 1):
        assert reason(services_grid().put(IT_EXPORTS, value).xlsx()) == "a cell of the table holds no number"


@pytest.mark.fault(
    "one number of the services table is another (a digit lost, a sign, not a number, a unit of its own)",
    promise="quarantined: net is credit less debit, and parents are the sums of their parts",
)
@pytest.mark.parametrize("value", [0.0, 41362.2892, -413622.892, 413.622892, float("nan"), float("inf")])
def test_a_number_that_does_not_fit_the_others_is_refused(value: float, tries: Tries) -> None:
    for _ in tries(1, 1):
        assert reason(services_grid().put(IT_EXPORTS, value).xls()) in (
            "the figures do not add up",
            "a cell of the table holds no number",
        )


@pytest.mark.fault(
    "a code used again for something else, two rows that swap their labels, a unit changed",
    promise="quarantined with the row, the sum or the unit that is not as known",
)
def test_a_label_or_unit_that_moved_is_refused(tries: Tries) -> None:
    grid = services_grid()
    for _ in tries(1, 1):
        renamed = services_file(relabelled(services(), SOFTWARE, "9.2.2 Cloud services"))
        assert reason(renamed) == "a row is not known"
        swapped = grid.put("B34", str(grid.cells[place("B59")])).put("B59", str(grid.cells[place("B34")]))
        assert reason(swapped.xls()) == "the codes of the rows are out of order"
        unit = next(name(at) for at, value in grid.cells.items() if "Thousand" in str(value))
        assert reason(grid.put(unit, "(Amount in Million US$)").xls()) == "the unit is not the one known"


@pytest.mark.fault(
    "a hidden sheet with other numbers, everything moved down and right",
    promise="the visible table is read, wherever it stands",
)
def test_where_the_table_stands_and_what_is_hidden_changes_nothing(tries: Tries) -> None:
    grid = services_grid()
    right = figures(understood(SERVICES, grid.xls()))
    hidden = Grid("old", {at: v * 2 if isinstance(v, float) else v for at, v in grid.cells.items()})
    for _ in tries(1, 1):
        assert figures(understood(SERVICES, xls(grid, hidden, hidden=["old"]))) == right
        assert figures(understood(SERVICES, grid.moved(7, 3).xls())) == right
        assert reason(xls(grid, hidden)) == "the table is there more than once"
