"""What is remembered between runs: a pull goes on where it stopped, and never with answers of another
state of the dataset.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest

from etl.fetch.easydata import Pulled, PullState

SINCE, TODAY, REFRESHED = date(2005, 7, 1), date(2026, 11, 24), date(2026, 11, 17)
PULLED = Pulled(
    sha256="a" * 64, since=SINCE, refreshed_on=REFRESHED, latest_period_ends_on=date(2026, 10, 31)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "easydata" / "easydata_trade_in_services"


@pytest.fixture
def begun(folder: Path) -> Path:
    """Return the folder of a pull that has one answer."""
    state = PullState(folder)
    state.open(SINCE, TODAY, REFRESHED)
    state.keep("D.A", b"answer")
    return folder


def test_a_pull_goes_on_with_the_days_it_began_with(begun: Path) -> None:
    note = PullState(begun).open(SINCE, TODAY + timedelta(days=2), REFRESHED)

    assert note.until == TODAY
    assert PullState(begun).answer("D.A") == b"answer"
    assert PullState(begun).answer("D.B") is None


@pytest.mark.parametrize(
    ("since", "today", "refreshed_on"),
    [
        (SINCE, TODAY, date(2026, 11, 18)),
        (SINCE, TODAY, None),
        (date(2025, 1, 1), TODAY, REFRESHED),
        (SINCE, TODAY + timedelta(days=8), REFRESHED),
    ],
    ids=["refreshed since", "nothing known of the refresh", "another first day", "too old"],
)
def test_a_pull_of_something_else_begins_anew(
    begun: Path, since: date, today: date, refreshed_on: date | None
) -> None:
    note = PullState(begun).open(since, today, refreshed_on)

    assert note.until == today
    assert PullState(begun).answer("D.A") is None


def test_a_complete_pull_is_remembered_once_the_archive_has_it(begun: Path) -> None:
    PullState(begun).finish(PULLED, is_archived=False)

    assert PullState(begun).recall(PULLED.sha256) == PULLED
    assert [entry.name for entry in begun.iterdir()] == ["last.json"]


def test_a_run_killed_before_the_archive_had_its_pull_lost_no_answer(begun: Path) -> None:
    PullState(begun).finish(PULLED, is_archived=False)

    assert PullState(begun).recall(None) is None
    assert PullState(begun).open(SINCE, TODAY, REFRESHED).until == TODAY
    assert PullState(begun).answer("D.A") == b"answer"


def test_the_pull_that_follows_is_not_thrown_away_with_the_one_before(begun: Path) -> None:
    PullState(begun).finish(PULLED, is_archived=False)
    assert PullState(begun).recall(PULLED.sha256) == PULLED
    later = date(2026, 12, 17)
    PullState(begun).open(SINCE, later, later)
    PullState(begun).keep("D.A", b"newer")

    assert PullState(begun).recall(PULLED.sha256) == PULLED
    assert PullState(begun).answer("D.A") == b"newer"


def test_a_pull_that_repeats_the_archive_is_done_at_once(begun: Path) -> None:
    PullState(begun).finish(PULLED, is_archived=True)

    assert PullState(begun).answer("D.A") is None
    assert PullState(begun).recall(PULLED.sha256) == PULLED


@pytest.mark.parametrize("name", ["last.json", "partial/pull.json"])
def test_a_damaged_memory_is_none(begun: Path, name: str) -> None:
    PullState(begun).finish(PULLED, is_archived=True)
    PullState(begun).open(SINCE, TODAY, REFRESHED)
    (begun / name).write_text("{")

    assert PullState(begun).recall(PULLED.sha256) == (None if name == "last.json" else PULLED)
    assert PullState(begun).open(SINCE, TODAY, REFRESHED).until == TODAY
