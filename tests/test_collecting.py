"""What the network, a person or the package gives is brought into the archive, and every answer is logged."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from etl.archive import Archive, FetchRecord
from etl.catalog import Catalog, CatalogError, Release
from etl.collecting import Collected, add_file, collect, install_starter, last_seen, recognise
from etl.fetching import Fetcher, Limits
from tests.support.readings import SERVICES, SUMMARY
from tests.support.releases import FEBRUARY, MARCH, SUMMARY_OF_MARCH, release_at, sha256_of
from tests.support.sbp_server import HOME_PAGE, Reply, SbpServer
from tests.support.workbooks import encrypted_xls, services_grid

PATH, OLD_PATH = "/assets/document/dt.xls", "/ecodata/dt.xls"
PUBLISHED = datetime(2026, 4, 17, 7, 40, tzinfo=UTC)
PUBLISHED_TEXT = "Fri, 17 Apr 2026 07:40:00 GMT"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[SbpServer]:
    with SbpServer() as server:
        yield server


def ask(release: Release, archive: Archive, asked_by: str = "command") -> Collected:
    limits = Limits(attempts=1)
    with Fetcher(
        [release], polite_seconds=0.0, limits=limits, sleep=lambda _: None, now=lambda: NOW
    ) as fetcher:
        return collect(release, fetcher, archive, asked_by)


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


def test_a_file_that_the_archive_lost_is_asked_for_without_conditions(
    server: SbpServer, archive: Archive, settings: object
) -> None:
    release = release_at(server.url(PATH))
    server.serve(PATH, MARCH.read_bytes(), last_modified=PUBLISHED)
    sha256 = ask(release, archive).file_sha256
    assert set(last_seen(archive, release)) == {server.url(PATH)}
    (archive.folder / SERVICES / str(sha256)).rename(archive.folder / "elsewhere")

    assert last_seen(archive, release) == {}
    assert ask(release, archive).outcome == "new"


def test_what_is_known_of_an_address_is_what_it_said_last(server: SbpServer, archive: Archive) -> None:
    release = release_at(server.url(PATH), server.url(OLD_PATH))
    for content, day in ((FEBRUARY, 1), (MARCH, 17)):
        server.serve(PATH, content.read_bytes(), last_modified=PUBLISHED.replace(day=day))
        ask(release, archive)

    (seen,) = last_seen(archive, release).values()

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


# By hand


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("source", "release_id"), [(FEBRUARY, SERVICES), (MARCH, SERVICES), (SUMMARY_OF_MARCH, SUMMARY)]
)
def test_a_file_is_recognised_by_its_content_whatever_it_is_called(
    catalog: Catalog, archive: Archive, tmp_path: Path, source: Path, release_id: str
) -> None:
    path = write(tmp_path, "download (3).tmp", source.read_bytes())

    added = add_file(path, catalog, archive, release_id=None, published_on=None)

    assert (added.release_id, added.is_new, added.reason) == (release_id, True, None)
    (file,) = archive.files(release_id)
    assert (file.facts.format, file.facts.via) == ("xls", "by_hand")
    assert (file.facts.original_name, file.facts.source_address) == ("download (3).tmp", None)


def test_the_same_file_is_added_once(catalog: Catalog, archive: Archive) -> None:
    add_file(MARCH, catalog, archive, release_id=None, published_on=None)

    again = add_file(MARCH, catalog, archive, release_id=None, published_on=None)

    assert (again.is_new, again.reason) == (False, None)
    assert len(archive.files(SERVICES)) == 1


def test_a_day_of_publication_may_be_given_with_the_file(catalog: Catalog, archive: Archive) -> None:
    add_file(MARCH, catalog, archive, release_id=None, published_on=date(2026, 4, 17))

    (file,) = archive.files(SERVICES)
    assert (file.facts.published_on, file.facts.published_on_is) == (date(2026, 4, 17), "given_by_hand")


def test_a_web_page_is_refused_once_for_all_releases(
    catalog: Catalog, archive: Archive, tmp_path: Path
) -> None:
    path = write(tmp_path, "dt.xls", HOME_PAGE)

    added = add_file(path, catalog, archive, release_id=None, published_on=None)

    assert added.release_id is None
    assert added.reason == (
        "is no release file: not a workbook at the first bytes: expected xls or xlsx; found html"
    )
    assert not archive.folder.exists()


def test_a_workbook_of_no_release_is_refused_with_the_reason_of_each(
    catalog: Catalog, archive: Archive, tmp_path: Path
) -> None:
    path = write(tmp_path, "dt.xls", services_grid().put("I63", "1,234").xls())

    added = add_file(path, catalog, archive, release_id=None, published_on=None)

    assert added.release_id is None
    reason = str(added.reason)
    assert reason.startswith("is no release known here; ")
    assert f"as {SUMMARY}: the table is not there" in reason
    assert f"as {SERVICES}: a cell of the table holds no number at 'EBOPS ' I63" in reason
    assert archive.files(SERVICES) == ()


def test_a_file_that_cannot_be_read_is_refused(catalog: Catalog, archive: Archive, tmp_path: Path) -> None:
    missing = add_file(tmp_path / "none.xls", catalog, archive, release_id=None, published_on=None)
    folder = add_file(tmp_path, catalog, archive, release_id=SERVICES, published_on=None)

    assert missing.reason == "cannot be read: No such file or directory"
    assert folder.reason == "cannot be read: Is a directory"


def test_with_the_release_named_a_file_is_archived_even_where_it_is_not_understood(
    catalog: Catalog, archive: Archive, tmp_path: Path
) -> None:
    path = write(tmp_path, "dt.xls", encrypted_xls())

    added = add_file(path, catalog, archive, release_id=SERVICES, published_on=None)

    assert (added.release_id, added.is_new, added.reason) == (SERVICES, True, None)
    assert len(archive.files(SERVICES)) == 1


def test_with_the_release_named_another_format_is_refused_all_the_same(
    catalog: Catalog, archive: Archive, tmp_path: Path
) -> None:
    path = write(tmp_path, "dt.xls", b"%PDF-1.7 a printed page")

    added = add_file(path, catalog, archive, release_id=SERVICES, published_on=None)

    assert added.reason == "is pdf; trade_in_services comes as xls or xlsx"
    assert archive.files(SERVICES) == ()


@pytest.mark.parametrize("name", ["no_such_release", "transcribed_prints"])
def test_a_release_without_files_cannot_be_named(catalog: Catalog, archive: Archive, name: str) -> None:
    with pytest.raises(CatalogError, match=f"there are: {SUMMARY}, {SERVICES}"):
        add_file(MARCH, catalog, archive, release_id=name, published_on=None)


def test_recognition_gives_no_reason_where_it_succeeds(catalog: Catalog) -> None:
    release, reason = recognise(MARCH.read_bytes(), catalog)

    assert release is not None
    assert (release.id, reason) == (SERVICES, "")


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
