"""Which incidents are open, as it follows from facts alone."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from etl.catalog.releases import Catalog
from etl.monitor.alerts.incidents import (
    COMMAND,
    CommandOutcome,
    FailedRun,
    Incident,
    new_releases,
    open_incidents,
    reached,
)
from etl.publish.snapshots import QuarantinedFile
from tests.support.alerts import APRIL, MARCH, NOON, RATES, SERVICES, build, facts, refused, status

FIRST = QuarantinedFile(sha256="a" * 64, words="dt.xls: a row is missing")
SECOND = QuarantinedFile(sha256="b" * 64, words="dt.xls: a row is missing")
"""Another file that fails in the same words."""
OVERDUE_DAY = date(2026, 6, 20)


def failed(reason: str, job: str = "build_warehouse", at: datetime = NOON, **others: bool) -> FailedRun:
    return FailedRun(job, "0123456789", at, reason, **others)


def ids(found: tuple[Incident, ...]) -> list[str]:
    return [incident.id for incident in found]


def test_nothing_is_wrong_with_a_release_in_time(catalog: Catalog) -> None:
    assert open_incidents(facts(status(catalog), published=build(), runs=()), ()) == ()


@pytest.mark.parametrize(("day", "is_open"), [(date(2026, 6, 19), False), (OVERDUE_DAY, True)])
def test_a_release_is_an_incident_from_the_day_on_which_it_is_overdue(
    catalog: Catalog, day: date, is_open: bool
) -> None:
    assert bool(open_incidents(facts(status(catalog, day)), ())) is is_open


def test_a_release_that_is_overdue_for_ever_stays_the_same_incident(catalog: Catalog) -> None:
    days = [OVERDUE_DAY, date(2026, 7, 20), date(2028, 1, 1)]
    found = [open_incidents(facts(status(catalog, day)), ()) for day in days]
    assert found[0] == found[1] == found[2]
    assert found[0][0].words == (
        "trade_in_services: the period to 30 April 2026 was due on 17 May 2026 and has not come (it was "
        "never asked for)"
    )


def test_once_april_has_come_it_is_may_that_is_missed(catalog: Catalog) -> None:
    april = open_incidents(facts(status(catalog, date(2026, 9, 1))), ())
    may = open_incidents(facts(status(catalog, date(2026, 9, 1), APRIL)), ())
    assert ids(april) == ["overdue:trade_in_services:2026-04-30"]
    assert ids(may) == ["overdue:trade_in_services:2026-05-31"]


def test_without_a_key_nobody_knows_that_sbp_is_late(catalog: Catalog) -> None:
    assert open_incidents(facts(replace(status(catalog, OVERDUE_DAY), needs_key=True)), ()) == ()


def test_a_release_of_which_nothing_is_known_is_not_late(catalog: Catalog) -> None:
    assert open_incidents(facts(status(catalog, OVERDUE_DAY, latest=None)), ()) == ()


def test_a_second_quarantined_file_is_an_incident_of_its_own(catalog: Catalog) -> None:
    one = open_incidents(facts(published=build(MARCH, FIRST)), ())
    both = open_incidents(facts(published=build(MARCH, FIRST, SECOND)), ())
    assert ids(one) == [f"quarantine:{SERVICES}:{'a' * 64}"]
    assert ids(both) == [f"quarantine:{SERVICES}:{'a' * 64}", f"quarantine:{SERVICES}:{'b' * 64}"]
    assert one[0].words == "trade_in_services: a file is quarantined: dt.xls: a row is missing"


@pytest.mark.parametrize("code", [400, 401])
def test_a_refused_key_is_one_incident_however_many_releases_it_concerns(catalog: Catalog, code: int) -> None:
    later = refused(catalog, code, NOON + timedelta(hours=1))
    (incident,) = open_incidents(facts(later, refused(catalog, code)), ())
    assert (incident.kind, incident.since) == ("refused_key", NOON)
    assert "EASYDATA_API_KEY" in incident.to_do


@pytest.mark.parametrize("code", [403, 404, 429, 500, None])
def test_another_answer_says_nothing_of_the_key(catalog: Catalog, code: int) -> None:
    assert open_incidents(facts(refused(catalog, code)), ()) == ()


def test_a_key_that_was_taken_away_is_refused_no_more(catalog: Catalog) -> None:
    assert open_incidents(facts(replace(refused(catalog), needs_key=True)), ()) == ()


def test_a_status_of_sbps_own_site_says_nothing_of_the_key(catalog: Catalog) -> None:
    asked = refused(catalog).last_asked
    assert asked is not None
    assert asked.release_id == RATES
    assert open_incidents(facts(replace(status(catalog), last_asked=asked)), ()) == ()


def test_runs_that_fail_for_one_reason_are_one_incident_whatever_its_numbers() -> None:
    runs = (failed("disk full after 61 s", at=NOON + timedelta(hours=1)), failed("disk full after 2 s"))
    (incident,) = open_incidents(facts(runs=runs), ())
    assert incident.since == NOON
    assert incident.words == "run 01234567 of build_warehouse failed: disk full after 2 s"


def test_another_reason_and_another_job_are_other_incidents() -> None:
    runs = (failed("disk full"), failed("no model"), failed("disk full", "fetch_releases"))
    assert len(set(ids(open_incidents(facts(runs=runs), ())))) == 3


def test_where_nobody_looked_at_runs_those_that_failed_are_remembered() -> None:
    before = open_incidents(facts(runs=(failed("disk full"),)), ())
    assert open_incidents(facts(runs=None), before) == before
    assert open_incidents(facts(runs=()), before) == ()


def test_a_run_that_failed_at_the_gate_is_told_as_the_quarantine_that_it_is() -> None:
    gate = failed("published, without 1 newly quarantined", is_gate_only=True)
    newest = build(MARCH, FIRST, new=(f"{SERVICES}: {FIRST.words}",))
    older = build(MARCH, FIRST, new=(f"{SERVICES}: {FIRST.words}", f"{SERVICES}: old.xls: a row is missing"))
    assert [i.kind for i in open_incidents(facts(published=newest, runs=(gate,)), ())] == ["quarantine"]
    assert [i.kind for i in open_incidents(facts(published=older, runs=(gate,)), ())] == [
        "failed_run",
        "quarantine",
    ]


def test_a_failed_command_is_open_until_one_succeeds_or_anybody_has_published() -> None:
    wrong = CommandOutcome(NOON, "disk full")
    right = CommandOutcome(NOON + timedelta(days=1), None)
    published_later = build(published_at=NOON + timedelta(hours=1))
    opened = open_incidents(facts(published=build(), command=wrong), ())
    assert [(i.subject, i.words) for i in opened] == [(COMMAND, "`etl refresh` failed: disk full")]
    assert open_incidents(facts(published=build(), runs=()), opened) == opened
    assert open_incidents(facts(published=build(), command=right), opened) == ()
    assert open_incidents(facts(published=published_later, runs=()), opened) == ()


def test_a_release_is_new_where_it_reaches_further_than_it_did(catalog: Catalog) -> None:
    found = facts(status(catalog), published=build(APRIL))
    (news,) = new_releases(found, {SERVICES: MARCH})
    title = catalog.get(SERVICES).title
    assert news.words == f"{title} now reaches 30 April 2026 (it reached 31 March 2026)"
    assert [n.words for n in new_releases(found, {})] == [f"{title} now reaches 30 April 2026"]


@pytest.mark.parametrize("before", [APRIL, date(2026, 5, 31)])
def test_a_release_that_stands_or_falls_back_is_not_new(catalog: Catalog, before: date) -> None:
    assert list(new_releases(facts(published=build(APRIL)), {SERVICES: before})) == []


def test_how_far_releases_reach_is_what_is_published() -> None:
    assert reached(build(MARCH)) == {SERVICES: MARCH}
    assert reached(None) == {}
