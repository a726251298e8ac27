"""Listings and addresses of a web archive, as its CDX API describes them."""

import json
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from etl.fetch.wayback import (
    Capture,
    ListingError,
    captured_at_of,
    digest_of,
    listing_address,
    original_address,
    read_listing,
)

SERVICE = "https://web.archive.org"
DIGEST = "A" * 32
CAPTURE = Capture(
    datetime(2024, 3, 18, 12, 30, 5, tzinfo=UTC), "http://www.sbp.org.pk:80/ecodata/dt.xls", DIGEST
)


def listing(*rows: list[str], header: tuple[str, ...] = ("timestamp", "original", "digest")) -> bytes:
    return json.dumps([list(header), *rows]).encode()


def test_captures_are_asked_for_by_address_whole_and_once_each() -> None:
    parts = urlsplit(listing_address(SERVICE, "https://www.sbp.org.pk/a?b=1&c", date(2020, 1, 31)))

    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{SERVICE}/cdx/search/cdx"
    assert parse_qs(parts.query) == {
        "url": ["https://www.sbp.org.pk/a?b=1&c"],
        "output": ["json"],
        "fl": ["timestamp,original,digest"],
        "filter": ["statuscode:200"],
        "collapse": ["digest"],
        "from": ["20200131"],
    }


def test_without_a_day_nothing_is_too_old() -> None:
    assert "from=" not in listing_address(SERVICE, "https://www.sbp.org.pk/a", None)


def test_an_original_is_asked_for_unaltered() -> None:
    address = original_address(SERVICE, CAPTURE)

    assert address == f"{SERVICE}/web/20240318123005id_/http://www.sbp.org.pk:80/ecodata/dt.xls"
    assert captured_at_of(address) == CAPTURE.captured_at
    assert captured_at_of(f"{SERVICE}/about") is None


def test_a_capture_is_named_by_file_and_day() -> None:
    assert str(CAPTURE) == "dt.xls as captured on 2024-03-18"
    odd = CAPTURE._replace(original="https://www.sbp.org.pk/a%20b%0A.xls?x=1")
    assert odd.file_name == "a b .xls"


def test_a_listing_is_read_whatever_the_order_of_its_columns() -> None:
    content = listing(
        ["200", DIGEST, "20240318123005", CAPTURE.original, "1"],
        header=("statuscode", "digest", "timestamp", "original", "length"),
    )

    assert read_listing(content) == (CAPTURE,)


def test_an_address_that_was_never_captured_has_an_empty_listing() -> None:
    assert read_listing(b"[]") == ()
    assert read_listing(listing()) == ()


@pytest.mark.parametrize("digest", ["-", "", "a" * 32, "A" * 31])
def test_a_digest_that_is_none_is_left_out(digest: str) -> None:
    (capture,) = read_listing(listing(["20240318123005", CAPTURE.original, digest]))

    assert capture.digest == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no table in JSON"),
        (b'{"a": 1}', "no table in JSON"),
        (b"[[1, 2]]", "no table in JSON"),
        (b"com,sbp)/ 20240318", "no table in JSON"),
        (listing(header=("timestamp", "original")), "its columns are timestamp, original"),
        (listing(["2024", CAPTURE.original, DIGEST]), "row 1 is no capture"),
        (listing(["20240000000000", CAPTURE.original, DIGEST]), "row 1 is no capture"),
        (listing(["20240318123005", "ftp://sbp/dt.xls", DIGEST]), "row 1 is no capture"),
        (listing(["20240318123005", "https://sbp/\n", DIGEST]), "row 1 is no capture"),
        (listing(["20240318123005"]), "row 1 is no capture"),
    ],
)
def test_a_listing_of_another_shape_is_said_so(content: bytes, said: str) -> None:
    with pytest.raises(ListingError, match=said):
        read_listing(content)


def test_content_is_named_as_web_archives_name_it() -> None:
    # The digest that CDX listings have for an empty body.
    assert digest_of(b"") == "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
