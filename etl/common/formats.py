"""What bytes are, told by themselves and never by a file's name.

Here: the recognition of formats. Not here: the reading of any of them.
"""

import io
import re
import zipfile
from typing import Literal

Found = Literal["xls", "xlsx", "pdf", "json", "csv", "easydata", "html", "zip", "unknown"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PDF = b"%PDF-"
_PDF_END = b"%%EOF"
_PDF_END_WITHIN = 1024
"""Readers look for the end mark in the last kilobyte: some programs pad the file behind it."""
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<?xml", b"<!--")
_JSON_STARTS = (b"{", b"[")
_FIELD = rb'(?:"[^"\r\n]*"|[^",\r\n]+)'
_CSV_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?" + _FIELD + rb"(?:," + _FIELD + rb"){2,}[\r\n]")
"""A first line of three or more headers, none of them empty."""


def detect_format(content: bytes) -> Found:
    """Tell the format of a file from its content.

    An Excel file of either age may come under either ending, and SBP's old addresses answer with the
    home page under the name of a workbook.
    """
    if content.startswith(_OLE):
        return "xls"
    if content.startswith(_ZIP):
        return _in_zip(content)
    if content.startswith(_PDF):
        return "pdf"
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.lower().startswith(_HTML_STARTS):
        return "html"
    if start.startswith(_JSON_STARTS):
        return "json"
    return "csv" if _CSV_HEADER.match(content) and b"\0" not in content[:1024] else "unknown"


def is_whole_pdf(content: bytes) -> bool:
    """Whether a PDF has its end: PDFium opens one that was cut off, with the pages that are left."""
    return _PDF_END in content[-_PDF_END_WITHIN:]


def _in_zip(content: bytes) -> Found:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return "zip"
    if "xl/workbook.xml" in names:
        return "xlsx"
    return "easydata" if "pull.json" in names else "zip"
