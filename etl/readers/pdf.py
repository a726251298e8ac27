"""PDF pages as lines of words with their places, whatever program printed them.

Here: bytes in, `Page`s out. Not here: what the words mean, and which of them make up a table
(`printed_table.py`).

pypdfium2 rather than pdfplumber: SBP's pages as an office program prints them (8 pages, 24,576
characters) take it 0.2 s and 25 MB, pdfplumber 1.7 s and 54 MB on the same machine; PDFium is what
Chrome opens foreign files with, and gives up on a broken one with an error code. It is not safe for
threads, and nothing here uses any.

Words are told by the gaps between their glyphs and not by the spaces in the text: Excel fills a cell up
to its width with spaces drawn over the number's first digits, so that text extraction gives `1 6,341.1`
where the page shows 16,341.1.
"""

import ctypes
import re
import sys
import zlib
from base64 import a85decode
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from etl.common.formats import detect_format, is_whole_pdf
from etl.readers.values import LayoutChangedError

MAX_PAGES = 60
"""SBP's longest release in print has 8 pages; a file of many more is none, or would only eat memory."""
_MAX_GLYPHS = 400_000
"""On all pages together; 8 pages of the services table have 24,576."""
_MAX_UNPACKED = 32_000_000
"""Bytes of all streams. SBP's have 0.7 MB; a made-up PDF of 0.6 MB that unpacks to 600 took 1.2 GB."""
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_FILTERS = re.compile(rb"/Filter\s*(?:\[([^\]]*)\]|(/\w+))")
_WORD_GAP = 0.15
"""In ems. Digits of one number stand up to 0.02 apart, words 0.22 (Calibri) and more."""
_PHRASE_GAP = 0.5
"""In ems: wider than a space, narrower than the padding between two cells of a table."""
_HYPHENS = {"\x02": "-", "\ufffe": "-", "\xad": "-"}
"""What PDFium gives for a hyphen that ends a line; in a table that is a zero."""


class Word(NamedTuple):
    """Glyphs that touch, and their place in points: x from the left edge, y from the lower one."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    em: float
    """Size of the font, by which gaps are measured."""


class Phrase(NamedTuple):
    """Words no further apart than a space: what one cell of a table prints."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """Return the words with one space between them."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        """Return the left edge."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Return the right edge."""
        return self.words[-1].right

    @property
    def centre(self) -> float:
        """Return the middle between the edges."""
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Line:
    """Words on one height, from left to right; raised marks (`FY27` with a small `P`) among them."""

    number: int
    """Counted from 1, from the top of its page."""
    words: tuple[Word, ...]

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """Return the words as cells would hold them."""
        phrases = [[self.words[0]]]
        for before, word in pairwise(self.words):
            if word.left - before.right < _PHRASE_GAP * max(word.em, before.em):
                phrases[-1].append(word)
            else:
                phrases.append([word])
        return tuple(Phrase(tuple(words)) for words in phrases)

    @property
    def text(self) -> str:
        """Return the words with one space between them."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True)
class Page:
    """One page, from top to bottom."""

    number: int
    """Counted from 1."""
    lines: tuple[Line, ...]


def read_pages(content: bytes) -> tuple[Page, ...]:
    """Read every page of a PDF.

    Raises `LayoutChangedError` where the bytes are no PDF that can be opened (cut off, encrypted, broken,
    another format), and where a page shows a picture instead of words.
    """
    found = detect_format(content)
    if found != "pdf":
        raise LayoutChangedError("not a PDF", "the first bytes", "pdf", found)
    if not is_whole_pdf(content):
        raise LayoutChangedError("the PDF is cut off", "its end", "%%EOF", f"{content[-16:]!r}")
    unpacked = _unpacked(content)
    if unpacked.size > _MAX_UNPACKED:
        expected = f"{_MAX_UNPACKED:,} bytes at most"
        raise LayoutChangedError(
            "the PDF unpacks to too much", "the file", expected, f"{unpacked.size:,} or more"
        )
    try:
        with pypdfium2.PdfDocument(content) as document:
            if unpacked.damaged_at is not None:
                raise LayoutChangedError(
                    "the PDF is damaged",
                    f"the stream at byte {unpacked.damaged_at:,}",
                    "one that unpacks to its end",
                    "one that does not",
                )
            return _pages(document)
    except pypdfium2.PdfiumError as error:
        raise LayoutChangedError(
            "the PDF cannot be opened", "the file", "a whole, unencrypted PDF", str(error)
        ) from error


class _Unpacked(NamedTuple):
    size: int
    damaged_at: int | None


def _unpacked(content: bytes) -> _Unpacked:
    """Return how many bytes the packed streams hold, counted up to a little more than is allowed: PDFium
    unpacks a page whole before anybody can ask how large it is. And where the first one is that is damaged:
    PDFium shows a page as far as it can be unpacked, and of one with a turned bit the last rows were missing.
    """
    size, damaged_at = 0, None
    for match in _STREAM.finditer(content):
        packed = content[match.end() : content.find(b"endstream", match.end())]
        filters = _filters(content[max(0, content.rfind(b" obj", 0, match.start())) : match.start()])
        unpacker, is_whole = zlib.decompressobj(), False
        with suppress(zlib.error, ValueError):  # packed in another way, or not at all
            if filters[:1] == [b"/ASCII85Decode"]:
                packed = a85decode(packed.strip(), adobe=True)
            size += len(unpacker.decompress(packed, _MAX_UNPACKED + 1 - size))
            is_whole = unpacker.eof
        if size > _MAX_UNPACKED:
            break
        if not is_whole and filters[-1:] == [b"/FlateDecode"] and damaged_at is None:
            damaged_at = match.end()
    return _Unpacked(size, damaged_at)


def _filters(dictionary: bytes) -> list[bytes]:
    found = _FILTERS.search(dictionary)
    return re.findall(rb"/\w+", found[1] or found[2]) if found else []


class _Glyph(NamedTuple):
    text: str
    left: float
    right: float
    bottom: float
    top: float
    em: float


def _pages(document: pypdfium2.PdfDocument) -> tuple[Page, ...]:
    if len(document) > MAX_PAGES:
        raise LayoutChangedError(
            "the PDF is too long", "the file", f"{MAX_PAGES} pages at most", f"{len(document):,} pages"
        )
    left_over = _MAX_GLYPHS
    pages: list[Page] = []
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        glyphs = _glyphs(page, number, left_over)
        left_over -= len(glyphs)
        if not glyphs and pdfium.FPDFPage_CountObjects(page) > 0:
            raise LayoutChangedError(
                "a page has no words", f"page {number}", "text", "pictures only, as of a scanned page"
            )
        lines = (_words(line) for line in _lines(glyphs))
        pages.append(Page(number, tuple(Line(count, words) for count, words in enumerate(lines, 1))))
        page.close()
    if not any(page.lines for page in pages):
        raise LayoutChangedError("the PDF has no words", "the file", "text", f"{len(pages)} empty pages")
    return tuple(pages)


def _glyphs(page: pypdfium2.PdfPage, number: int, at_most: int) -> list[_Glyph]:
    text_page = page.get_textpage()
    count = text_page.count_chars()
    if count > at_most:
        raise LayoutChangedError(
            "the PDF has too much text", f"page {number}", f"{_MAX_GLYPHS:,} characters", f"{count:,} more"
        )
    turned, size = page.get_rotation(), page.get_size()
    glyphs = []
    for index in range(count):
        text = _character(pdfium.FPDFText_GetUnicode(text_page, index))
        if text.isspace() or text == "\x00" or pdfium.FPDFText_IsGenerated(text_page, index) == 1:
            continue
        box = _upright(text_page.get_charbox(index, loose=True), turned, size)
        glyphs.append(_Glyph(text, *box, _em(text_page, index)))
    return glyphs


def _character(code: int) -> str:
    """Return a glyph's character; half of a pair is none, and no database would take it."""
    text = chr(code) if code < 0xD800 or 0xDFFF < code <= sys.maxunicode else "\ufffd"
    return _HYPHENS.get(text, text)


