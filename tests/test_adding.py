"""A release file that a person gives is told by its content, archived as it is, or refused with a reason."""

from datetime import date
from pathlib import Path

import pytest

from etl.adding import add_file, recognise
from etl.archive import Archive
from etl.catalog import Catalog, CatalogError
from tests.support.printed import Table, headline_table, printed, services_table
from tests.support.readings import HEADLINE, SERVICES, SERVICES_PDF, SUMMARY
from tests.support.releases import FEBRUARY, MARCH, SUMMARY_OF_MARCH
from tests.support.sbp_server import HOME_PAGE
from tests.support.workbooks import encrypted_xls, services, services_grid, without_row


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


@pytest.mark.parametrize(
    ("table", "release_id"),
    [(services_table(services()), SERVICES_PDF), (headline_table(services()), HEADLINE)],
)
def test_a_pdf_is_recognised_by_its_table(
    catalog: Catalog, archive: Archive, tmp_path: Path, table: Table, release_id: str
) -> None:
    path = write(tmp_path, "download.tmp", printed(table))

    added = add_file(path, catalog, archive, release_id=None, published_on=None)

    assert (added.release_id, added.reason) == (release_id, None)
    assert archive.files(release_id)[0].facts.format == "pdf"


def test_a_pdf_that_was_not_read_well_is_kept_in_quarantine_alone(
    catalog: Catalog, archive: Archive, tmp_path: Path
) -> None:
    path = write(tmp_path, "dt.pdf", printed(services_table(without_row(services(), "3. Transport"))))

    refused = add_file(path, catalog, archive, release_id=None, published_on=None)
    kept = add_file(path, catalog, archive, release_id=SERVICES_PDF, published_on=None)

    assert "as trade_in_services_pdf: a row is missing" in str(refused.reason)
    assert str(refused.reason).endswith("`--release ID` keeps it in quarantine with this reason")
    assert (kept.release_id, kept.is_new, kept.reason) == (SERVICES_PDF, True, None)


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
    with pytest.raises(CatalogError, match=f"there are: .*{SUMMARY}, .*{SERVICES}"):
        add_file(MARCH, catalog, archive, release_id=name, published_on=None)


def test_recognition_gives_no_reason_where_it_succeeds(catalog: Catalog) -> None:
    release, reason = recognise(MARCH.read_bytes(), catalog)

    assert release is not None
    assert (release.id, reason) == (SERVICES, "")


def test_a_day_that_is_yet_to_come_is_refused(catalog: Catalog, archive: Archive) -> None:
    added = add_file(MARCH, catalog, archive, None, date(2999, 1, 1))
    assert added.reason == "cannot have been published on 2999-01-01"
    assert archive.hashes(SERVICES) == ()


def test_a_file_that_is_another_release_is_not_archived_as_this_one(
    catalog: Catalog, archive: Archive
) -> None:
    added = add_file(MARCH, catalog, archive, SUMMARY, None)
    assert added.reason == f"is {SERVICES}, not {SUMMARY}"
    assert archive.hashes(SUMMARY) == ()


def test_a_day_that_comes_too_late_is_said_and_not_taken(catalog: Catalog, archive: Archive) -> None:
    add_file(MARCH, catalog, archive, None, None)
    again = add_file(MARCH, catalog, archive, None, date(2026, 5, 1))
    assert not again.is_new
    assert again.ignored_date == date(2026, 5, 1)
