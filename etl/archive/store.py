"""The archive: every release file as it came, kept for ever, and the log of every fetch.

Here: writing a file once and finding it again. Everything else in the warehouse can be rebuilt from
this folder, and only this folder needs a backup. Not here: fetching, and what a file says.

    archive/<release_id>/<sha256>/<sha256>.<format>     the bytes
    archive/<release_id>/<sha256>/<sha256>.json         where they came from, and when
    archive/fetches.jsonl                               one line for each answer of the network
    archive/decisions.jsonl                             one line for each decision of a person about a file

A file and its facts appear together or not at all: both are written and fsynced in a folder of another
name, which is then renamed. Whether bytes are new is decided by their SHA-256 alone; a revised file
often keeps its size, and SBP sends no ETag.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from etl.common.errors import EtlError
from etl.common.files import sync_folder, write_durably

LoggedOutcome = Literal["new", "unchanged", "unreachable", "rejected", "answered"]
Via = Literal["fetched", "by_hand", "web_archive", "starter"]


class ArchiveError(EtlError):
    """The archive cannot be read or written; the message says what to do."""


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an archived file besides its bytes; stored beside it, never changed."""

    release_id: str
    sha256: str
    format: str
    size_bytes: int
    via: Via
    """`fetched` from SBP, given `by_hand`, kept by a `web_archive`, or written by the project
    (`starter`)."""
    original_name: str
    source_address: str | None
    """Where SBP published it; None where that is not known (a file given by hand)."""
    first_seen_at: datetime
    """UTC time at which this installation first had it; for a starter file the day of its edition, so that
    every installation has the same."""
    last_modified: str | None = None
    """The server's header, as sent."""
    content_type: str | None = None
    captured_at: datetime | None = None
    """When a web archive met it, UTC: it was published by then."""
    captured_from: str | None = None
    """The address at which the web archive keeps it."""
    published_on: date | None = None
    """Day of publication where it was given with the file; else the reader works it out."""
    published_on_is: str | None = None
    """What `published_on` rests on."""


class FetchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `fetches.jsonl`: what one address answered."""

    asked_at: datetime
    release_id: str
    """Or `sbp_index`, SBP's index of its files, or `wayback_listing`, what the web archive has."""
    address: str
    outcome: LoggedOutcome
    """`answered`: an index or a listing, which says where files are and is not archived."""
    asked_by: str
    """`command`, `dagster` or `backfill`; a backfill asks others than SBP."""
    reason: str | None = None
    status: int | None = None
    final_address: str | None = None
    last_modified: str | None = None
    etag: str | None = None
    content_type: str | None = None
    content_length: int | None = None
    elapsed_seconds: float = 0.0
    sha256: str | None = None
    digest: str | None = None
    """By which a web archive named what was asked of it."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `decisions.jsonl`: what a person decided about an archived file. Nothing is taken back by
    deleting a line; a later decision counts in its place.
    """

    decided_at: datetime
    release_id: str
    sha256: str
    action: Literal["withdrawn", "restored", "dated"]
    """`withdrawn`: nothing of it counts; `restored`: it counts again; `dated`: another day of publication."""
    reason: str
    published_on: date | None = None
    """The day, where that was decided."""


@dataclass(frozen=True)
class ArchivedFile:
    """An archived file: its facts and where its bytes lie."""

    facts: FileFacts
    """With the day of publication that was decided last, where one was."""
    path: Path
    withdrawn_because: str | None = None
    """Why nothing of it counts; None where it does."""
    decision: str | None = None
    """What stands decided of it, as part of the key of a build; None where nothing is."""

    def read(self) -> bytes:
        """Return the bytes; they are checked against the name, because everything rests on them."""
        content = self.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != self.facts.sha256:
            raise ArchiveError(f"{self.path} was altered (its SHA-256 is not its name); restore it")
        return content


@dataclass(frozen=True)
class Stored:
    """What storing did: `is_new` is False where these bytes were in the archive already."""

    file: ArchivedFile
    is_new: bool


