"""The table of results, as docs/performance.md has it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.goals import Goal
from benchmarks.results import KEPT, Figures, Measured, Setting, load
from benchmarks.rows import ROWS, Row
from benchmarks.table import BEGIN, END, in_place, lines, spread, write

SETTING = Setting("abc1234", "hash", {"processor": "P, 2 cores", "python": "3.11"}, 0, 1000)
ROW = Row("row", "the work", "the peer", Goal("times", 1.5), "because of this")


def measured(figures: Figures, setting: Setting = SETTING) -> Measured:
    return Measured(figures, setting, datetime(2026, 11, 24, 12, tzinfo=UTC), 61.4)


def cells(figures: Figures) -> tuple[str, ...]:
    [line] = lines([ROW], {"row": measured(figures)})
    return line


def test_a_row_shows_both_sides_the_result_and_when_it_was_measured_on_what() -> None:
    assert cells(Figures([1.0, 3.0, 2.0], [2.0], ["marts equal"])) == (
        "the work",
        "2.00 s (1.00 to 3.00, n=3)",
        "the peer: 2.00 s (2.00 to 2.00, n=1)",
        "1.00 ×",
        "≤ 1.5 ×",
        "met",
        "marts equal",
        "2026-11-24, abc1234; took 61 s",
    )


def test_the_reason_stands_only_where_the_goal_is_missed() -> None:
    *_, verdict, remarks, _ = cells(Figures([4.0], [2.0], ["marts equal"]))
    assert (verdict, remarks) == ("missed", "marts equal; because of this")


def test_a_peer_whose_marts_are_others_is_not_comparable() -> None:
    assert "not comparable" in cells(Figures([1.0], [2.0], ["services_monthly differ"], is_comparable=False))


def test_a_row_without_a_measurement_says_so() -> None:
    [line] = lines([ROW], {})
    assert "not measured" in line


def test_figures_are_as_fine_as_their_unit_is() -> None:
    assert spread([1234.56], "MB").startswith("1235 MB")
    assert spread([1.26], "ms").startswith("1.3 ms")
    assert spread([], "s") == ""


def test_the_table_takes_the_place_of_the_old_one_and_leaves_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    for _ in range(2):
        write(page, [ROW], {"row": measured(Figures([1.0], [2.0]))})
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert text.count("the work") == 1
    assert "- processor P, 2 cores, python 3.11; 1,000 vintages" in text


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_words_of_a_row_do_not_break_the_table(row: Row) -> None:
    assert not set("|\n") & set(row.work + row.peer + row.if_missed)


def test_the_page_shows_what_is_kept() -> None:
    page = KEPT.with_suffix(".md").read_text(encoding="utf-8")
    assert in_place(page, ROWS, load(KEPT)) == page
