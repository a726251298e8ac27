"""What a server may not do: keep a question for ever, lead it inside, or have it remembered."""

import time
from collections.abc import Iterator

from etl.archive.results import Fetched, LastSeen, Unchanged
from etl.fetch.validate import FetchLimits
from tests.support.asking import (
    OLD_PATH,
    PATH,
    PUBLISHED_TEXT,
    WORKBOOK,
    FakeClock,
    fetch,
    fetch_in_real_time,
    release,
    seen_at,
    unreachability,
)
from tests.support.sbp_server import Reply, SbpServer


def _endless(head: bytes, piece: bytes) -> Iterator[bytes]:
    yield head
    while True:
        yield piece


def test_headers_that_drip_end_at_the_deadline_and_the_host_is_left_alone(server: SbpServer) -> None:
    server.script(PATH, Reply(raw=lambda: _endless(b"HTTP/1.1 200 OK\r\nX: ", b"y"), seconds_between=0.02))
    wanted = release(server.url(PATH), server.url(OLD_PATH))

    (first, second), seconds = fetch_in_real_time(wanted, FetchLimits(answer_seconds=0.3))

    assert "its headers were not whole after 0.3 s" in unreachability(first)
    assert "is not asked again in this run" in unreachability(second)
    assert seconds < 2


def test_a_304_with_a_body_is_unchanged_and_its_body_is_not_read(server: SbpServer) -> None:
    head = b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.script(PATH, Reply(raw=lambda: _endless(head, b"1\r\nx\r\n" * 1_000)))
    address = server.url(PATH)

    started = time.monotonic()
    (outcome,) = fetch(release(address), seen=seen_at(address), limits=FetchLimits(answer_seconds=20))

    assert isinstance(outcome, Unchanged)
    assert time.monotonic() - started < 10, "it would come until the deadline"


def test_a_cookie_is_sent_where_a_redirect_asks_for_it_and_not_with_the_next_question(
    server: SbpServer,
) -> None:
    wall = Reply(status=302, headers={"Location": "/in/dt.xls", "Set-Cookie": "seen=1; Path=/"})
    server.script(PATH, wall)
    server.script("/in/dt.xls", Reply(status=404))

    fetch(release(server.url(PATH), server.url(OLD_PATH)))

    cookies = [(request.path, request.headers.get("cookie")) for request in server.requests]
    assert cookies == [(PATH, None), ("/in/dt.xls", "seen=1"), (OLD_PATH, None)]


def test_a_host_whose_failed_answers_take_ten_minutes_is_left_alone(
    server: SbpServer, clock: FakeClock
) -> None:
    addresses = [server.url(f"/{number}/dt.xls") for number in range(30)]
    for number in range(30):
        server.script(f"/{number}/dt.xls", Reply(status=503, headers={"Retry-After": "3600"}))

    outcomes = fetch(release(*addresses), clock=clock)

    assert "failed answers took" in unreachability(outcomes[-1])
    assert clock.time - 1_000 < 900


def test_a_file_that_was_had_more_than_a_week_ago_is_asked_for_whole(
    server: SbpServer, clock: FakeClock
) -> None:
    server.serve(PATH, WORKBOOK, etag='"for ever"')
    address = server.url(PATH)
    seen = LastSeen(address, "ab" * 32, PUBLISHED_TEXT, '"for ever"', had_at=clock.now())

    assert isinstance(fetch(release(address), clock=clock, seen={address: seen})[0], Unchanged)
    clock.sleep(7 * 86_400 + 1)

    assert isinstance(fetch(release(address), clock=clock, seen={address: seen})[0], Fetched)
