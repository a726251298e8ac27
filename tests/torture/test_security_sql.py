"""`etl sql` reads what is published and nothing else: no file, no network, no setting, no write.

Here: attacks as a reader could type or pipe them in, on the published file, as of a day, and in DuckDB's own
shell. Each must be refused by DuckDB or do nothing outside of the session's memory.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow
import pytest

from etl.cli import shell
from etl.warehouse import connect, session_sql
from tests.support.attacks import IN_THE_SHELL, ON_FILES, ON_SETTINGS, WRITES, Ground
from tests.support.installation import Installation

Tries = Callable[[int, int], Iterator[int]]
DAY = date(2026, 3, 31)
WITHOUT_END = "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c"


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """Return files with a secret in them, and the working directory of who attacks."""
    monkeypatch.chdir(tmp_path)
    return Ground.prepare(tmp_path)


def opened(installed: Installation, *, as_of: bool) -> AbstractContextManager[connect.Connection]:
    database = installed.settings.current_database
    if as_of:
        return connect.read_as_of(database, DAY, ["dim_item"])
    return connect.read(database, *session_sql.PUBLISHED_SCHEMAS)


def bytes_of(installed: Installation) -> bytes:
    return installed.settings.current_database.read_bytes()


@pytest.mark.fault(
    "a query that reads a file, an address, an extension or a variable of Python",
    promise="it is refused, now and as of a day, alone and behind other statements",
)
@pytest.mark.parametrize("as_of", [False, True], ids=["now", "as_of"])
def test_a_query_reads_nothing_else(
    published: Installation, ground: Ground, tries: Tries, as_of: bool
) -> None:
    attacks = [attack for given in ON_FILES for attack in ground.forms(given)]
    table = pyarrow.table({"a": [1]})  # a replacement scan would find it
    with opened(published, as_of=as_of) as connection:
        for number in tries(len(attacks), len(attacks)):
            with pytest.raises(duckdb.Error) as refused:
                connection.execute(attacks[number]).fetchall()
            assert ground.secret not in str(refused.value), attacks[number]
    assert table.num_rows == 1
    assert ground.untouched()


@pytest.mark.fault(
    "a query that changes a setting",
    promise="every setting that shuts a session in is locked; none is different afterwards",
)
@pytest.mark.parametrize("as_of", [False, True], ids=["now", "as_of"])
def test_a_query_changes_no_setting(
    published: Installation, ground: Ground, tries: Tries, as_of: bool
) -> None:
    settings = "select name, value from duckdb_settings() where name not ilike '%logging%' order by all"
    with opened(published, as_of=as_of) as connection:
        before = connection.execute(settings).fetchall()
        for number in tries(len(ON_SETTINGS), len(ON_SETTINGS)):
            with pytest.raises(duckdb.Error):
                connection.execute(ground.filled(ON_SETTINGS[number])).fetchall()
        assert connection.execute(settings).fetchall() == before
    assert ground.untouched()


@pytest.mark.fault(
    "a query that writes into what is published",
    promise="it is refused, and the published file has the same bytes",
)
def test_a_query_writes_nothing(published: Installation, ground: Ground, tries: Tries) -> None:
    before = bytes_of(published)
    with opened(published, as_of=False) as connection:
        for number in tries(len(WRITES), len(WRITES)):
            with pytest.raises(duckdb.Error):
                connection.execute(WRITES[number]).fetchall()
    with connect.read_as_of(published.settings.current_database, DAY, ["dim_item"]) as connection:
        for number in tries(len(WRITES), len(WRITES)):
            attack = WRITES[number].replace("marts.", "warehouse.marts.").replace("main.", "warehouse.main.")
            with pytest.raises(duckdb.Error):
                connection.execute(attack).fetchall()
    assert bytes_of(published) == before
    assert ground.untouched()


@pytest.mark.fault(
    "the same through the command: as an argument, piped in, as of a day, in every format",
    promise="one line that says why, exit code 1, nothing written and no secret shown",
)
def test_the_command_refuses_as_well(published: Installation, ground: Ground, tries: Tries) -> None:
    asked = ground.filled("select 1; from read_text('{file}')")
    ways = [
        (("sql", asked), ""),
        (("sql",), asked),
        (("sql", "--as-of", "2026-03-31", "--format", "csv"), asked),
        (("sql", "--format", "json", ground.filled("copy (select 1) to '{new}'")), ""),
        (("sql", "--as-of", "2026-03-31", "-"), ".shell touch new"),
    ]
    for number in tries(3, len(ways)):
        arguments, piped = ways[number]
        result = published.etl(*arguments, stdin=piped, EASYDATA_API_KEY=ground.secret)
        assert result.returncode == 1
        assert result.stdout == ""
        assert result.stderr.startswith("etl: ")
        assert result.stderr.count("\n") == 1
        assert ground.secret not in result.stderr
    assert ground.untouched()


@pytest.mark.fault(
    "commands of DuckDB's shell that start programs, write or read files, or undo its safe mode",
    promise="they are refused, and the shell has no key, password or webhook in its environment",
)
def test_the_shell_is_as_shut_in(published: Installation, ground: Ground, tries: Tries) -> None:
    options: list[tuple[str, date | None]] = [("table", None), ("csv", DAY)]
    for number in tries(1, len(options)):
        arguments = shell.arguments(published.settings.current_database, *options[number])
        program = [str(shell._program()), *arguments]
        typed = [ground.filled(line) for line in IN_THE_SHELL]
        result = subprocess.run(
            program,
            input="\n".join(typed),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=ground.folder,
        )
        assert "got to the end" in result.stdout
        assert ground.secret not in result.stdout + result.stderr
        assert ground.untouched()


def test_the_shell_gets_no_secret_of_the_environment(
    published: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, str]] = []
    monkeypatch.setattr(os, "execve", lambda program, arguments, environment: given.append(environment))
    for name in ("EASYDATA_API_KEY", "ETL_SMTP_PASSWORD", "ETL_WEBHOOK"):
        monkeypatch.setenv(name, "s3cret")
    shell.start(published.settings.current_database, "table", None)
    assert "s3cret" not in given[0].values()
    assert given[0]["PATH"]


@pytest.mark.fault(
    "a query that never ends",
    promise="Ctrl-C ends it at once, with one line",
)
def test_a_query_without_end_is_ended_by_ctrl_c(published: Installation, tries: Tries) -> None:
    queries = [
        WITHOUT_END,
        "select count(*) from range(1000000000000)",
        "select sum(a.range * b.range) from range(100000000) a, range(1000000000) b",
    ]
    for number in tries(1, len(queries)):
        process = subprocess.Popen(
            [sys.executable, "-m", "etl", "sql", queries[number]],
            env=os.environ | {"ETL_HOME": str(published.settings.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell's background jobs ignore Ctrl-C, and so would what they start.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        _wait_until_it_works(process.pid)
        process.send_signal(signal.SIGINT)
        asked_at = time.monotonic()
        shown, said = process.communicate(timeout=60)
        assert time.monotonic() - asked_at < 30
        assert (process.returncode, shown) == (1, "")
        assert said.strip().splitlines() == [
            "etl: interrupted: nothing half done was published; run it again"
        ]


def _wait_until_it_works(pid: int) -> None:
    """Wait until DuckDB's threads use the processor."""
    import psutil

    process = psutil.Process(pid)
    end = time.monotonic() + 120
    while process.cpu_times().user < 1.5:
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.fault(
    "a query that wants more than the machine should give",
    promise="its memory is bounded, what it puts on the disk is bounded and is gone at the end, "
    "and lies neither beside what is published nor where the command was started",
)
def test_a_query_is_bounded(published: Installation, ground: Ground, tries: Tries) -> None:
    for number in tries(1, 2):
        with opened(published, as_of=bool(number)) as connection:
            row = connection.execute(
                "select current_setting('temp_directory'), current_setting('max_temp_directory_size'),"
                " current_setting('memory_limit')"
            ).fetchone()
            assert row is not None
            spilled, most, memory = Path(row[0]), row[1], row[2]
            assert spilled.is_dir()
            assert spilled.stat().st_mode & 0o077 == 0
            assert (most, memory) == ("3.7 GiB", "381.4 MiB")
            with pytest.raises(duckdb.OutOfMemoryException):
                connection.execute("select list(range) from range(500000000)").fetchall()
        assert not spilled.exists()
    assert {path.name for path in published.settings.current_database.parent.iterdir()} == {
        "build.json",
        "dictionary.html",
        "keys.json",
        "warehouse.duckdb",
    }
    assert ground.untouched()
