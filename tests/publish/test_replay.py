"""`etl replay`: the archive is the one truth, and what is published is what it says."""

import shutil
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from etl.publish.replay import compare
from scripts.write_starter import services_workbook
from tests.support import workbooks
from tests.support.installation import Installation, installation

pytestmark = pytest.mark.slow


@pytest.fixture
def installed(published: Installation, tmp_path: Path) -> Installation:
    home = tmp_path / "home"
    shutil.copytree(published.settings.home, home, symlinks=True)
    return installation(home)


def test_what_is_published_equals_what_the_archive_gives(installed: Installation) -> None:
    """Also after a file came later that is older than those before it."""
    january = workbooks.headed(
        workbooks.scaled(workbooks.services("2026-02"), 0.99),
        "Jan-25 (R)",
        "Dec-25 (R)",
        "Jan-26 (P)",
        "Jul-Jan, FY25",
        "Jul-Jan, FY26 (P)",
    )
    old_copy = installed.settings.home / "old copy.xls"
    old_copy.write_bytes(services_workbook(january))
    assert installed.etl("add", str(old_copy), "--published-on", "2026-02-17").returncode == 0
    assert installed.etl("refresh", "--offline").returncode == 0
    before = sorted(path.name for path in installed.settings.home.iterdir())

    result = installed.etl("replay")

    assert result.returncode == 0, result.stderr
    assert "tables rebuilt from 4 files: equal row for row" in result.stdout
    assert sorted(path.name for path in installed.settings.home.iterdir()) == before


def test_a_published_row_that_the_archive_does_not_give_is_named(installed: Installation) -> None:
    database = installed.settings.current_database
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "update marts.services_monthly set exports_usd_mn = 999"
            " where item_code = '9' and month = '2026-03-01'"
        )

    result = installed.etl("replay")

    assert result.returncode == 1
    assert "1 tables differ" in result.stdout
    assert "marts.services_monthly: 1 rows only published, 1 only rebuilt" in result.stdout
    assert "999" in result.stdout


def test_other_inputs_than_those_published_are_not_compared(installed: Installation) -> None:
    download = installed.settings.home / "dt.xls"
    download.write_bytes(workbooks.services_grid().xls())
    installed.etl("add", str(download))
    result = installed.etl("replay")
    assert result.returncode == 1
    assert "run `etl refresh --offline` first" in result.stderr


def test_without_a_publication_there_is_nothing_to_compare(tmp_path: Path) -> None:
    result = installation(tmp_path).etl("replay")
    assert result.returncode == 1
    assert "run `etl refresh` first" in result.stderr


def test_a_table_that_only_one_has_and_a_row_that_one_has_twice_are_differences(tmp_path: Path) -> None:
    for name, statements in {
        "one": ["create table t as select 1 as x", "create table only_here as select 2 as y"],
        "two": ["create table t as select unnest([1, 1]) as x"],
    }.items():
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as connection:
            for statement in statements:
                connection.execute(statement)
    tables, differences = compare(tmp_path / "one.duckdb", tmp_path / "two.duckdb")
    assert tables == 2
    assert {(d.table, d.rows_only_published, d.rows_only_rebuilt) for d in differences} == {
        ("main.only_here", 1, 0),
        ("main.t", 0, 1),
    }


def test_one_replay_at_a_time(installed: Installation) -> None:
    with FileLock(installed.settings.build / "replay.lock"):
        second = installed.etl("replay")

    assert second.returncode == 1
    assert second.stderr == "etl: another replay is running here; wait until it is done\n"
