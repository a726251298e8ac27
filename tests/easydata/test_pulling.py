"""Pulls: all series of a release or nothing, asked once each, within the limits, and of one state of the
dataset.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from filelock import FileLock

from etl.archive import Archive
from etl.collecting import Collected, collect
from etl.easydata.calling import Asking, Waiting
from etl.easydata.connection import Connection, Patience
from etl.easydata.key import ApiKey
from etl.easydata.pulling import Manner, Puller
from etl.easydata.quota import Limits, Quota
from etl.known_rows import asked_series
from etl.settings import Settings
from tests.support.easydata import BALANCE, RATES, SERVICES, api_json, release_at, serve
from tests.support.easydata_server import Answer, EasyDataServer
from tests.support.readings import understood

KEY = "key"
SCM00, SNM009, FREELANCE = (f"TS_GP_BOP_TRDSER_M.{code}" for code in ("SCM00", "SNM009", "SDM0926"))
RATE = "TS_GP_ER_FAERPKR_M.E00220"
EMPTY = Answer(body=json.dumps(api_json([])).encode())


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[EasyDataServer]:
    with EasyDataServer(KEY) as server:
        for release_id in (SERVICES, BALANCE, RATES):
            serve(server, release_id)
        yield server


@dataclass
class Portal:
    """An installation before the portal: each pull is a run of its own."""

    server: EasyDataServer
    settings: Settings
    archive: Archive
    now: datetime = datetime(2026, 11, 18, 2, 0, tzinfo=ZoneInfo("Asia/Karachi"))
    limits: Limits = field(default_factory=Limits)
    told: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    key: str = KEY

    def pull(self, *release_ids: str, may_wait: bool = False, **manner: object) -> Collected:
        """Pull releases in one run; gives what the last came to."""
        connection = Connection(
            ApiKey(self.key),
            polite_seconds=0,
            patience=Patience(connect_seconds=2, read_seconds=2),
            sleep=self.slept.append,
        )
        waiting = Waiting(may_wait, self.told.append, self.sleep, lambda: self.now)
        asking = Asking(connection, Quota(self.settings.easydata, self.limits, lambda: self.now), waiting)
        made = Manner(tell=self.told.append, **manner)  # type: ignore[arg-type]
        puller = Puller(self.settings, self.archive, asking, manner=made, now=lambda: self.now)
        try:
            found = [
                collect(release_at(self.server.address, name), puller, self.archive, "command")
                for name in release_ids
            ]
        finally:
            puller.close()
        return found[-1]

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def asked(self) -> list[str]:
        """Give what was asked since this was last looked at."""
        asked = self.server.asked
        self.server.calls.clear()
        return asked

    def files(self, release_id: str) -> int:
        return len(self.archive.hashes(release_id))


@pytest.fixture
def portal(server: EasyDataServer, settings: Settings, archive: Archive) -> Portal:
    return Portal(server, settings, archive)


# A pull that succeeds


def test_a_pull_asks_credit_and_debit_of_every_item_and_a_few_nets(portal: Portal) -> None:
    assert portal.pull(SERVICES).outcome == "new"

    asked = portal.asked()
    codes = [key.partition(".")[2] for key in asked if "." in key]
    assert sorted({code[:3] for code in codes}) == ["SCM", "SDM", "SNM"]
    assert [sum(code.startswith(flow) for code in codes) for flow in ("SCM", "SDM", "SNM")] == [88, 88, 4]
    assert len(codes) == len(set(codes))
    assert asked[0] == asked[-1] == "TS_GP_BOP_TRDSER_M", "the dataset is asked before and after"


def test_every_answer_is_archived_byte_for_byte_in_one_file(portal: Portal) -> None:
    collected = portal.pull(RATES)

    (file,) = portal.archive.files(RATES)
    assert file.facts.sha256 == collected.file_sha256
    assert (file.facts.format, file.facts.via) == ("easydata", "fetched")
    assert file.facts.original_name == "TS_GP_ER_FAERPKR_M-2026-11-18.easydata"
    assert file.facts.source_address == f"{portal.server.address}/dataset/TS_GP_ER_FAERPKR_M/meta"
    reading = understood(RATES, file.read())
    assert [o.value_as_printed for o in reading.observations] == [
        portal.server.datasets["TS_GP_ER_FAERPKR_M"].series[RATE][day]
        for day in ("2026-10-31", "2026-09-30", "2026-08-31")
    ]
    assert reading.stated_on == date(2026, 11, 17)


def test_the_whole_history_is_asked_for_or_what_is_younger_than_a_day(portal: Portal) -> None:
    portal.pull(RATES)
    assert "start_date=1947-08-01&end_date=2026-11-18&format=json" in portal.server.calls[1]

    portal.pull(RATES, since=date(2026, 9, 1), is_forced=True)
    assert "start_date=2026-09-01&end_date=2026-11-18" in portal.server.calls[-2]
    assert portal.files(RATES) == 2


def test_a_pull_is_one_line_of_the_log(portal: Portal) -> None:
    portal.pull(BALANCE)

    (record,) = portal.archive.fetches()
    assert (record.release_id, record.outcome, record.asked_by) == (BALANCE, "new", "command")
    assert record.address == f"{portal.server.address}/dataset/TS_GP_BOP_BPM6SUM_M/meta"
    assert record.sha256 == portal.archive.hashes(BALANCE)[0]


# Nothing new


def test_before_its_day_a_release_is_not_asked_at_all(portal: Portal) -> None:
    portal.pull(RATES)
    portal.asked()
    portal.now += timedelta(days=1)

    collected = portal.pull(RATES)

    assert (collected.outcome, collected.reason) == ("not_asked", "November 2026 is due on 2026-12-15")
    assert portal.asked() == []
    assert len(list(portal.archive.fetches())) == 1


def test_where_the_dataset_was_not_refreshed_one_call_tells(portal: Portal) -> None:
    first = portal.pull(RATES)
    portal.asked()
    portal.now = datetime(2026, 12, 10, tzinfo=UTC)

    collected = portal.pull(RATES)

    assert (collected.outcome, collected.file_sha256) == ("unchanged", first.file_sha256)
    assert portal.asked() == ["TS_GP_ER_FAERPKR_M"]


def test_the_same_figures_after_a_refresh_are_unchanged_and_not_pulled_again(portal: Portal) -> None:
    first = portal.pull(RATES)
    portal.now = datetime(2026, 12, 10, tzinfo=UTC)
    portal.server.datasets["TS_GP_ER_FAERPKR_M"].refreshed_on = "2026-12-09"

    assert portal.pull(RATES).outcome == "unchanged"
    portal.asked()
    again = portal.pull(RATES)

    assert (again.outcome, again.file_sha256) == ("unchanged", first.file_sha256)
    assert portal.asked() == ["TS_GP_ER_FAERPKR_M"]
    assert portal.files(RATES) == 1


def test_a_revised_figure_is_a_new_file(portal: Portal) -> None:
    portal.pull(RATES)
    portal.now = datetime(2026, 12, 10, tzinfo=UTC)
    dataset = portal.server.datasets["TS_GP_ER_FAERPKR_M"]
    dataset.refreshed_on, dataset.series[RATE]["2026-08-31"] = "2026-12-09", "281.75"

    assert portal.pull(RATES).outcome == "new"
    assert portal.files(RATES) == 2


def test_a_forced_pull_asks_every_series_and_takes_no_second_copy(portal: Portal) -> None:
    portal.pull(BALANCE)
    portal.asked()

    collected = portal.pull(BALANCE, is_forced=True)

    assert collected.outcome == "unchanged"
    assert len(portal.asked()) == 76
    assert portal.files(BALANCE) == 1


def test_a_pull_of_part_of_the_history_does_not_stand_for_the_whole(portal: Portal) -> None:
    portal.pull(RATES, since=date(2026, 9, 1), is_forced=True)
    portal.asked()

    assert portal.pull(RATES).outcome == "new"
    assert len(portal.asked()) == 3


# A pull that stops and goes on


def test_what_the_limits_leave_over_is_asked_by_the_next_run(portal: Portal) -> None:
    portal.limits = Limits(an_hour=100, a_day=1_000)
    stopped = portal.pull(SERVICES)

    assert stopped.outcome == "unreachable"
    assert stopped.reason == (
        "the calls that EasyData allows are used up (250 an hour, 2,000 a day); a run after 18 Nov 03:00 "
        "goes on; 99 of 180 series are kept and not asked again"
    )
    assert portal.files(SERVICES) == 0
    first = portal.asked()
    assert len(first) == 100

    portal.now += timedelta(hours=1)
    assert portal.pull(SERVICES).outcome == "new"
    second = portal.asked()
    assert len(second) == 83
    assert {key for key in first if "." in key}.isdisjoint(second)


def test_a_run_before_the_hour_is_over_asks_nothing(portal: Portal) -> None:
    portal.limits = Limits(an_hour=10, a_day=1_000)
    portal.pull(BALANCE)
    portal.asked()
    portal.now += timedelta(minutes=59)

    assert portal.pull(BALANCE).outcome == "unreachable"
    assert portal.asked() == []


def test_the_day_s_calls_are_counted_over_releases_and_runs(portal: Portal) -> None:
    portal.limits = Limits(an_hour=1_000, a_day=80)
    portal.pull(BALANCE)

    stopped = portal.pull(SERVICES)

    assert str(stopped.reason).endswith("3 of 180 series are kept and not asked again")
    assert len(portal.asked()) == 80


def test_who_may_wait_waits_for_the_next_hour(portal: Portal) -> None:
    portal.limits = Limits(an_hour=100, a_day=1_000)

    assert portal.pull(SERVICES, may_wait=True).outcome == "new"

    assert portal.slept == [3_600.0]
    assert any(text.endswith("going on at 18 Nov 03:00") for text in portal.told)


def test_nobody_waits_for_the_next_day(portal: Portal) -> None:
    portal.limits = Limits(an_hour=1_000, a_day=100)

    assert portal.pull(SERVICES, may_wait=True).outcome == "unreachable"
    assert portal.slept == []


def test_429_closes_the_door_for_every_release_and_for_the_next_run(portal: Portal) -> None:
    portal.server.limit = 20
    stopped = portal.pull(BALANCE)

    assert "answered 429: the calls of this key are used up for now" in str(stopped.reason)
    assert len(portal.asked()) == 21

    portal.server.limit = None
    assert portal.pull(RATES).outcome == "unreachable"
    assert portal.asked() == []
    portal.now += timedelta(minutes=15)
    assert portal.pull(BALANCE).outcome == "new"


def test_a_pull_that_was_killed_goes_on(portal: Portal) -> None:
    class Killed(BaseException):
        """Ends the run where it is."""

    def tell(text: str) -> None:
        if "series 40 of" in text:
            raise Killed

    with pytest.raises(Killed):
        Puller(
            portal.settings,
            portal.archive,
            Asking(Connection(ApiKey(KEY), polite_seconds=0), Quota(portal.settings.easydata)),
            manner=Manner(tell=tell),
            now=lambda: portal.now,
        ).fetch(release_at(portal.server.address, BALANCE), {})
    first = portal.asked()

    assert portal.pull(BALANCE).outcome == "new"

    assert len(first) == 40
    assert {key for key in portal.asked() if "." in key}.isdisjoint(first)


def test_a_run_killed_between_pull_and_archive_asks_no_series_again(portal: Portal) -> None:
    asking = Asking(Connection(ApiKey(KEY), polite_seconds=0), Quota(portal.settings.easydata))
    puller = Puller(portal.settings, portal.archive, asking, now=lambda: portal.now)
    puller.fetch(release_at(portal.server.address, BALANCE), {})
    portal.asked()

    assert portal.pull(BALANCE).outcome == "new"
    assert portal.asked() == ["TS_GP_BOP_BPM6SUM_M"] * 2


def test_two_runs_do_not_pull_the_same_release_at_once(portal: Portal) -> None:
    portal.settings.easydata.mkdir(parents=True)
    with FileLock(portal.settings.easydata / f"{RATES}.lock"):
        collected = portal.pull(RATES)

    assert collected.reason == "another run is pulling it from EasyData now"
    assert portal.asked() == []


def test_a_refresh_between_two_runs_begins_the_pull_anew(portal: Portal) -> None:
    portal.limits = Limits(an_hour=50, a_day=1_000)
    portal.pull(BALANCE)
    portal.asked()
    portal.now += timedelta(hours=1)
    portal.limits = Limits()
    portal.server.datasets["TS_GP_BOP_BPM6SUM_M"].refreshed_on = "2026-11-18"

    assert portal.pull(BALANCE).outcome == "new"
    assert len(portal.asked()) == 76


def test_a_refresh_in_the_middle_of_a_pull_is_no_vintage(portal: Portal) -> None:
    def refresh(number: int) -> None:
        if number == 30:
            portal.server.datasets["TS_GP_BOP_BPM6SUM_M"].refreshed_on = "2026-11-18"

    portal.server.before_call = refresh
    stopped = portal.pull(BALANCE)

    assert stopped.outcome == "unreachable"
    assert stopped.reason == (
        "EasyData refreshed TS_GP_BOP_BPM6SUM_M while it was pulled; the next run begins again"
    )
    assert portal.files(BALANCE) == 0
    portal.asked()
    portal.server.before_call = lambda _: None
    assert portal.pull(BALANCE).outcome == "new"
    assert len(portal.asked()) == 76


# What is refused


@pytest.mark.parametrize(("is_expired", "key", "status"), [(True, KEY, 400), (False, "another", 401)])
def test_with_a_refused_key_one_call_is_made_and_no_more(
    portal: Portal, is_expired: bool, key: str, status: int
) -> None:
    portal.server.is_expired, portal.key = is_expired, key

    collected = portal.pull(BALANCE, RATES, SERVICES)

    assert collected.outcome == "rejected"
    assert f"answered {status}: the key in EASYDATA_API_KEY is wrong or has expired" in str(collected.reason)
    assert len(portal.asked()) == 1
    assert [record.outcome for record in portal.archive.fetches()] == ["rejected"] * 3


def test_a_key_that_expires_in_the_middle_keeps_what_was_had(portal: Portal) -> None:
    def expire(number: int) -> None:
        portal.server.is_expired = number > 60

    portal.server.before_call = expire
    stopped = portal.pull(BALANCE)

    assert str(stopped.reason).endswith("; 59 of 74 series are kept and not asked again")
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
    portal.limits = Limits(an_hour=170, a_day=1_000)
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
        f"ebops_items and etl/releases/{SERVICES}.toml"
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
    last = asked_series(release_at(portal.server.address, BALANCE))[-1]
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
