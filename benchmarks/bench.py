"""One run of the measurements: how many rounds, how many vintages, and the homes that several rows use."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks import homes
from benchmarks.homes import Home
from benchmarks.measuring import Contender, anything, nothing

PEERS_FOLDER = Path(sys.prefix) / "peers"
"""Where `make bench` installs what only peers import: pandas brings numpy, which pyarrow imports wherever it
is, and every command of ours would pay for it.
"""
TIMES_MORE = 10
"""How many times the vintages the row on linearity has."""


@dataclass(frozen=True)
class Bench:
    """A run, in a folder that is deleted afterwards."""

    folder: Path
    rounds_wanted: int
    """0: each row's own."""
    count: int
    """Vintages."""
    megabytes: int = 1000
    """Of the database that is published."""

    def rounds(self, usual: int = 5) -> int:
        """Return the number of rounds of a row."""
        return self.rounds_wanted or usual

    def made(self, name: str) -> Path:
        """Return a new folder."""
        folder = self.folder / name
        folder.mkdir()
        return folder

    @cached_property
    def many(self) -> Home:
        """Return the home of many vintages."""
        return homes.with_many(self.folder / "many", self.count)

    @cached_property
    def starter(self) -> Home:
        """Return the home that has published the starter archive, as it was then."""
        return homes.with_the_starter(self.folder / "starter")

    @cached_property
    def new_file(self) -> Home:
        """Return the home of few, into which a new file has come."""
        return homes.with_a_new_file(self.folder / "new_file")


def step(
    name: str,
    home: Home,
    prepare: Callable[[], None] = nothing,
    check: Callable[[str], None] = anything,
    *,
    says_seconds: bool = False,
) -> Contender:
    """Return a step of ours (`benchmarks/steps.py`) in a home."""
    command = [sys.executable, "-m", "benchmarks.steps", name, str(home.path)]
    return Contender(name, command, home.environment, prepare, check, says_seconds)


def peer(
    module: str,
    arguments: list[str | Path],
    home: Home,
    prepare: Callable[[], None] = nothing,
    check: Callable[[str], None] = anything,
    *,
    says_seconds: bool = False,
    has_packages: bool = False,
) -> Contender:
    """Return a script of `benchmarks/peers/`, with the packages of its own where it has any."""
    command = [sys.executable, "-m", f"benchmarks.peers.{module}", *map(str, arguments)]
    environment = dict(home.environment)
    if has_packages:
        if not PEERS_FOLDER.is_dir():
            raise RuntimeError(f"{PEERS_FOLDER} is not there; `make bench` installs what the peers need")
        paths = [str(PEERS_FOLDER), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = ":".join(filter(None, paths))
    return Contender(module, command, environment, prepare, check, says_seconds)
