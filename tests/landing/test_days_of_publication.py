"""The day on which a file was published, by the best clock there is."""

from datetime import UTC, date, datetime

import pytest

from etl.landing.land import publication_date
from etl.readers.values import Reading
from tests.support.releases import SEEN, facts

MODIFIED = "Thu, 16 Apr 2026 19:00:00 GMT"
"""In Karachi this is the 17th."""


def reading(last_saved_on: date | None) -> Reading:
    return Reading((), (), date(2026, 3, 31), "", last_saved_on)


@pytest.mark.parametrize(
    ("given", "saved", "modified", "expected"),
    [
        (date(2026, 4, 15), date(2026, 4, 16), MODIFIED, (date(2026, 4, 15), "given_by_hand")),
        (None, date(2026, 4, 16), MODIFIED, (date(2026, 4, 16), "workbook_last_saved")),
        (None, None, MODIFIED, (date(2026, 4, 17), "http_last_modified")),
        (None, None, None, (date(2026, 4, 18), "first_seen")),
        (None, None, "soon", (date(2026, 4, 18), "first_seen")),
        (None, None, "Thu, 99 Apr 2026 19:00:00 GMT", (date(2026, 4, 18), "first_seen")),
        (date(2026, 4, 15), None, None, (date(2026, 4, 15), "given_by_hand")),
    ],
)
def test_the_day_of_publication_is_that_of_the_best_clock_there_is(
    given: date | None, saved: date | None, modified: str | None, expected: tuple[date, str]
) -> None:
    of_file = facts(b"", published_on=given, last_modified=modified, first_seen_at=SEEN)

    assert publication_date(of_file, reading(saved)) == expected


def test_what_sbp_states_in_the_file_counts_before_what_a_program_noted() -> None:
    stated = Reading((), (), date(2026, 3, 31), "", date(2026, 4, 16), stated_on=date(2026, 4, 15))

    assert publication_date(facts(b"", last_modified=MODIFIED), stated) == (
        date(2026, 4, 15),
        "stated_by_sbp",
    )
    given = facts(b"", published_on=date(2026, 4, 14))
    assert publication_date(given, stated) == (date(2026, 4, 14), "given_by_hand")


CAPTURED = datetime(2026, 4, 15, 19, 30, tzinfo=UTC)
"""In Karachi this is the 16th."""


@pytest.mark.parametrize(
    ("given", "saved", "modified", "expected"),
    [
        (None, None, None, (date(2026, 4, 16), "capture_date")),
        (None, None, "Mon, 13 Apr 2026 08:00:00 GMT", (date(2026, 4, 13), "http_last_modified")),
        (None, date(2026, 4, 14), None, (date(2026, 4, 14), "workbook_last_saved")),
        (date(2026, 4, 20), None, None, (date(2026, 4, 20), "given_by_hand")),
        # A clock that says a later day is wrong: the file was out when the web archive met it.
        (None, date(2026, 5, 1), None, (date(2026, 4, 16), "capture_date")),
        (None, None, "Fri, 01 May 2026 08:00:00 GMT", (date(2026, 4, 16), "capture_date")),
    ],
)
def test_a_file_was_published_by_the_day_on_which_a_web_archive_met_it(
    given: date | None, saved: date | None, modified: str | None, expected: tuple[date, str]
) -> None:
    of_file = facts(b"", via="web_archive", published_on=given, last_modified=modified, captured_at=CAPTURED)

    assert publication_date(of_file, reading(saved)) == expected


def test_what_a_given_day_rests_on_may_be_said_with_it() -> None:
    starter = facts(b"", published_on=date(2026, 4, 17), published_on_is="workbook_last_saved")

    assert publication_date(starter, reading(None)) == (date(2026, 4, 17), "workbook_last_saved")


def test_a_quarantined_file_has_a_day_of_publication_too() -> None:
    assert publication_date(facts(b"", last_modified=MODIFIED), None) == (
        date(2026, 4, 17),
        "http_last_modified",
    )
