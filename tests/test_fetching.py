"""Fetching, against a server on this machine that behaves as SBP's: no test needs the network."""

import gzip
import io
import socket
import threading
import time
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from etl.catalog import Calendar, Fetch, Layout, Release, Source
from etl.fetching import (
    Fetched,
    Fetcher,
    Limits,
    Outcome,
    Rejected,
    Seen,
    Unchanged,
    Unreachable,
)
from etl.politeness import Hosts, host_of
from tests.support.sbp_server import HOME_PAGE, Reply, SbpServer

ROOT = Path(__file__).parent.parent
WORKBOOK = (ROOT / "etl/starter/trade_in_services/dt-2026-03.xls").read_bytes()
PATH = "/assets/document/dt.xls"
OLD_PATH = "/ecodata/dt.xls"
PUBLISHED = datetime(2026, 4, 17, 7, 40, tzinfo=UTC)
PUBLISHED_TEXT = "Fri, 17 Apr 2026 07:40:00 GMT"
POLITE = 4.0


class FakeClock:
    """Time that passes only where someone sleeps."""

    def __init__(self) -> None:
        self.time = 1_000.0

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def now(self) -> datetime:
        return datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=self.time - 1_000.0)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def server(clock: FakeClock) -> Iterator[SbpServer]:
    with SbpServer(clock=clock) as server:
        yield server


def release(*addresses: str, release_id: str = "trade_in_services", **rules: object) -> Release:
    fetch = {"formats": ("xls", "xlsx"), "min_bytes": 20_000, "max_bytes": 1_000_000} | rules
    return Release(
        id=release_id,
        title="Trade in services",
        description="",
        kind="file",
        series="services",
        source=Source(tier=1, basis="published", precision=""),
        fetch=Fetch(addresses=addresses, **fetch),
        calendar=Calendar(cadence="monthly", usual_lag_days=17, overdue_after_days=50),
        layout=Layout(reader="flows_by_period", stub="", unit="", ends_at="", rows_seed="", required_rows=()),
    )


def fetch(
    wanted: Release,
    *,
    clock: FakeClock | None = None,
    seen: Mapping[str, Seen] | None = None,
    limits: Limits | None = None,
    polite_seconds: float = POLITE,
) -> tuple[Outcome, ...]:
    clock = clock or FakeClock()
    with Fetcher(
        [wanted],
        polite_seconds=polite_seconds,
        limits=limits,
        clock=clock,
        sleep=clock.sleep,
        now=clock.now,
    ) as fetcher:
        return fetcher.fetch(wanted, seen or {})


def rejection(outcomes: tuple[Outcome, ...]) -> str:
    (outcome,) = outcomes
    assert isinstance(outcome, Rejected)
    assert "\n" not in outcome.reason
    return outcome.reason


def unreachability(outcome: Outcome) -> str:
    assert isinstance(outcome, Unreachable)
    assert "\n" not in outcome.reason
    return outcome.reason


def gaps(server: SbpServer) -> list[float]:
    times = [request.at for request in server.requests]
    return [later - earlier for earlier, later in pairwise(times)]


