"""The command as a person meets it: one line an error, and exit codes that scripts can rely on."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from etl.cli import operate
from etl.common.settings import Settings
from etl.warehouse import connect
from tests.support.installation import Installation, installation
from tests.support.releases import MARCH

BAD_USAGE = (
    ["bogus"],
    ["refresh", "--bogus"],
    ["refresh", "--release", "nothing"],
    ["add", "x.xls", "--release", "nothing"],
    ["add"],
    ["backfill"],
    ["backfill", "--from", "nobody"],
    ["backfill", "--from", "wayback", "--since", "yesterday"],
    ["backfill", "--from", "wayback", "--release", "nothing"],
    ["sql"],
    ["sql", " "],
    ["brief", "--month", "March"],
)


def one_line(stderr: str) -> str:
    lines = [line for line in stderr.splitlines() if line.strip()]
    assert len(lines) == 1, stderr
    return lines[0]


def test_bad_usage_is_64(published: Installation) -> None:
    for arguments in BAD_USAGE:
        result = published.etl(*arguments)
        assert result.returncode == 64, arguments
        assert "Usage: etl" in result.stderr


def test_help_names_every_command(published: Installation) -> None:
    shown = published.etl("--help").stdout
    assert all(
        command in shown
        for command in (
            "refresh",
            "add",
            "backfill",
            "status",
            "sql",
            "trace",
            "check-claim",
            "diff",
            "brief",
            "ui",
        )
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sql", "selec 1"], "syntax error"),
        (["sql", "select * from marts.nothing"], "does not exist"),
        (["sql", "create table marts.x as select 1"], "read-only"),
        (["sql", "copy (select 1) to '/tmp/x.csv'"], "disabled"),
        (["sql", "select * from read_csv('/etc/passwd')"], "disabled"),
        (["sql", "install httpfs"], "disabled"),
        (["sql", "set enable_external_access = true"], "locked"),
        (["brief", "--month", "1999-12"], "no IT exports are known for December 1999"),
    ],
)
def test_an_error_is_one_line_that_says_what_to_do(
    published: Installation, arguments: list[str], words: str
) -> None:
    result = published.etl(*arguments)
    assert result.returncode == 1
    line = one_line(result.stderr)
    assert line.startswith("etl: ")
    assert words in line


def test_verbose_shows_where(published: Installation) -> None:
    for arguments in (["--verbose", "sql", "selec 1"], ["sql", "selec 1", "--verbose"]):
        result = published.etl(*arguments)
        assert result.returncode == 1
        assert "Traceback" in result.stderr


def test_before_the_first_refresh_a_query_says_what_to_run(tmp_path: Path) -> None:
    result = installation(tmp_path).etl("sql", "select 1")
    assert result.returncode == 1
    assert "run `etl refresh` first" in one_line(result.stderr)


def test_a_setting_that_cannot_be_used_names_its_variable(published: Installation) -> None:
    result = published.etl("status", ETL_SNAPSHOTS_KEPT="many")
    assert result.returncode == 1
    assert "ETL_SNAPSHOTS_KEPT is 'many'" in one_line(result.stderr)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    result = installation(blocked / "home").etl("refresh", "--offline")
    assert result.returncode == 1
    assert str(blocked) in one_line(result.stderr)


def test_rows_come_as_table_csv_and_json(published: Installation) -> None:
    query = (
        "select month, exports_usd_mn, exports_vintage_id is null as is_sum from marts.services_monthly"
        " where item_code = '9' and month = '2026-03-01'"
    )
    assert "413.622892" in published.etl("sql", query).stdout
    assert published.etl("sql", query, "--format", "csv").stdout == (
        "month,exports_usd_mn,is_sum\n2026-03-01,413.622892,False\n"
    )
    assert json.loads(published.etl("sql", query, "--format", "json").stdout) == [
        {"month": "2026-03-01", "exports_usd_mn": 413.622892, "is_sum": False}
    ]


def test_status_tells_what_is_due(published: Installation) -> None:
    status = published.etl("status").stdout
    assert "trade_in_services" in status
    assert "Mar 2026" in status
    assert "late" in status


def test_status_says_that_easydata_is_not_asked_without_a_key(published: Installation) -> None:
    status = " ".join(published.etl("status").stdout.split())
    assert (
        "not asked, because EASYDATA_API_KEY is not set: easydata_balance_of_payments, easydata_exchange"
        in status
    )
    assert "Generate API Key" in status
    assert "is not set" not in published.etl("status", EASYDATA_API_KEY="x").stdout


@pytest.mark.parametrize("arguments", [[], ["-"]], ids=["no_query", "dash"])
def test_a_query_may_be_piped_in(published: Installation, arguments: list[str]) -> None:
    result = published.etl("sql", *arguments, "--format", "csv", stdin="-- how many\nselect 1 + 1 as n;\n")
    assert result.stdout.split() == ["n", "2"], result.stderr
    assert "syntax error" in one_line(published.etl("sql", *arguments, stdin="selec 1").stderr)


def test_what_is_piped_in_is_text(published: Installation) -> None:
    """Windows saves a query as UTF-16, or with a mark before it."""
    for text, code in (("select 1 as n".encode("utf-16"), 64), (b"\xef\xbb\xbfselect 1 as n", 0)):
        result = published.etl("sql", stdin=text.decode("utf-8", "surrogateescape"))
        assert result.returncode == code, result.stderr


def test_views_with_few_columns_are_found_beside_the_marts(published: Installation) -> None:
    query = "select max(month) as newest from it_exports"
    for as_of, newest in (([], "2026-08-01"), (["--as-of", "2025-01-20"], "2024-12-01")):
        assert published.etl("sql", query, "--format", "csv", *as_of).stdout.split() == ["newest", newest]


def test_a_mart_needs_no_schema_in_a_query(published: Installation) -> None:
    query = "select count(*) from {}dim_item"
    for as_of in ([], ["--as-of", "2026-03-31"]):
        short, long = (published.etl("sql", query.format(schema), *as_of) for schema in ("", "marts."))
        assert short.returncode == 0, short.stderr
        assert short.stdout == long.stdout


@pytest.mark.parametrize(
    ("command", "light_without"),
    [
        ("status", {"dagster", "dbt", "requests", "pyarrow", "duckdb"}),
        ("brief", {"dagster", "dbt", "requests"}),
    ],
)
def test_a_quick_command_imports_nothing_heavy(
    published: Installation, command: str, light_without: set[str]
) -> None:
    program = f"import sys; from etl.cli import main as cli; cli._run([{command!r}]); print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={"ETL_HOME": str(published.settings.home), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {name.split(".")[0] for name in result.stdout.splitlines()[-1].split()}
    assert "etl" in imported
    assert not imported & light_without


def test_add_refuses_what_is_no_release_and_says_why(published: Installation, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("hello")
    result = published.etl("add", str(note), str(tmp_path / "absent.xls"))
    assert result.returncode == 1
    assert "is no release file" in result.stdout
    assert "cannot be read: No such file or directory" in result.stdout


def test_add_takes_a_folder_and_sums_it_up(published: Installation, tmp_path: Path) -> None:
    for n in range(30):
        (tmp_path / f"{n}.xls").write_bytes(MARCH.read_bytes())
    (tmp_path / "note.txt").write_text("hello")

    result = published.etl("add", str(tmp_path))

    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "archived 0 as trade_in_services; 30 were in the archive already"
    assert lines[1].startswith(f"refused {tmp_path / 'note.txt'}: is no release file")
    assert len(lines) == 2


def test_add_of_an_empty_folder_says_so(published: Installation, tmp_path: Path) -> None:
    result = published.etl("add", str(tmp_path))

    assert (result.returncode, result.stdout) == (0, "there are no files in what was given\n")


def test_a_starter_figure_says_that_it_is_one(published: Installation) -> None:
    assert "written by this project from SBP's published figures" in published.etl("brief").stdout


@pytest.mark.slow
def test_an_interrupted_installation_is_mended_by_a_refresh(published: Installation, tmp_path: Path) -> None:
    """The build folder may be lost at any time: archive and published marts are what counts."""
    home = tmp_path / "home"
    shutil.copytree(published.settings.home, home, symlinks=True)
    mended = installation(home)
    shutil.rmtree(mended.settings.build)
    (mended.settings.published / "current").unlink()
    assert mended.etl("refresh", "--offline").returncode == 0
    assert mended.value("select count(*) from marts.services_monthly") > 0


def test_marts_of_another_version_are_named_as_such(published: Installation, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(published.settings.home, home, symlinks=True)
    older = installation(home)
    older.settings.current_database.chmod(0o644)
    with connect.write(older.settings.current_database) as connection:
        connection.execute("drop table marts.headlines")

    result = older.etl("brief")

    assert result.returncode == 1
    assert "built by another version" in result.stderr
    assert "`etl refresh`" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("host", "is_warned"),
    [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)],  # noqa: S104 - what is warned of
)
def test_dagster_for_the_network_says_what_that_means(
    host: str,
    is_warned: bool,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda _, arguments: started.append(arguments))
    monkeypatch.setattr("os.chdir", lambda _: None)
    operate.ui.callback(host=host, port=3000)
    assert started[0][-4:] == ["-h", host, "-p", "3000"]
    assert ("Dagster has no login" in capsys.readouterr().err) is is_warned
