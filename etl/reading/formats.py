"""What bytes are, told by their first ones and never by a file's name.

Here: the recognition of formats. Not here: the reading of any of them.
"""

import io
import zipfile
from typing import Literal

Found = Literal["xls", "xlsx", "pdf", "html", "zip", "unknown"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PDF = b"%PDF-"
_PDF_END = b"%%EOF"
_PDF_END_WITHIN = 1024
"""Readers look for the end mark in the last kilobyte: some programs pad the file behind it."""
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<?xml", b"<!--")


def detect_format(content: bytes) -> Found:
    """Tell the format of a file from its content.

    An Excel file of either age may come under either ending, and SBP's old addresses answer with the
    home page under the name of a workbook.
    """
    if content.startswith(_OLE):
        return "xls"
    if content.startswith(_ZIP):
        return "xlsx" if _is_workbook(content) else "zip"
    if content.startswith(_PDF):
        return "pdf"
    if content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML_STARTS):
        return "html"
    return "unknown"


def is_whole_pdf(content: bytes) -> bool:
    """Tell whether a PDF has its end: PDFium opens one that was cut off, with the pages that are left."""
    return _PDF_END in content[-_PDF_END_WITHIN:]


def _is_workbook(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False
