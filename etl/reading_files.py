"""Reading archived files, a thousand at a time where there are so many.

Here: which process reads which file, and observations as columns. Not here: how a file is read
(`etl.reading`) and landed (`etl.landing`).

Results come in the order of the files, whatever process read them, and no more of them are ahead of
whoever lands them than the processes need to stay busy. A process that dies loses nothing: what it was
reading is read again, each file in a process of its own, and one that kills that as well is not understood.
"""

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
from etl.reading.values import NotUnderstood, Observation, Reading, Unread

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


@dataclass(frozen=True)
class ReadFile:
    """What one archived file says, or why it is not understood."""

    archived: ArchivedFile
    reading: Reading | None
    """Without its observations."""
    observations: pa.Table | None
    """They, as columns; None where there are none."""
    quarantine: NotUnderstood | None

    @property
    def observation_count(self) -> int:
        """Give how many observations there are."""
        return 0 if self.observations is None else int(self.observations.num_rows)

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Give the numbers that belong to no observation."""
        return self.reading.unread if self.reading else ()


@dataclass(frozen=True)
class Reader:
    """How the files of a release are read; goes to each process with the files."""

    layout: Layout
    known_rows: frozenset[str]

    def read(self, files: Sequence[ArchivedFile]) -> list[ReadFile]:
        """Read some files, here and now."""
        return [self._read(file) for file in files]

    def _read(self, file: ArchivedFile) -> ReadFile:
        result = read_release(file.read(), self.layout, self.known_rows)
        if isinstance(result, NotUnderstood):
            return ReadFile(file, None, None, result)
        columns = _as_columns(file.facts.sha256, result.observations) if result.observations else None
        return ReadFile(file, replace(result, observations=()), columns, None)


def read_files(files: Sequence[ArchivedFile], reader: Reader) -> Iterator[ReadFile]:
    """Read files, in their order; many of them in processes of their own, one a core."""
    if len(files) < _WORTH_PROCESSES:
        for file in files:
            yield from reader.read([file])
        return
    starts = range(0, len(files), _FILES_IN_ONE_GO)
    waiting = deque(files[start : start + _FILES_IN_ONE_GO] for start in starts)
    while waiting:
        try:
            for results in _read_in_processes(waiting, reader):
                waiting.popleft()
                yield from results
        except BrokenProcessPool:
            for file in waiting.popleft():
                yield _read_alone(file, reader)


def _as_columns(file_sha256: str, observations: tuple[Observation, ...]) -> pa.Table:
    """Turn observations into columns; Arrow lands them four hundred times faster than rows."""
    columns = dict(zip(Observation._fields, zip(*observations, strict=True), strict=True))
    arrays = {"file_sha256": pa.array([file_sha256] * len(observations))}
    return pa.table(arrays | {name: pa.array(values) for name, values in columns.items()})


def _read_in_processes(parts: Sequence[Sequence[ArchivedFile]], reader: Reader) -> Iterator[list[ReadFile]]:
    processes = min(len(parts), _MOST_PROCESSES, os.cpu_count() or 1)
    ahead = deque[Future[list[ReadFile]]]()
    # Processes of their own kind: a copy of this one would hold what its threads held that moment.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for part in tuple(parts):
            ahead.append(pool.submit(reader.read, part))
            if len(ahead) > 2 * processes:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _read_alone(file: ArchivedFile, reader: Reader) -> ReadFile:
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(reader.read, [file]).result()[0]
    except BrokenProcessPool:
        return ReadFile(file, None, None, _ENDED)
