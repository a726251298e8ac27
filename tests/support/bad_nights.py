"""Nights in which the source misbehaves: `etl refresh` is run as a person would run it, in this process, and
what must hold after each fault is looked at.

A night is bad, then good again: first with a file that the archive has (few seconds for all faults together),
in the full form with a new edition that is built and published.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from etl.archive.store import FetchRecord
from etl.catalog.releases import Catalog
from etl.cli import main
from etl.fetch.http import Fetcher
from etl.fetch.validate import FetchLimits
from tests.support.asking import FakeClock
from tests.support.installation import Installation, installation
from tests.support.nights import MIRROR, NEW_SITE, april_edition, newest_month
from tests.support.readings import SERVICES
from tests.support.releases import MARCH
from tests.support.sbp_server import Reply, SbpServer

PATIENT = FetchLimits()
IMPATIENT = FetchLimits(probe_seconds=1.5, connect_seconds=0.4, read_seconds=1.0, answer_seconds=0.4)
"""A second of silence, so that a busy machine is not taken for a silent server; a drip ends before."""
_IN_TIME_SECONDS = 20.0
"""Of real time, on a busy machine, for all that one refresh has to ask."""


_WORDS = {"rejected": "rejected", "unreachable": "out of reach"}


class Told(NamedTuple):
    """What a person has of a command."""

    code: int
    out: str
    err: str

    def line(self) -> str:
        """Return the one line about the release."""
        (line,) = [line for line in self.out.splitlines() if line.startswith(f"  {SERVICES}: ")]
        return line


class Held(NamedTuple):
    """What must not change: files of the archive with their hashes, and what is published."""

    files: frozenset[tuple[str, str]]
    published: tuple[str, int, int]


@dataclass
class Night:
    """An installation that published, and a source."""

    installed: Installation
    sbp: SbpServer
    entries: Path
    etl: Callable[..., Told]
    """Run the command in this process."""
    clock: FakeClock
    limits: list[FetchLimits]
    number: int = 0
    """Of the try."""
    ahead: list[timedelta] = field(default_factory=lambda: [timedelta(0)])
    """How far this machine's clock is ahead."""
    is_whole: bool = False
    """The good file that follows is a new edition, which is built and published."""

    def suffers(self, *replies: Reply, said: str, **how: Any) -> Told:
        """Have every address answer so, see that the promises hold, and be well again."""
        for path in (NEW_SITE, MIRROR):
            self.sbp.script(path, *replies)
        told = self.endures(said, **how)
        self.recovers()
        return told

    def endures(
        self, said: str, outcome: str = "rejected", limits: FetchLimits = PATIENT, **environment: str
    ) -> Told:
        """Refresh at a source that misbehaves, and see that the promises hold."""
        before, started = self.held(), time.monotonic()
        self.limits[:] = [limits]
        told = self.refresh(**environment)
        self.limits[:] = [PATIENT]
        assert time.monotonic() - started < _IN_TIME_SECONDS
        line = told.line()
        assert line.startswith(f"  {SERVICES}: {_WORDS[outcome]}: "), line
        assert said in line, line
        assert line.isprintable()
        assert len(line) < 700
        assert (told.code, told.err) == (2, "")
        assert "nothing new: " in told.out
        assert said in str(self.last_record().reason)
        assert self.held() == before
        return told

    def recovers(self, **environment: str) -> None:
        """Check that a plain refresh has the file as soon as the source is well."""
        for path in (NEW_SITE, MIRROR):
            self.sbp.serve(path, april_edition() if self.is_whole else MARCH.read_bytes())
        before = self.held()
        if self.is_whole:
            arguments = ("refresh", "--strict", "--release", SERVICES)
            built = self.installed.etl(*arguments, catalog=self.entries, **environment)
            assert built.returncode == 0, built.stdout + built.stderr
            assert newest_month(self.installed) == "2026-04-01"
            assert self.held().files > before.files
        else:
            told = self.refresh(**environment)
            assert (told.code, told.err) == (0, ""), told.out
            assert told.line() == f"  {SERVICES}: unchanged"
            assert self.held() == before

    def moves_to(self, base: str) -> None:
        """Have the catalogue name the source so from now on."""
        for entry in self.entries.rglob("*.toml"):
            text = entry.read_text(encoding="utf-8")
            entry.write_text(text.replace(self.sbp.url(""), base), encoding="utf-8")

    def refresh(self, **environment: str) -> Told:
        """Ask for the release of these nights; the exit code says whether it was had."""
        return self.etl("refresh", "--strict", "--release", SERVICES, **environment)

    def held(self) -> Held:
        """Look at archive and published marts; each file must still be what its name says."""
        files = set()
        for release in Catalog.load(self.entries).file_releases:
            for file in self.installed.archive.files(release.id):
                assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.facts.sha256
                files.add((release.id, file.facts.sha256))
        database = self.installed.settings.current_database.resolve()
        stat = database.stat()
        return Held(frozenset(files), (str(database), stat.st_size, stat.st_mtime_ns))

    def last_record(self) -> FetchRecord:
        """Return the last line of the log of fetches about the release."""
        return [r for r in self.installed.archive.fetches() if r.release_id == SERVICES][-1]


def night_at(
    home: Path,
    sbp: SbpServer,
    entries: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Night:
    """Return a night at an installation: waits of politeness pass at once."""
    clock, limits, ahead = FakeClock(), [PATIENT], [timedelta(0)]

    def now() -> datetime:
        return datetime.now(UTC) + ahead[0]

    def asks(*arguments: Any, **options: Any) -> Fetcher:
        by_clock = {"limits": limits[0], "clock": clock, "sleep": clock.sleep, "now": now}
        return Fetcher(*arguments, **(options | by_clock))

    def etl(*arguments: str, **environment: str) -> Told:
        with pytest.MonkeyPatch.context() as patched:
            for name, value in environment.items():
                patched.setenv(name, value)
            capsys.readouterr()
            code = main._run(list(arguments))
        return Told(code, *capsys.readouterr())

    monkeypatch.setattr("etl.fetch.clients.Fetcher", asks)
    monkeypatch.setattr("etl.fetch.wayback.Fetcher", asks)
    monkeypatch.setattr(Catalog.load.__func__, "__defaults__", (entries,))
    for name, value in {"ETL_HOME": str(home), "ETL_POLITE_SECONDS": "4", "EASYDATA_API_KEY": ""}.items():
        monkeypatch.setenv(name, value)
    return Night(installation(home), sbp, entries, etl, clock, limits, ahead=ahead)
