"""Refreshes, replays and readers beside each other: no error, no torn read, nobody waits for a reader."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest

from etl.publish import publish as publishing
from etl.publish import store
from etl.publish.publish import mark_tested
from etl.warehouse import connect
from tests.support.installation import Installation, installation
from tests.support.nights import april_edition
from tests.support.promises import archive_is_whole, marts_of
from tests.support.small_build import MODELS, exports_in, publish
from tests.support.steps import settings_of

pytestmark = pytest.mark.slow

Tries = Callable[[int, int], Iterator[int]]
IS_FULL = os.environ.get("TORTURE") == "1"
FORKS = get_context("forkserver")
WHOLE = """
select services_monthly.exports, vintages.exports, (select file_sha256 from marts.dim_release_file limit 1)
from marts.services_monthly
inner join marts.vintages using (month)
"""


def read_without_pause(home: Path, stop: Event, seen: Any) -> None:
    """Read until told to stop: what two marts say of a figure, and what the snapshot says of itself."""
    os.nice(19)  # the machine may have two cores: readers are to be there, not to have them all
    settings = settings_of(home)
    reads, wrong, values = 0, [], []
    while not stop.is_set():
        try:
            with connect.read(settings.current_database) as connection:
                first = connection.execute(WHOLE).fetchone()
                again = connection.execute(WHOLE).fetchone()
            if first is None or first != again or first[0] != first[1]:
                wrong.append(f"torn: {first}, then {again}")
            snapshot = store.current(settings)
            if snapshot is None or snapshot.folder.name != str(snapshot.build.number):
                wrong.append(f"torn: {snapshot}")
            if first is not None:
                values.append(first[0])
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")
        reads += 1
    if values != sorted(values):
        wrong.append("it saw an older snapshot after a newer one")
    seen.put((reads, wrong))


@pytest.mark.fault(
    "readers query without pause while it publishes again and again and keeps one snapshot",
    promise="no reader has an error, sees a mixture or goes back in time, and every publication succeeds",
)
def test_readers_never_see_a_mixture(tmp_path: Path, tries: Tries) -> None:
    home = tmp_path / "home"
    settings = settings_of(home, snapshots_kept=1)
    publish(settings, 0.0)
    FORKS.set_forkserver_preload(["tests.support.steps"])
    stop, seen = FORKS.Event(), FORKS.Queue()
    readers = [
        FORKS.Process(target=read_without_pause, args=(home, stop, seen)) for _ in range(40 if IS_FULL else 3)
    ]
    for reader in readers:
        reader.start()
    try:
        for number in tries(5, 100):
            publish(settings, float(number + 1))
    finally:
        stop.set()
        came = [seen.get(timeout=60) for _ in readers]
        for reader in readers:
            reader.join()

    assert [wrong for _, wrong in came if wrong] == []
    assert all(reads for reads, _ in came)


@pytest.mark.fault(
    "a reader is stopped in the middle with its connection open while it publishes",
    promise="the publication does not wait, and the reader goes on with what it had",
)
def test_a_stopped_reader_keeps_nobody_waiting(tmp_path: Path, tries: Tries) -> None:
    settings = settings_of(tmp_path / "home", snapshots_kept=1)
    publish(settings, 0.0)
    for number in tries(1, 20):
        reader = subprocess.Popen(
            [sys.executable, "-c", _READER, str(settings.current_database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert reader.stdout is not None
        assert reader.stdout.readline() == f"{float(number)}\n"
        os.kill(reader.pid, signal.SIGSTOP)
        try:
            publish(settings, float(number + 1))
        finally:
            os.kill(reader.pid, signal.SIGCONT)
        said, _ = reader.communicate("\n", timeout=60)
        assert said == f"{float(number)}\n"
        assert exports_in(settings.current_database) == number + 1


_READER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
query = "select exports from marts.services_monthly"
print(connection.execute(query).fetchone()[0], flush=True)
sys.stdin.readline()
print(connection.execute(query).fetchone()[0], flush=True)
"""


def start(home: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "etl", *arguments],
        env=os.environ | {"ETL_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.fault(
    "two refreshes at once",
    promise="they take turns, and the second finds it done: one snapshot",
)
def test_two_refreshes_at_once_take_turns_and_the_second_finds_it_done(tmp_path: Path, tries: Tries) -> None:
    for number in tries(1, 4):
        both = installation(tmp_path / str(number))
        processes = [start(both.settings.home, "refresh", "--offline") for _ in range(2)]
        said = [process.communicate(timeout=600) for process in processes]
        assert [process.returncode for process in processes] == [0, 0], said
        assert [path.name for path in both.settings.published.iterdir() if path.name.isdigit()] == ["1"]


@pytest.mark.skipif(not IS_FULL, reason="a replay is a whole build: `make torture` has the time")
@pytest.mark.fault(
    "a replay, and beside it another one, a file, a refresh, and a publication that prunes what it compares",
    promise="the replay finds no difference, the second one says that there is one, the new marts are served",
)
def test_a_replay_is_disturbed_by_nothing_beside_it(
    published: Installation, tmp_path: Path, tries: Tries
) -> None:
    download = tmp_path / "dt.xls"
    download.write_bytes(april_edition())
    for number in tries(1, 4):
        home = tmp_path / str(number)
        shutil.copytree(published.settings.home, home, symlinks=True)
        beside = installation(home)
        replay = start(home, "replay")
        while not (home / "replay" / "published" / "warehouse.duckdb").exists():
            assert replay.poll() is None, replay.communicate()
            time.sleep(0.01)
        time.sleep(0.1)

        second = beside.etl("replay")
        assert beside.etl("add", str(download), "--published-on", "2026-05-18").returncode == 0
        refreshed = beside.etl("refresh", "--offline")
        assert refreshed.returncode == 0, refreshed.stderr
        mark_tested(beside.settings, MODELS)
        publishing.publish(settings_of(home, snapshots_kept=1))

        said, wrong = replay.communicate(timeout=600)
        assert replay.returncode == 0, said + wrong
        assert second.returncode == 1
        assert second.stderr == "etl: another replay is running here; wait until it is done\n"
        archive_is_whole(beside.archive, ())
        assert store.current(beside.settings) is not None
        assert marts_of(beside.settings.current_database)
