"""A pull asks each series once and archives every answer; where nothing is new, little is asked."""

from datetime import UTC, date, datetime, timedelta

from tests.support.easydata import BALANCE, RATES, SERVICES
from tests.support.portal import RATE, Portal
from tests.support.readings import understood


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
