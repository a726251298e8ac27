"""Reading archived files: the same result and the same order whatever process reads which."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from etl.archive.store import Archive, ArchivedFile, ArchiveError
from etl.landing import read_files as reading_files
from etl.landing.read_files import Reader, ReadFile, ReadFiles, read_files
from etl.readers.values import Observation
from tests.support.readings import SERVICES, known_rows, layout
from tests.support.releases import FEBRUARY, MARCH, facts

Row = dict[str, object]
READER = Reader(layout(SERVICES), known_rows(SERVICES))


@dataclass(frozen=True)
class Deadly(Reader):
    """A reader whose process is killed by one file, as by a fault in a parser or a machine out of memory."""

    poison: str = ""

    def read(self, files: Sequence[ArchivedFile]) -> ReadFiles:
        if any(file.facts.sha256 == self.poison for file in files):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(files)


@pytest.fixture
def files(archive: Archive) -> tuple[ArchivedFile, ...]:
    """Return six files of which the readers understand two."""
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


def read(files: Sequence[ArchivedFile], reader: Reader = READER) -> tuple[list[ReadFile], list[Row]]:
    """Read files; returns what each says and the observations of all."""
    parts = list(read_files(files, reader))
    observations = [row for part in parts for row in part.observations.to_pylist()]
    return [file for part in parts for file in part.files], observations


def test_a_file_is_read_into_columns_or_says_why_not(files: tuple[ArchivedFile, ...]) -> None:
    of_files, observations = read(files)
    assert [file.archived for file in of_files] == list(files)
    said = {file.archived.facts.sha256: file for file in of_files}
    march = said[facts(MARCH.read_bytes()).sha256]
    assert march.reading is not None
    assert (march.observation_count, march.reading.observations, march.quarantine) == (1320, (), None)
    refused = said[facts(b"\0" * 99).sha256]
    assert refused.quarantine is not None
    assert (refused.reading, refused.observation_count, refused.unread) == (None, 0, ())
    first = next(row for row in observations if row["file_sha256"] == march.archived.facts.sha256)
    assert (first["row_label"], first["cell"], first["indent"]) == ("Services", "C9", None)
    assert len(observations) == 2640


def test_columns_are_the_fields_of_an_observation_in_their_order() -> None:
    assert reading_files._COLUMNS.names == ["file_sha256", *Observation._fields]


@pytest.mark.usefixtures("in_processes")
def test_other_processes_read_the_same_in_the_same_order(files: tuple[ArchivedFile, ...]) -> None:
    here = READER.read(files)
    assert read(files) == (list(here.files), here.observations.to_pylist())


@pytest.mark.usefixtures("in_processes")
@pytest.mark.parametrize("when_asked_to_end", [signal.SIG_DFL, signal.SIG_IGN], ids=["ends", "ignores it"])
def test_a_process_that_dies_costs_only_the_file_that_killed_it(
    files: tuple[ArchivedFile, ...], when_asked_to_end: signal.Handlers
) -> None:
    """Also below a program that ignores SIGTERM, which its processes inherit."""
    before = signal.signal(signal.SIGTERM, when_asked_to_end)
    try:
        _only_the_file_is_lost(files)
    finally:
        signal.signal(signal.SIGTERM, before)


def _only_the_file_is_lost(files: tuple[ArchivedFile, ...]) -> None:
    poison = files[2].facts.sha256

    of_files, observations = read(files, Deadly(READER.layout, READER.known_rows, poison=poison))

    here = READER.read(files)
    assert of_files[2].quarantine is not None
    assert of_files[2].quarantine.reason == "the file cannot be read to its end"
    assert of_files[2].quarantine.found.endswith("killed by SIGKILL")
    assert of_files[:2] + of_files[3:] == list(here.files[:2] + here.files[3:])
    assert observations == [row for row in here.observations.to_pylist() if row["file_sha256"] != poison]


@pytest.mark.usefixtures("in_processes")
def test_a_file_that_was_altered_ends_the_reading(files: tuple[ArchivedFile, ...], tmp_path: Path) -> None:
    altered = replace(files[1], path=tmp_path / "altered.xls")
    altered.path.write_bytes(b"other bytes")
    with pytest.raises(ArchiveError, match="was altered"):
        list(read_files((files[0], altered, *files[2:]), READER))
