"""A backfill that gives way: it stops between two questions and goes on with what is left."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from etl.archive.store import Archive
from etl.catalog.releases import Release
from etl.common.secrets import ApiKey
from etl.common.settings import Settings
from etl.fetch import backfill
from etl.fetch.backfill import Slice
from etl.fetch.backfill_values import BackfillProgress, Request
from etl.fetch.easydata_client import Quota
from tests.support.backfills import NOW, OLD, logged, services
from tests.support.easydata import BALANCE, RATES, serve
from tests.support.easydata import release_at as easydata_release_at
from tests.support.easydata_server import EasyDataServer
from tests.support.releases import FEBRUARY, MARCH
from tests.support.sbp_server import HOME_PAGE
from tests.support.wayback_server import WaybackServer

ANOTHER = "https://www.sbp.org.pk/another.xls"
MOMENT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def another() -> Release:
    release = services(ANOTHER)
    return msgspec.structs.replace(release, id="another_release")


class Waiting:
    """Says that another waits from the nth look on."""

    def __init__(self, from_look: int) -> None:
        self.looks, self.from_look = 0, from_look

    def __call__(self) -> bool:
        self.looks += 1
        return self.looks >= self.from_look


def nobody() -> bool:
    return False


@pytest.fixture
def request_of_two(settings: Settings, web_archive: WaybackServer, archive: Archive) -> Request:
    web_archive.keep("20260318120000", OLD, FEBRUARY.read_bytes())
    web_archive.keep("20260418090000", NOW, MARCH.read_bytes())
    web_archive.keep("20260418090000", ANOTHER, HOME_PAGE)
    at = replace(settings, wayback_address=web_archive.service, wayback_polite_seconds=0)
    return Request(at, archive, (services(), another()), None)


def outcomes(taken: Slice) -> list[tuple[str, str]]:
    return [(step.release_id, step.outcome) for step in taken.steps]


def test_where_nobody_waits_one_slice_takes_all(request_of_two: Request) -> None:
    taken = backfill.take("wayback", request_of_two, nobody)
    assert [outcome for _, outcome in outcomes(taken)] == ["taken", "taken", "refused"]
    assert (taken.left, taken.goes_on_at, taken.unfinished) == ((), None, ())


def test_it_gives_way_before_the_next_question_and_the_next_slice_asks_for_the_rest(
    request_of_two: Request, web_archive: WaybackServer, archive: Archive
) -> None:
    # Two listings and a capture are asked for; then another run waits.
    first = backfill.take("wayback", request_of_two, Waiting(from_look=4), now=lambda: MOMENT)
    assert [outcome for _, outcome in outcomes(first)] == ["taken"]
    assert first.goes_on_at == MOMENT
    assert first.left == (services().id, "another_release")
    assert len(logged(archive, "new")) == 1

    second = backfill.take("wayback", request_of_two, nobody)
    assert [outcome for _, outcome in outcomes(second)] == ["had", "taken", "refused"]
    asked = web_archive.originals_asked()
    assert len(asked) == len(set(asked)) == 3, "no capture is asked for twice"
    listed = [listing["url"] for listing in web_archive.listings_asked()]
    assert len(listed) == len(set(listed)) == 3, "nor a listing"


def test_what_is_left_begins_with_the_release_at_work(request_of_two: Request) -> None:
    # Two listings and two captures of the first release, and the second's listing comes next.
    taken = backfill.take("wayback", request_of_two, Waiting(from_look=5))
    assert taken.left == ("another_release",)


def test_progress_is_told_as_ever(request_of_two: Request) -> None:
    said: list[str] = []
    backfill.take("wayback", request_of_two, nobody, BackfillProgress(say=said.append))
    assert any("1 of 2 captures" in words for words in said)


def test_what_could_not_be_asked_is_not_left_for_the_next_slice_but_said(
    request_of_two: Request, web_archive: WaybackServer
) -> None:
    unreachable = replace(request_of_two.settings, wayback_address="http://127.0.0.1:9")
    taken = backfill.take("wayback", replace(request_of_two, settings=unreachable), nobody)
    assert taken.unfinished
    assert (taken.left, taken.goes_on_at) == ((), None)


@pytest.fixture
def easydata() -> Iterator[EasyDataServer]:
    with EasyDataServer("key") as server:
        for release_id in (BALANCE, RATES):
            serve(server, release_id)
        yield server


def test_easydata_gives_way_where_the_hours_calls_are_used_up_instead_of_waiting(
    settings: Settings, archive: Archive, easydata: EasyDataServer
) -> None:
    at = replace(settings, easydata_key=ApiKey("key"))
    releases = (easydata_release_at(easydata.address, BALANCE), easydata_release_at(easydata.address, RATES))
    request = Request(at, archive, releases, None)
    quota = Quota(at.easydata)
    while quota.take() is None:
        pass  # use up this hour's calls

    taken = backfill.take("easydata", request, nobody, now=lambda: MOMENT)

    assert taken.goes_on_at is not None
    assert timedelta(minutes=55) < taken.goes_on_at - MOMENT <= timedelta(hours=1)
    assert taken.left == (BALANCE, RATES)
    assert (taken.steps, taken.unfinished) == ((), ())