def xlsx(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>".ljust(size))
    return buffer.getvalue()


# What comes is believed after it is checked


def test_a_file_is_fetched_with_its_facts(server: SbpServer, clock: FakeClock) -> None:
    server.serve(PATH, WORKBOOK, last_modified=PUBLISHED)

    (outcome,) = fetch(release(server.url(PATH)), clock=clock)

    assert isinstance(outcome, Fetched)
    assert outcome.body == WORKBOOK
    assert outcome.format == "xls"
    facts = outcome.facts
    assert facts.release_id == "trade_in_services"
    assert facts.address == facts.final_address == server.url(PATH)
    assert facts.asked_at == datetime(2026, 5, 1, tzinfo=UTC)
    assert (facts.status, facts.last_modified, facts.etag) == (200, PUBLISHED_TEXT, None)
    assert (facts.content_type, facts.content_length) == ("application/vnd.ms-excel", len(WORKBOOK))


def test_the_format_is_told_by_the_content_and_not_by_the_name(server: SbpServer) -> None:
    server.serve(PATH, xlsx(30_000))

    (outcome,) = fetch(release(server.url(PATH)))

    assert isinstance(outcome, Fetched)
    assert outcome.format == "xlsx"


@pytest.mark.parametrize("shape", [{"is_chunked": True}, {"declares_length": False}])
def test_a_file_whose_length_is_not_declared_is_fetched(server: SbpServer, shape: dict[str, bool]) -> None:
    server.script(PATH, Reply(WORKBOOK, **shape))

    (outcome,) = fetch(release(server.url(PATH)))

    assert isinstance(outcome, Fetched)
    assert outcome.body == WORKBOOK
    assert outcome.facts.content_length is None


def test_the_home_page_with_status_200_is_rejected_and_the_reason_says_what_to_do(server: SbpServer) -> None:
    reason = rejection(fetch(release(server.url(OLD_PATH))))

    assert server.host in reason
    assert "web page" in reason
    assert "put that address first in `fetch.addresses` of etl/releases/trade_in_services.toml" in reason


def test_a_web_page_that_claims_to_be_a_workbook_is_rejected(server: SbpServer) -> None:
    server.serve(PATH, HOME_PAGE)

    assert "web page" in rejection(fetch(release(server.url(PATH))))


def test_text_html_is_never_believed(server: SbpServer) -> None:
    server.serve(PATH, WORKBOOK, content_type="Text/HTML; charset=UTF-8")

    assert "web page" in rejection(fetch(release(server.url(PATH))))


def test_a_missing_file_is_rejected_and_not_asked_for_again(server: SbpServer) -> None:
    server.script(PATH, Reply(HOME_PAGE, status=404, content_type="text/html"))

    assert "answered 404 (Not Found)" in rejection(fetch(release(server.url(PATH))))
    assert len(server.requests) == 1


def test_a_file_of_another_format_is_rejected(server: SbpServer) -> None:
    server.serve(PATH, b"%PDF-1.7".ljust(30_000))

    assert "format pdf, not xls or xlsx" in rejection(fetch(release(server.url(PATH))))


def test_a_file_that_is_too_small_is_rejected(server: SbpServer) -> None:
    server.serve(PATH, WORKBOOK[:512])

    assert "sent 512 bytes, and the release has at least 20,000" in rejection(
        fetch(release(server.url(PATH)))
    )


@pytest.mark.parametrize("shape", [{}, {"declares_length": False}, {"is_chunked": True}])
def test_a_file_that_is_too_large_is_rejected_before_all_of_it_came(
    server: SbpServer, shape: dict[str, bool]
) -> None:
    # The rest would come only after the end of the test.
    endless = Reply(bytes(2_000_000), bytes_at_once=400_000, seconds_between=0.01, **shape)
    server.script(PATH, endless)

    reason = rejection(fetch(release(server.url(PATH))))

    assert "the release may have 1,000,000" in reason
    assert "raise `fetch.max_bytes`" in reason
    assert len(server.requests) == 1


def test_a_file_that_declares_to_be_too_large_is_not_read(server: SbpServer) -> None:
    server.serve(PATH, bytes(2_000_000))

    assert "sends 2,000,000 bytes" in rejection(fetch(release(server.url(PATH))))


@pytest.mark.parametrize(
    "shape", [{}, {"is_chunked": True}, {"declares_length": False}], ids=["length", "chunked", "neither"]
)
@pytest.mark.parametrize("content", [WORKBOOK, xlsx(38_000)], ids=["xls", "xlsx"])
def test_a_truncated_file_is_asked_for_again_and_then_rejected(
    server: SbpServer, content: bytes, shape: dict[str, bool]
) -> None:
    server.script(PATH, Reply(content, breaks_off_after=30_000, **shape))

    reason = rejection(fetch(release(server.url(PATH))))

    assert f"the file from {server.host} broke off after 30,000 bytes" in reason
    assert len(server.requests) == 3


def test_a_pdf_without_its_end_is_rejected(server: SbpServer) -> None:
    server.script("/dt.pdf", Reply(b"%PDF-1.7" + b" " * 38_000, declares_length=False))

    reason = rejection(fetch(release(server.url("/dt.pdf"), formats=("pdf",))))

    assert reason == f"the file from {server.host} broke off after 38,008 bytes"


def test_a_pdf_is_fetched_by_a_release_that_comes_as_one(server: SbpServer) -> None:
    content = b"%PDF-1.7" + b" " * 38_000 + b"%%EOF"
    server.serve("/dt.pdf", content)

    (outcome,) = fetch(release(server.url("/dt.pdf"), formats=("pdf",)))

    assert isinstance(outcome, Fetched)
    assert (outcome.body, outcome.format) == (content, "pdf")


def test_a_file_that_comes_whole_at_the_second_attempt_is_fetched(server: SbpServer) -> None:
    server.script(PATH, Reply(WORKBOOK, breaks_off_after=25_000), Reply(WORKBOOK))

    (outcome,) = fetch(release(server.url(PATH)))

    assert isinstance(outcome, Fetched)
    assert outcome.body == WORKBOOK


def test_a_body_that_is_not_as_long_as_declared_is_rejected(server: SbpServer) -> None:
    server.script(PATH, Reply(WORKBOOK, is_chunked=True, headers={"Content-Length": "40000"}))

    assert "broke off after 38,400 bytes of 40,000" in rejection(fetch(release(server.url(PATH))))


def test_a_file_is_asked_for_uncompressed_and_understood_if_it_comes_compressed(server: SbpServer) -> None:
    server.script(PATH, Reply(gzip.compress(WORKBOOK), headers={"Content-Encoding": "gzip"}))

    (outcome,) = fetch(release(server.url(PATH)))

    assert server.requests[0].headers["accept-encoding"] == "identity"
    assert isinstance(outcome, Fetched)
    assert outcome.body == WORKBOOK


# Conditional requests


def seen_at(address: str, etag: str | None = None) -> dict[str, Seen]:
    return {address: Seen(address, sha256="ab" * 32, last_modified=PUBLISHED_TEXT, etag=etag)}


def test_an_unchanged_file_is_not_transferred(server: SbpServer) -> None:
    server.serve(PATH, WORKBOOK, last_modified=PUBLISHED)

    (outcome,) = fetch(release(server.url(PATH)), seen=seen_at(server.url(PATH)))

    assert isinstance(outcome, Unchanged)
    assert outcome.sha256 == "ab" * 32
    assert outcome.facts.status == 304
    assert server.requests[0].headers["if-modified-since"] == PUBLISHED_TEXT
    assert "if-none-match" not in server.requests[0].headers


def test_a_file_that_was_changed_since_is_fetched(server: SbpServer) -> None:
    server.serve(PATH, WORKBOOK, last_modified=PUBLISHED + timedelta(days=31))

    (outcome,) = fetch(release(server.url(PATH)), seen=seen_at(server.url(PATH)))

    assert isinstance(outcome, Fetched)


def test_an_etag_is_sent_back_where_the_server_gave_one(server: SbpServer) -> None:
    server.serve(PATH, WORKBOOK, etag='"v1"')

    (outcome,) = fetch(release(server.url(PATH)), seen=seen_at(server.url(PATH), etag='"v1"'))

    assert isinstance(outcome, Unchanged)
    assert server.requests[0].headers["if-none-match"] == '"v1"'


def test_what_was_seen_at_one_address_sets_no_condition_at_another(server: SbpServer) -> None:
    server.serve(PATH, WORKBOOK, last_modified=PUBLISHED)

    (outcome,) = fetch(release(server.url(PATH)), seen=seen_at(server.url(OLD_PATH)))

    assert isinstance(outcome, Fetched)


def test_304_to_a_question_without_a_condition_is_rejected(server: SbpServer) -> None:
    server.script(PATH, Reply(status=304))

    assert "answered 304" in rejection(fetch(release(server.url(PATH))))


# Several addresses


def test_addresses_are_asked_in_order_until_one_has_the_file(server: SbpServer) -> None:
    server.serve("/mirror/dt.xls", WORKBOOK)
    addresses = [server.url(path) for path in (OLD_PATH, "/mirror/dt.xls", "/third/dt.xls")]

    outcomes = fetch(release(*addresses))

    assert [type(outcome) for outcome in outcomes] == [Rejected, Fetched]
    assert [outcome.facts.address for outcome in outcomes] == addresses[:2]
    assert server.paths_asked() == (OLD_PATH, "/mirror/dt.xls")


def test_the_program_names_itself_and_its_version(server: SbpServer) -> None:
    fetch(release(server.url(PATH)))

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    agent = server.requests[0].headers["user-agent"]
    assert agent == f"Mozilla/5.0 (compatible; {project['name']}/{project['version']})"


def test_one_connection_serves_the_whole_run(server: SbpServer) -> None:
    paths = ("/a/dt.xls", "/b/dt.xls")
    for path in paths:
        server.serve(path, WORKBOOK, last_modified=PUBLISHED)
    releases = [release(server.url(path)) for path in paths]

    with Fetcher(releases, polite_seconds=0) as fetcher:
        for wanted in releases:
            fetcher.fetch(wanted, seen_at(server.url(paths[0])))

    assert len({request.connection for request in server.requests}) == 1


def test_no_password_is_looked_up_for_a_host(
    server: SbpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))

    fetch(release(server.url(PATH)))

    assert "authorization" not in server.requests[0].headers


