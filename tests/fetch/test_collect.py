"""What the network and the package give is brought into the archive, and every answer is logged."""

from datetime import UTC, date, datetime
from pathlib import Path

from etl.archive.store import Archive, FetchRecord
from etl.catalog.releases import Release
from etl.fetch.clients import FileClient
from etl.fetch.collect import Collected, collect, install_starter, last_seen
from etl.fetch.discovery import SbpIndex
from etl.fetch.http import Fetcher
from etl.fetch.validate import FetchLimits
from tests.support.readings import SERVICES, SUMMARY
from tests.support.releases import FEBRUARY, MARCH, SUMMARY_OF_MARCH, release_at, sha256_of
from tests.support.sbp_server import Reply, SbpServer

PATH, OLD_PATH = "/assets/document/dt.xls", "/ecodata/dt.xls"
PUBLISHED = datetime(2026, 4, 17, 7, 40, tzinfo=UTC)
PUBLISHED_TEXT = "Fri, 17 Apr 2026 07:40:00 GMT"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def ask(
    release: Release, archive: Archive, asked_by: str = "command", indexes: tuple[str, ...] = ()
) -> Collected:
    limits = FetchLimits(attempts=1)
    with Fetcher(
        [release], polite_seconds=0.0, limits=limits, sleep=lambda _: None, now=lambda: NOW
    ) as fetcher:
        client = FileClient(fetcher, SbpIndex(fetcher, indexes, asked_by))
        return collect(release, client, archive, asked_by, last_seen(archive, [release])[release.id])


def logged(archive: Archive) -> list[FetchRecord]:
    return list(archive.fetches())


# From the network


def test_a_new_file_is_archived_with_what_the_server_said_of_it(server: SbpServer, archive: Archive) -> None:
    server.serve(PATH, MARCH.read_bytes(), last_modified=PUBLISHED)

    collected = ask(release_at(server.url(PATH)), archive)

    assert (collected.outcome, collected.has_failed, collected.reason) == ("new", False, None)
    assert collected.file_sha256 == sha256_of(MARCH)
    assert collected.size_bytes == MARCH.stat().st_size
    (file,) = archive.files(SERVICES)
    assert file.read() == MARCH.read_bytes()
    assert (file.facts.via, file.facts.original_name) == ("fetched", "dt.xls")
    assert file.facts.source_address == server.url(PATH)
    assert (file.facts.last_modified, file.facts.first_seen_at) == (PUBLISHED_TEXT, NOW)
    assert file.facts.published_on is None


def test_every_answer_is_logged_with_who_asked(server: SbpServer, archive: Archive) -> None:
    server.serve(PATH, MARCH.read_bytes(), last_modified=PUBLISHED)

    ask(release_at(server.url(PATH)), archive, asked_by="dagster")

    (record,) = logged(archive)
    assert (record.release_id, record.address, record.asked_at) == (SERVICES, server.url(PATH), NOW)
    assert (record.outcome, record.asked_by, record.status) == ("new", "dagster", 200)
    assert (record.sha256, record.last_modified) == (sha256_of(MARCH), PUBLISHED_TEXT)
    assert record.content_length == MARCH.stat().st_size


def test_the_same_version_is_not_sent_again(server: SbpServer, archive: Archive) -> None:
    server.serve(PATH, MARCH.read_bytes(), last_modified=PUBLISHED)
    release = release_at(server.url(PATH))
    ask(release, archive)

    collected = ask(release, archive)

    assert (collected.outcome, collected.file_sha256) == ("unchanged", sha256_of(MARCH))
    assert [(record.outcome, record.status) for record in logged(archive)] == [
        ("new", 200),
        ("unchanged", 304),
    ]
    assert server.requests[-1].headers["if-modified-since"] == PUBLISHED_TEXT
    assert len(archive.files(SERVICES)) == 1


def test_the_same_bytes_under_another_date_are_unchanged_too(server: SbpServer, archive: Archive) -> None:
    release = release_at(server.url(PATH))
    server.serve(PATH, MARCH.read_bytes(), last_modified=PUBLISHED)
    ask(release, archive)
    server.serve(PATH, MARCH.read_bytes(), last_modified=PUBLISHED.replace(day=20))

    collected = ask(release, archive)

    assert (collected.outcome, collected.file_sha256) == ("unchanged", sha256_of(MARCH))
    assert [(record.outcome, record.status) for record in logged(archive)] == [
        ("new", 200),
        ("unchanged", 200),
    ]
    (file,) = archive.files(SERVICES)
    assert file.facts.last_modified == PUBLISHED_TEXT


def test_an_answer_304_that_leaves_its_date_out_does_not_forget_it(
    server: SbpServer, archive: Archive
) -> None:
    release = release_at(server.url(PATH))
    server.serve(PATH, MARCH.read_bytes(), last_modified=PUBLISHED)
    ask(release, archive)
    server.script(PATH, Reply(status=304))
    assert ask(release, archive).outcome == "unchanged"

    ask(release, archive)

    assert [request.headers.get("if-modified-since") for request in server.requests][1:] == [
        PUBLISHED_TEXT
    ] * 2


