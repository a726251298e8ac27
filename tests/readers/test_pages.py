"""PDF pages as lines of words: by the gaps between glyphs, whatever the text says of spaces."""

import zlib

import pytest

from etl.readers.pdf import MAX_PAGES, Line, Page, read_pages
from etl.readers.values import LayoutChangedError, NotUnderstood
from tests.support.drawn import Text, drawn, scanned, width


def only_page(content: bytes) -> Page:
    (page,) = read_pages(content)
    return page


def only_line(*texts: Text) -> Line:
    (line,) = only_page(drawn(texts)).lines
    return line


def outcome(content: bytes) -> tuple[Page, ...] | NotUnderstood:
    try:
        return read_pages(content)
    except LayoutChangedError as error:
        return error.explanation


def refusal(content: bytes) -> NotUnderstood:
    explanation = outcome(content)
    assert isinstance(explanation, NotUnderstood)
    return explanation


def test_words_have_their_places() -> None:
    (word,) = only_line(Text(100, 700, "Credit")).words
    assert word.text == "Credit"
    assert word.left == pytest.approx(100, abs=0.5)
    assert word.right == pytest.approx(100 + width("Credit", 10), abs=0.5)
    assert word.bottom < 700 < word.top
    assert word.em == pytest.approx(10)


def test_lines_come_from_top_to_bottom_and_words_from_left_to_right() -> None:
    texts = (
        Text(300, 500, "last"),
        Text(100, 500, "third"),
        Text(300, 700, "second"),
        Text(50, 700, "first"),
    )
    lines = only_page(drawn(texts)).lines
    assert [line.text for line in lines] == ["first second", "third last"]
    assert [line.number for line in lines] == [1, 2]


def test_pages_are_counted_from_one() -> None:
    pages = read_pages(drawn([Text(50, 700, "one")], [Text(50, 700, "two")]))
    assert [(page.number, page.lines[0].text) for page in pages] == [(1, "one"), (2, "two")]


def test_a_phrase_is_what_one_cell_holds() -> None:
    line = only_line(Text(50, 700, "9.1 Telecommunications services"), Text(300, 700, "54,172"))
    assert [phrase.text for phrase in line.phrases] == ["9.1 Telecommunications services", "54,172"]
    assert line.phrases[1].left == pytest.approx(300, abs=0.5)
    assert line.phrases[1].centre == pytest.approx(300 + width("54,172", 10) / 2, abs=0.5)


def test_spaces_drawn_over_digits_split_no_number() -> None:
    """As Excel fills a cell: text extraction gives `1 6,341.1`, the page shows 16,341.1."""
    first = Text(100, 700, "1")
    rest = Text(100 + width("1", 10), 700, "6,341.1")
    assert only_line(first, Text(100, 700, "    "), rest).text == "16,341.1"


def test_digits_drawn_apart_stay_apart() -> None:
    """Whether they are one number the page does not say; the table may."""
    line = only_line(Text(100, 700, "1"), Text(107, 700, "6,341.1"))
    assert [word.text for word in line.words] == ["1", "6,341.1"]
    assert len(line.phrases) == 1


def test_a_raised_mark_belongs_to_its_line() -> None:
    line = only_line(Text(100, 700, "FY27"), Text(100 + width("FY27", 10), 703, "P", size=6.5))
    assert line.text == "FY27P"


def test_a_cell_between_two_rows_is_a_line_of_its_own() -> None:
    """A label that is merged over two header rows stands between their heights."""
    texts = (Text(300, 700, "Mar-26 (P)"), Text(50, 693, "Trade in Services"), Text(300, 686, "Credit"))
    assert [line.text for line in only_page(drawn(texts)).lines] == [text.words for text in texts]


def test_a_hyphen_at_the_end_of_a_line_stays_one() -> None:
    lines = only_page(drawn([Text(50, 700, "3.4 Rail -"), Text(50, 680, "3.5 Postal")])).lines
    assert lines[0].text == "3.4 Rail -"


@pytest.mark.parametrize("scaled_by", [0.1, 1, 20])
def test_a_font_that_is_scaled_changes_nothing(scaled_by: float) -> None:
    texts = [Text(50, 700, "4. Travel and"), Text(120, 700, "95,785")]
    (line,) = only_page(drawn(texts, scaled_by=scaled_by)).lines
    assert [phrase.text for phrase in line.phrases] == ["4. Travel and", "95,785"]
    assert line.words[0].em == pytest.approx(10)