# Politeness


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


# Redirects


def test_a_redirect_on_a_host_of_the_release_is_followed_politely(
    server: SbpServer, clock: FakeClock
) -> None:
    server.redirect(OLD_PATH, PATH)
    server.serve(PATH, WORKBOOK)

    (outcome,) = fetch(release(server.url(OLD_PATH)), clock=clock)

    assert isinstance(outcome, Fetched)
    assert outcome.facts.address == server.url(OLD_PATH)
    assert outcome.facts.final_address == server.url(PATH)
    assert gaps(server) == [POLITE]


def test_a_redirect_to_another_host_of_the_release_is_followed(server: SbpServer) -> None:
    with SbpServer() as mirror:
        server.redirect(PATH, mirror.url(PATH))
        mirror.serve(PATH, WORKBOOK)

        (outcome,) = fetch(release(server.url(PATH), mirror.url(OLD_PATH)))

        assert isinstance(outcome, Fetched)


def test_a_redirect_to_a_strange_host_is_rejected_and_not_followed(server: SbpServer) -> None:
    with SbpServer() as stranger:
        server.redirect(PATH, stranger.url(PATH))

        reason = rejection(fetch(release(server.url(PATH))))

        assert f"{server.host} redirects to {stranger.url(PATH)}" in reason
        assert not stranger.requests


