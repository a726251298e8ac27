"""Past vintages from a web archive: taken once, believed as SBP's answers are, dated by their capture."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl.archive import Archive, FetchRecord
from etl.backfilling import wayback
from etl.backfilling.captures import listing_address
from etl.backfilling.listings import LISTING_ID
from etl.backfilling.values import Backfilled, Progress, Request, Step
from etl.catalog import Release
from etl.questions import Limits
from etl.settings import Settings
from tests.support.readings import SERVICES, SUMMARY
from tests.support.releases import FEBRUARY, MARCH, SUMMARY_OF_MARCH, facts, release_at
from tests.support.sbp_server import HOME_PAGE, Reply
from tests.support.wayback_server import WaybackServer

NOW, OLD, FORMER = (
    f"https://www.sbp.org.pk/{path}/dt.xls" for path in ("assets/document", "ecodata", "stats/survey")
)
SAVED_AS = "http://www.sbp.org.pk:80/ecodata/dt.xls"
"""An archive keeps an address as it was asked."""


@pytest.fixture
def web_archive() -> Iterator[WaybackServer]:
    with WaybackServer() as server:
        yield server


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wayback, "_LIMITS", Limits(attempts=1, read_seconds=2))


def services(*addresses: str, former: tuple[str, ...] = ()) -> Release:
    release = release_at(*(addresses or (NOW, OLD)))
    assert release.fetch is not None
    return msgspec.structs.replace(
        release, fetch=msgspec.structs.replace(release.fetch, former_addresses=former)
    )


@pytest.fixture
def take(settings: Settings, web_archive: WaybackServer, archive: Archive) -> Any:
    """Backfill from the web archive of the test."""

    def backfill(
        *releases: Release, since: date | None = None, progress: Progress | None = None
    ) -> Backfilled:
        at = settings.__class__(
            settings.home,
            polite_seconds=0,
            wayback_address=web_archive.service,
            wayback_polite_seconds=0,
        )
        request = Request(at, archive, releases or (services(),), since)
        return wayback.backfill(request, progress or Progress())

    return backfill


def outcomes(backfilled: Backfilled) -> list[tuple[str, str]]:
    return [(step.outcome, step.what) for step in backfilled.steps]


def logged(archive: Archive, outcome: str) -> list[FetchRecord]:
    return [record for record in archive.fetches() if record.outcome == outcome]


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
    monkeypatch.setattr("etl.backfilling.listings._LASTS_SECONDS", 0)
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
        take(progress=Progress(done=until_killed))
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


# What is refused


@pytest.mark.parametrize(
    ("content", "content_type", "said"),
    [
        (HOME_PAGE, "text/html", "answered with a web page"),
        (HOME_PAGE, "application/vnd.ms-excel", "answered with a web page"),
        (b"%PDF-1.4 " + bytes(30_000), "application/pdf", "a file of format pdf, not xls or xlsx"),
        (FEBRUARY.read_bytes()[:512], "application/vnd.ms-excel", "sent 512 bytes"),
    ],
    ids=["home page", "home page in disguise", "another format", "stub"],
)
def test_a_capture_of_no_release_file_is_refused_as_an_answer_of_sbp_would_be(
    web_archive: WaybackServer, archive: Archive, take: Any, content: bytes, content_type: str, said: str
) -> None:
    web_archive.keep("20260530000000", OLD, content, content_type=content_type)

    (step,) = take().steps

    assert step.outcome == "refused"
    assert said in str(step.reason)
    assert archive.files(SERVICES) == ()


def test_the_same_web_page_is_refused_without_being_fetched_again(
    web_archive: WaybackServer, take: Any
) -> None:
    for timestamp, address in (("20260530000000", OLD), ("20260601000000", NOW)):
        web_archive.keep(timestamp, address, HOME_PAGE, content_type="text/html")

    assert [step.outcome for step in take().steps] == ["refused", "refused"]
    assert len(web_archive.originals_asked()) == 1


def test_a_file_that_no_layout_understands_is_taken_all_the_same(
    web_archive: WaybackServer, archive: Archive, take: Any
) -> None:
    """Old editions were laid out otherwise: they are kept, and shown as quarantined when they are landed."""
    web_archive.keep("20100101000000", OLD, SUMMARY_OF_MARCH.read_bytes())

    assert [step.outcome for step in take().steps] == ["taken"]


def test_a_capture_that_was_lost_is_dated_by_the_one_that_came_in_its_place(
    web_archive: WaybackServer, archive: Archive, take: Any
) -> None:
    lost = web_archive.keep("20260318120000", OLD, FEBRUARY.read_bytes())
    web_archive.keep("20260418090000", OLD, MARCH.read_bytes())
    web_archive.lose(lost)

    take()

    (file,) = archive.files(SERVICES)
    assert file.read() == MARCH.read_bytes()
    assert file.facts.captured_at == datetime(2026, 4, 18, 9, tzinfo=UTC)


# What goes wrong


def script_listing(web_archive: WaybackServer, reply: Reply) -> None:
    """Answer so to the listing of the first address."""
    web_archive.script(listing_address("", NOW, None), reply)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(b"<html>busy</html>", content_type="text/html"), "web page"),
        (Reply(b'{"error": "x"}', content_type="application/json"), "no table in JSON"),
        (Reply(b'[["a"]]', content_type="application/json"), "its columns are a"),
        (Reply(b"", content_type="application/json"), "sent 0 bytes"),
        (Reply(status=500), "answered 500"),
    ],
)
def test_an_address_whose_listing_is_not_had_does_not_keep_the_others_out(
    web_archive: WaybackServer, archive: Archive, take: Any, reply: Reply, said: str
) -> None:
    script_listing(web_archive, reply)
    web_archive.keep("20260418090000", OLD, MARCH.read_bytes())

    backfilled = take()

    assert [step.outcome for step in backfilled.steps] == ["taken"]
    (sentence,) = backfilled.unfinished
    assert sentence.startswith(f"{SERVICES}: captures of {NOW} were not listed: ")
    assert said in sentence


def test_a_listing_that_was_not_had_is_asked_for_again(web_archive: WaybackServer, take: Any) -> None:
    web_archive.keep("20260418090000", NOW, MARCH.read_bytes())
    script_listing(web_archive, Reply(status=500))
    assert take().steps == ()
    web_archive.forget(next(iter(web_archive.paths_asked())))

    backfilled = take()

    assert [step.outcome for step in backfilled.steps] == ["taken"]
    assert backfilled.unfinished == ()


def test_a_capture_that_breaks_off_is_neither_taken_nor_refused(
    web_archive: WaybackServer, archive: Archive, take: Any
) -> None:
    kept = web_archive.keep("20260418090000", OLD, MARCH.read_bytes())
    path = f"/web/20260418090000id_/{OLD}"
    web_archive.script(path, Reply(kept.content, breaks_off_after=1_000))

    backfilled = take()

    assert backfilled.steps == ()
    assert "broke off after 1,000 bytes" in backfilled.unfinished[0]
    web_archive.forget(path)
    assert [step.outcome for step in take().steps] == ["taken"]


def test_a_service_that_asks_for_patience_is_left_alone_and_what_was_left_is_said(
    web_archive: WaybackServer, archive: Archive, take: Any
) -> None:
    for day in range(1, 6):
        web_archive.keep(f"202603{day:02}120000", OLD, FEBRUARY.read_bytes() + bytes(day))
    web_archive.script(f"/web/20260302120000id_/{OLD}", Reply(status=429))

    backfilled = take(services(), release_at("https://www.sbp.org.pk/b.xls", release_id=SUMMARY))

    assert [step.outcome for step in backfilled.steps] == ["taken"]
    assert len(web_archive.originals_asked()) == 2
    assert "dt.xls as captured on 2026-03-02 was not had" in backfilled.unfinished[0]
    assert f"{SERVICES}: 3 captures were not asked for" in backfilled.unfinished[1]
    assert backfilled.unfinished[2].startswith(f"{SUMMARY} was not asked for: ")


def test_a_service_out_of_reach_is_said_and_nothing_is_lost(archive: Archive, tmp_path: Path) -> None:
    settings = Settings(tmp_path, wayback_address="http://127.0.0.1:9", wayback_polite_seconds=0)

    backfilled = wayback.backfill(Request(settings, archive, (services(),), None), Progress())

    assert backfilled.steps == ()
    assert "could not be reached" in backfilled.unfinished[0]
    assert len(logged(archive, "unreachable")) == 1
