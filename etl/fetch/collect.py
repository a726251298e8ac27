"""Collecting: what the network gives and what the package ships, brought into the archive.

Here: one release asked, its answer archived and logged, the same way whoever asks (the command or
Dagster); the starter archive. Not here: how an address is asked (`fetching`), files given by hand
(`adding`), and how files are kept (`archive`).
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from etl.archive.results import (
    Fetched,
    LastSeen,
    NotAsked,
    Outcome,
    Rejected,
    Unchanged,
    Unreachable,
    fetch_record,
)
from etl.archive.store import Archive, FetchRecord, FileFacts
from etl.catalog.releases import Release

if TYPE_CHECKING:
    from etl.fetch.clients import Client  # requests takes 70 ms to import; the starter needs none of it


STARTER_FOLDER = Path(__file__).parent / "starter"


@dataclass(frozen=True)
class Collected:
    """What asking for one release came to: the outcome of the address that decided."""

    release_id: str
    outcome: Literal["new", "unchanged", "unreachable", "rejected", "not_asked"]
    file_sha256: str | None
    address: str
    reason: str | None
    size_bytes: int | None = None

    @property
    def has_failed(self) -> bool:
        """Whether no address gave the release."""
        return self.outcome in ("unreachable", "rejected")


def collect(
    release: Release, client: "Client", archive: Archive, asked_by: str, seen: Mapping[str, LastSeen]
) -> Collected:
    """Ask for a release of which so much was seen, archive what comes and log every answer."""
    outcomes = client.fetch(release, seen)
    records = client.take_records()
    collected: Collected | None = None
    for outcome in outcomes:
        collected = _keep(outcome, release, archive)
        if collected.outcome != "not_asked":
            sha256 = collected.file_sha256
            records.append(fetch_record(outcome, collected.outcome, asked_by, sha256=sha256))
    archive.log_fetches(records)
    if collected is None:
        raise ValueError(f"{release.id} has no address to ask")
    return collected


def last_seen(archive: Archive, releases: Iterable[Release]) -> dict[str, dict[str, LastSeen]]:
    """Return by release what the archive last had from each address, for those whose file it still has.

    Of all releases at once: the log of fetches grows by a line for each of them every night.
    """
    kept = {release.id: set(archive.hashes(release.id)) for release in releases}
    seen: dict[str, dict[str, LastSeen]] = {release_id: {} for release_id in kept}
    for record in archive.fetches():
        if record.sha256 is not None and record.sha256 in kept.get(record.release_id, ()):
            of_release = seen[record.release_id]
            of_release[record.address] = _seen(record, record.sha256, of_release.get(record.address))
    return seen


def _seen(record: FetchRecord, sha256: str, before: LastSeen | None) -> LastSeen:
    """Return what an answer says; a 304 may leave out what the file's own answer said."""
    if before is None or before.sha256 != sha256:
        before = LastSeen(record.address, sha256, None, None, None)
    return LastSeen(
        record.address,
        sha256,
        record.last_modified or before.last_modified,
        record.etag or before.etag,
        record.asked_at if record.status == 200 else before.had_at,
    )


def install_starter(archive: Archive) -> int:
    """Bring the release files that the package ships into the archive; returns how many were not there."""
    entries = tomllib.loads((STARTER_FOLDER / "starter.toml").read_text(encoding="utf-8"))
    return sum(_install(entry, archive) for entry in entries["file"])


def _keep(outcome: Outcome, release: Release, archive: Archive) -> Collected:
    address = outcome.facts.address
    match outcome:
        case Fetched(body=body):
            stored = archive.store(body, _facts(outcome, release))
            sha256 = stored.file.facts.sha256
            result: Literal["new", "unchanged"] = "new" if stored.is_new else "unchanged"
            return Collected(release.id, result, sha256, address, None, len(body))
        case Unchanged(sha256=sha256):
            return Collected(release.id, "unchanged", sha256, address, None)
        case Unreachable(reason=reason):
            return Collected(release.id, "unreachable", None, address, reason)
        case Rejected(reason=reason):
            return Collected(release.id, "rejected", None, address, reason)
        case NotAsked(reason=reason):
            return Collected(release.id, "not_asked", None, address, reason)


def _facts(fetched: Fetched, release: Release) -> FileFacts:
    return FileFacts(
        release_id=release.id,
        sha256=hashlib.sha256(fetched.body).hexdigest(),
        format=fetched.format,
        size_bytes=len(fetched.body),
        via="fetched",
        original_name=fetched.name or Path(fetched.facts.address).name,
        source_address=fetched.facts.address,
        first_seen_at=fetched.facts.asked_at,
        last_modified=fetched.facts.last_modified,
        content_type=fetched.facts.content_type,
    )


def _install(entry: dict[str, object], archive: Archive) -> bool:
    path = STARTER_FOLDER / str(entry["path"])
    content = path.read_bytes()
    published_on = entry["published_on"]
    facts = FileFacts(
        release_id=str(entry["release"]),
        sha256=hashlib.sha256(content).hexdigest(),
        format=path.suffix.lstrip("."),
        size_bytes=len(content),
        via="starter",
        original_name=path.name,
        source_address=str(entry["source"]),
        first_seen_at=_start_of(published_on),
        published_on=published_on if isinstance(published_on, date) else None,
        published_on_is=str(entry["published_on_is"]),
    )
    return archive.store(content, facts).is_new


def _start_of(day: object) -> datetime:
    """Return the clock of a starter file: its edition's, so that the archive is the same everywhere."""
    if not isinstance(day, date):
        raise TypeError(f"starter.toml: published_on is {day!r}, no date")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