def test_a_page_that_is_turned_is_read_as_it_is_shown() -> None:
    texts = [Text(50, 500, "4. Travel"), Text(300, 500, "95,785"), Text(50, 480, "5. Construction")]
    lines = only_page(drawn(texts, turned=90)).lines
    assert [[phrase.text for phrase in line.phrases] for line in lines] == [
        ["4. Travel", "95,785"],
        ["5. Construction"],
    ]


def test_what_is_no_pdf_is_refused() -> None:
    assert refusal(b"<html><body>home page</body></html>").reason == "not a PDF"


def test_a_pdf_that_was_cut_off_is_refused() -> None:
    content = drawn([Text(50, 700, "Credit")])
    assert refusal(content[:-40]).reason == "the PDF is cut off"
    assert refusal(content[:200] + b"%%EOF").reason == "the PDF cannot be opened"


def test_a_pdf_with_a_password_is_refused() -> None:
    explanation = refusal(drawn([Text(50, 700, "Credit")], password="known to few"))  # noqa: S106
    assert explanation.reason == "the PDF cannot be opened"
    assert "password" in explanation.found.casefold()


def test_a_page_that_does_not_unpack_to_its_end_is_refused() -> None:
    """PDFium shows what it could unpack: the last rows were missing, and nothing said so."""
    content = drawn([Text(50, 700 - 10 * line, f"row {line}") for line in range(60)])
    start, end = content.index(b"stream\n") + len(b"stream\n"), content.index(b"endstream")
    near_its_end = end - (end - start) // 8
    turned = bytes([content[near_its_end] ^ 1])
    explanation = refusal(content[:near_its_end] + turned + content[near_its_end + 1 :])
    assert explanation.reason == "the PDF is damaged"
    assert explanation.where == f"the stream at byte {start:,}"


@pytest.mark.parametrize(
    "dictionary",
    [
        b"<</Length 40/Filter/FlateDecode>>",
        b"<</Filter/FlateDecode/Length 40>>",
        b"<</Length 40/Filter/FlateDecode/Length1 27596>>",
        b"<</Filter [ /FlateDecode ] /Length 40>>",
        b"<</Filter[/ASCII85Decode/FlateDecode]/Length 40>>",
    ],
)
def test_what_is_packed_is_known_in_every_order_of_its_dictionary(dictionary: bytes) -> None:
    """SBP's fonts have a `/Length1` after their filter; one with a turned bit passed for whole."""
    page = drawn([Text(50, 700, "Credit")])
    start_of_table = page[page.index(b"startxref") :]
    packed = zlib.compress(bytes(range(256)))[:-4]
    added = b"99 0 obj " + dictionary + b"\nstream\n" + packed + b"\nendstream\nendobj\n"
    assert refusal(page + added + start_of_table).reason == "the PDF is damaged"


def test_a_scanned_page_is_refused() -> None:
    assert refusal(scanned()).reason == "a page has no words"


def test_an_empty_pdf_is_refused() -> None:
    assert refusal(drawn([])).reason == "the PDF has no words"


def test_a_pdf_of_very_many_pages_is_refused_unread() -> None:
    content = drawn(*[[Text(50, 700, "x")]] * (MAX_PAGES + 1))
    assert str(refusal(content)) == (
        f"the PDF is too long at the file: expected {MAX_PAGES} pages at most; found {MAX_PAGES + 1} pages"
    )


def test_a_page_of_very_many_characters_is_refused_unread() -> None:
    explanation = refusal(drawn([Text(10, line, "x" * 1000, size=0.5) for line in range(401)]))
    assert explanation.reason == "the PDF has too much text"


def test_a_pdf_that_would_fill_the_memory_is_refused_unopened() -> None:
    packed = zlib.compress(bytes(40_000_000), 9)
    content = b"%PDF-1.7\n1 0 obj\n<</Filter/FlateDecode>>\nstream\n" + packed + b"\nendstream\n%%EOF\n"
    assert len(content) < 50_000
    assert refusal(content).reason == "the PDF unpacks to too much"


@pytest.mark.parametrize("damage", range(5))
def test_broken_objects_raise_nothing_else(damage: int) -> None:
    """Whatever bytes are damaged: words, or a refusal."""
    content = bytearray(drawn([Text(50, 700, "Credit")], [Text(50, 700, "Debit")]))
    for place in range(damage * 97 + 20, len(content) - 30, 211):
        content[place] = 0x00
    assert isinstance(outcome(bytes(content)), tuple | NotUnderstood)
