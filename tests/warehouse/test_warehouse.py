"""Databases are opened in one place: readers can only read, writers leave all or nothing."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
import yaml

from etl.common.settings import DBT_PROJECT
from etl.warehouse import connect as warehouse
from etl.warehouse.connect import WarehouseError


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "warehouse.duckdb"
    with warehouse.write(path) as connection:
        connection.execute("create table figures as select 903 as exports")
    return path


@contextmanager
def held_by_another_program(database: Path) -> Iterator[int]:
    """Another process has the database open for writing; returns its id."""
    program = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"open"
        yield process.pid
        process.communicate(b"\n")


def figures(database: Path) -> list[tuple[object, ...]]:
    with warehouse.read(database) as connection:
        return connection.execute("select exports from figures order by 1").fetchall()


def test_what_is_written_is_read(database: Path) -> None:
    assert figures(database) == [(903,)]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("insert into figures values (1)", id="insert"),
        pytest.param("create table t (a int)", id="create"),
        pytest.param("drop table figures", id="drop"),
        pytest.param("copy figures to '{folder}/stolen.csv'", id="copy to a file"),
        pytest.param("copy (select 1) to '{folder}/stolen.parquet' (format parquet)", id="copy to parquet"),
        pytest.param("export database '{folder}/stolen'", id="export"),
        pytest.param("select * from read_csv('{folder}/secret.csv')", id="read_csv"),
        pytest.param("select * from '{folder}/secret.csv'", id="file as a table"),
        pytest.param("select * from read_text('/etc/hostname')", id="read_text"),
        pytest.param("select * from glob('/etc/*')", id="list a folder"),
        pytest.param("attach '{folder}/other.duckdb'", id="attach"),
        pytest.param("install httpfs", id="install"),
        pytest.param("load httpfs", id="load"),
        pytest.param("select * from read_csv('https://www.sbp.org.pk/x.csv')", id="network"),
        pytest.param("set enable_external_access = true", id="let itself out"),
        pytest.param("set memory_limit = '100GB'", id="take more memory"),
        pytest.param("reset lock_configuration", id="unlock"),
    ],
)
def test_a_reader_cannot_write_nor_reach_anything_else(
    database: Path, tmp_path: Path, statement: str
) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    before = sorted(tmp_path.rglob("*"))

    with warehouse.read(database) as connection, pytest.raises(duckdb.Error):
        connection.execute(statement.format(folder=tmp_path)).fetchall()

    assert sorted(tmp_path.rglob("*")) == before
    assert figures(database) == [(903,)]


def test_a_database_that_is_not_there_is_not_made_by_reading_it(tmp_path: Path) -> None:
    missing = tmp_path / "warehouse.duckdb"

    with (
        pytest.raises(WarehouseError, match="is not there; run `etl refresh` first"),
        warehouse.read(missing),
    ):
        pass

    assert not missing.exists()


@pytest.mark.parametrize("opened", [warehouse.write, warehouse.read])
def test_a_database_that_another_program_holds_is_named_with_that_program_and_the_remedy(
    database: Path, opened: object
) -> None:
    with (
        held_by_another_program(database) as pid,
        pytest.raises(WarehouseError) as caught,
        opened(database),
    ):
        pass

    message = str(caught.value)
    assert message.startswith(f"{database} cannot be opened: ")
    assert f"PID {pid}" in message
    assert message.endswith("; close the program that it names")
    assert "\n" not in message
    assert figures(database) == [(903,)]


def test_a_file_that_is_no_database_is_named_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"State Bank of Pakistan" * 1000)

    with (
        pytest.raises(WarehouseError, match=r"is damaged \(.*\); delete it and run `etl refresh`"),
        warehouse.read(path),
    ):
        pass


def test_a_transaction_that_fails_leaves_nothing(database: Path) -> None:
    def write_half() -> None:
        with warehouse.transaction(connection):
            connection.execute("insert into figures values (1)")
            connection.execute("create table half (a int)")
            raise KeyboardInterrupt

    with warehouse.write(database) as connection:
        with pytest.raises(KeyboardInterrupt):
            write_half()
        with warehouse.transaction(connection):
            connection.execute("insert into figures values (926)")

    assert figures(database) == [(903,), (926,)]
    with warehouse.read(database) as connection:
        assert connection.execute("select count(*) from duckdb_tables()").fetchone() == (1,)


def test_a_connection_is_closed_even_where_its_block_fails(database: Path) -> None:
    with pytest.raises(ZeroDivisionError), warehouse.write(database):
        raise ZeroDivisionError

    # DuckDB would refuse another configuration while the writing connection is open.
    assert figures(database) == [(903,)]


def test_after_a_checkpoint_there_is_no_log_beside_the_database(database: Path) -> None:
    connection = duckdb.connect(str(database))
    connection.execute("set checkpoint_threshold = '1TB'")
    connection.execute("pragma disable_checkpoint_on_shutdown")
    connection.execute("insert into figures values (926)")
    connection.close()
    log = database.with_name("warehouse.duckdb.wal")
    assert log.exists()

    warehouse.checkpoint(database)

    assert not log.exists()
    assert figures(database) == [(903,), (926,)]


def test_a_file_can_be_opened_by_older_clients(database: Path) -> None:
    with warehouse.read(database) as connection:
        row = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where database_name = 'warehouse'"
        ).fetchone()

    assert row is not None
    assert "1.2" in str(row[0])


def test_every_writer_writes_what_older_clients_can_read(tmp_path: Path) -> None:
    """See `warehouse.write`: 1.2 and 1.3 could not read a file in which 1.5 had reused its metadata."""
    with warehouse.write(tmp_path / "warehouse.duckdb") as connection:
        settings = connection.execute("select current_setting('experimental_metadata_reuse')").fetchall()
    assert settings == [(False,)]
    profile = yaml.safe_load((DBT_PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    of_dbt = profile["sbp_warehouse"]["outputs"]["file"]["config_options"]
    assert {name: of_dbt[name] for name in of_dbt if name not in ("threads", "memory_limit")} == {
        "storage_compatibility_version": warehouse.STORAGE_VERSION,
        "default_block_size": warehouse.BLOCK_BYTES,
        "experimental_metadata_reuse": False,
    }


def test_a_reader_whose_snapshot_is_pruned_while_it_opens_follows_the_link_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = warehouse.duckdb.connect
    for number in ("1", "2"):
        with warehouse.write(tmp_path / number / "warehouse.duckdb") as connection:
            connection.execute("create table numbers as select ? as number", [number])
    link = tmp_path / "current"
    link.symlink_to("1")

    def pruned_meanwhile(path: str, **others: object) -> warehouse.Connection:
        if link.readlink() == Path("1"):
            link.unlink()
            link.symlink_to("2")
            raise warehouse.duckdb.IOException("database does not exist")
        return connect(path, **others)

    monkeypatch.setattr(warehouse.duckdb, "connect", pruned_meanwhile)
    with warehouse.read(link / "warehouse.duckdb") as connection:
        assert connection.execute("select number from numbers").fetchone() == ("2",)
