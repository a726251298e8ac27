"""What bytes are, told by their first ones and never by a file's name.

Here: the recognition of formats. Not here: the reading of any of them.
"""

import io
import zipfile
from typing import Literal

Found = Literal["xls", "xlsx", "pdf", "json", "html", "zip", "unknown"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PDF = b"%PDF-"
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<?xml", b"<!--")
_JSON_STARTS = (b"{", b"[")


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
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.lower().startswith(_HTML_STARTS):
        return "html"
    if start.startswith(_JSON_STARTS):
        return "json"
    return "unknown"


def _is_workbook(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False