class Archive:
    """The archive below one folder. Reading it needs no lock; a write is one rename."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fetch_log = folder / "fetches.jsonl"
        self.decision_log = folder / "decisions.jsonl"

    def store(self, content: bytes, facts: FileFacts) -> Stored:
        """Keep a file for ever. The same bytes again change nothing and give what is archived."""
        target = self.folder / facts.release_id / facts.sha256
        if not target.exists():
            self._write(target, content, facts)
            return Stored(self._file(target), is_new=True)
        return Stored(self._file(target), is_new=False)

    def files(self, release_id: str) -> tuple[ArchivedFile, ...]:
        """Return the archived files of a release, in the order in which they came."""
        decided = self._decided()
        files = [
            _as_decided(self._file(self.folder / release_id / sha256), decided.get((release_id, sha256), ()))
            for sha256 in self.hashes(release_id)
        ]
        return tuple(sorted(files, key=lambda file: (file.facts.first_seen_at, file.facts.sha256)))

    def file(self, release_id: str, sha256: str) -> ArchivedFile:
        """Return an archived file; raises `ArchiveError` where its facts cannot be read."""
        file = self._file(self.folder / release_id / sha256)
        return _as_decided(file, self._decided().get((release_id, sha256), ()))

    def decide(self, decision: Decision) -> None:
        """Log a decision about an archived file, fsynced."""
        self._append(self.decision_log, msgspec.json.encode(decision) + b"\n")

    def decisions(self) -> tuple[Decision, ...]:
        """Return the decisions, oldest first; raises `ArchiveError` where a line of them cannot be read."""
        if not self.decision_log.exists():
            return ()
        lines = self.decision_log.read_bytes().splitlines()
        try:
            return tuple(_DECISION.decode(line) for line in lines if line)
        except msgspec.DecodeError as error:
            raise ArchiveError(f"{self.decision_log} cannot be read ({error}); mend its last line") from error

    def decided(self) -> dict[tuple[str, str], str]:
        """Return what stands decided of each file (release and SHA-256) that something was decided of."""
        return {
            file: words for file, lines in self._decided().items() if (words := _in_words(lines)) is not None
        }

    def _decided(self) -> dict[tuple[str, str], tuple[Decision, ...]]:
        decided: dict[tuple[str, str], tuple[Decision, ...]] = {}
        for decision in self.decisions():
            key = decision.release_id, decision.sha256
            decided[key] = (*decided.get(key, ()), decision)
        return decided

    def hashes(self, release_id: str) -> tuple[str, ...]:
        """Return the hashes of the archived files of a release, without opening any."""
        folder = self.folder / release_id
        if not folder.is_dir():
            return ()
        return tuple(sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith(".")))

    def has(self, release_id: str, sha256: str) -> bool:
        """Whether a file of a release is archived."""
        return (self.folder / release_id / sha256).exists()

    def log_fetches(self, records: Iterable[FetchRecord]) -> None:
        """Add lines to the log of fetches, fsynced."""
        lines = b"".join(msgspec.json.encode(record) + b"\n" for record in records)
        if not lines:
            return
        self._append(self.fetch_log, lines)

    def _append(self, path: Path, lines: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as log:
            if log.tell() and not _ends_line(log):
                log.write(b"\n")
            log.write(lines)
            log.flush()
            os.fsync(log.fileno())

    def fetches(self) -> Iterator[FetchRecord]:
        """Return the log of fetches, oldest first. A line that a crash cut off is no record: it is
        passed over, and the line after it stands on its own.
        """
        if not self.fetch_log.exists():
            return
        with self.fetch_log.open("rb") as log:
            for line in log:
                try:
                    record = _RECORD.decode(line)
                except msgspec.DecodeError:
                    continue
                yield record

    def _write(self, target: Path, content: bytes, facts: FileFacts) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        staged = target.parent / f".{facts.sha256}.{os.getpid()}"
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        sidecar = msgspec.json.format(msgspec.json.encode(facts), indent=2) + b"\n"
        try:
            write_durably(staged / f"{facts.sha256}.{facts.format}", content)
            write_durably(staged / f"{facts.sha256}.json", sidecar)
            sync_folder(staged)
            staged.rename(target)
        except OSError:
            # On a full disk each try would leave its part, and leave less room to the next.
            shutil.rmtree(staged, ignore_errors=True)
            if not target.exists():  # else another process stored the same bytes a moment ago
                raise
        sync_folder(target.parent)

    def _file(self, folder: Path) -> ArchivedFile:
        sidecar = folder / f"{folder.name}.json"
        try:
            facts = _FACTS.decode(sidecar.read_bytes())
        except (OSError, msgspec.MsgspecError) as error:
            raise ArchiveError(f"{sidecar} cannot be read ({error}); restore it from a backup") from error
        return ArchivedFile(facts, folder / f"{folder.name}.{facts.format}")


_FACTS = msgspec.json.Decoder(FileFacts)
_RECORD = msgspec.json.Decoder(FetchRecord)
_DECISION = msgspec.json.Decoder(Decision)


def _as_decided(file: ArchivedFile, decisions: tuple[Decision, ...]) -> ArchivedFile:
    """Return a file with what was decided of it: the last day, and whether it is withdrawn."""
    facts = file.facts
    for decision in decisions:
        if decision.published_on is not None:
            facts = msgspec.structs.replace(
                facts, published_on=decision.published_on, published_on_is="given_by_hand"
            )
    states = [decision for decision in decisions if decision.action != "dated"]
    withdrawn = states[-1].reason if states and states[-1].action == "withdrawn" else None
    return ArchivedFile(facts, file.path, withdrawn, _in_words(decisions))


def _in_words(decisions: tuple[Decision, ...]) -> str | None:
    """Return what stands decided, in words that are equal where it is the same."""
    days = [decision.published_on for decision in decisions if decision.published_on is not None]
    states = [decision.action for decision in decisions if decision.action != "dated"]
    words = [f"published on {days[-1]}"] if days else []
    words += ["withdrawn"] if states and states[-1] == "withdrawn" else []
    return ", ".join(words) or None


def _ends_line(log: BinaryIO) -> bool:
    log.seek(-1, os.SEEK_END)
    return log.read(1) == b"\n"
