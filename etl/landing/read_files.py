"""Reading archived files, a thousand at a time where there are so many.

Here: which process reads which file, and observations as columns. Not here: how a file is read
(`etl.readers`) and landed (`etl.landing.land`).

No file is read by the process that lands it: a file made for it can end the process that reads it
(`sandbox`). Results come in the order of the files, whatever process read them, and no more of them are
ahead of whoever lands them than the processes need to stay busy. A process that dies loses nothing: what it
was reading is read again, each file in a process of its own, and one that kills that as well is not
understood.
"""

import gc
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing.context import SpawnContext, SpawnProcess

import pyarrow as pa

from etl.archive.store import ArchivedFile
from etl.catalog.releases import Layout
from etl.landing import sandbox
from etl.landing.sandbox import Sandbox, SandboxEndedError
from etl.readers.values import NotUnderstood, Reading, Unread

_WORTH_PROCESSES = 60
"""Files from which on it is faster: two processes take as long to start as fifty files to read."""
_FILES_IN_ONE_GO = 15
_MOST_PROCESSES = 8
"""One process writes to the database what the others read; it cannot keep up with more."""
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
        """Return the numbers that belong to no observation."""
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
    corrected: frozenset[str] = frozenset()
    """Hashes of files that have a correction of a cell."""

    def read_one(self, content: bytes, *, must_add_up: bool) -> Reading | NotUnderstood:
        """Read one file, here and now."""
        from etl.readers.read import read_release  # 0.1 s, which the process that lands can do without

        return read_release(content, self.layout, self.known_rows, must_add_up=must_add_up)

    def read(self, files: Sequence[ArchivedFile]) -> ReadFiles:
        """Read some files, here and now."""
        read: list[ReadFile] = []
        columns: list[list[object]] = [[] for _ in _COLUMNS.names]
        for file in files:
            must_add_up = file.facts.sha256 not in self.corrected
            result = self.read_one(file.read(), must_add_up=must_add_up)
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
    """Read files, in their order, in one process; many of them in several, one a core."""
    starts = range(0, len(files), _FILES_IN_ONE_GO)
    parts = deque(files[start : start + _FILES_IN_ONE_GO] for start in starts)
    read_parts = _read_in_processes if len(files) >= _WORTH_PROCESSES else _read_in_one
    while parts:
        try:
            for read in read_parts(tuple(parts), reader):
                parts.popleft()
                yield read
        except (BrokenProcessPool, SandboxEndedError, MemoryError):
            for file in parts.popleft():
                yield _read_alone(file, reader)


def _read_in_one(parts: Sequence[Sequence[ArchivedFile]], reader: Reader) -> Iterator[ReadFiles]:
    for part in parts:
        yield sandbox.shared().call(reader.read, part)


def _read_in_processes(parts: Sequence[Sequence[ArchivedFile]], reader: Reader) -> Iterator[ReadFiles]:
    processes = min(len(parts), _MOST_PROCESSES, os.cpu_count() or 1)
    ahead = deque[Future[ReadFiles]]()
    # Started anew: a copy of this process would hold what its threads held that moment.
    with ProcessPoolExecutor(processes, _Spawned(), initializer=_begin) as pool:
        for part in parts:
            ahead.append(pool.submit(_read_in_time, reader, part))
            if len(ahead) > 2 * processes:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


class _Ended(SpawnProcess):
    """A process that ends when it is told to.

    Where one dies the pool tells the others, by SIGTERM. What ignores that (`nohup` and the like) hands it
    down, and a process that waits to hand over its result, and the pool that waits for its end, wait for
    ever. To restore the signal in the process is too late: one that is still starting was told before.
    """

    def terminate(self) -> None:
        """End it by what nothing ignores."""
        self.kill()


class _Spawned(SpawnContext):
    Process = _Ended


def _begin() -> None:
    sandbox.limit_memory()
    # Reading makes no garbage worth collecting; looking for it takes a twentieth of the time.
    gc.disable()


def _read_in_time(reader: Reader, files: Sequence[ArchivedFile]) -> ReadFiles:
    sandbox.limit_time(sandbox.MOST_SECONDS)
    return reader.read(files)


def _read_alone(file: ArchivedFile, reader: Reader) -> ReadFiles:
    try:
        with Sandbox() as process:
            return process.call(reader.read, [file])
    except SandboxEndedError as error:
        return ReadFiles((ReadFile(file, None, 0, _not_read(error)),), _COLUMNS.empty_table())


def read_content(
    content: bytes, readers: Sequence[Reader], *, must_add_up: bool = True
) -> list[Reading | NotUnderstood]:
    """Read one file, archived or not, as each of these layouts has it; in another process too."""
    try:
        return sandbox.shared().call(read_as_each, content, readers, must_add_up=must_add_up)
    except SandboxEndedError as error:
        return [_not_read(error)] * len(readers)


def read_as_each(
    content: bytes, readers: Sequence[Reader], *, must_add_up: bool = True
) -> list[Reading | NotUnderstood]:
    """Do so here and now."""
    return [reader.read_one(content, must_add_up=must_add_up) for reader in readers]


def _not_read(ended: SandboxEndedError) -> NotUnderstood:
    """Say of a file that reading it ended the process that did."""
    return NotUnderstood(
        "the file cannot be read to its end",
        "the file",
        f"one that takes less than {sandbox.MOST_SECONDS} s and {sandbox.MOST_MEMORY / 1e9:g} GB to read",
        f"one that ended the process reading it: {ended}",
    )
