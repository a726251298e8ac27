"""What goes wrong at a web archive is said, nothing half is taken, and the next run goes on with the rest."""

from pathlib import Path
from typing import Any

import pytest

from etl.archive.store import Archive
from etl.common.settings import Settings
from etl.fetch import wayback
from etl.fetch.backfill_values import BackfillProgress, Request
from etl.fetch.validate import FetchLimits
from etl.fetch.wayback import listing_address
from tests.support.backfills import NOW, OLD, logged, services
from tests.support.readings import SERVICES, SUMMARY
from tests.support.releases import FEBRUARY, MARCH, release_at
from tests.support.sbp_server import Reply
from tests.support.wayback_server import WaybackServer


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wayback, "_LIMITS", FetchLimits(attempts=1, read_seconds=2))


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

    backfilled = wayback.backfill(Request(settings, archive, (services(),), None), BackfillProgress())

    assert backfilled.steps == ()
    assert "could not be reached" in backfilled.unfinished[0]
    assert len(logged(archive, "unreachable")) == 1
