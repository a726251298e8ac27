"""Files given by hand, one by one: recognised and archived, or refused with the reason.

Here: what becomes of each file. Not here: finding files in folders and archives (`given.py`) and telling
which release one is (`recognising.py`).
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from etl.adding.given import Given, single_files
from etl.adding.recognising import Recogniser
from etl.archive import Archive, FileFacts
from etl.calendar import today
from etl.catalog import Catalog, Release
from etl.reading.formats import Found, detect_format


@dataclass(frozen=True)
class Added:
    """What became of one file given by hand."""

    where: str
    """Its path, with the place inside a zip archive after a colon."""
    release_id: str | None
    is_new: bool
    reason: str | None
    """Why it was refused; None where it is in the archive."""
    ignored_date: date | None = None
    """A date of publication that came too late: what is archived is never changed."""


def add(
    paths: Iterable[Path],
    catalog: Catalog,
    archive: Archive,
    release_id: str | None,
    published_on: date | None,
) -> Iterator[Added]:
    """Take files, folders and zip archives by hand: tell by its content which release each file is, and
    archive it; give what became of each.

    With `release_id` a file is archived as that release even where it is not understood (it will be shown
    as quarantined); without, a file that no layout understands is refused.
    """
    release = catalog.get(release_id) if release_id else None
    recogniser = Recogniser(catalog)
    largest = max(known.rules[0].max_bytes for known in catalog.file_releases)
    for given in single_files(paths, largest):
        archived_as = _archived_as(given, [release] if release else catalog.file_releases, archive)
        if archived_as is not None:  # a second time no file is read: that takes most of the time
            yield Added(given.where, archived_as, is_new=False, reason=None, ignored_date=published_on)
        else:
            yield _add(given, recogniser, archive, release, published_on)


def _archived_as(given: Given, releases: Iterable[Release], archive: Archive) -> str | None:
    """Give the release as which the archive has these bytes; None where it has not."""
    if given.content is None:
        return None
    sha256 = hashlib.sha256(given.content).hexdigest()
    return next((release.id for release in releases if archive.has(release.id, sha256)), None)


def _add(
    given: Given, recogniser: Recogniser, archive: Archive, named: Release | None, published_on: date | None
) -> Added:
    if given.content is None:
        return Added(given.where, None, is_new=False, reason=given.refused_because)
    if published_on is not None and published_on > today():
        too_late = f"cannot have been published on {published_on}"
        return Added(given.where, None, is_new=False, reason=too_late)
    found = detect_format(given.content)
    release, reason = _settle(given.content, found, recogniser, named)
    if release is None or reason is not None:
        return Added(given.where, named.id if named else None, is_new=False, reason=reason)
    is_new = _store(given, found, release, archive, published_on)
    return Added(given.where, release.id, is_new, reason=None)


def _settle(
    content: bytes, found: Found, recogniser: Recogniser, named: Release | None
) -> tuple[Release | None, str | None]:
    """Give the release that a file is, or why it is refused."""
    fitting, why_not = recogniser.recognise(content)
    if named is None:
        return (fitting[0], None) if len(fitting) == 1 else (None, why_not)
    if found not in named.rules[0].formats:
        return named, f"is {found}; {named.id} comes as {' or '.join(named.rules[0].formats)}"
    if fitting and named not in fitting:
        return named, f"is {fitting[0].id}, not {named.id}"
    return named, None


def _store(given: Given, found: Found, release: Release, archive: Archive, published_on: date | None) -> bool:
    """Archive a file; tell whether its bytes are new."""
    content = given.content or b""
    facts = FileFacts(
        release_id=release.id,
        sha256=hashlib.sha256(content).hexdigest(),
        format=found,
        size_bytes=len(content),
        via="by_hand",
        original_name=given.name,
        source_address=None,
        first_seen_at=datetime.now(UTC),
        published_on=published_on,
        published_on_is="given_by_hand" if published_on else None,
    )
    return archive.store(content, facts).is_new
