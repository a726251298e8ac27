"""Files that a disk, a cable or half a download damaged: read right, or quarantined with the reason."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.damage import cut, flipped, outcomes, whole_files

Tries = Callable[[int, int], Iterator[int]]
CHECKED = ["services as xls", "services as xlsx", "services as pdf"]
"""Formats in which every number has a checksum or stands in a sum."""
SLOW = 8
"""A page takes as long as so many workbooks."""


def seeds(name: str, tries: Tries) -> Iterator[int]:
    return tries(5, 500) if name.endswith("pdf") else tries(20, 4000)


@pytest.mark.fault(
    "a file cut off anywhere (xls, xlsx, pdf, csv)",
    promise="quarantined with the reason, or, where no figure is lost, read right; a CSV that ends after "
    "a whole line is a shorter export, in which figures are missing and none is another",
)
@pytest.mark.parametrize("name", whole_files())
def test_a_file_that_was_cut_off_gives_no_other_figures(name: str, tries: Tries) -> None:
    seen = outcomes(name, cut, seeds(name, tries))
    assert seen.keys() <= {"quarantined", "same", *(["a figure missing"] if name.endswith("csv") else [])}


@pytest.mark.fault(
    "one bit turned in a file of services (xls, xlsx, pdf)",
    promise="no number is another than in the whole file by more than the rounding of its sum: xlsx has "
    "checksums, pdf checksums and sums, xls sums",
)
@pytest.mark.parametrize("name", CHECKED)
def test_a_turned_bit_makes_no_other_number_of_services(name: str, tries: Tries) -> None:
    seen = outcomes(name, flipped, seeds(name, tries))
    # An empty cell of an .xls is no error: rows of SBP's have some.
    assert seen.keys() <= {"quarantined", "same", *(["a figure missing"] if name.endswith("xls") else [])}


@pytest.mark.fault(
    "one bit turned in a file with figures that nothing adds up to (lines of the balance of payments, "
    "exports of series as csv)",
    promise="read or quarantined, never a crash; a number that no sum in the file checks may be another: "
    "in at most a fifth of the tries",
)
@pytest.mark.parametrize("name", sorted(whole_files().keys() - set(CHECKED)))
def test_a_turned_bit_ends_no_reading(name: str, tries: Tries) -> None:
    seen = outcomes(name, flipped, seeds(name, tries))
    assert seen["another number"] + seen["another label or period"] <= max(1, seen.total() // 5)