_Box = tuple[float, float, float, float]
"""Left, right, bottom, top."""


def _upright(box: _Box, turned: int, size: tuple[float, float]) -> _Box:
    """Place a box as the page is shown: landscape pages are often upright ones that are turned."""
    left, bottom, right, top = box
    width, height = size
    if turned == 90:
        return bottom, top, height - right, height - left
    if turned == 180:
        return width - right, width - left, height - top, height - bottom
    if turned == 270:
        return width - top, width - bottom, left, right
    return left, right, bottom, top


def _em(text_page: pypdfium2.PdfTextPage, index: int) -> float:
    """Return the font's size as shown: some programs write size 1 and scale the text."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text_page, index, ctypes.byref(matrix))
    scale: float = (matrix.c**2 + matrix.d**2) ** 0.5
    return float(pdfium.FPDFText_GetFontSize(text_page, index)) * scale


def _lines(glyphs: list[_Glyph]) -> list[list[_Glyph]]:
    """Put glyphs into lines, from top to bottom: a glyph belongs to the line whose tallest glyph covers
    half of it.
    """
    lines: list[list[_Glyph]] = []
    tallest: _Glyph | None = None
    for glyph in sorted(glyphs, key=lambda glyph: -(glyph.bottom + glyph.top)):
        if tallest is not None and _share_height(glyph, tallest):
            lines[-1].append(glyph)
            tallest = max(tallest, glyph, key=_height)
        else:
            lines.append([glyph])
            tallest = glyph
    return lines


def _share_height(one: _Glyph, other: _Glyph) -> bool:
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared >= 0.5 * min(_height(one), _height(other))


def _height(glyph: _Glyph) -> float:
    return glyph.top - glyph.bottom


def _words(line: list[_Glyph]) -> tuple[Word, ...]:
    words: list[list[_Glyph]] = []
    for glyph in sorted(line, key=lambda glyph: glyph.left):
        before = words[-1][-1] if words else None
        if before is not None and glyph.left - before.right < _WORD_GAP * max(glyph.em, before.em):
            words[-1].append(glyph)
        else:
            words.append([glyph])
    return tuple(_word(glyphs) for glyphs in words)


def _word(glyphs: list[_Glyph]) -> Word:
    return Word(
        "".join(glyph.text for glyph in glyphs),
        glyphs[0].left,
        max(glyph.right for glyph in glyphs),
        min(glyph.bottom for glyph in glyphs),
        max(glyph.top for glyph in glyphs),
        max(glyph.em for glyph in glyphs),
    )
