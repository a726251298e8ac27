"""Requests to a host keep their distance, and a host that asks for rest gets it."""

import pytest

from etl.archive.results import Fetched, Rejected, Unreachable
from etl.fetch.http import Fetcher
from tests.support.asking import (
    OLD_PATH,
    PATH,
    POLITE,
    WORKBOOK,
    FakeClock,
    fetch,
    gaps,
    release,
    unreachability,
)
from tests.support.sbp_server import Reply, SbpServer


def test_requests_to_one_host_keep_the_polite_wait(server: SbpServer, clock: FakeClock) -> None:
    addresses = [server.url(path) for path in ("/1/dt.xls", "/2/dt.xls", "/3/dt.xls")]

    fetch(release(*addresses), clock=clock)

    assert gaps(server) == [POLITE, POLITE]


def test_the_polite_wait_holds_between_releases_and_not_between_hosts(clock: FakeClock) -> None:
    with SbpServer(clock=clock) as one, SbpServer(clock=clock) as other:
        releases = [release(one.url(PATH), other.url(PATH)), release(one.url(OLD_PATH), release_id="bop")]
        with Fetcher(releases, polite_seconds=POLITE, clock=clock, sleep=clock.sleep) as fetcher:
            for wanted in releases:
                fetcher.fetch(wanted, {})

        assert one.requests[0].at == other.requests[0].at
        assert gaps(one) == [POLITE]


def test_a_403_earns_a_long_rest_and_one_more_attempt(server: SbpServer, clock: FakeClock) -> None:
    server.script(PATH, Reply(status=403), Reply(WORKBOOK))

    (outcome,) = fetch(release(server.url(PATH)), clock=clock)

    assert isinstance(outcome, Fetched)
    assert gaps(server) == [6 * POLITE]


def test_after_a_second_403_the_host_is_left_alone_for_the_rest_of_the_run(
    server: SbpServer, clock: FakeClock
) -> None:
    server.script(PATH, Reply(status=403))
    server.serve(OLD_PATH, WORKBOOK)

    first, second = fetch(release(server.url(PATH), server.url(OLD_PATH)), clock=clock)

    assert "answered 403 (Forbidden)" in unreachability(first)
    assert first.facts.status == 403
    assert "is not asked again in this run" in unreachability(second)
    assert second.facts.status is None
    assert server.paths_asked() == (PATH, PATH)
    assert clock.time - server.requests[-1].at < POLITE


def test_a_second_403_counts_also_at_another_address(server: SbpServer, clock: FakeClock) -> None:
    server.script(PATH, Reply(status=403), Reply(status=404))
    server.script(OLD_PATH, Reply(status=403), Reply(WORKBOOK))

    outcomes = fetch(release(server.url(PATH), server.url(OLD_PATH)), clock=clock)

    assert [type(outcome) for outcome in outcomes] == [Rejected, Unreachable]
    assert server.paths_asked() == (PATH, PATH, OLD_PATH)


def test_server_errors_are_tried_three_times_with_growing_waits(server: SbpServer, clock: FakeClock) -> None:
    server.script(PATH, Reply(status=502))

    (outcome,) = fetch(release(server.url(PATH)), clock=clock)

    assert "answered 502 (Bad Gateway)" in unreachability(outcome)
    assert gaps(server) == [POLITE, 2 * POLITE]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("retry_after", "waited"),
    [
        ("30", 30.0),
        ("3600", 60.0),
        ("9" * 400, 60.0),
        ("Fri, 01 May 2026 00:00:45 GMT", 45.0),
        ("Fri, 01 May 2020 00:00:00 GMT", POLITE),
        ("soon", POLITE),
        ("-5", POLITE),
        ("²", POLITE),
    ],
)
def test_retry_after_is_honoured_up_to_a_minute(
    server: SbpServer, clock: FakeClock, status: int, retry_after: str, waited: float
) -> None:
    server.script(PATH, Reply(status=status, headers={"Retry-After": retry_after}), Reply(WORKBOOK))

    (outcome,) = fetch(release(server.url(PATH)), clock=clock)

    assert isinstance(outcome, Fetched)
    assert gaps(server) == [waited]


def test_a_server_cannot_ask_for_less_than_the_polite_wait(server: SbpServer, clock: FakeClock) -> None:
    server.script(PATH, Reply(status=503, headers={"Retry-After": "1"}))

    fetch(release(server.url(PATH), server.url(OLD_PATH)), clock=clock)

    assert gaps(server) == [POLITE, 2 * POLITE, POLITE]


def test_a_host_that_asks_for_patience_to_the_end_is_left_alone(server: SbpServer, clock: FakeClock) -> None:
    server.script(PATH, Reply(status=429, headers={"Retry-After": "60"}))

    first, second = fetch(release(server.url(PATH), server.url(OLD_PATH)), clock=clock)

    assert "answered 429 (Too Many Requests)" in unreachability(first)
    assert "is not asked again in this run" in unreachability(second)
    assert gaps(server) == [60, 60]
