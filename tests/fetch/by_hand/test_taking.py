"""A release file that a person gives is told by its content, archived as it is, or refused with a reason."""

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from etl.archive.store import Archive
from etl.catalog.releases import Catalog, CatalogError
from etl.fetch.by_hand import Added, Recogniser, add
from etl.readers.easydata import Asked, Pull, pack
from tests.support import archives
from tests.support.easydata import BALANCE, PORTAL_COLUMNS, RATES, api_json, csv_of
from tests.support.easydata import SERVICES as EASYDATA_SERVICES
from tests.support.printed import Table, headline_table, printed, services_table
from tests.support.readings import HEADLINE, SERVICES, SERVICES_PDF, SUMMARY
from tests.support.releases import FEBRUARY, MARCH, SUMMARY_OF_MARCH
from tests.support.sbp_server import HOME_PAGE
from tests.support.workbooks import encrypted_xls, services, without_row


def add_file(
    path: Path, catalog: Catalog, archive: Archive, release_id: str | None, published_on: date | None
) -> Added:
    (added,) = add([path], catalog, archive, release_id, published_on)
    return added


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

    assert "nearest is trade_in_services_pdf: a row is missing" in str(refused.reason)
    assert str(refused.reason).endswith("`--release ID` keeps it in quarantine with this reason")
    assert (kept.release_id, kept.is_new, kept.reason) == (SERVICES_PDF, True, None)


@pytest.mark.parametrize(
    ("content", "release_id"),
    [
        # Laid out as the edition of one month is, but for the number of months.
        pytest.param(archives.services_cube().usual, archives.ARCHIVE, id="services"),
        pytest.param(archives.summary_cube().usual, archives.MONTHS, id="months"),
        pytest.param(archives.quarters_cube().usual, archives.QUARTERS, id="quarters"),
        pytest.param(archives.down(archives.headline_cube()).xls(), archives.HEADLINE, id="headline"),
    ],
)
def test_an_archive_is_told_from_the_edition_of_one_month(
    catalog: Catalog, content: bytes, release_id: str
) -> None:
    releases, reason = Recogniser(catalog).recognise(content)

    assert ([release.id for release in releases], reason) == ([release_id], "")


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
    assert str(added.reason).startswith("is no release file: it is a web page, and releases come as ")
    assert not archive.folder.exists()


def test_a_file_that_cannot_be_read_is_refused(catalog: Catalog, archive: Archive, tmp_path: Path) -> None:
    missing = add_file(tmp_path / "none.xls", catalog, archive, release_id=None, published_on=None)

    assert missing.reason == "cannot be read: No such file or directory"


def test_a_folder_is_taken_file_by_file_and_nothing_in_it_is_changed(
    catalog: Catalog, archive: Archive, tmp_path: Path
) -> None:
    for name, content in (
        ("a.xls", MARCH),
        ("b.xls", FEBRUARY),
        ("c.xls", MARCH),
        ("d.xls", SUMMARY_OF_MARCH),
    ):
        write(tmp_path, name, content.read_bytes())
    write(tmp_path, "note.txt", b"from a colleague")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}

    added = list(add([tmp_path], catalog, archive, None, None))

    assert [(Path(item.where).name, item.release_id, item.is_new) for item in added] == [
        ("a.xls", SERVICES, True),
        ("b.xls", SERVICES, True),
        ("c.xls", SERVICES, False),
        ("d.xls", SUMMARY, True),
        ("note.txt", None, False),
    ]
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before}
    assert after == before


def test_a_file_from_a_zip_archive_keeps_its_own_name(
    catalog: Catalog, archive: Archive, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "copies.zip", "w") as packed:
        packed.write(MARCH, "2026/dt-2026-03.xls")

    (added,) = add([tmp_path / "copies.zip"], catalog, archive, None, date(2026, 4, 17))

    assert added.where == f"{tmp_path / 'copies.zip'}: 2026/dt-2026-03.xls"
    (file,) = archive.files(SERVICES)
    assert file.facts.original_name == "dt-2026-03.xls"
    assert file.facts.published_on == date(2026, 4, 17)


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
    known = ", ".join(release.id for release in catalog.file_releases)
    with pytest.raises(CatalogError, match=f"there are: {known}"):
        add_file(MARCH, catalog, archive, release_id=name, published_on=None)


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


def portal_export(key: str = "TS_GP_BOP_BPM6SUM_M.P00060", unit: str = "Million USD") -> bytes:
    figure = {"Observation Date": "31-Mar-2026", "Observation Value": "903", "Observation Status": "Normal"}
    return csv_of(PORTAL_COLUMNS, [figure | {"Series Key": key, "Unit": unit}])


@pytest.mark.parametrize(
    ("content", "release_id"),
    [
        (portal_export(), BALANCE),
        (portal_export("TS_GP_BOP_TRDSER_M.SCM009", "Thousand USD"), EASYDATA_SERVICES),
        (portal_export("TS_GP_ER_FAERPKR_M.E00220", "PKR"), RATES),
    ],
)
def test_an_export_of_easydata_is_recognised_by_its_series_keys(
    catalog: Catalog, archive: Archive, tmp_path: Path, content: bytes, release_id: str
) -> None:
    added = add_file(write(tmp_path, "data.csv", content), catalog, archive, None, date(2026, 4, 20))

    assert (added.release_id, added.is_new, added.reason) == (release_id, True, None)
    (file,) = archive.files(release_id)
    assert (file.facts.format, file.facts.via) == ("csv", "by_hand")


def test_an_export_of_another_dataset_is_refused_with_the_datasets_that_are_known(
    catalog: Catalog, archive: Archive, tmp_path: Path
) -> None:
    path = write(tmp_path, "data.csv", portal_export("TS_GP_BAM_M2_W.M000340", "Million PKR"))

    added = add_file(path, catalog, archive, None, None)

    assert added.release_id is None
    assert str(added.reason).startswith("is no release known here; it is not nearly easydata_")
    assert ": TS_GP_BAM_M2_W; " in str(added.reason)
    assert SUMMARY not in str(added.reason), "a release of workbooks is no candidate"


def test_a_pull_that_a_colleague_kept_can_be_added(
    catalog: Catalog, archive: Archive, tmp_path: Path
) -> None:
    answer = json.dumps(
        api_json([["D", "TS_GP_ER_FAERPKR_M.E00220", "USD", "2026-03-31", "281.5", "PKR", "Normal", ""]])
    )
    keys = ("TS_GP_ER_FAERPKR_M.E00220",)
    asked = Asked(dataset="TS_GP_ER_FAERPKR_M", since=date(2026, 1, 1), until=date(2026, 4, 1), series=keys)
    path = write(tmp_path, "pull.zip", pack(Pull(asked, b"", {keys[0]: answer.encode()})))

    added = add_file(path, catalog, archive, None, None)

    assert (added.release_id, added.is_new) == (RATES, True)


def test_what_is_archived_already_is_not_read_again(
    catalog: Catalog, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_file(MARCH, catalog, archive, None, None)
    monkeypatch.setattr(Recogniser, "recognise", lambda *_: pytest.fail("it was read"))

    again = add_file(MARCH, catalog, archive, None, None)

    assert (again.release_id, again.is_new) == (SERVICES, False)
