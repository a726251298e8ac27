"""The source answers, and not with the file: statuses, rests asked for, the home page, nothing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.support.bad_nights import Night
from tests.support.nights import NEW_SITE
from tests.support.sbp_server import HOME_PAGE, Reply

Nights = Callable[..., Iterator[Night]]
STANDS = (
    "nothing is archived, the marts stand, a line says what was answered and what to do, "
    "the next refresh has the file"
)
_RETRY_AFTER = (
    None,
    "30",
    "9" * 300,
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "-1",
    "Wed, 99 Foo 2026",
    format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True),
)


@pytest.mark.fault("SBP answers 403", promise=f"asked once more after a long rest; {STANDS}")
def test_forbidden(nights: Nights) -> None:
    for night in nights(1, 5):
        told = night.suffers(Reply(status=403), said="answered 403 (Forbidden)", outcome="unreachable")
        assert "is not asked again in this run" in told.line()
        assert "the next refresh asks again" in told.line()
        assert len([path for path in night.sbp.paths_asked() if path == NEW_SITE]) <= 3


@pytest.mark.fault("SBP answers 404, 400, 401 or 410", promise=STANDS)
def test_missing(nights: Nights) -> None:
    for night in nights(2, 12):
        status = (404, 410, 400, 401)[night.number % 4]
        told = night.suffers(Reply(HOME_PAGE, status=status), said=f"answered {status}")
        assert "look up where SBP publishes the file now" in told.line()


@pytest.mark.fault(
    "SBP answers 429: without Retry-After, in seconds, by a date, absurdly long, malformed",
    promise=f"no rest is longer than a minute; {STANDS}",
)
def test_too_many(nights: Nights) -> None:
    for night in nights(3, 14):
        asked = _RETRY_AFTER[night.number % len(_RETRY_AFTER)]
        reply = Reply(status=429, headers={"Retry-After": asked} if asked else {})
        before = night.clock()
        told = night.suffers(reply, said="answered 429 (Too Many Requests)", outcome="unreachable")
        assert "is not asked again in this run" in told.line()
        assert night.clock() - before < 300


@pytest.mark.fault(
    "SBP answers 500, 502, 503 (also with an absurd Retry-After) or 504",
    promise=f"three attempts an address, ten minutes a host; {STANDS}",
)
def test_server_errors(nights: Nights) -> None:
    for night in nights(2, 12):
        status = (503, 500, 502, 504)[night.number % 4]
        reply = Reply(status=status, headers={"Retry-After": "86400"})
        before = night.clock()
        night.suffers(reply, said=f"answered {status}", outcome="unreachable")
        assert night.clock() - before < 900


@pytest.mark.fault("206 (a part), 304 or 204 that nobody asked for, other 2xx", promise=STANDS)
def test_unasked(nights: Nights) -> None:
    for night in nights(2, 12):
        status = (206, 304, 204, 226)[night.number % 4]
        headers = {"Content-Range": "bytes 0-99/38400"} if status == 206 else {}
        night.suffers(Reply(b"", status=status, headers=headers), said=f"answered {status}")


@pytest.mark.fault("SBP's home page with status 200, also under a workbook's type", promise=STANDS)
def test_the_home_page(nights: Nights) -> None:
    for night in nights(2, 6):
        kind = ("text/html; charset=UTF-8", "application/vnd.ms-excel", None)[night.number % 3]
        told = night.suffers(Reply(HOME_PAGE, content_type=kind), said="answered with a web page")
        assert "put that address first in `fetch.addresses`" in told.line()


@pytest.mark.fault("an empty file, or one of a few bytes", promise=STANDS)
def test_an_empty_file(nights: Nights) -> None:
    for night in nights(2, 8):
        shape = ({}, {"declares_length": False}, {"is_chunked": True})[night.number % 3]
        body = b"" if night.number % 2 == 0 else b"\xd0\xcf\x11\xe0"
        night.suffers(Reply(body, **shape), said="it is a stub or an error message")


@pytest.mark.fault(
    "cookies: one that is set everywhere, one for every domain, a thousand",
    promise="none goes along with another question, to whichever host",
)
def test_cookies(nights: Nights) -> None:
    for night in nights(1, 6):
        given = ("a=b; Path=/", "a=b; Domain=0.0.1; Max-Age=999999999", "a=" + "x" * 50_000)
        reply = Reply(status=404, headers={"Set-Cookie": given[night.number % 3]})
        night.suffers(reply, said="answered 404")
        assert not any("cookie" in request.headers for request in night.sbp.requests)


@pytest.mark.fault(
    "a reason phrase with markup, control characters, 60 kB or nothing",
    promise="it is shown as text, on one line, cut to a length",
)
def test_strange_reasons(nights: Nights) -> None:
    strange = (b"[/red] [bold]Moved[/]", b"\x1b[2J\x1b[31mBoo\x07", b"x" * 60_000, b"")
    for night in nights(3, 8):
        line = b"HTTP/1.1 404 " + strange[night.number % 4] + b"\r\nContent-Length: 0\r\n\r\n"
        night.suffers(Reply(raw=lambda line=line: [line]), said="answered 404 (")
