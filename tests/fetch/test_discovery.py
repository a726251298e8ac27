"""SBP's index is asked once a run and only when it is needed; whatever is wrong with it stops nothing."""

import json
from collections.abc import Callable

import msgspec
import pytest

from etl.archive.store import Archive, FetchRecord
from etl.catalog.releases import IndexSearch as Names
from etl.catalog.releases import Release
from etl.fetch.clients import FileClient
from etl.fetch.collect import Collected, collect, last_seen
from etl.fetch.discovery import INDEX_ID, SbpIndex
from etl.fetch.http import Fetcher
from tests.support.asking import FakeClock, gaps
from tests.support.readings import SERVICES, SUMMARY
from tests.support.releases import FEBRUARY, MARCH, SUMMARY_OF_MARCH, release_at
from tests.support.sbp_server import HOME_PAGE, Reply, SbpServer

FIRST, SECOND = "/assets/dt_collection_1/external.json", "/assets/dt_collection_1/main.json"
PATH, NEW_PATH = "/assets/document/dt.xls", "/assets/document/2027/dt_1.xls"


def named(release: Release, *file_names: str) -> Release:
    """Return a release that the index may have under these names."""
    assert release.fetch is not None
    fetch = msgspec.structs.replace(release.fetch, discovery=Names(file_names=file_names))
    return msgspec.structs.replace(release, fetch=fetch)


def index(**files: str) -> bytes:
    """Return an index of files by name (with an underscore for the point), each at an address."""
    entries = [
        {"title": None, "attachment": {"file_name": name.replace("__", "."), "url": url}}
        for name, url in files.items()
    ]
    return json.dumps({"external": {"trade": {"monthly": {"2027": entries}}}}).encode()


@pytest.fixture
def ask(server: SbpServer, archive: Archive, clock: FakeClock) -> Callable[..., list[Collected]]:
    """Ask for releases in one run, with both indexes."""

    def run(*releases: Release, asked_by: str = "command") -> list[Collected]:
        with Fetcher(releases, polite_seconds=4.0, clock=clock, sleep=clock.sleep, now=clock.now) as fetcher:
            client = FileClient(fetcher, SbpIndex(fetcher, (server.url(FIRST), server.url(SECOND)), asked_by))
            seen = last_seen(archive, releases)
            return [collect(release, client, archive, asked_by, seen[release.id]) for release in releases]

    return run


def of_index(archive: Archive) -> list[FetchRecord]:
    return [record for record in archive.fetches() if record.release_id == INDEX_ID]


def test_a_release_is_asked_for_first_where_the_index_has_it(
    server: SbpServer, archive: Archive, ask: Callable[..., list[Collected]]
) -> None:
    server.serve(PATH, FEBRUARY.read_bytes())
    server.serve(NEW_PATH, MARCH.read_bytes())
    server.serve(FIRST, index(dt_1__xls=server.url(NEW_PATH)), content_type="application/json")

    (collected,) = ask(named(release_at(server.url(PATH)), "dt.xls"), asked_by="dagster")

    assert (collected.outcome, collected.address) == ("new", server.url(NEW_PATH))
    assert server.paths_asked() == (FIRST, NEW_PATH)
    (record,) = of_index(archive)
    assert (record.outcome, record.asked_by, record.status) == ("answered", "dagster", 200)
    assert (record.address, record.sha256) == (server.url(FIRST), None)


def test_the_addresses_of_the_catalogue_serve_where_that_of_the_index_does_not(
    server: SbpServer, ask: Callable[..., list[Collected]]
) -> None:
    server.serve(PATH, MARCH.read_bytes())
    server.serve(FIRST, index(dt__xls=server.url(NEW_PATH)), content_type="application/json")

    (collected,) = ask(named(release_at(server.url(PATH)), "dt.xls"))

    assert (collected.outcome, collected.address) == ("new", server.url(PATH))
    assert server.paths_asked() == (FIRST, NEW_PATH, PATH)


def test_the_index_is_asked_once_for_all_releases_and_politely(
    server: SbpServer, ask: Callable[..., list[Collected]]
) -> None:
    summary = "/assets/document/bpm6.xls"
    server.serve(PATH, MARCH.read_bytes())
    server.serve(summary, SUMMARY_OF_MARCH.read_bytes())
    listed = index(dt__xls=server.url(PATH), bpm6__xls=server.url(summary))
    server.serve(FIRST, listed, content_type="application/json")

    collected = ask(
        named(release_at(server.url(PATH)), "dt.xls"),
        named(release_at(server.url(summary), release_id=SUMMARY), "bpm6.xls"),
    )

    assert [item.outcome for item in collected] == ["new", "new"]
    assert server.paths_asked() == (FIRST, PATH, summary)
    assert min(gaps(server)) >= 4.0


