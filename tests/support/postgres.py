"""A real PostgreSQL for the tests of the lake: Debian's package, started in a folder of its own.

Here: finding, starting and ending it, and databases in it. Without the package tests skip and say why; in CI,
which installs it, that is a failure.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.support.ports import closed_port

_QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
"""These lose what was written where the machine goes off, and a test's machine may."""


@dataclass(frozen=True)
class Postgres:
    """A server on this machine that lets everybody in."""

    port: int

    def connection_string(self, database: str, user: str = "etl") -> str:
        return f"dbname={database} host=127.0.0.1 port={self.port} user={user}"

    def new_database(self, name: str) -> str:
        """Make a database and give the way to it."""
        with psycopg.connect(self.connection_string("postgres"), autocommit=True) as session:
            session.execute(f'create database "{name}"')
        return self.connection_string(name)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Start a server, and end it whatever happens."""
    programs = _programs()
    if programs is None:
        message = "needs PostgreSQL's server (Debian: apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    port = closed_port()
    # Not below pytest's folders, which only their owner may enter: the server has another user.
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data, log = f"{folder}/data", f"{folder}/log"
        _run(programs / "initdb", "-D", data, "-U", "etl", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} {_QUICK}"
        _run(programs / "pg_ctl", "-D", data, "-o", options, "-l", log, "-w", "start")
        try:
            yield Postgres(port)
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _programs() -> Path | None:
    """Return the folder of the server's programs, the newest of several."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _run(program: Path, *arguments: str) -> None:
    """Run a program of the server's, which refuses to run as root. What it says goes into a file, because the
    server inherits it and would keep a pipe open.
    """
    user = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None
    with tempfile.TemporaryFile("w+") as said:
        command = [str(program), *arguments]
        done = subprocess.run(command, user=user, cwd="/", stdout=said, stderr=said, check=False)
        said.seek(0)
        assert done.returncode == 0, f"{' '.join(command)}: {said.read()}"
