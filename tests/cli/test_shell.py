"""DuckDB's own shell on the published marts, as a person at a terminal has it."""

import os
import pty
import re
import select
import signal
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from etl.cli import shell
from etl.warehouse.connect import WarehouseError
from tests.support.installation import Installation

_SECONDS = 60
"""How long a busy machine may take to answer."""


_CONTROLS = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")


class Terminal:
    """A terminal in which `etl sql` runs: what is typed goes in, what is shown comes out."""

    def __init__(self, installed: Installation, *options: str) -> None:
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:  # pragma: no cover: the other process
            # A terminal that can do more is asked for its cursor at each line, and must answer in time.
            os.environ |= {"ETL_HOME": str(installed.settings.home), "TERM": "dumb"}
            os.chdir(Path(__file__).parents[2])
            os.execv(sys.executable, [sys.executable, "-m", "etl", "sql", *options])
        self._shown = b""

    def read_until(self, words: str) -> str:
        """Return what has been shown since the last call once these words are among it."""
        end = time.monotonic() + _SECONDS
        while words not in (shown := _CONTROLS.sub("", self._shown.decode(errors="replace"))):
            assert self._is_open(), f"ended before {words!r}: {shown!r}"
            assert time.monotonic() < end, f"no {words!r} in {shown!r}"
        self._shown = b""
        return shown

    def type(self, line: str) -> None:
        os.write(self._terminal, line.encode() + b"\r")

    def exit_code(self) -> int:
        """Wait until the shell has ended; end it where it does not."""
        end = time.monotonic() + _SECONDS
        while self._is_open():
            if time.monotonic() > end:
                os.kill(self._pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _is_open(self) -> bool:
        """Take in what is shown; returns whether the shell still runs."""
        if not select.select([self._terminal], [], [], 0.2)[0]:
            return True
        try:
            part = os.read(self._terminal, 65_536)
        except OSError:  # so Linux says that nobody is at the other end any more
            return False
        self._shown += part
        if b"\x1b[c" in part:  # it asks what the terminal is, and waits for the answer
            os.write(self._terminal, b"\x1b[?62c")
        return bool(part)


def test_a_person_is_greeted_with_a_first_query_asks_it_and_leaves(published: Installation) -> None:
    terminal = Terminal(published)
    assert shell.FIRST_QUERY in terminal.read_until(" D ")
    terminal.type(shell.FIRST_QUERY)
    assert "2026-08-01" in terminal.read_until("12 rows")
    terminal.type(".quit")
    assert terminal.exit_code() == 0


def test_as_of_a_day_marts_and_views_have_their_usual_names(published: Installation) -> None:
    terminal = Terminal(published, "--as-of", "2025-01-20", "--format", "csv")
    assert "as known on 2025-01-20" in terminal.read_until(" D ")
    terminal.type("select max(month) as newest from it_exports;")
    terminal.read_until("2024-12-01")
    terminal.type("select 'found in ' || current_catalog();")
    terminal.read_until("found in memory")
    terminal.type(".quit")
    assert terminal.exit_code() == 0


@pytest.mark.parametrize("options", [[], ["--as-of", "2026-03-31"]], ids=["now", "as_of"])
def test_it_is_as_shut_in_as_a_query(published: Installation, options: list[str]) -> None:
    terminal = Terminal(published, *options)
    terminal.read_until(" D ")
    for asked, refused in (
        (".shell ls", "cannot be used in -safe mode"),
        (".open other.duckdb", "cannot be used in -safe mode"),
        (".read /etc/passwd", "cannot be used in -safe mode"),
        (".output x.txt", "cannot be used in -safe mode"),
        ("from read_csv('/etc/passwd');", "disabled"),
        ("attach '/tmp/other.duckdb';", "disabled"),
        ("install httpfs;", "disabled"),
        ("set enable_external_access = true;", "locked"),
        ("insert into warehouse.marts.dim_item from warehouse.marts.dim_item;", "read-only"),
    ):
        terminal.type(asked)
        terminal.read_until(refused)
    terminal.type(".quit")
    assert terminal.exit_code() == 1, "as DuckDB has it: something failed"


def test_where_nothing_is_published_it_says_so_in_a_line(tmp_path: Path) -> None:
    for day in (None, date(2026, 1, 20)):
        with pytest.raises(WarehouseError, match="run `etl refresh` first"):
            shell.arguments(tmp_path / "warehouse.duckdb", "table", day)


def test_where_the_shell_is_not_installed_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "find_spec", lambda name: None)
    with pytest.raises(shell.NoShellError, match="pip install duckdb-cli"):
        shell.start(Path("warehouse.duckdb"), "table", None)