def test_a_host_is_the_same_in_capitals_and_with_the_port_of_https() -> None:
    assert host_of("https://WWW.SBP.ORG.PK:443/dt.xls") == host_of("https://www.sbp.org.pk/dt.xls")


def test_hosts_that_redirects_may_lead_to_can_be_given(server: SbpServer) -> None:
    with SbpServer() as other:
        server.redirect(PATH, other.url(PATH))
        other.serve(PATH, WORKBOOK)
        wanted = release(server.url(PATH))

        with Fetcher([wanted], polite_seconds=0, allowed_hosts=[other.host]) as fetcher:
            assert isinstance(fetcher.fetch(wanted, {})[-1], Fetched)


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/dt.xls",
        "/",
        "//[",
        "http://user:secret@{host}/dt.xls",
        "https://www.sbp.org.pk\\@{host}/dt.xls",
        "mailto:\x1b[2J\xe9",
    ],
)
def test_a_redirect_to_what_is_no_file_address_is_rejected(server: SbpServer, target: str) -> None:
    server.redirect(PATH, target.format(host=server.host))

    reason = rejection(fetch(release(server.url(PATH))))

    assert "redirects to" in reason
    assert reason.isprintable()
    assert len(server.requests) == 1


def test_a_redirect_in_circles_ends_after_five(server: SbpServer) -> None:
    server.redirect(PATH, OLD_PATH)
    server.redirect(OLD_PATH, PATH)

    assert "was redirected more than 5 times" in rejection(fetch(release(server.url(PATH))))
    assert len(server.requests) == 6


def test_the_body_of_a_redirect_is_not_read(server: SbpServer) -> None:
    slow = Reply(
        bytes(100), status=302, headers={"Location": OLD_PATH}, bytes_at_once=1, seconds_between=0.05
    )
    server.script(PATH, slow)
    server.serve(OLD_PATH, WORKBOOK)

    (outcome,), seconds = fetch_in_real_time(release(server.url(PATH)), Limits())

    assert isinstance(outcome, Fetched)
    assert seconds < 1


def test_the_address_that_a_redirect_led_to_can_be_shown(server: SbpServer) -> None:
    server.redirect(PATH, "/\x1b[2J\xe9 dt.xls")

    (outcome,) = fetch(release(server.url(PATH)))

    assert outcome.facts.final_address is not None
    assert outcome.facts.final_address.isprintable()
    assert outcome.facts.final_address.isascii()


# Slow, silent and broken servers


