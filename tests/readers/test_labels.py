"""Which printed labels are the same label."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.catalog.labels import path_key, row_key

NBSP = "\xa0"


@pytest.mark.parametrize(
    "printed",
    [
        "9.2 Computer services",
        f"9.2{NBSP}Computer services",
        "9.2   Computer  services ",
        "  9.2 computer SERVICES",
        "9.2 Computer services*",
        "9.2 Computer services ***@ ",
        "9.2\nComputer services",
    ],
)
def test_spacing_case_and_footnote_marks_at_the_end_do_not_make_another_label(printed: str) -> None:
    assert row_key(printed) == "9.2 computer services"


@pytest.mark.parametrize(
    "printed",
    [
        "9.2 Computer service",
        "9.3 Computer services",
        "9.2 Computer services (net)",
        "9.2. Computer services",
    ],
)
def test_everything_else_makes_another_label(printed: str) -> None:
    assert row_key(printed) != row_key("9.2 Computer services")


def test_a_footnote_mark_within_a_label_is_part_of_it() -> None:
    assert row_key("Financial Corporations, NFCs*, Households") == "financial corporations, nfcs*, households"


def test_the_same_label_under_other_labels_has_another_key() -> None:
    of_assets = path_key(["Financial Account ", "Other Investment ", "General Government"])
    of_income = path_key(["Secondary Income Credit", "General Government"])

    assert of_assets == "financial account > other investment > general government"
    assert of_income == "secondary income credit > general government"


@given(st.text("aZ9. \xa0\t*@-(", max_size=20))
def test_the_key_of_a_key_is_the_key(label: str) -> None:
    assert row_key(row_key(label)) == row_key(label)
