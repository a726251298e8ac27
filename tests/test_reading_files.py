"""Reading archived files: the same result and the same order whatever process reads which."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from etl import reading_files
from etl.archive import Archive, ArchivedFile, ArchiveError
from etl.reading_files import Reader, ReadFile, read_files
from tests.support.readings import SERVICES, known_rows, layout
from tests.support.releases import FEBRUARY, MARCH, facts

READER = Reader(layout(SERVICES), known_rows(SERVICES))


@dataclass(frozen=True)
class Deadly(Reader):
    """A reader whose process is killed by one file, as by a fault in a parser or a machine out of memory."""

    poison: str = ""

    def read(self, files: Sequence[ArchivedFile]) -> list[ReadFile]:
        if any(file.facts.sha256 == self.poison for file in files):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(files)


@pytest.fixture
def files(archive: Archive) -> tuple[ArchivedFile, ...]:
    """Give six files of which the readers understand two."""
    for content in (
        MARCH.read_bytes(),
        FEBRUARY.read_bytes(),
        *(bytes([number]) * 99 for number in range(4)),
    ):
        archive.store(content, facts(content))
    return archive.files(SERVICES)


@pytest.fixture
def in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two files at a time read by other processes, however few there are."""
    monkeypatch.setattr(reading_files, "_WORTH_PROCESSES", 0)
    monkeypatch.setattr(reading_files, "_FILES_IN_ONE_GO", 2)


def test_a_file_is_read_into_columns_or_says_why_not(files: tuple[ArchivedFile, ...]) -> None:
    read = {file.archived.facts.sha256: file for file in read_files(files, READER)}
    assert list(read) == [file.facts.sha256 for file in files]
    march = read[facts(MARCH.read_bytes()).sha256]
    assert march.reading is not None
    assert march.observations is not None
    assert (march.observation_count, march.reading.observations, march.quarantine) == (1320, (), None)
    assert march.observations.slice(0, 1).to_pylist()[0]["row_label"] == "Services"
    refused = read[facts(b"\0" * 99).sha256]
    assert refused.quarantine is not None
    assert (refused.reading, refused.observations, refused.unread) == (None, None, ())


@pytest.mark.usefixtures("in_processes")
def test_other_processes_read_the_same_in_the_same_order(files: tuple[ArchivedFile, ...]) -> None:
    assert list(read_files(files, READER)) == READER.read(files)


@pytest.mark.usefixtures("in_processes")
def test_a_process_that_dies_costs_only_the_file_that_killed_it(files: tuple[ArchivedFile, ...]) -> None:
    poison = files[2].facts.sha256
    reader = Deadly(READER.layout, READER.known_rows, poison)

    read = list(read_files(files, reader))

    expected = READER.read(files)
    assert read[2].quarantine is not None
    assert "ended" in read[2].quarantine.reason
    assert read[2] == replace(expected[2], reading=None, observations=None, quarantine=read[2].quarantine)
    assert read[:2] + read[3:] == expected[:2] + expected[3:]


@pytest.mark.usefixtures("in_processes")
def test_a_file_that_was_altered_ends_the_reading(files: tuple[ArchivedFile, ...], tmp_path: Path) -> None:
    altered = replace(files[1], path=tmp_path / "altered.xls")
    altered.path.write_bytes(b"other bytes")
    with pytest.raises(ArchiveError, match="was altered"):
        list(read_files((files[0], altered, *files[2:]), READER))