def fetch_in_real_time(wanted: Release, limits: Limits) -> tuple[tuple[Outcome, ...], float]:
    started = time.monotonic()
    with Fetcher([wanted], polite_seconds=0, limits=limits) as fetcher:
        outcomes = fetcher.fetch(wanted, {})
    return outcomes, time.monotonic() - started


@pytest.mark.parametrize("shape", [{}, {"declares_length": False}, {"is_chunked": True}])
def test_a_body_that_drips_is_given_up_at_its_deadline(server: SbpServer, shape: dict[str, bool]) -> None:
    server.script(PATH, Reply(WORKBOOK, bytes_at_once=1, seconds_between=0.02, **shape))

    (outcome,), seconds = fetch_in_real_time(release(server.url(PATH)), Limits(body_seconds=0.2))

    assert "is too slow" in unreachability(outcome)
    assert 0.2 <= seconds < 1
    assert len(server.requests) == 1


def test_a_body_that_falls_silent_is_asked_for_again_and_then_given_up(server: SbpServer) -> None:
    server.script(PATH, Reply(WORKBOOK, bytes_at_once=30_000, seconds_between=30))

    (outcome,), seconds = fetch_in_real_time(release(server.url(PATH)), Limits(read_seconds=0.1))

    assert "fell silent for 0.1 s after 30,000 bytes" in unreachability(outcome)
    assert seconds < 1
    assert len(server.requests) == 3


def test_a_server_that_says_nothing_is_given_up_with_its_host(server: SbpServer) -> None:
    server.script(PATH, Reply(WORKBOOK, silent_seconds=30))
    addresses = (server.url(PATH), server.url(OLD_PATH))

    (first, second), seconds = fetch_in_real_time(release(*addresses), Limits(read_seconds=0.1))

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


# Out of reach


