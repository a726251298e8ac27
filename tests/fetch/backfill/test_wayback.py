"""Past vintages from a web archive: taken once, dated by their capture."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from etl.archive.store import Archive, FetchRecord
from etl.common.settings import Settings
from etl.fetch.backfill_values import BackfillProgress, Step
from etl.fetch.wayback import LISTING_ID
from tests.support.backfills import FORMER, NOW, OLD, SAVED_AS, logged, outcomes, services
from tests.support.readings import SERVICES, SUMMARY
from tests.support.releases import FEBRUARY, MARCH, SUMMARY_OF_MARCH, facts, release_at
from tests.support.sbp_server import HOME_PAGE
from tests.support.wayback_server import WaybackServer


def test_captures_of_every_address_become_files_of_the_archive(
    web_archive: WaybackServer, archive: Archive, take: Any
) -> None:
    web_archive.keep("20260318120000", SAVED_AS, FEBRUARY.read_bytes())
    web_archive.keep("20260418090000", NOW, MARCH.read_bytes())

    backfilled = take()

    assert outcomes(backfilled) == [
        ("taken", "dt.xls as captured on 2026-03-18"),
        ("taken", "dt.xls as captured on 2026-04-18"),
    ]
    assert backfilled.unfinished == ()
    february = next(f for f in archive.files(SERVICES) if f.read() == FEBRUARY.read_bytes()).facts
    assert (february.via, february.format, february.original_name) == ("web_archive", "xls", "dt.xls")
    assert february.source_address == SAVED_AS
    assert february.captured_at == datetime(2026, 3, 18, 12, tzinfo=UTC)
    assert february.captured_from == f"{web_archive.service}/web/20260318120000id_/{SAVED_AS}"
    assert february.published_on is None


def test_every_answer_is_logged(web_archive: WaybackServer, archive: Archive, take: Any) -> None:
    kept = web_archive.keep("20260318120000", OLD, FEBRUARY.read_bytes())

    take()

    assert [record.release_id for record in logged(archive, "answered")] == [LISTING_ID, LISTING_ID]
    (record,) = logged(archive, "new")
    assert (record.asked_by, record.status, record.digest) == ("backfill", 200, kept.digest)
    assert record.address == f"{web_archive.service}/web/20260318120000id_/{OLD}"


def test_what_sbps_server_said_of_a_file_when_it_was_captured_is_kept(
    web_archive: WaybackServer, archive: Archive, take: Any
) -> None:
    modified = "Tue, 17 Mar 2026 07:40:00 GMT"
    web_archive.keep("20260318120000", OLD, FEBRUARY.read_bytes(), last_modified=modified)

    take()

    (file,) = archive.files(SERVICES)
    assert file.facts.last_modified == modified


# Which addresses


def test_former_addresses_are_asked_too_and_those_where_the_index_led(
    web_archive: WaybackServer, archive: Archive, take: Any
) -> None:
    led_to = "https://www.sbp.org.pk/assets/2027/dt.xls"
    answer = FetchRecord(
        asked_at=datetime(2026, 5, 1, tzinfo=UTC),
        release_id=SERVICES,
        address=led_to,
        outcome="new",
        asked_by="command",
        sha256="ab",
    )
    archive.log_fetches(
        [answer, msgspec.structs.replace(answer, address="https://www.sbp.org.pk/none", sha256=None)]
    )

    take(services(NOW, former=(FORMER,)))

    assert [asked["url"] for asked in web_archive.listings_asked()] == [NOW, FORMER, led_to]


def test_nothing_older_than_a_day_is_asked_for(web_archive: WaybackServer, take: Any) -> None:
    web_archive.keep("20260318120000", OLD, FEBRUARY.read_bytes())
    web_archive.keep("20260418090000", OLD, MARCH.read_bytes())

    backfilled = take(since=date(2026, 4, 1))

    assert outcomes(backfilled) == [("taken", "dt.xls as captured on 2026-04-18")]
    assert {asked["from"] for asked in web_archive.listings_asked()} == {"20260401"}


def test_releases_are_taken_one_after_the_other(
    web_archive: WaybackServer, archive: Archive, take: Any
) -> None:
    summary = "https://www.sbp.org.pk/ecodata/Balancepayment_BPM6.xls"
    web_archive.keep("20260420000000", summary, SUMMARY_OF_MARCH.read_bytes())

    backfilled = take(services(), release_at(summary, release_id=SUMMARY))

    assert [step.release_id for step in backfilled.steps] == [SUMMARY]
    assert len(archive.files(SUMMARY)) == 1


# What is known is not asked


def test_the_same_bytes_are_fetched_once_at_their_earliest_capture(
    web_archive: WaybackServer, archive: Archive, take: Any
) -> None:
    for timestamp, address in (("20260501000000", NOW), ("20260418090000", OLD)):
        web_archive.keep(timestamp, address, MARCH.read_bytes())

    backfilled = take()

    assert [step.outcome for step in backfilled.steps] == ["taken", "had"]
    assert web_archive.originals_asked() == [f"20260418090000id_/{OLD}"]
    (file,) = archive.files(SERVICES)
    assert file.facts.captured_at == datetime(2026, 4, 18, 9, tzinfo=UTC)


def test_what_the_archive_has_from_elsewhere_is_not_fetched(
    web_archive: WaybackServer, archive: Archive, take: Any
) -> None:
    archive.store(MARCH.read_bytes(), facts(MARCH.read_bytes()))
    web_archive.keep("20260418090000", OLD, MARCH.read_bytes())

    assert [step.outcome for step in take().steps] == ["had"]
    assert web_archive.originals_asked() == []
    assert [file.facts.via for file in archive.files(SERVICES)] == ["fetched"]


def test_a_second_run_asks_for_nothing(web_archive: WaybackServer, archive: Archive, take: Any) -> None:
    web_archive.keep("20260318120000", OLD, FEBRUARY.read_bytes())
    web_archive.keep("20260530000000", OLD, HOME_PAGE, content_type="text/html")
    first = take()
    asked, lines = len(web_archive.requests), len(list(archive.fetches()))

    second = take()

    assert [step.outcome for step in first.steps] == ["taken", "refused"]
    assert [step.outcome for step in second.steps] == ["had", "refused"]
    assert str(second.steps[1].reason).startswith(str(first.steps[1].reason))
    assert (len(web_archive.requests), len(list(archive.fetches()))) == (asked, lines)


def test_the_next_day_only_listings_are_asked_again(
    web_archive: WaybackServer, settings: Settings, take: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    web_archive.keep("20260318120000", OLD, FEBRUARY.read_bytes())
    take()
    monkeypatch.setattr("etl.fetch.wayback._LASTS_SECONDS", 0)
    web_archive.keep("20260418090000", OLD, MARCH.read_bytes())

    assert outcomes(take()) == [
        ("had", "dt.xls as captured on 2026-03-18"),
        ("taken", "dt.xls as captured on 2026-04-18"),
    ]
    assert len(web_archive.listings_asked()) == 4
    assert len(web_archive.originals_asked()) == 2


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("after", range(1, 4))
def test_a_run_that_was_killed_is_gone_on_with(
    web_archive: WaybackServer, archive: Archive, take: Any, after: int
) -> None:
    web_archive.keep("20260318120000", OLD, FEBRUARY.read_bytes())
    web_archive.keep("20260418090000", OLD, MARCH.read_bytes())
    web_archive.keep("20260530000000", OLD, HOME_PAGE, content_type="text/html")
    decided: list[Step] = []

    def until_killed(step: Step) -> None:
        decided.append(step)
        if len(decided) == after:
            raise Killed

    with pytest.raises(Killed):
        take(progress=BackfillProgress(done=until_killed))
    backfilled = take()

    assert [step.outcome for step in backfilled.steps][after:] == ["taken", "taken", "refused"][after:]
    assert len(web_archive.requests) == len(set(web_archive.paths_asked())) == 5
    assert len(archive.files(SERVICES)) == 2


def test_a_file_that_the_archive_lost_is_fetched_again(
    web_archive: WaybackServer, archive: Archive, take: Any
) -> None:
    web_archive.keep("20260318120000", OLD, FEBRUARY.read_bytes())
    take()
    (archive.folder / SERVICES / archive.hashes(SERVICES)[0]).rename(archive.folder / "elsewhere")

    assert [step.outcome for step in take().steps] == ["taken"]
