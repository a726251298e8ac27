"""What bytes are, whatever their file is called."""

import io
import zipfile

import pytest

from etl.common.formats import detect_format, is_whole_pdf
from tests.support.drawn import Text, drawn
from tests.support.sbp_server import HOME_PAGE
from tests.support.workbooks import services_grid


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "")
    return buffer.getvalue()


def test_workbooks_of_both_ages_are_told_apart() -> None:
    march = services_grid()

    assert detect_format(march.xls()) == "xls"
    assert detect_format(march.xlsx()) == "xlsx"


def test_a_zip_file_is_a_workbook_only_with_a_workbook_in_it() -> None:
    assert detect_format(zipped("xl/workbook.xml")) == "xlsx"
    assert detect_format(zipped("word/document.xml")) == "zip"
    assert detect_format(zipped("pull.json")) == "easydata"


def test_a_zip_file_that_was_cut_off_is_no_workbook() -> None:
    content = services_grid().xlsx()

    assert detect_format(content[: len(content) // 2]) == "zip"


def test_a_zip_file_of_a_version_to_come_is_no_workbook() -> None:
    content = bytearray(services_grid().xlsx())
    content[content.index(b"PK\x01\x02") + 6] = 200

    assert detect_format(bytes(content)) == "zip"


@pytest.mark.parametrize(
    "page",
    [
        HOME_PAGE,
        b"<!DOCTYPE html>",
        b"\xef\xbb\xbf\r\n  <HTML lang='en'>",
        b"<!-- cached --><html>",
        b'<?xml version="1.0"?><html/>',
        b"<head><title>SBP</title>",
    ],
)
def test_a_web_page_is_told_by_how_it_begins(page: bytes) -> None:
    assert detect_format(page) == "html"


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"", "unknown"),
        (b"\xd0\xcf\x11\xe0", "unknown"),
        (b"Country,Mar-26\nChina,1", "unknown"),
        (b"an email about <html>", "unknown"),
    ],
)
def test_other_bytes_are_called_what_they_are(content: bytes, format: str) -> None:
    assert detect_format(content) == format


def test_a_pdf_is_whole_with_its_end_mark() -> None:
    content = drawn([Text(50, 700, "Credit")])

    assert detect_format(content) == "pdf"
    assert is_whole_pdf(content)
    assert is_whole_pdf(content + b"\n" * 100)
    assert not is_whole_pdf(content[:-10])


@pytest.mark.parametrize("content", [b'{"a": 1}', b"[]", b'\xef\xbb\xbf\n [["timestamp"]]'])
def test_json_is_told_by_its_first_bracket(content: bytes) -> None:
    assert detect_format(content) == "json"


@pytest.mark.parametrize(
    "content",
    [
        b'"Dataset Name","Observation Date","Series Key"\n"a","b","c"\n',
        b"\xef\xbb\xbfDataset,Series Key,Series\r\n",
        b"Dataset,Series Key,Series\rx,y,z\r",
    ],
)
def test_a_csv_file_is_told_by_a_first_line_of_headers(content: bytes) -> None:
    assert detect_format(content) == "csv"


@pytest.mark.parametrize("content", [b"one,two\n", b"a,,c\n", b"no end of line, and, commas", b"a,b,c\n\0"])
def test_what_has_no_line_of_three_headers_is_no_csv_file(content: bytes) -> None:
    assert detect_format(content) == "unknown"
