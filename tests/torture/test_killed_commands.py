"""Whole commands killed at random moments, with all that they started or only a part of it."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import dagster as dg
import pytest

from etl.orchestration.schedules import BUILD_JOB
from tests.support import dying, steps
from tests.support.dying import Death, end_group
from tests.support.installation import Installation, installation
from tests.support.nights import april_edition, newest_month
from tests.support.promises import Marts, archive_is_whole, marts_are_one_of, marts_of, said_in_a_line

Tries = Callable[[int, int], Iterator[int]]
PROC = Path("/proc/self/task")
PROJECT = Path(__file__).parents[2]
DAGSTER_RUN = ["-m", "dagster", "job", "execute", "-m", "etl.orchestration.definitions", "-j", BUILD_JOB]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROC.exists(), reason="finds what a process started in Linux's /proc"),
]


@pytest.fixture
def installed(published: Installation, tmp_path: Path) -> Installation:
    """Return an installation that serves the starter archive and has a new file to build from."""
    home = tmp_path / "home"
    shutil.copytree(published.settings.home, home, symlinks=True)
    download = tmp_path / "dt.xls"
    download.write_bytes(april_edition())
    added = installation(home).etl("add", str(download), "--published-on", "2026-05-18")
    assert added.returncode == 0, added.stderr
    return installation(home)


def start(installed: Installation, *arguments: str) -> "subprocess.Popen[str]":
    """Start Python as the leader of a group of its own."""
    home = installed.settings.home
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=os.environ | {"ETL_HOME": str(home), "DAGSTER_HOME": str(installed.settings.dagster_home)},
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def started_by(pid: int) -> list[int]:
    """Return the processes that live and that a process started, or those that it did."""
    with suppress(FileNotFoundError):
        children = (Path("/proc") / str(pid) / "task" / str(pid) / "children").read_text().split()
        return [int(child) for child in children] + [
            deeper for child in children for deeper in started_by(int(child))
        ]
    return []


def dbt_worker_of(pid: int) -> int:
    """Wait for the process that runs dbt; returns its id."""
    for _ in range(1_200):
        for child in started_by(pid):
            with suppress(FileNotFoundError):
                if b"etl.modelling.worker" in (Path("/proc") / str(child) / "cmdline").read_bytes():
                    return child
        time.sleep(0.05)
    raise AssertionError("no dbt worker was started")


def only_the_worker_killed(installed: Installation, after: float) -> None:
    """Kill the process that runs dbt in the middle of it: the command itself lives and says so."""
    refresh = start(installed, "-m", "etl", "refresh", "--offline")
    assert refresh.stdout is not None
    for line in refresh.stdout:
        if "building and testing" in line:
            break
    time.sleep(after)
    with suppress(ProcessLookupError):
        os.kill(dbt_worker_of(refresh.pid), signal.SIGKILL)
    said = refresh.communicate(timeout=300)
    assert refresh.returncode == 1, said
    said_in_a_line(said[1], "dbt ended before it")


def all_of_it_killed(installed: Installation, after: float) -> None:
    """Kill the command with all that it started."""
    home = installed.settings.home
    dying.run(steps.command, home, "refresh", "--offline", death=Death(after_seconds=after))


def only_the_command_killed(installed: Installation, after: float) -> None:
    """Kill the command: the process that runs dbt is on its own."""
    refresh = start(installed, "-m", "etl", "refresh", "--offline")
    time.sleep(after)
    refresh.kill()
    refresh.communicate(timeout=300)


def the_run_of_dagsters_killed(installed: Installation, after: float) -> None:
    """Kill a run that Dagster started, with its steps."""
    run = start(installed, *DAGSTER_RUN)
    dbt_worker_of(run.pid)
    time.sleep(after)
    end_group(run.pid)
    run.communicate(timeout=300)


WAYS = (the_run_of_dagsters_killed, only_the_worker_killed, all_of_it_killed, only_the_command_killed)


@pytest.mark.fault(
    "`etl refresh`, its process that runs dbt, or a run of Dagster's killed at random, several in turn",
    promise="the archive is whole, the last good marts or the new ones are served, one refresh recovers, and "
    "no dead run keeps others waiting",
)
def test_one_refresh_recovers_from_several_deaths(installed: Installation, tries: Tries) -> None:
    good = marts_of(installed.settings.current_database)
    had = archive_is_whole(installed.archive, ())
    new: list[Marts] = []
    moment = random.Random(0)
    for number in tries(1, 24):
        WAYS[number % len(WAYS)](installed, moment.uniform(0, 9 if number else 1))
        archive_is_whole(installed.archive, had)
        marts_are_one_of(installed.settings, good, *new)
        if number % len(WAYS) == len(WAYS) - 1:
            new = [recovered(installed)] if not new else [*new, recovered(installed)]
            pending(installed, number)
    assert recovered(installed) not in (good, {})


def recovered(installed: Installation) -> Marts:
    """Refresh, assert that nothing is left of what was killed, and give what is served now."""
    refreshed = installed.etl("refresh", "--offline")
    assert refreshed.returncode == 0, refreshed.stderr
    assert newest_month(installed) == "2026-04-01"
    with dg.DagsterInstance.from_config(str(installed.settings.dagster_home)) as instance:
        statuses = {run.status for run in instance.get_runs()}
    # A run that was killed before it began is in nobody's way, and is reported after some minutes.
    ended = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}
    assert statuses <= {*ended, dg.DagsterRunStatus.NOT_STARTED}
    assert [path for path in installed.settings.published.iterdir() if path.name.startswith(".")] == []
    return marts_of(installed.settings.current_database)


def pending(installed: Installation, number: int) -> None:
    """Return the next refresh something to build: another file, which no layout knows."""
    given = installed.settings.home.parent / "other.xls"
    given.write_bytes(april_edition() + bytes([number]))
    installed.etl("add", "--release", "trade_in_services", "--published-on", "2026-05-19", str(given))


@pytest.mark.fault(
    "`etl replay` killed at a random moment",
    promise="what is published is untouched, a refresh finds nothing to do, the next replay starts clean",
)
def test_a_killed_replay_touches_nothing(published: Installation, tmp_path: Path, tries: Tries) -> None:
    home = tmp_path / "home"
    shutil.copytree(published.settings.home, home, symlinks=True)
    installed = installation(home)
    good = marts_of(installed.settings.current_database)
    had = archive_is_whole(installed.archive, ())
    moment = random.Random(0)

    for number in tries(1, 12):
        death = Death(after_seconds=moment.uniform(1, 3 if number == 0 else 12))
        ended = dying.run(steps.command, home, "replay", death=death)

        assert ended.was_killed
        archive_is_whole(installed.archive, had)
        marts_are_one_of(installed.settings, good)
        assert "nothing new" in installed.etl("refresh", "--offline").stdout
        if number:  # a replay is a whole build, for which the short form has no time
            again = installed.etl("replay")
            assert again.returncode == 0, again.stderr
            assert not (home / "replay").exists()
