"""Captures are believed as SBP's answers are: what is no release file is refused, whoever kept it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from etl.archive.store import Archive
from tests.support.backfills import NOW, OLD
from tests.support.readings import SERVICES
from tests.support.releases import FEBRUARY, MARCH, SUMMARY_OF_MARCH
from tests.support.sbp_server import HOME_PAGE
from tests.support.wayback_server import WaybackServer


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
