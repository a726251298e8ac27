"""An address gives the file: as it came, with its facts, also where the way there is not straight."""

import gzip
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from etl.archive.results import Fetched, Rejected
from etl.fetch.http import Fetcher
from etl.fetch.validate import FetchLimits
from tests.support.asking import (
    OLD_PATH,
    PATH,
    POLITE,
    PUBLISHED,
    PUBLISHED_TEXT,
    ROOT,
    WORKBOOK,
    FakeClock,
    fetch,
    fetch_in_real_time,
    gaps,
    release,
    seen_at,
    xlsx,
)
from tests.support.sbp_server import Reply, SbpServer


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


def test_a_file_that_comes_whole_at_the_second_attempt_is_fetched(server: SbpServer) -> None:
    server.script(PATH, Reply(WORKBOOK, breaks_off_after=25_000), Reply(WORKBOOK))

    (outcome,) = fetch(release(server.url(PATH)))

    assert isinstance(outcome, Fetched)
    assert outcome.body == WORKBOOK


def test_a_file_is_asked_for_uncompressed_and_understood_if_it_comes_compressed(server: SbpServer) -> None:
    server.script(PATH, Reply(gzip.compress(WORKBOOK), headers={"Content-Encoding": "gzip"}))

    (outcome,) = fetch(release(server.url(PATH)))

    assert server.requests[0].headers["accept-encoding"] == "identity"
    assert isinstance(outcome, Fetched)
    assert outcome.body == WORKBOOK


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


def test_hosts_that_redirects_may_lead_to_can_be_given(server: SbpServer) -> None:
    with SbpServer() as other:
        server.redirect(PATH, other.url(PATH))
        other.serve(PATH, WORKBOOK)
        wanted = release(server.url(PATH))

        with Fetcher([wanted], polite_seconds=0, allowed_hosts=[other.host]) as fetcher:
            assert isinstance(fetcher.fetch(wanted, {})[-1], Fetched)


def test_the_body_of_a_redirect_is_not_read(server: SbpServer) -> None:
    slow = Reply(
        bytes(100), status=302, headers={"Location": OLD_PATH}, bytes_at_once=1, seconds_between=0.05
    )
    server.script(PATH, slow)
    server.serve(OLD_PATH, WORKBOOK)

    (outcome,), seconds = fetch_in_real_time(release(server.url(PATH)), FetchLimits())

    assert isinstance(outcome, Fetched)
    assert seconds < 1


def test_the_address_that_a_redirect_led_to_can_be_shown(server: SbpServer) -> None:
    server.redirect(PATH, "/\x1b[2J\xe9 dt.xls")

    (outcome,) = fetch(release(server.url(PATH)))

    assert outcome.facts.final_address is not None
    assert outcome.facts.final_address.isprintable()
    assert outcome.facts.final_address.isascii()


def test_the_test_server_forbids_the_default_agents_of_programs(server: SbpServer) -> None:
    server.serve(PATH, WORKBOOK)

    assert requests.get(server.url(PATH), timeout=5).status_code == 403


def test_a_pdf_is_fetched_by_a_release_that_comes_as_one(server: SbpServer) -> None:
    content = b"%PDF-1.7" + b" " * 38_000 + b"%%EOF"
    server.serve("/dt.pdf", content)

    (outcome,) = fetch(release(server.url("/dt.pdf"), formats=("pdf",)))

    assert isinstance(outcome, Fetched)
    assert (outcome.body, outcome.format) == (content, "pdf")