def test_a_file_that_the_archive_lost_is_asked_for_without_conditions(
    server: SbpServer, archive: Archive, settings: object
) -> None:
    release = release_at(server.url(PATH))
    server.serve(PATH, MARCH.read_bytes(), last_modified=PUBLISHED)
    sha256 = ask(release, archive).file_sha256
    assert set(last_seen(archive, [release])[SERVICES]) == {server.url(PATH)}
    (archive.folder / SERVICES / str(sha256)).rename(archive.folder / "elsewhere")

    assert last_seen(archive, [release]) == {SERVICES: {}}
    assert ask(release, archive).outcome == "new"


def test_what_is_known_of_an_address_is_what_it_said_last(server: SbpServer, archive: Archive) -> None:
    release = release_at(server.url(PATH), server.url(OLD_PATH))
    for content, day in ((FEBRUARY, 1), (MARCH, 17)):
        server.serve(PATH, content.read_bytes(), last_modified=PUBLISHED.replace(day=day))
        ask(release, archive)

    (seen,) = last_seen(archive, [release])[SERVICES].values()

    assert (seen.address, seen.sha256) == (server.url(PATH), sha256_of(MARCH))
    assert seen.last_modified == PUBLISHED_TEXT


def test_a_server_that_is_out_of_reach_is_a_result_and_is_logged(server: SbpServer, archive: Archive) -> None:
    server.script(PATH, Reply(status=500))
    release = release_at(server.url(PATH))

    collected = ask(release, archive)

    assert (collected.outcome, collected.has_failed, collected.file_sha256) == ("unreachable", True, None)
    assert "500" in str(collected.reason)
    (record,) = logged(archive)
    assert (record.outcome, record.reason, record.sha256) == ("unreachable", collected.reason, None)
    assert archive.files(SERVICES) == ()


def test_the_home_page_in_the_place_of_a_file_is_rejected_and_logged(
    server: SbpServer, archive: Archive
) -> None:
    collected = ask(release_at(server.url(OLD_PATH)), archive)

    assert (collected.outcome, collected.has_failed) == ("rejected", True)
    assert "web page" in str(collected.reason)
    assert [record.outcome for record in logged(archive)] == ["rejected"]
    assert archive.files(SERVICES) == ()


def test_the_next_address_decides_where_the_first_gives_nothing(server: SbpServer, archive: Archive) -> None:
    server.serve(OLD_PATH, MARCH.read_bytes(), last_modified=PUBLISHED)
    release = release_at(server.url(PATH), server.url(OLD_PATH))

    collected = ask(release, archive)

    assert (collected.outcome, collected.address) == ("new", server.url(OLD_PATH))
    assert [record.outcome for record in logged(archive)] == ["rejected", "new"]


def test_an_older_file_at_the_second_address_does_not_replace_the_newer_one(
    server: SbpServer, archive: Archive
) -> None:
    server.serve(PATH, MARCH.read_bytes(), last_modified=PUBLISHED)
    server.serve(OLD_PATH, FEBRUARY.read_bytes(), last_modified=PUBLISHED.replace(day=1))
    release = release_at(server.url(PATH), server.url(OLD_PATH))
    ask(release, archive)
    server.script(PATH, Reply(status=500))

    ask(release, archive)

    assert set(archive.hashes(SERVICES)) == {sha256_of(MARCH), sha256_of(FEBRUARY)}


# From the package


def test_the_starter_is_installed_once(archive: Archive) -> None:
    assert install_starter(archive) == 3
    assert install_starter(archive) == 0

    assert set(archive.hashes(SERVICES)) == {sha256_of(FEBRUARY), sha256_of(MARCH)}
    assert archive.hashes(SUMMARY) == (sha256_of(SUMMARY_OF_MARCH),)


def test_the_starter_says_of_its_files_that_it_wrote_them_and_when_sbp_published_them(
    archive: Archive,
) -> None:
    install_starter(archive)

    march = next(f.facts for f in archive.files(SERVICES) if f.facts.sha256 == sha256_of(MARCH))
    assert (march.via, march.original_name) == ("starter", "dt-2026-03.xls")
    assert (march.published_on, march.published_on_is) == (date(2026, 4, 17), "workbook_last_saved")
    assert march.first_seen_at == datetime(2026, 4, 17, tzinfo=UTC)


def test_two_installations_have_the_same_starter_archive(tmp_path: Path) -> None:
    one, other = Archive(tmp_path / "one"), Archive(tmp_path / "other")
    install_starter(one)
    install_starter(other)

    def contents(archive: Archive) -> dict[Path, bytes]:
        return {
            path.relative_to(archive.folder): path.read_bytes()
            for path in archive.folder.rglob("*")
            if path.is_file()
        }

    assert contents(one) == contents(other)
