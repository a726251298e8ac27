"""Files given by hand: found in folders and zip archives, recognised by their content, archived or refused.

Here: files, folders and archives that a person gives, which release each file is, and decisions about files
that are archived. Not here: fetching (`collect`), and how a file is kept (`etl.archive`).
"""

import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, NamedTuple

from etl.archive.store import Archive, ArchivedFile, Decision, FileFacts, Stored
from etl.catalog.calendar import today
from etl.catalog.labels import known_row_keys
from etl.catalog.releases import Catalog, Release, without_checks
from etl.common.errors import EtlError
from etl.common.formats import Found, detect_format
from etl.common.terminal import one_line
from etl.landing.land import publication_date
from etl.landing.read_files import Reader, read_content
from etl.readers.values import NotUnderstood, Reading

_MOST_ENTRIES = 10_000
_MOST_BYTES = 4_000_000_000
"""Of all entries unpacked: twenty years of the largest release."""
_ZIP = b"PK\x03\x04"
_DOCUMENTS = frozenset({"[Content_Types].xml", "mimetype"})
"""Entries by which a text document or presentation is told from an archive of files."""
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` raises where bytes are cut off, encrypted, or packed by a method it does not know."""


class GivenFile(NamedTuple):
    """A single file: its content, or why it is not taken."""

    where: str
    """As it is shown: a path, with the place inside an archive after a colon."""
    name: str
    content: bytes | None
    refused_because: str | None = None


@dataclass
class _Budget:
    """What an archive, with the one inside it, may still hold."""

    entries: int = _MOST_ENTRIES
    size: int = _MOST_BYTES


def single_files(paths: Iterable[Path], largest: int) -> Iterator[GivenFile]:
    """Return every file in what is given, in the order of names; `largest` is the size of the largest
    release, in bytes. Hidden files, such as those that a Mac adds, are passed over.
    """
    for path in paths:
        if path.is_dir():
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(name for name in folders if not _is_hidden(name))
                for name in sorted(name for name in names if not _is_hidden(name)):
                    yield from _from_disk(Path(folder, name), largest)
        else:
            yield from _from_disk(path, largest)


def _from_disk(path: Path, largest: int) -> Iterator[GivenFile]:
    where = one_line(str(path))
    try:
        if path.exists() and not path.is_file():
            yield _refused(where, "is no regular file")
            return
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            is_zip = file.read(len(_ZIP)) == _ZIP
            file.seek(0)
            if size <= largest:
                yield from _from_bytes(where, one_line(path.name), file.read(), largest, _Budget(), depth=0)
            elif is_zip:
                yield from _from_zip(where, file, largest, _Budget(), depth=0)
            else:
                yield _refused(where, f"has {size:,} bytes; the largest release has {largest:,}")
    except OSError as error:
        yield _refused(where, f"cannot be read: {error.strerror or error}")


def _from_bytes(
    where: str, name: str, content: bytes, largest: int, budget: _Budget, depth: int
) -> Iterator[GivenFile]:
    if detect_format(content) == "zip":
        yield from _from_zip(where, io.BytesIO(content), largest, budget, depth)
    else:
        yield GivenFile(where, name, content)


def _from_zip(where: str, file: BinaryIO, largest: int, budget: _Budget, depth: int) -> Iterator[GivenFile]:
    if depth > 1:
        yield _refused(where, "is a zip archive two archives deep; unpack the outer one and add it again")
        return
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        yield _refused(where, f"is a damaged zip archive ({error})")
        return
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        why_not = _why_not_unpacked(entries, budget)
        if why_not is not None:
            yield _refused(where, why_not)
            return
        for entry in entries:
            if not any(_is_hidden(part) for part in PurePosixPath(entry.filename).parts):
                yield from _from_entry(where, archive, entry, largest, budget, depth)


def _why_not_unpacked(entries: list[zipfile.ZipInfo], budget: _Budget) -> str | None:
    """Tell why an archive is refused whole; else take what it holds from the budget."""
    if any(entry.filename in _DOCUMENTS for entry in entries):
        return "is a document packed as zip, and no workbook"
    if len(entries) > budget.entries:
        return f"holds {len(entries):,} files; at most {_MOST_ENTRIES:,} are taken from one archive"
    size = sum(entry.file_size for entry in entries)
    if size > budget.size:
        return f"unpacks to {size:,} bytes; at most {_MOST_BYTES:,} are taken from one archive"
    budget.entries -= len(entries)
    budget.size -= size
    return None


def _from_entry(
    where: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, largest: int, budget: _Budget, depth: int
) -> Iterator[GivenFile]:
    shown = one_line(entry.filename)
    inside = f"{where}: {shown}"
    if entry.flag_bits & 0x1:
        yield _refused(inside, "is encrypted; unpack it with its password and add the file")
    elif entry.file_size > largest:
        yield _refused(inside, f"has {entry.file_size:,} bytes; the largest release has {largest:,}")
    else:
        try:
            content = archive.read(entry)  # at most `file_size` bytes, whatever is packed
        except _DAMAGED as error:
            yield _refused(inside, f"cannot be unpacked ({error})")
            return
        yield from _from_bytes(inside, PurePosixPath(shown).name, content, largest, budget, depth + 1)


def _is_hidden(name: str) -> bool:
    return (name.startswith(".") and name.strip(".") != "") or name == "__MACOSX"


def _refused(where: str, because: str) -> GivenFile:
    return GivenFile(where, "", None, because)


class RecognisedFile(NamedTuple):
    """The releases whose layout a file has."""

    releases: tuple[Release, ...]
    """One where it is clear what the file is."""
    reason: str
    """Why it is not clear; empty where it is."""


class Recogniser:
    """Tells files apart; it knows the rows of all releases from the start, for many files."""

    def __init__(self, catalog: Catalog) -> None:
        layouts = {release.id: release.rules[2] for release in catalog.file_releases}
        self._readers = {id_: Reader(layout, known_row_keys(layout)) for id_, layout in layouts.items()}
        # Which release a file is its layout says; one whose periods or sizes cannot be is quarantined.
        self._by_layout = {
            id_: replace(reader, layout=without_checks(reader.layout))
            for id_, reader in self._readers.items()
        }
        self._releases = catalog.file_releases

    def recognise(self, content: bytes) -> RecognisedFile:
        """Tell which release a file is, else why it is none or may be several."""
        found = detect_format(content)
        fitting = [release for release in self._releases if found in release.rules[0].formats]
        if not fitting:
            formats = sorted({known for release in self._releases for known in release.rules[0].formats})
            what = "a web page" if found == "html" else f"of format {found}"
            return RecognisedFile(
                (), f"is no release file: it is {what}, and releases come as {_or(formats)}"
            )
        readers = [self._by_layout[release.id] for release in fitting]
        results = read_content(content, readers, must_add_up=False)
        read = list(zip(fitting, results, strict=True))
        understood = _most_demanding([release for release, result in read if isinstance(result, Reading)])
        if len(understood) == 1:
            return RecognisedFile(understood, "")
        if understood:
            ids = " and ".join(release.id for release in understood)
            return RecognisedFile(
                understood, f"has the layouts of {ids}; say with `--release ID` which it is"
            )
        return RecognisedFile((), _why_not([(r.id, n) for r, n in read if isinstance(n, NotUnderstood)]))

    def read(self, content: bytes, release: Release) -> Reading | None:
        """Read a file as a release; None where it will be quarantined."""
        (result,) = read_content(content, [self._readers[release.id]])
        return result if isinstance(result, Reading) else None


def _most_demanding(releases: Sequence[Release]) -> tuple[Release, ...]:
    """Return those that ask for most periods: an archive may be laid out as the edition of one month is."""
    most = max((release.rules[2].at_least for release in releases), default=0)
    return tuple(release for release in releases if release.rules[2].at_least == most)


def _why_not(results: list[tuple[str, NotUnderstood]]) -> str:
    """Return what the nearest layout missed; once, where all say the same, such as for a damaged file."""
    keep = "; if it is one, `--release ID` keeps it in quarantine with this reason"
    texts = {str(result) for _, result in results}
    if len(texts) == 1:
        return f"is no release file: {texts.pop()}{keep}"
    nearest = max(result.nearness for _, result in results)
    if not nearest:
        tried = _or([release_id for release_id, _ in results])
        _, of_first = results[0]
        return f"is no release known here; it is not nearly {tried}: {of_first.found}{keep}"
    near = [f"{release_id}: {result}" for release_id, result in results if result.nearness == nearest]
    return (
        f"is no release known here; nearest is {near[0]}"
        + "".join(f"; or {text}" for text in near[1:2])
        + keep
    )


def _or(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" or {words[-1]}" if len(words) > 1 else words[0]


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
    """A date of publication that came too late: what is archived is changed by a decision alone."""
    published_on: date | None = None
    """The day of publication that counts; None of a file that was archived before, or was not understood."""
    published_on_is: str | None = None
    """What that day rests on: `given_by_hand`, `workbook_last_saved`, `first_seen` and so on."""


class NotArchivedError(EtlError):
    """No file of the archive is meant, or several may be; the message says which."""


class DecisionError(EtlError):
    """A decision about an archived file cannot be taken; the message says why."""


def archived(word: str, catalog: Catalog, archive: Archive) -> ArchivedFile:
    """Return the archived file that a path or the beginning of a SHA-256 names.

    Raises `NotArchivedError` where there is none, or several.
    """
    path = Path(word)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else word.lower()
    found = [
        archive.file(release.id, known)
        for release in catalog.file_releases
        for known in archive.hashes(release.id)
        if known.startswith(sha256)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"{file.facts.sha256[:12]} ({file.facts.original_name})" for file in found[:5])
        raise NotArchivedError(f"{one_line(word)} begins the SHA-256 of {len(found)} files: {names}")
    raise NotArchivedError(
        f"{one_line(word)} is no archived file; give its path or its SHA-256: "
        'etl sql "select release_id, original_name, file_sha256 from dim_release_file" lists them'
    )


def decide(
    file: ArchivedFile,
    archive: Archive,
    action: Literal["withdrawn", "restored", "dated"],
    reason: str,
    published_on: date | None = None,
) -> None:
    """Log what a person decided about an archived file; the next refresh builds by it.

    Raises `DecisionError` for a day that lies ahead, and where nothing would change.
    """
    if published_on is not None and published_on > today():
        raise DecisionError(f"{file.facts.original_name} cannot have been published on {published_on}")
    if (action == "restored") != (file.withdrawn_because is not None) and action != "dated":
        state = "is withdrawn already" if file.withdrawn_because else "is not withdrawn"
        raise DecisionError(f"{file.facts.original_name} ({file.facts.sha256[:12]}) {state}")
    archive.decide(
        Decision(
            decided_at=datetime.now(UTC),
            release_id=file.facts.release_id,
            sha256=file.facts.sha256,
            action=action,
            reason=reason,
            published_on=published_on,
        )
    )


def add(
    paths: Iterable[Path],
    catalog: Catalog,
    archive: Archive,
    release_id: str | None,
    published_on: date | None,
) -> Iterator[Added]:
    """Take files, folders and zip archives by hand: tell by its content which release each file is, and
    archive it; returns what became of each.

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


def _archived_as(given: GivenFile, releases: Iterable[Release], archive: Archive) -> str | None:
    """Return the release as which the archive has these bytes; None where it has not."""
    if given.content is None:
        return None
    sha256 = hashlib.sha256(given.content).hexdigest()
    return next((release.id for release in releases if archive.has(release.id, sha256)), None)


def _add(
    given: GivenFile,
    recogniser: Recogniser,
    archive: Archive,
    named: Release | None,
    published_on: date | None,
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
    reading = recogniser.read(given.content, release)
    if (
        published_on is not None
        and reading is not None
        and (published_on < reading.latest_period_ends_on <= today())
    ):
        too_early = (
            f"cannot have been published on {published_on}: it has figures to"
            f" {reading.latest_period_ends_on};"
            " give the day on which SBP published it"
        )
        return Added(given.where, None, is_new=False, reason=too_early)
    stored = _store(given, found, release, archive, published_on)
    day, rests_on = publication_date(stored.file.facts, reading)
    return Added(given.where, release.id, stored.is_new, None, published_on=day, published_on_is=rests_on)


def _settle(
    content: bytes, found: Found, recogniser: Recogniser, named: Release | None
) -> tuple[Release | None, str | None]:
    """Return the release that a file is, or why it is refused."""
    fitting, why_not = recogniser.recognise(content)
    if named is None:
        return (fitting[0], None) if len(fitting) == 1 else (None, why_not)
    if found not in named.rules[0].formats:
        return named, f"is {found}; {named.id} comes as {' or '.join(named.rules[0].formats)}"
    if fitting and named not in fitting:
        return named, f"is {fitting[0].id}, not {named.id}"
    return named, None


def _store(
    given: GivenFile, found: Found, release: Release, archive: Archive, published_on: date | None
) -> Stored:
    """Archive a file."""
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
    return archive.store(content, facts)
