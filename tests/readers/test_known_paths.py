"""Rows with the same label: the tree of known rows says which is which, or nothing does."""

from etl.readers.items_by_periods import keys_in_order
from tests.support.readings import SUMMARY, known_rows
from tests.support.workbooks import summary

KNOWN = frozenset({"a", "a > x", "a > x > rest", "b", "b > x", "b > y", "b > y > rest", "b > rest"})


def test_a_label_that_is_known_once_is_that_row_wherever_it_stands() -> None:
    assert keys_in_order(["Y "], KNOWN) == ["b > y"]


def test_a_repeated_label_stands_under_what_is_still_open() -> None:
    assert keys_in_order(["A", "X", "Rest", "B", "X"], KNOWN) == ["a", "a > x", "a > x > rest", "b", "b > x"]


def test_a_repeated_label_without_a_parent_above_is_none() -> None:
    assert keys_in_order(["X"], KNOWN) == ["x"]


def test_a_label_that_could_be_two_rows_is_none() -> None:
    # under `b > y` both the rest of y and the rest of b may follow
    assert keys_in_order(["B", "Y", "Rest"], KNOWN)[-1] == "rest"


def test_an_unknown_label_closes_what_is_open() -> None:
    assert keys_in_order(["A", "Of which:", "X"], KNOWN) == ["a", "of which:", "x"]


def test_every_row_of_the_balance_of_payments_is_told_by_its_order() -> None:
    keys = keys_in_order([row.label for row in summary().rows], known_rows(SUMMARY))

    assert set(keys) - known_rows(SUMMARY) == {"memorandum items:"}
    assert len(set(keys)) == len(keys)
