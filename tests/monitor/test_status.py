"""How each release stands, from the log of fetches and from what the published snapshot says of itself."""

from datetime import UTC, date, datetime

import msgspec

from etl.archive.store import Archive, FetchRecord
from etl.catalog.releases import Catalog
from etl.common.settings import Settings
from etl.fetch.discovery import INDEX_ID
from etl.monitor.status import Moved, ReleaseStatus, index_complaint, release_statuses
from tests.support.readings import SERVICES, SUMMARY
from tests.support.releases import FEBRUARY, MARCH, facts
from tests.support.small_build import publish

TODAY = date(2026, 5, 20)


def asked(day: int, outcome: str, release_id: str = SERVICES) -> FetchRecord:
    return FetchRecord(
        asked_at=datetime(2026, 5, day, tzinfo=UTC),
        release_id=release_id,
        address="https://www.sbp.org.pk/assets/document/dt.xls",
        outcome=outcome,
        asked_by="command",
        reason="out of reach" if outcome == "unreachable" else None,
    )


def status(
    settings: Settings, catalog: Catalog, archive: Archive, release_id: str = SERVICES, today: date = TODAY
) -> ReleaseStatus:
    found = release_statuses(settings, catalog, archive, today)
    assert [item.release.id for item in found] == [item.id for item in catalog.file_releases]
    return next(item for item in found if item.release.id == release_id)


def test_before_anything_happened_nothing_is_known(
    settings: Settings, catalog: Catalog, archive: Archive
) -> None:
    found = status(settings, catalog, archive)

    assert (found.last_asked, found.last_changed_at, found.files) == (None, None, 0)
    assert (found.latest_period_ends_on, found.timeliness, found.quarantine) == (None, None, None)


def test_a_release_was_asked_last_and_changed_last_at_different_times(
    settings: Settings, catalog: Catalog, archive: Archive
) -> None:
    archive.log_fetches([asked(1, "new"), asked(2, "new"), asked(3, "unchanged"), asked(4, "unreachable")])

    found = status(settings, catalog, archive)

    assert found.last_asked == asked(4, "unreachable")
    assert found.last_changed_at == datetime(2026, 5, 2, tzinfo=UTC)


def test_the_answers_for_one_release_say_nothing_of_another(
    settings: Settings, catalog: Catalog, archive: Archive
) -> None:
    archive.log_fetches([asked(1, "new", SUMMARY)])

    assert status(settings, catalog, archive, SERVICES).last_asked is None
    assert status(settings, catalog, archive, SUMMARY).last_changed_at == datetime(2026, 5, 1, tzinfo=UTC)


def test_files_are_counted_in_the_archive_published_or_not(
    settings: Settings, catalog: Catalog, archive: Archive
) -> None:
    for content in (MARCH.read_bytes(), FEBRUARY.read_bytes()):
        archive.store(content, facts(content))

    assert status(settings, catalog, archive).files == 2
    assert status(settings, catalog, archive, SUMMARY).files == 0


def test_the_latest_period_and_the_quarantine_are_those_that_are_published(
    settings: Settings, catalog: Catalog, archive: Archive
) -> None:
    publish(settings)

    found = status(settings, catalog, archive)

    assert found.latest_period_ends_on == date(2026, 3, 31)
    assert found.quarantine == "dt.xls: a row is missing at row 9: expected a; found b"
    summary = status(settings, catalog, archive, SUMMARY)
    assert (summary.latest_period_ends_on, summary.quarantine, summary.timeliness) == (None, None, None)


def test_lateness_is_judged_by_the_published_period_and_not_by_the_last_answer(
    settings: Settings, catalog: Catalog, archive: Archive
) -> None:
    publish(settings)
    archive.log_fetches([asked(20, "unchanged")])

    in_may = status(settings, catalog, archive).timeliness
    in_july = status(settings, catalog, archive, today=date(2026, 7, 1)).timeliness

    assert in_may is not None
    assert in_july is not None
    assert in_may.next_period_ends_on == in_july.next_period_ends_on == date(2026, 4, 30)
    assert (in_may.is_overdue, in_may.days_late) == (False, 3)
    assert in_july.is_overdue


FIRST = "https://www.sbp.org.pk/assets/document/dt.xls"
OTHER = "https://www.sbp.org.pk/assets/document/2027/dt_1.xls"


def answered(day: int, address: str, outcome: str = "unchanged", **others: object) -> FetchRecord:
    return msgspec.structs.replace(asked(day, outcome), address=address, **others)


def test_a_release_that_answers_at_its_first_address_has_not_moved(
    settings: Settings, catalog: Catalog, archive: Archive
) -> None:
    archive.log_fetches([answered(1, OTHER), answered(2, FIRST, "new")])

    assert status(settings, catalog, archive).moved is None


def test_a_move_is_told_with_the_day_since_which_the_other_address_answers(
    settings: Settings, catalog: Catalog, archive: Archive
) -> None:
    archive.log_fetches(
        [
            answered(1, OTHER),
            answered(2, FIRST),
            answered(3, FIRST, "rejected"),
            answered(3, OTHER, "new"),
            answered(4, OTHER),
            answered(5, OTHER, "unreachable"),
        ]
    )

    assert status(settings, catalog, archive).moved == Moved(FIRST, OTHER, datetime(2026, 5, 3, tzinfo=UTC))


def test_a_redirect_is_a_move_too(settings: Settings, catalog: Catalog, archive: Archive) -> None:
    archive.log_fetches([answered(1, FIRST, final_address=OTHER)])

    assert status(settings, catalog, archive).moved == Moved(FIRST, OTHER, datetime(2026, 5, 1, tzinfo=UTC))


def test_what_a_web_archive_gave_says_nothing_of_sbp(
    settings: Settings, catalog: Catalog, archive: Archive
) -> None:
    archive.log_fetches([answered(1, "https://web.archive.org/web/1id_/x", "new", asked_by="backfill")])

    found = status(settings, catalog, archive)

    assert (found.last_asked, found.last_changed_at, found.moved) == (None, None, None)


def test_the_index_is_complained_of_while_none_of_it_can_be_read(catalog: Catalog, archive: Archive) -> None:
    first, second, _ = catalog.index_addresses

    def index(day: int, address: str, outcome: str) -> FetchRecord:
        return answered(
            day, address, outcome, release_id=INDEX_ID, reason=None if outcome == "answered" else "gone"
        )

    assert index_complaint(catalog, archive) is None
    archive.log_fetches([index(1, first, "rejected"), index(1, second, "rejected")])
    assert index_complaint(catalog, archive) == "gone"
    archive.log_fetches([index(2, first, "answered")])
    assert index_complaint(catalog, archive) is None
    archive.log_fetches([index(3, first, "rejected")])
    assert index_complaint(catalog, archive) == "gone"


def test_an_index_at_an_address_that_was_mended_is_forgotten(catalog: Catalog, archive: Archive) -> None:
    gone = answered(1, "https://www.sbp.org.pk/old.json", "rejected", release_id=INDEX_ID, reason="gone")
    archive.log_fetches([gone])

    assert index_complaint(catalog, archive) is None
