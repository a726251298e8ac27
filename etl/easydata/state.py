"""What is remembered of a release's pulls between runs: the last complete one, and what was had of the
next.

Here: files below `ETL_HOME/easydata/<release_id>/`, each there whole or not at all. Not here: calls, and
the archive. To lose this folder costs calls and no figure.

    last.json       what the last complete pull was about
    partial/        the answers of a pull that is not complete yet, one file a series, and what it is about
    complete/       the same of a complete one, until it is seen to have reached the archive
"""

import os
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

_NOTE = "pull.json"
_LONGEST = timedelta(days=7)
"""A pull that is older begins anew: nobody knows what has moved since."""
_T = TypeVar("_T")


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """The last complete pull."""

    sha256: str
    """The archived file that says what it said."""
    since: date
    refreshed_on: date | None
    """The dataset's last refresh, as the portal said; None where it said nothing."""
    latest_period_ends_on: date


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What a pull is about: answers of two states of a dataset are never mixed."""

    since: date
    until: date
    refreshed_on: date | None


class State:
    """The memory of one release."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = folder / "last.json"
        self._partial = folder / "partial"
        self._complete = folder / "complete"

    def recall(self, archived: str | None) -> Pulled | None:
        """Give the last complete pull, where the archive has it: `archived` is the newest file's hash.

        A run that was killed between the pull and the archive left all its answers: they are taken again.
        """
        pulled = _read(self._last, Pulled)
        has_arrived = pulled is not None and pulled.sha256 == archived
        if self._complete.exists() and has_arrived:
            shutil.rmtree(self._complete)
        elif self._complete.exists():
            shutil.rmtree(self._partial, ignore_errors=True)
            self._complete.rename(self._partial)
        return pulled if has_arrived else None

    def open(self, since: date, today: date, refreshed_on: date | None) -> Note:
        """Go on with the pull that is there, or begin one; gives what it is about."""
        note = _read(self._partial / _NOTE, Note)
        is_same = note is not None and (note.since, note.refreshed_on) == (since, refreshed_on)
        if note is not None and is_same and today - note.until <= _LONGEST:
            return note
        self.discard()
        note = Note(since=since, until=today, refreshed_on=refreshed_on)
        _write(self._partial / _NOTE, msgspec.json.encode(note))
        return note

    def answer(self, key: str) -> bytes | None:
        """Give the answer for a series; None where it was not had yet."""
        path = self._partial / f"{key}.json"
        return path.read_bytes() if path.exists() else None

    def keep(self, key: str, body: bytes) -> None:
        """Keep an answer."""
        _write(self._partial / f"{key}.json", body)

    def discard(self) -> None:
        """Throw the pull away that is not complete."""
        shutil.rmtree(self._partial, ignore_errors=True)

    def finish(self, pulled: Pulled, *, is_archived: bool) -> None:
        """Remember a complete pull; its answers stay until it is seen in the archive."""
        shutil.rmtree(self._complete, ignore_errors=True)
        if is_archived:
            self.discard()
        else:
            self._partial.rename(self._complete)
        _write(self._last, msgspec.json.encode(pulled))


def _read(path: Path, type_: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=type_)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _write(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, whenever the run is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    staged.write_bytes(content)
    staged.replace(path)
