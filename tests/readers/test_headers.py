"""Header cells that stand over several columns, merged or not."""

from etl.readers.period_headers import HeaderCell, header_cells
from etl.readers.values import Address, CellValue, Sheet


def words(*rows: tuple[CellValue, ...], merged: tuple[tuple[str, str], ...] = ()) -> list[str]:
    """Return the words of each column, and how it comes to the first of them."""
    areas = tuple((_address(first), _address(last)) for first, last in merged)
    found = header_cells(Sheet("x", rows, areas, {}), range(len(rows)), range(len(rows[0])))
    return [" ".join(str(cell.value) for cell in cells) + _by(cells) for cells in found.values()]


def _by(cells: list[HeaderCell]) -> str:
    return f" ({cells[0].by})" if cells else ""


def _address(cell: str) -> Address:
    return Address(int(cell[1:]) - 1, ord(cell[0]) - ord("A"))


def test_what_is_written_once_is_also_the_next_columns() -> None:
    assert words(("FY24", None, "FY25", None), ("Q1", "Q2", "Q1", "Q2")) == [
        "FY24 Q1 (own)",
        "FY24 Q2 (before)",
        "FY25 Q1 (own)",
        "FY25 Q2 (before)",
    ]


def test_what_is_merged_ends_where_the_area_does() -> None:
    assert words(("FY24", None, None), ("Q1", "Q2", "Q3"), merged=(("A1", "B1"),)) == [
        "FY24 Q1 (own)",
        "FY24 Q2 (merged)",
        "Q3 (own)",
    ]


def test_what_is_merged_over_two_rows_is_said_once() -> None:
    assert words(("Mar-26", "FY24"), (None, "Q1"), merged=(("A1", "A2"),)) == [
        "Mar-26 (own)",
        "FY24 Q1 (own)",
    ]


def test_what_stands_over_nothing_is_shared_with_no_other_column() -> None:
    assert words(("FY23", None, "FY24"), (None, "Q1", "Q1")) == ["FY23 (own)", "Q1 (own)", "FY24 Q1 (own)"]


def test_a_column_with_nothing_below_shares_nothing() -> None:
    assert words(("FY24", None, None), ("Q1", None, "Q2")) == ["FY24 Q1 (own)", "", "FY24 Q2 (before)"]


def test_an_area_that_is_merged_to_the_end_of_all_sheets_is_no_matter() -> None:
    area = (Address(0, 0), Address(2**20, 2**14))
    sheet = Sheet("x", (("FY24", None), ("Q1", "Q2")), (area,), {})

    assert [len(cells) for cells in header_cells(sheet, (0, 1), range(2)).values()] == [2, 2]
