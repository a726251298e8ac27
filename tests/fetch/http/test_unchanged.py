"""A file that the archive has is asked for on condition, and not transferred again."""

from datetime import timedelta

from etl.archive.results import Fetched, Unchanged
from tests.support.asking import OLD_PATH, PATH, PUBLISHED, PUBLISHED_TEXT, WORKBOOK, fetch, release, seen_at
from tests.support.sbp_server import SbpServer


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
