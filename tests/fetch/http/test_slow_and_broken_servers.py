"""Servers that drip, fall silent or talk nonsense cost a bounded time."""

import pytest
import requests

from etl.archive.results import Fetched
from etl.fetch.validate import FetchLimits
from tests.support.asking import OLD_PATH, PATH, WORKBOOK, fetch, fetch_in_real_time, release, unreachability
from tests.support.ports import listening
from tests.support.sbp_server import Reply, SbpServer


@pytest.mark.parametrize("shape", [{}, {"declares_length": False}, {"is_chunked": True}])
def test_a_body_that_drips_is_given_up_at_its_deadline(server: SbpServer, shape: dict[str, bool]) -> None:
    server.script(PATH, Reply(WORKBOOK, bytes_at_once=1, seconds_between=0.02, **shape))

    (outcome,), seconds = fetch_in_real_time(release(server.url(PATH)), FetchLimits(answer_seconds=0.2))

    assert "is too slow" in unreachability(outcome)
    assert 0.2 <= seconds < 1
    assert len(server.requests) == 1


def test_a_body_that_falls_silent_is_asked_for_again_and_then_given_up(server: SbpServer) -> None:
    server.script(PATH, Reply(WORKBOOK, bytes_at_once=30_000, seconds_between=30))

    (outcome,), seconds = fetch_in_real_time(release(server.url(PATH)), FetchLimits(read_seconds=0.1))

    assert "fell silent for 0.1 s after 30,000 bytes" in unreachability(outcome)
    assert seconds < 1
    assert len(server.requests) == 3


def test_a_server_that_says_nothing_is_given_up_with_its_host(server: SbpServer) -> None:
    server.script(PATH, Reply(WORKBOOK, silent_seconds=30))
    addresses = (server.url(PATH), server.url(OLD_PATH))

    (first, second), seconds = fetch_in_real_time(release(*addresses), FetchLimits(read_seconds=0.1))

    assert "did not answer within 0.1 s" in unreachability(first)
    assert "is not asked again in this run" in unreachability(second)
    assert seconds < 1
    assert server.paths_asked() == (PATH,) * 3


def test_a_server_that_hangs_up_is_asked_once_more(server: SbpServer) -> None:
    server.script(PATH, Reply(silent_seconds=-1))

    (outcome,) = fetch(release(server.url(PATH)))

    assert "broke off the connection before it answered" in unreachability(outcome)
    assert len(server.requests) == 2


def test_headers_that_cannot_be_shown_or_sent_back_are_not_kept(server: SbpServer) -> None:
    server.script(PATH, Reply(WORKBOOK, headers={"ETag": "\x1b[2J", "Last-Modified": "x" * 5_000}))

    (outcome,) = fetch(release(server.url(PATH)))

    assert isinstance(outcome, Fetched)
    assert (outcome.facts.etag, outcome.facts.last_modified) == (None, None)


@pytest.mark.parametrize(
    "answer", [b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, b"\r\n" * 9]
)
def test_an_answer_that_is_no_http_is_an_outcome_and_no_exception(answer: bytes) -> None:
    with listening(answer) as port:
        (outcome,) = fetch(release(f"http://127.0.0.1:{port}{PATH}"))

    unreachability(outcome)


def test_a_mistake_of_the_program_is_still_an_exception(
    server: SbpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistake(*_: object, **__: object) -> None:
        raise AttributeError("a mistake")

    monkeypatch.setattr(requests.Session, "get", mistake)

    with pytest.raises(AttributeError, match="a mistake"):
        fetch(release(server.url(PATH)))