@contextmanager
def listening(answer: bytes) -> Iterator[int]:
    """Open a port whose every connection gets the same bytes."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(0.2)
                try:
                    if connection.recv(65_536):
                        connection.sendall(answer)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def port_that_vanishes() -> Iterator[int]:
    """Open a port at which packets are dropped: its queue of connections is full and nobody takes them."""
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            filler = sockets.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_host_that_refuses_is_not_asked_and_the_reason_names_it() -> None:
    host = f"127.0.0.1:{closed_port()}"

    outcomes = fetch(release(f"http://{host}{PATH}", f"http://{host}{OLD_PATH}"))

    for outcome in outcomes:
        assert unreachability(outcome) == f"{host} could not be reached: it refused the connection"
        assert outcome.facts.status is None
        assert outcome.facts.final_address is None
    assert len(outcomes) == 2


def test_a_dead_host_is_tried_once_in_a_run_and_others_are_still_asked(
    server: SbpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.serve(PATH, WORKBOOK)
    dead = closed_port()
    tried: list[int] = []
    connect = socket.create_connection

    def counted(address: tuple[str, int], *args: object, **options: object) -> socket.socket:
        tried.append(address[1])
        return connect(address, *args, **options)

    monkeypatch.setattr(socket, "create_connection", counted)
    wanted = release(f"http://127.0.0.1:{dead}{PATH}", server.url(PATH))

    with Fetcher([wanted], polite_seconds=0) as fetcher:
        assert not tried, "nothing is asked before the first fetch"
        for _ in range(2):
            assert [type(outcome) for outcome in fetcher.fetch(wanted, {})] == [Unreachable, Fetched]

    assert tried.count(dead) == 1


def test_a_host_that_goes_away_during_the_run_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hosts, "probe", lambda self, addresses: None)
    host = f"127.0.0.1:{closed_port()}"

    first, second = fetch(release(f"http://{host}{PATH}", f"http://{host}{OLD_PATH}"))

    assert unreachability(first) == f"{host} could not be reached: it refused the connection"
    assert f"{host} is not asked again in this run" in unreachability(second)


def test_hosts_whose_packets_vanish_cost_one_short_wait_for_all_of_them() -> None:
    with port_that_vanishes() as one, port_that_vanishes() as other:
        wanted = release(*(f"http://127.0.0.1:{port}{PATH}" for port in (one, other, one)))
        outcomes, seconds = fetch_in_real_time(wanted, Limits(probe_seconds=0.3))

    assert len(outcomes) == 3
    for outcome in outcomes:
        assert "could not be reached" in unreachability(outcome)
    assert seconds < 0.6


def test_name_resolution_that_hangs_costs_one_short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(*_: object, **__: object) -> None:
        released.wait(10)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    wanted = release(f"https://www.sbp.example{PATH}", f"https://archive.sbp.example{PATH}")
    try:
        outcomes, seconds = fetch_in_real_time(wanted, Limits(probe_seconds=0.2))
    finally:
        released.set()

    reasons = [unreachability(outcome) for outcome in outcomes]
    assert reasons[0] == "www.sbp.example could not be reached: no connection within 0.2 s"
    assert "archive.sbp.example" in reasons[1]
    assert seconds < 0.6


def test_a_name_that_cannot_be_resolved_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    (outcome,) = fetch(release(f"https://www.sbp.example{PATH}"))

    assert unreachability(outcome) == ("www.sbp.example could not be reached: its name could not be resolved")


@pytest.mark.parametrize("host", [f"{'a' * 70}.example", "www..example"])
def test_a_name_that_no_host_can_have_is_an_outcome_and_no_exception(host: str) -> None:
    (outcome,) = fetch(release(f"https://{host}{PATH}"))

    assert unreachability(outcome) == f"{host} could not be reached: its name could not be resolved"


def test_a_port_that_no_host_can_have_is_an_outcome_and_no_exception() -> None:
    (outcome,) = fetch(release(f"https://www.sbp.example:99999{PATH}"))

    assert "could not be reached" in unreachability(outcome)


def test_a_host_is_reached_at_its_second_address_where_the_first_one_leads_nowhere(
    server: SbpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.serve(PATH, WORKBOOK)
    with port_that_vanishes() as vanishing:

        def two_addresses(*_: object, **__: object) -> list[tuple[object, ...]]:
            ports = (vanishing, int(server.host.partition(":")[2]))
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]

        monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
        limits = Limits(probe_seconds=0.6, connect_seconds=0.1)
        (outcome,) = fetch(release(f"http://localhost{PATH}"), limits=limits)

    assert isinstance(outcome, Fetched)


def test_with_its_own_limits_sbp_out_of_reach_is_known_within_ten_seconds() -> None:
    limits = Limits()

    # Where only the probe comes through: one handshake each for the two hosts of SBP.
    assert limits.probe_seconds + 2 * limits.connect_seconds <= 10


def test_a_server_without_tls_is_unreachable_over_https_and_asked_once(server: SbpServer) -> None:
    addresses = [f"https://{server.host}{path}" for path in (PATH, OLD_PATH)]

    first, second = fetch(release(*addresses))

    assert "no TLS connection could be agreed" in unreachability(first)
    assert "is not asked again in this run" in unreachability(second)


def test_a_handshake_that_is_not_answered_ends_with_the_timeout_of_the_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}{PATH}"
        (first, second), seconds = fetch_in_real_time(
            release(address, address + "x"), Limits(connect_seconds=0.2)
        )

    assert "no TLS connection within 0.2 s" in unreachability(first)
    assert "is not asked again in this run" in unreachability(second)
    assert seconds < 0.6


# Proxies


def test_the_proxy_of_the_environment_is_used_and_not_bypassed(
    server: SbpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{server.host}")
    server.serve(PATH, WORKBOOK)

    (outcome,) = fetch(release(f"http://127.0.0.1:{closed_port()}{PATH}"))

    assert isinstance(outcome, Fetched)
    assert server.paths_asked() == (PATH,)


def test_a_proxy_out_of_reach_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = f"127.0.0.1:{closed_port()}"
    monkeypatch.setenv("https_proxy", f"http://someone:secret@{proxy}")

    (outcome,) = fetch(release(f"https://www.sbp.example{PATH}"))

    assert unreachability(outcome) == (
        f"www.sbp.example could not be reached: through the proxy {proxy}: it refused the connection"
    )


def test_a_proxy_that_refuses_a_host_is_an_outcome(
    server: SbpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"http://someone:secret@{server.host}")

    (outcome,) = fetch(release(f"https://www.sbp.example{PATH}"))

    reason = unreachability(outcome)
    assert "www.sbp.example could not be reached through the proxy" in reason
    assert "403" in reason
    assert "secret" not in reason


# The test server itself


def test_the_test_server_forbids_the_default_agents_of_programs(server: SbpServer) -> None:
    server.serve(PATH, WORKBOOK)

    assert requests.get(server.url(PATH), timeout=5).status_code == 403