def test_a_release_that_the_first_index_lacks_is_looked_for_in_the_next(
    server: SbpServer, archive: Archive, ask: Callable[..., list[Collected]]
) -> None:
    server.serve(NEW_PATH, MARCH.read_bytes())
    server.serve(FIRST, index(other__xls=server.url("/other.xls")), content_type="application/json")
    server.serve(SECOND, index(dt__xls=server.url(NEW_PATH)), content_type="application/json")

    (collected,) = ask(named(release_at(server.url(PATH)), "dt.xls"))

    assert collected.address == server.url(NEW_PATH)
    assert [record.outcome for record in of_index(archive)] == ["answered", "answered"]


def test_for_a_release_without_names_the_index_is_not_asked(
    server: SbpServer, ask: Callable[..., list[Collected]]
) -> None:
    server.serve(PATH, MARCH.read_bytes())
    release = release_at(server.url(PATH))
    assert release.fetch is not None
    nameless = msgspec.structs.replace(release, fetch=msgspec.structs.replace(release.fetch, discovery=None))

    ask(nameless)

    assert server.paths_asked() == (PATH,)


@pytest.mark.parametrize(
    ("reply", "outcome", "said"),
    [
        (Reply(HOME_PAGE, content_type="text/html"), "rejected", "web page"),
        (Reply(status=404), "rejected", "answered 404"),
        (Reply(b"no such thing", content_type="application/json"), "rejected", "format unknown, not json"),
        (Reply(b'{"a": [', content_type="application/json"), "rejected", "no JSON that can be read"),
        (Reply(b'{"news": []}', content_type="application/json"), "rejected", "its shape has changed"),
        (Reply(b"[]", breaks_off_after=1), "rejected", "broke off"),
        (Reply(status=500), "unreachable", "answered 500"),
        (Reply(status=429), "unreachable", "answered 429"),
        (Reply(status=403), "unreachable", "answered 403"),
        (Reply(silent_seconds=-1), "unreachable", "broke off the connection"),
    ],
)
def test_an_index_that_gives_nothing_is_a_line_in_the_log_and_no_failure(
    server: SbpServer,
    archive: Archive,
    ask: Callable[..., list[Collected]],
    reply: Reply,
    outcome: str,
    said: str,
) -> None:
    server.script(FIRST, reply)
    server.script(SECOND, reply)
    server.serve(PATH, MARCH.read_bytes())

    (collected,) = ask(named(release_at(server.url(PATH)), "dt.xls"))

    assert (collected.outcome, collected.address) == ("new", server.url(PATH))
    records = of_index(archive)
    # A host in trouble is not asked for the next index: the releases on it matter more.
    assert [record.outcome for record in records] == [outcome] * (2 if outcome == "rejected" else 1)
    assert all(said in str(record.reason) for record in records)


def test_the_index_is_not_asked_again_for_the_next_release_where_it_gave_nothing(
    server: SbpServer, ask: Callable[..., list[Collected]]
) -> None:
    server.script(FIRST, Reply(status=404))
    server.script(SECOND, Reply(status=404))
    server.serve(PATH, MARCH.read_bytes())
    release = named(release_at(server.url(PATH)), "dt.xls")

    ask(release, release)

    assert [path for path in server.paths_asked() if path != PATH] == [FIRST, SECOND]


def test_an_address_on_another_host_is_not_asked(
    server: SbpServer, ask: Callable[..., list[Collected]]
) -> None:
    with SbpServer() as stranger:
        server.serve(PATH, MARCH.read_bytes())
        server.serve(FIRST, index(dt__xls=stranger.url(PATH)), content_type="application/json")

        (collected,) = ask(named(release_at(server.url(PATH)), "dt.xls"))

        assert collected.address == server.url(PATH)
        assert not stranger.requests


def test_the_next_run_asks_on_condition_where_the_index_led(
    server: SbpServer, ask: Callable[..., list[Collected]], clock: FakeClock
) -> None:
    server.serve(NEW_PATH, MARCH.read_bytes(), last_modified=clock.now())
    server.serve(FIRST, index(dt__xls=server.url(NEW_PATH)), content_type="application/json")
    release = named(release_at(server.url(PATH), release_id=SERVICES), "dt.xls")
    ask(release)

    (collected,) = ask(release)

    assert collected.outcome == "unchanged"
    assert "if-modified-since" in server.requests[-1].headers
