"""Reading archived files, a thousand at a time where there are so many.

Here: which process reads which file, and observations as columns. Not here: how a file is read
(`etl.reading`) and landed (`etl.landing`).

Results come in the order of the files, whatever process read them, and no more of them are ahead of
whoever lands them than the processes need to stay busy. A process that dies loses nothing: what it was
reading is read again, each file in a process of its own, and one that kills that as well is not understood.
"""

import gc
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context

import pyarrow as pa

from etl.archive import ArchivedFile
from etl.catalog import Layout
from etl.reading.read import read_release
from etl.reading.values import NotUnderstood, Reading, Unread

_WORTH_PROCESSES = 60
"""Files from which on it is faster: two processes take as long to start as fifty files to read."""
_FILES_IN_ONE_GO = 15
_MOST_PROCESSES = 8
"""One process writes to the database what the others read; it cannot keep up with more."""
_ENDED = NotUnderstood(
    "the reader ended without a word",
    "the file",
    "a file that can be read to its end",
    "one that ended the process reading it, twice",
)


_WORDS = pa.dictionary(pa.int32(), pa.string())
"""Of columns that say the same again and again: each word goes from process to process once."""
_COLUMNS = pa.schema(
    {
        "file_sha256": _WORDS,
        "sheet": _WORDS,
        "cell": pa.string(),
        "row_number": pa.int32(),
        "row_label": _WORDS,
        "row_key": _WORDS,
        "indent": pa.int32(),
        "column_label": _WORDS,
        "flow_label": _WORDS,
        "unit_label": _WORDS,
        "period_type": _WORDS,
        "period_starts_on": pa.date32(),
        "period_ends_on": pa.date32(),
        "status_mark": _WORDS,
        "value": pa.float64(),
        "value_as_printed": pa.string(),
        "decimals": pa.int32(),
    }
)
"""The file and the fields of an observation, in their order."""


@dataclass(frozen=True)
class ReadFile:
    """What one archived file says besides its observations, or why it is not understood."""

    archived: ArchivedFile
    reading: Reading | None
    """Without its observations."""
    observation_count: int
    quarantine: NotUnderstood | None

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Give the numbers that belong to no observation."""
        return self.reading.unread if self.reading else ()


@dataclass(frozen=True)
class ReadFiles:
    """Some files that were read in one go, and the observations of all as columns."""

    files: tuple[ReadFile, ...]
    observations: pa.Table


@dataclass(frozen=True)
class Reader:
    """How the files of a release are read; goes to each process with the files."""

    layout: Layout
    known_rows: frozenset[str]

    def read(self, files: Sequence[ArchivedFile]) -> ReadFiles:
        """Read some files, here and now."""
        read: list[ReadFile] = []
        columns: list[list[object]] = [[] for _ in _COLUMNS.names]
        for file in files:
            result = read_release(file.read(), self.layout, self.known_rows)
            if isinstance(result, NotUnderstood):
                read.append(ReadFile(file, None, 0, result))
                continue
            count = len(result.observations)
            read.append(ReadFile(file, replace(result, observations=()), count, None))
            columns[0] += [file.facts.sha256] * count
            for column, values in zip(columns[1:], zip(*result.observations, strict=True), strict=False):
                column += values
        return ReadFiles(tuple(read), pa.table(columns, schema=_COLUMNS))


def read_files(files: Sequence[ArchivedFile], reader: Reader) -> Iterator[ReadFiles]:
    """Read files, in their order; many of them in processes of their own, one a core."""
    starts = range(0, len(files), _FILES_IN_ONE_GO)
    parts = deque(files[start : start + _FILES_IN_ONE_GO] for start in starts)
    if len(files) < _WORTH_PROCESSES:
        yield from map(reader.read, parts)
        return
    while parts:
        try:
            for read in _read_in_processes(tuple(parts), reader):
                parts.popleft()
                yield read
        except BrokenProcessPool:
            for file in parts.popleft():
                yield _read_alone(file, reader)


def _read_in_processes(parts: Sequence[Sequence[ArchivedFile]], reader: Reader) -> Iterator[ReadFiles]:
    processes = min(len(parts), _MOST_PROCESSES, os.cpu_count() or 1)
    ahead = deque[Future[ReadFiles]]()
    # Started anew: a copy of this process would hold what its threads held that moment. Reading makes no
    # garbage worth collecting; looking for it takes a twentieth of the time.
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=gc.disable) as pool:
        for part in parts:
            ahead.append(pool.submit(reader.read, part))
            if len(ahead) > 2 * processes:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _read_alone(file: ArchivedFile, reader: Reader) -> ReadFiles:
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(reader.read, [file]).result()
    except BrokenProcessPool:
        return ReadFiles((ReadFile(file, None, 0, _ENDED),), _COLUMNS.empty_table())
