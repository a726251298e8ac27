"""Where a figure stands, in words."""

import pytest

from etl.serve.series import place


@pytest.mark.parametrize(
    ("sheet", "cell", "words"),
    [
        ("BPM6_Summary", "I10", "sheet BPM6_Summary, cell I10"),
        ("EBOPS ", "F9", "sheet 'EBOPS ', cell F9"),
        ("page 5", "line 20, number 1", "page 5, line 20, number 1"),
        ("TS_GP_BOP_WR_M", "WR0050 31-Aug-2026", "TS_GP_BOP_WR_M, WR0050 31-Aug-2026"),
    ],
)
def test_a_place_reads_as_its_file_is_made(sheet: str, cell: str, words: str) -> None:
    assert place(sheet, cell) == words
