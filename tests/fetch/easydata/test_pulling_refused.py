"""A pull is all series of a release or nothing: what the portal refuses, leaves out or gets wrong."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from etl.catalog.labels import requested_series
from etl.catalog.releases import Catalog
from etl.common.secrets import ApiKey
from etl.fetch.easydata_client import QuotaLimits
from etl.monitor.alerts.incidents import IncidentFacts, open_incidents
from etl.monitor.status import release_statuses
from tests.support.easydata import BALANCE, RATES, SERVICES, api_json, release_at
from tests.support.easydata_server import Answer
from tests.support.portal import EMPTY, FREELANCE, KEY, RATE, SCM00, SNM009, Portal
from tests.support.readings import understood


@pytest.mark.parametrize(("is_expired", "key", "status"), [(True, KEY, 400), (False, "another", 401)])
def test_with_a_refused_key_one_call_is_made_and_no_more(
    portal: Portal, is_expired: bool, key: str, status: int
) -> None:
    portal.server.is_expired, portal.key = is_expired, key

    collected = portal.pull(BALANCE, RATES, SERVICES)

    assert collected.outcome == "rejected"
    assert f"answered {status}: the key in EASYDATA_API_KEY is wrong or has expired" in str(collected.reason)
    assert len(portal.asked()) == 1
    records = list(portal.archive.fetches())
    assert [(record.outcome, record.status) for record in records] == [("rejected", status)] * 3


def test_a_refused_key_is_an_incident_until_the_next_key_is_answered(
    portal: Portal, catalog: Catalog
) -> None:
    day = date(2026, 11, 18)

    def told() -> list[str]:
        with_a_key = replace(portal.settings, easydata_key=ApiKey(KEY))
        statuses = release_statuses(with_a_key, catalog, portal.archive, day)
        return [i.id for i in open_incidents(IncidentFacts(statuses, None), ()) if i.kind == "refused_key"]

    portal.server.is_expired = True
    portal.pull(BALANCE)
    assert told() == ["refused_key:easydata"]
    portal.server.is_expired = False
    portal.pull(BALANCE)
    assert told() == []


def test_a_key_that_expires_in_the_middle_keeps_what_was_had(portal: Portal) -> None:
    def expire(number: int) -> None:
        portal.server.is_expired = number > 60

    portal.server.before_call = expire
    stopped = portal.pull(BALANCE)

    assert str(stopped.reason).endswith("; 59 of 74 series are kept and not asked again")
    assert [record.status for record in portal.archive.fetches()] == [400]
    portal.server.before_call = lambda _: None
    portal.server.is_expired = False
    portal.asked()
    assert portal.pull(BALANCE).outcome == "new"
    assert len(portal.asked()) == 17


def test_an_empty_answer_is_a_failure(portal: Portal) -> None:
    portal.server.script(SCM00, EMPTY)

    collected = portal.pull(SERVICES)

    assert collected.outcome == "rejected"
    assert collected.reason == (
        f"EasyData's answer for {SCM00} from 2005-07-01 to 2026-11-18 is empty, as it is for an expired key"
    )


@pytest.mark.parametrize("answer", [EMPTY, Answer(404)])
def test_a_series_that_may_be_missing_is_left_out_and_not_asked_again(portal: Portal, answer: Answer) -> None:
    portal.limits = QuotaLimits(an_hour=170, a_day=1_000)
    portal.server.script(FREELANCE, answer)
    portal.pull(SERVICES)
    portal.now += timedelta(hours=1)

    assert portal.pull(SERVICES).outcome == "new"

    assert portal.asked().count(FREELANCE) == 1
    (file,) = portal.archive.files(SERVICES)
    keys = {o.row_key for o in understood(SERVICES, file.read()).observations}
    assert len(keys) == 179


def test_a_series_that_may_be_missing_and_is_not_listed_is_not_asked(portal: Portal) -> None:
    del portal.server.datasets["TS_GP_BOP_TRDSER_M"].series[FREELANCE]

    assert portal.pull(SERVICES).outcome == "new"
    assert FREELANCE not in portal.asked()


def test_a_series_that_the_portal_lists_no_more_is_said_before_any_is_asked(portal: Portal) -> None:
    del portal.server.datasets["TS_GP_BOP_TRDSER_M"].series[SCM00]

    collected = portal.pull(SERVICES)

    assert collected.outcome == "rejected"
    assert collected.reason == (
        f"EasyData lists no series {SCM00} (1 of 180 are not there); correct the codes in the seed "
        f"ebops_items and etl/catalog/releases/{SERVICES}.toml"
    )
    assert portal.asked() == ["TS_GP_BOP_TRDSER_M"]


def test_an_unknown_series_is_named(portal: Portal) -> None:
    portal.server.script(SCM00, Answer(404))

    collected = portal.pull(SERVICES)

    assert collected.outcome == "rejected"
    assert str(collected.reason).endswith(f"answered 404: it has no such series or dataset ({SCM00})")


def test_an_answer_for_another_series_is_refused(portal: Portal) -> None:
    rows = [["D", "TS_GP_ER_FAERPKR_M.E00230", "n", "2026-10-31", "300", "PKR", "Normal", ""]]
    portal.server.script(RATE, Answer(body=json.dumps(api_json(rows)).encode()))

    collected = portal.pull(RATES)

    assert collected.reason == f"EasyData was asked for {RATE} and sent TS_GP_ER_FAERPKR_M.E00230"


def test_an_answer_in_another_unit_ends_the_pull_at_its_first_series(portal: Portal) -> None:
    portal.server.datasets["TS_GP_BOP_TRDSER_M"].unit = "Million USD"

    collected = portal.pull(SERVICES)

    assert "the unit is not the one known" in str(collected.reason)
    assert len(portal.asked()) == 2


def test_nets_that_do_not_add_up_refuse_the_pull_and_the_next_run_pulls_again(portal: Portal) -> None:
    figures = portal.server.datasets["TS_GP_BOP_TRDSER_M"].series[SNM009]
    right = figures["2026-09-30"]
    figures["2026-09-30"] = "1"

    collected = portal.pull(SERVICES)

    assert collected.outcome == "rejected"
    assert "the pull is not kept: the series do not add up at SNM009 2026-09-30" in str(collected.reason)
    assert portal.files(SERVICES) == 0
    figures["2026-09-30"] = right
    portal.now += timedelta(hours=1)
    assert portal.pull(SERVICES).outcome == "new"


def test_a_description_that_is_not_understood_stops_a_refresh_and_no_backfill(portal: Portal) -> None:
    said_nothing = Answer(body=b'{"columns": ["Something"], "rows": []}')
    portal.server.script("TS_GP_ER_FAERPKR_M", said_nothing, said_nothing)

    stopped = portal.pull(RATES)

    assert stopped.outcome == "rejected"
    assert "Series Code and Last Refresh Date" in str(stopped.reason)
    assert str(stopped.reason).endswith("`etl backfill --from easydata` pulls without it")
    assert portal.pull(RATES, is_forced=True).outcome == "new"


@pytest.mark.parametrize("answer", [Answer(503), Answer(is_silent=True), Answer(403)])
def test_a_portal_that_does_not_answer_is_out_of_reach_and_what_was_had_is_kept(
    portal: Portal, answer: Answer
) -> None:
    last = requested_series(release_at(portal.server.address, BALANCE))[-1]
    portal.server.script(last, *[answer] * 3)

    stopped = portal.pull(BALANCE)

    assert stopped.outcome == "unreachable"
    assert str(stopped.reason).endswith("73 of 74 series are kept and not asked again")
    portal.asked()
    portal.server.script(last)
    assert portal.pull(BALANCE).outcome == "new"
    assert portal.asked() == ["TS_GP_BOP_BPM6SUM_M", last, "TS_GP_BOP_BPM6SUM_M"]


def test_progress_is_told(portal: Portal) -> None:
    portal.pull(BALANCE)

    assert portal.told[0] == f"{BALANCE}: series 1 of 74"
    assert portal.told[-1] == f"{BALANCE}: series 74 of 74"


def test_what_is_remembered_is_worth_calls_and_no_figure(portal: Portal) -> None:
    first = portal.pull(RATES)
    elsewhere = replace(portal.settings, home=portal.settings.home / "elsewhere")
    portal.settings = elsewhere

    again = portal.pull(RATES)

    assert (again.outcome, again.file_sha256) == ("unchanged", first.file_sha256)
