"""The warehouse in a lake on a real PostgreSQL: built, read while it is written, killed, and shared by two
machines. One lake is built for all tests of this file, which run in their order.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import psycopg
import pytest

from etl.cli import shell
from etl.common.location import Lake, load_statements
from etl.publish import lake_snapshots, replay, store
from etl.warehouse import connect, ducklake
from tests.support.installation import Installation, installation
from tests.support.postgres import Postgres

pytestmark = pytest.mark.slow

_GOODS = "goods_trade"

_TOGETHER = """
select (select count(*) from marts.vintages), (select count(*) from marts.services_monthly),
    (select count(*) from marts.goods_trade_monthly), (select count(*) from it_exports)
"""


@dataclass(frozen=True)
class Machines:
    """Two machines that share an archive and a lake."""

    first: Installation
    second: Installation
    late: Path
    """Files of a release that come later."""

    @property
    def lake(self) -> Lake:
        lake = self.first.settings.lake
        assert lake is not None
        return lake


@pytest.fixture(scope="module")
def machines(
    postgres_server: Postgres, external_sector: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Machines:
    """Return two machines whose first refreshes were started at once. Their archive is that of a machine that
    has its marts in a file, but for trade in goods.
    """
    folder = tmp_path_factory.mktemp("lake")
    lake = Lake(postgres_server.new_database("lake"), f"{folder}/data/")
    first, second = (installation(folder / name, lake) for name in ("first", "second"))
    machines = Machines(first, second, folder / _GOODS)
    for machine in (machines.first, machines.second):
        machine.settings.home.mkdir()
        machine.settings.archive.symlink_to(folder / "archive")
    shutil.copytree(external_sector.settings.archive, folder / "archive")
    (folder / "archive" / _GOODS).rename(folder / _GOODS)
    refreshes = [started(machine) for machine in (machines.first, machines.second)]
    for refresh in refreshes:
        said, complaint = refresh.communicate(timeout=600)
        assert refresh.returncode == 0, said + complaint
    return machines


def started(machine: Installation) -> "subprocess.Popen[str]":
    """Start a refresh, in a group of its own, so that a kill can meet all of it or a part."""
    return subprocess.Popen(
        [sys.executable, "-m", "etl", "refresh", "--offline"],
        env=machine.environment,
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@dataclass
class Reader:
    """An analyst who asks again and again, each time anew."""

    machine: Installation
    seen: list[tuple[int, ...]] = field(default_factory=list)
    """What was seen, each state once in a row."""
    asked: int = 0
    errors: list[str] = field(default_factory=list)

    @contextmanager
    def asking(self) -> Iterator["Reader"]:
        stop = threading.Event()
        thread = threading.Thread(target=self._ask, args=[stop])
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()

    def _ask(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                with connect.read(self.machine.settings.current_database, "marts", "main") as connection:
                    state = connection.execute(_TOGETHER).fetchall()[0]
            except Exception as error:
                self.errors.append(str(error))
            else:
                self.asked += 1
                if not self.seen or self.seen[-1] != state:
                    self.seen.append(state)
            time.sleep(0.2)


def newest_snapshot(lake: Lake) -> int:
    with psycopg.connect(lake.catalogue) as session:
        row = session.execute("select max(snapshot_id) from ducklake_snapshot").fetchone()
    assert row is not None
    return int(row[0])


def test_two_refreshes_at_once_build_once(machines: Machines) -> None:
    first, second = (store.current(machine.settings) for machine in (machines.first, machines.second))
    assert first is not None
    assert second is not None
    assert (first.build.number, first.database) == (second.build.number, second.database)
    assert first.build.number == 1


def test_readers_see_the_old_or_the_new_whatever_happens_to_the_writer(machines: Machines) -> None:
    machines.late.rename(machines.first.settings.archive / _GOODS)
    before = newest_snapshot(machines.lake)
    with Reader(machines.second).asking() as reader:
        refresh = started(machines.first)
        while newest_snapshot(machines.lake) < before + 40:
            assert refresh.poll() is None, refresh.communicate()
            time.sleep(0.2)
        os.kill(refresh.pid, signal.SIGKILL)  # dbt's process is left, as where memory runs out
        refresh.wait()
        killed = len(reader.seen), reader.asked
        after_kill = store.current(machines.second.settings)
        recovery = started(machines.second)
        _, complaint = recovery.communicate(timeout=900)
    assert killed[0] == 1, "half a build was seen"
    assert killed[1] > 3
    assert after_kill is not None
    assert after_kill.build.number == 1
    assert recovery.returncode == 0, complaint
    assert reader.errors == []
    assert len(reader.seen) <= 2
    with connect.read(machines.first.settings.current_database, "marts", "main") as connection:
        new = connection.execute(_TOGETHER).fetchall()[0]
    assert new != reader.seen[0]
    assert reader.seen[1:] in ([], [new])


def test_marts_are_row_for_row_those_of_one_machine(
    machines: Machines, external_sector: Installation
) -> None:
    """After two refreshes at once, a killed one, and one that put that right."""
    built = store.current(machines.first.settings)
    in_file = store.current(external_sector.settings)
    assert built is not None
    assert in_file is not None
    tables, differences = replay.compare(built.database, in_file.database)
    assert tables > 50
    assert differences == ()
    assert built.build.build_key == in_file.build.build_key


@pytest.mark.parametrize(
    "command",
    [
        ["sql", "select * from it_exports order by month", "--format", "csv"],
        ["sql", "from marts.it_exports_monthly_as_of('2026-04-01') order by all", "--format", "csv"],
        ["sql", "select table_name, comment from duckdb_tables() where schema_name = 'marts' order by all"],
        ["brief"],
        ["brief", "--as-of", "2026-04-01"],
        ["trace", "9", "2026-02"],
        ["trace", "record", "2025-12"],
        ["status"],
        ["check-claim", "it-exports", "2026-02", "364"],
    ],
    ids=lambda command: "_".join(command)[:30],
)
def test_commands_say_of_a_lake_what_they_say_of_a_file(
    machines: Machines, external_sector: Installation, command: list[str]
) -> None:
    in_lake, in_file = (installed.etl(*command) for installed in (machines.second, external_sector))
    assert in_lake.returncode == in_file.returncode == 0, in_lake.stderr
    assert in_lake.stdout == in_file.stdout


def test_report_dictionary_and_export_are_made_of_a_lake(machines: Machines, tmp_path: Path) -> None:
    for command in (["report"], ["diff", "1", "2"], ["export", "--format", "csv", str(tmp_path / "out")]):
        done = machines.second.etl(*command)
        assert done.returncode == 0, done.stderr
    address = machines.second.etl("dictionary").stdout.strip()
    assert Path(address.removeprefix("file://")).exists()
    assert "exports_usd_mn" in (tmp_path / "out" / "csv" / "it_exports_monthly.csv").read_text()


def test_the_doctor_finds_nothing_wrong_with_a_lake(machines: Machines) -> None:
    done = machines.second.etl("doctor", "--offline")
    assert "wrong " not in done.stdout.replace("0 wrong", "")
    assert "storage format ducklake" in done.stdout


def test_duckdbs_own_shell_opens_a_lake_and_is_shut_in(machines: Machines) -> None:
    arguments = shell.arguments(machines.second.settings.current_database, "csv", None)
    queries = ["select count(*) > 100 as many from services_monthly", "from read_csv('/etc/passwd')"]
    done = subprocess.run(
        [str(shell._program()), *arguments], input=";\n".join(queries) + ";\n", capture_output=True, text=True
    )
    assert "true" in done.stdout, done.stderr
    assert "root" not in done.stdout


def test_no_query_writes(machines: Machines, tmp_path: Path) -> None:
    metadata = "__ducklake_metadata_warehouse"
    with connect.read(machines.second.settings.current_database) as connection:
        for query in (
            "create table marts.more as select 1 as a",
            "delete from marts.vintages",
            f"copy (select 1) to '{tmp_path}/x.csv'",
            f"call postgres_execute('{metadata}', 'drop schema sbp_warehouse cascade')",
        ):
            with pytest.raises(Exception, match=r"(?i)read.only|disabled|permission|cannot"):
                connection.execute(query).fetchall()


def test_an_analyst_needs_the_right_to_read_and_no_more(machines: Machines) -> None:
    """The statements of docs/lake.md."""
    page = (Path(__file__).parents[3] / "docs" / "lake.md").read_text(encoding="utf-8")
    grants, session = (page.split(f"<!-- {name} -->")[1].split("```")[1] for name in ("grants", "session"))
    with psycopg.connect(machines.lake.catalogue, autocommit=True) as operator:
        operator.execute(grants.removeprefix("sql\n"))
    own = replace(machines.lake, catalogue=machines.lake.catalogue.replace("user=etl", "user=analyst"))
    written = "dbname=lake host=db.example.org user=analyst"
    assert written in session
    statements = session.removeprefix("sql\n").replace(written, own.catalogue).split(";")
    with duckdb.connect() as connection:
        for statement in load_statements(own):
            connection.execute(statement)
        for statement in statements:
            if statement.strip() and not statement.strip().lower().startswith("install"):
                rows = connection.execute(statement).fetchall()
    assert rows, "its last statement is a query"


def test_snapshots_that_were_not_published_are_forgotten(machines: Machines) -> None:
    kept = set(store.store_of(machines.first.settings).databases().values())
    with psycopg.connect(machines.lake.catalogue) as session:
        rows = session.execute("select snapshot_id from ducklake_snapshot").fetchall()
    assert {machines.lake.at(row[0]) for row in rows} == kept
    assert len(kept) == 2


def test_files_that_no_snapshot_needs_are_deleted(machines: Machines) -> None:
    """A day later, which is put forward here."""
    lake, data = machines.lake, Path(machines.lake.data)
    before = len(list(data.rglob("*.parquet")))
    with psycopg.connect(lake.catalogue) as session:
        session.execute(
            "update ducklake_files_scheduled_for_deletion"
            " set schedule_start = schedule_start - interval '2 days'"
        )
    lake_snapshots.expire(lake, ducklake.snapshot_ids(lake).values())
    assert len(list(data.rglob("*.parquet"))) < before
    assert machines.second.value("select count(*) from marts.vintages") > 1_000
