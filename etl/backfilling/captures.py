"""Captures of a web archive: how they are listed and addressed.

Here: the CDX listing of `web.archive.org` as values, and the addresses of listing and original. Pure: bytes
and values in, values out. Not here: asking for any of them (`wayback.py`).
"""

import base64
import hashlib
import re
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urlencode, urlsplit

import msgspec

from etl.politeness import printable

_FIELDS = ("timestamp", "original", "digest")
_TIMESTAMP = re.compile(r"\d{14}")
_DIGEST = re.compile(r"[A-Z2-7]{32}")
_CAPTURE_PATH = re.compile(r"/web/(\d{14})(?:[a-z]{2}_)?/")
_DECODER = msgspec.json.Decoder(list[list[str]])


class ListingError(Exception):
    """A listing that is not shaped as the CDX API describes; the message says where."""


class Capture(NamedTuple):
    """A file as a web archive met it."""

    captured_at: datetime
    """UTC."""
    original: str
    """The address that was captured, as the archive writes it."""
    digest: str
    """SHA-1 of the bytes in base 32: the name that web archives give to content. Empty where the listing
    has none.
    """

    @property
    def file_name(self) -> str:
        """The name under which it was published."""
        return printable(unquote(PurePosixPath(urlsplit(self.original).path).name), longest=100) or "a file"

    def __str__(self) -> str:
        return f"{self.file_name} as captured on {self.captured_at:%Y-%m-%d}"


def listing_address(service: str, address: str, since: date | None) -> str:
    """Give the address that lists the captures of an address: answers with status 200, each content once
    where it came several times running.
    """
    query = {
        "url": address,
        "output": "json",
        "fl": ",".join(_FIELDS),
        "filter": "statuscode:200",
        "collapse": "digest",
    }
    if since is not None:
        query["from"] = f"{since:%Y%m%d}"
    return f"{service}/cdx/search/cdx?{urlencode(query)}"


def original_address(service: str, capture: Capture) -> str:
    """Give the address of a capture's bytes as they came (`id_`: nothing is rewritten or framed)."""
    return f"{service}/web/{capture.captured_at:%Y%m%d%H%M%S}id_/{capture.original}"


def captured_at_of(address: str) -> datetime | None:
    """Give the time of the capture that an address holds. A service that has lost one redirects to its
    nearest neighbour, which is of another time.
    """
    found = _CAPTURE_PATH.match(urlsplit(address).path)
    return _moment(found[1]) if found else None


def digest_of(content: bytes) -> str:
    """Give the name that web archives give to content."""
    return base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def read_listing(content: bytes) -> tuple[Capture, ...]:
    """Give the captures of a listing: a header and rows; nothing at all where there are none."""
    try:
        rows = _DECODER.decode(content)
    except msgspec.DecodeError as error:
        raise ListingError(f"it is no table in JSON ({error})") from error
    if not rows:
        return ()
    header, *captures = rows
    if not set(_FIELDS) <= set(header):
        raise ListingError(f"its columns are {printable(', '.join(header))}, not {', '.join(_FIELDS)}")
    places = [header.index(field) for field in _FIELDS]
    return tuple(_capture(row, places, number) for number, row in enumerate(captures, 1))


def _capture(row: list[str], places: list[int], number: int) -> Capture:
    timestamp, original, digest = (row[place] if place < len(row) else "" for place in places)
    captured_at = _moment(timestamp)
    if captured_at is None or not original.startswith(("http://", "https://")) or not original.isprintable():
        raise ListingError(f"row {number} is no capture: {printable(' '.join(row))}")
    return Capture(captured_at, original, digest if _DIGEST.fullmatch(digest) else "")


def _moment(timestamp: str) -> datetime | None:
    if not _TIMESTAMP.fullmatch(timestamp):
        return None
    try:
        return datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
