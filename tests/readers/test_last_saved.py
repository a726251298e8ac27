"""When a file was last saved, as it says of itself."""

from datetime import date

import pytest

from etl.readers.workbook import last_saved_in_properties
from tests.support.drawn import Text, drawn
from tests.support.workbooks import services_grid

PDF = drawn([Text(50, 700, "Credit")])
STATED = b"/ModDate (D:20000101000000+00'00')"


def saying(stated: str) -> bytes:
    """Return a PDF with another date; its own has as many characters as that of Excel."""
    assert STATED in PDF
    return PDF.replace(STATED, f"/ModDate ({stated})".encode().ljust(len(STATED)))


@pytest.mark.parametrize(
    ("stated", "saved_on"),
    [
        ("D:20260416144804+05'00'", date(2026, 4, 16)),
        ("D:20260416203000Z", date(2026, 4, 17)),
        ("D:20260416203000-05'00'", date(2026, 4, 17)),
        ("D:20260416203000", date(2026, 4, 16)),
        ("D:20261341999999", None),
        ("D:00010101000000Z", date(1, 1, 1)),
        ("D:00010101000000+14'00'", None),
        ("yesterday", None),
    ],
)
def test_a_pdf_was_saved_on_a_day_in_karachi(stated: str, saved_on: date | None) -> None:
    assert last_saved_in_properties(saying(stated)) == saved_on


def test_a_workbook_says_so_too() -> None:
    assert last_saved_in_properties(services_grid().xlsx(saved_at="2026-04-16T20:30:00Z")) == date(
        2026, 4, 17
    )


def test_what_cannot_be_opened_says_nothing() -> None:
    assert last_saved_in_properties(b"%PDF-1.7 broken") is None
