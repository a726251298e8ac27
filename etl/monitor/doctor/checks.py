"""Checks: what each finds, and running them so that none stops the others.

Here: the values, and the one place where whatever a check raises becomes a finding. Not here: any check.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.common import files
from etl.common.errors import EtlError
from etl.common.settings import Settings

Verdict = Literal["ok", "warning", "wrong"]


class Finding(NamedTuple):
    """What a check found."""

    verdict: Verdict
    words: str
    """One line: what was looked at and how it is."""
    to_do: str = ""
    """One line: what to do; empty where nothing is."""


@dataclass(frozen=True)
class Case:
    """The installation that is looked at, and how."""

    settings: Settings
    is_offline: bool = False
    """Nothing is asked of the network."""
    is_thorough: bool = False
    """Every archived file is read."""
    sends_test_alert: bool = False

    @cached_property
    def catalog(self) -> Catalog:
        """The catalogue; a check that needs it fails where it cannot be read, and no other."""
        return Catalog.load()

    @cached_property
    def archive(self) -> Archive:
        """The archive."""
        return Archive(self.settings.archive)


class Check(NamedTuple):
    """A check by name."""

    name: str
    look: Callable[[Case], Iterable[Finding]]


class Examined(NamedTuple):
    """A finding and the check that made it."""

    check: str
    finding: Finding


def examine(case: Case, checks: Iterable[Check]) -> Iterator[Examined]:
    """Run checks one after the other; returns each finding as it is made.

    A check that cannot be done, for whatever reason, is a finding too: a doctor that falls over a broken
    installation says nothing of the rest of it.
    """
    for check in checks:
        try:
            for finding in check.look(case):
                yield Examined(check.name, finding)
        except Exception as error:  # whatever is broken is what is looked for
            yield Examined(check.name, _not_done(error, case.settings.home))


def _not_done(error: Exception, home: Path) -> Finding:
    """Return why a check could not be done; of a disk that refuses, in the words of all commands."""
    of_disk = files.why_not_written(error, home)
    words = of_disk or " ".join(str(error).split()) or type(error).__name__
    is_said = of_disk is not None or isinstance(error, EtlError)
    return Finding("wrong", words, "" if is_said else f"the check ended in {type(error).__name__}")
