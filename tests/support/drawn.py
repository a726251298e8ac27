"""PDFs drawn by hand: words at places, as any program might print them, and PDFs that are none.

Here: pages from words, fonts and angles. Not here: tables of a release (`printed.py`).
"""

import io
from collections.abc import Sequence
from typing import Literal, NamedTuple

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

FONT = "Times-Roman"


class Text(NamedTuple):
    """Words on a page, in points from its lower left corner."""

    x: float
    y: float
    words: str
    size: float = 10
    align: Literal["left", "centre", "right"] = "left"

    @property
    def start(self) -> float:
        """Return where the first glyph stands."""
        share = {"left": 0.0, "centre": 0.5, "right": 1.0}[self.align]
        return self.x - share * width(self.words, self.size)


def width(words: str, size: float) -> float:
    """Return the width of words in points."""
    return float(stringWidth(words, FONT, size))


def drawn(
    *pages: Sequence[Text],
    size: tuple[float, float] = A4,
    turned: int = 0,
    scaled_by: float = 1,
    password: str | None = None,
) -> bytes:
    """Return a PDF of these pages.

    `turned` shows upright pages on their side, with the words upright again; `scaled_by` writes fonts of
    that fraction and scales the page up; with `password` nobody reads it who has none.
    """
    buffer = io.BytesIO()
    encryption = StandardEncryption(password, canPrint=0) if password else None
    canvas = Canvas(buffer, pagesize=size, encrypt=encryption, invariant=1)
    for page in pages:
        if turned:
            canvas.setPageRotation(turned)
            canvas.translate(size[0], 0)
            canvas.rotate(90)
        canvas.scale(1 / scaled_by, 1 / scaled_by)
        for text in page:
            canvas.setFont(FONT, text.size * scaled_by)
            canvas.drawString(text.start * scaled_by, text.y * scaled_by, text.words)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def scanned() -> bytes:
    """Return a PDF of one page that holds a picture and no words."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.rect(50, 50, 300, 300, fill=1)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()
