"""Past vintages from the web archive at `web.archive.org`: what it met at every address a release ever had.

Here: listing the captures, fetching the originals of those that are not known, and what becomes of each.
Not here: the form of listings and addresses (`captures.py`), what was asked before (`memory.py`), and how
a response is accepted: a capture passes the same checks as one of SBP (`validate`).

A capture is logged when it is decided, so that a run may be ended anywhere; listings are kept for a day.
"""

import base64
import hashlib
import re
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urlencode, urlsplit

import msgspec

from etl.archive.results import Fetched, Outcome, Rejected, Unreachable, fetch_record
from etl.archive.store import Archive, FileFacts, LoggedOutcome
from etl.catalog.releases import Release
from etl.common.files import write_whole
from etl.common.terminal import printable
from etl.fetch.backfill_values import Backfilled, BackfillProgress, NotAskedError, Request, Step
from etl.fetch.http import Fetcher
from etl.fetch.validate import Expected, FetchLimits, FetchRequest

_FIELDS = ("timestamp", "original", "digest")
_TIMESTAMP = re.compile(r"\d{14}")
_DIGEST = re.compile(r"[A-Z2-7]{32}")
_CAPTURE_PATH = re.compile(r"/web/(\d{14})(?:[a-z]{2}_)?/")
_DECODER = msgspec.json.Decoder(list[list[str]])


class ListingError(Exception):
    """A listing that is not shaped as the CDX API describes; the message says where."""


class Capture(NamedTuple):
    """A file as a web archive met it."""

    captured_at: datetime
    """UTC."""
    original: str
    """The address that was captured, as the archive writes it."""
    digest: str
    """SHA-1 of the bytes in base 32: the name that web archives give to content. Empty where the listing
    has none.
    """

    @property
    def file_name(self) -> str:
        """The name under which it was published."""
        return printable(unquote(PurePosixPath(urlsplit(self.original).path).name), longest=100) or "a file"

    def __str__(self) -> str:
        return f"{self.file_name} as captured on {self.captured_at:%Y-%m-%d}"


def listing_address(service: str, address: str, since: date | None) -> str:
    """Return the address that lists the captures of an address: answers with status 200, each content once
    where it came several times running.
    """
    query = {
        "url": address,
        "output": "json",
        "fl": ",".join(_FIELDS),
        "filter": "statuscode:200",
        "collapse": "digest",
    }
    if since is not None:
        query["from"] = f"{since:%Y%m%d}"
    return f"{service}/cdx/search/cdx?{urlencode(query)}"


def original_address(service: str, capture: Capture) -> str:
    """Return the address of a capture's bytes as they came (`id_`: nothing is rewritten or framed)."""
    return f"{service}/web/{capture.captured_at:%Y%m%d%H%M%S}id_/{capture.original}"


def captured_at_of(address: str) -> datetime | None:
    """Return the time of the capture that an address holds. A service that has lost one redirects to its
    nearest neighbour, which is of another time.
    """
    found = _CAPTURE_PATH.match(urlsplit(address).path)
    return _moment(found[1]) if found else None


def digest_of(content: bytes) -> str:
    """Return the name that web archives give to content."""
    return base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def read_listing(content: bytes) -> tuple[Capture, ...]:
    """Return the captures of a listing: a header and rows; nothing at all where there are none."""
    try:
        rows = _DECODER.decode(content)
    except msgspec.DecodeError as error:
        raise ListingError(f"it is no table in JSON ({error})") from error
    if not rows:
        return ()
    header, *captures = rows
    if not set(_FIELDS) <= set(header):
        raise ListingError(f"its columns are {printable(', '.join(header))}, not {', '.join(_FIELDS)}")
    places = [header.index(field) for field in _FIELDS]
    return tuple(_capture(row, places, number) for number, row in enumerate(captures, 1))


def _capture(row: list[str], places: list[int], number: int) -> Capture:
    timestamp, original, digest = (row[place] if place < len(row) else "" for place in places)
    captured_at = _moment(timestamp)
    if captured_at is None or not original.startswith(("http://", "https://")) or not original.isprintable():
        raise ListingError(f"row {number} is no capture: {printable(' '.join(row))}")
    return Capture(captured_at, original, digest if _DIGEST.fullmatch(digest) else "")


def _moment(timestamp: str) -> datetime | None:
    if not _TIMESTAMP.fullmatch(timestamp):
        return None
    try:
        return datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


ASKED_BY = "backfill"
"""Who asked, in the log of fetches."""


class KnownCapture(NamedTuple):
    """A capture that need not be asked."""

    refused_because: str | None
    """None where the archive has its bytes."""


_HAD = KnownCapture(None)


class CaptureLog:
    """The memory of one release; add to it whatever is decided."""

    def __init__(self, archive: Archive, release: Release) -> None:
        """Read the log, and name the archived bytes as web archives do."""
        self._by_digest: dict[str, KnownCapture] = {}
        self._by_address: dict[str, KnownCapture] = {}
        kept = set(archive.hashes(release.id))
        for record in archive.fetches():
            if record.release_id != release.id or record.asked_by != ASKED_BY:
                continue
            if record.outcome in ("new", "unchanged") and record.sha256 in kept:
                self._remember(record.address, record.digest, _HAD)
            elif record.outcome == "rejected":
                because = f"{record.reason} (asked on {record.asked_at:%Y-%m-%d})"
                self._remember(record.address, record.digest, KnownCapture(because))
        for file in archive.files(release.id):
            self._by_digest[digest_of(file.read())] = _HAD

    def of(self, address: str, capture: Capture) -> KnownCapture | None:
        """Return what is known of a capture by the address of its bytes, or of the same content elsewhere."""
        return self._by_address.get(address) or self._by_digest.get(capture.digest)

    def took(self, address: str, digest: str) -> None:
        """Remember that the archive has it now."""
        self._remember(address, digest, _HAD)

    def refused(self, address: str, digest: str, because: str) -> None:
        """Remember that it is no release file."""
        self._remember(address, digest, KnownCapture(because))

    def _remember(self, address: str, digest: str | None, known: KnownCapture) -> None:
        self._by_address[address] = known
        if digest:
            self._by_digest.setdefault(digest, known)


LISTING_ID = "wayback_listing"
"""Under which the log of fetches has listings."""
_LASTS_SECONDS = 86_400
_LARGEST = 50_000_000
_SMALLEST = 2  # an empty listing is `[]`


class Listings:
    """Listings, asked politely through one fetcher."""

    def __init__(self, request: Request, fetcher: Fetcher) -> None:
        self._request = request
        self._fetcher = fetcher

    def of(self, address: str) -> tuple[Capture, ...]:
        """Return the captures of an address; raises `NotAskedError` where no listing can be had."""
        settings = self._request.settings
        asked = listing_address(settings.wayback_address, address, self._request.since)
        kept = settings.listings / f"{hashlib.sha256(asked.encode()).hexdigest()}.json"
        if kept.exists() and time.time() - kept.stat().st_mtime < _LASTS_SECONDS:
            return read_listing(kept.read_bytes())
        return self._ask(asked, kept)

    def _ask(self, asked: str, kept: Path) -> tuple[Capture, ...]:
        wanted = Expected(
            id=LISTING_ID,
            formats=("json",),
            min_bytes=_SMALLEST,
            max_bytes=_LARGEST,
            if_absent="it is no listing; if the service has moved, say where with ETL_WAYBACK_ADDRESS",
            if_larger="ask for less with --since",
        )
        outcome = self._fetcher.ask(FetchRequest(wanted, asked))
        try:
            if not isinstance(outcome, Fetched):
                reason = outcome.reason if isinstance(outcome, Rejected | Unreachable) else "it sent nothing"
                raise NotAskedError(reason)
            found = read_listing(outcome.body)
        except (NotAskedError, ListingError) as error:
            is_out = isinstance(outcome, Unreachable)
            self._log(outcome, "unreachable" if is_out else "rejected", str(error))
            raise NotAskedError(str(error)) from error
        self._log(outcome, "answered", None)
        write_whole(kept, outcome.body)
        return found

    def _log(self, outcome: Outcome, came_to: LoggedOutcome, reason: str | None) -> None:
        self._request.archive.log_fetches([fetch_record(outcome, came_to, ASKED_BY, reason=reason)])


_LIMITS = FetchLimits(
    probe_seconds=15, connect_seconds=10, read_seconds=90, answer_seconds=390, host_seconds=3_600
)
"""It takes its time: half a minute to a first byte is nothing unusual there."""


def backfill(request: Request, progress: BackfillProgress) -> Backfilled:
    """Take the captures that the archive has not."""
    polite_seconds = request.settings.wayback_polite_seconds
    with Fetcher((), polite_seconds=polite_seconds, limits=_LIMITS) as fetcher:
        run = _Run(request, progress, fetcher, steps=[], unfinished=[])
        for release in request.releases:
            if release.easydata is not None:
                continue  # no web archive has a key
            if run.why_not() is None:
                progress.begun(release.id)
                run.take(release)
            else:
                run.unfinished.append(f"{release.id} was not asked for: {run.why_not()}")
    return Backfilled(tuple(run.steps), tuple(run.unfinished))


def addresses_of(release: Release, request: Request) -> tuple[str, ...]:
    """Return every address that a release ever had: of the catalogue, and those where SBP's index led."""
    rules, _, _ = release.rules
    found = (
        record.address
        for record in request.archive.fetches()
        if record.release_id == release.id and record.asked_by != ASKED_BY and record.sha256 is not None
    )
    return tuple(dict.fromkeys((*rules.addresses, *rules.former_addresses, *found)))


@dataclass
class _Run:
    request: Request
    progress: BackfillProgress
    fetcher: Fetcher
    steps: list[Step]
    unfinished: list[str]

    def why_not(self) -> str | None:
        """Tell why the service is not asked any more; None where it may be."""
        return self.fetcher.why_not(self.request.settings.wayback_address)

    def take(self, release: Release) -> None:
        """Take the captures of one release, oldest first: of the same bytes the oldest capture says best
        when they were published.
        """
        listed = sorted(self._listed(release))
        memory = CaptureLog(self.request.archive, release)
        for number, capture in enumerate(listed, 1):
            if self.why_not() is not None:
                left = len(listed) - number + 1
                self.unfinished.append(f"{release.id}: {left} captures were not asked for: {self.why_not()}")
                return
            self.progress.say(f"{release.id}: {number} of {len(listed)} captures: {capture}")
            try:
                step = self._decide(release, capture, memory)
            except NotAskedError as error:
                self.unfinished.append(f"{release.id}: {capture} was not had: {error}")
            else:
                self.steps.append(step)
                self.progress.done(step)

    def _listed(self, release: Release) -> set[Capture]:
        listings = Listings(self.request, self.fetcher)
        addresses = addresses_of(release, self.request)
        found: set[Capture] = set()
        for number, address in enumerate(addresses, 1):
            self.progress.say(f"{release.id}: listing {number} of {len(addresses)} addresses: {address}")
            try:
                found.update(listings.of(address))
            except NotAskedError as error:
                self.unfinished.append(f"{release.id}: captures of {address} were not listed: {error}")
                if self.why_not() is not None:
                    break
        return found

    def _decide(self, release: Release, capture: Capture, memory: CaptureLog) -> Step:
        address = original_address(self.request.settings.wayback_address, capture)
        known = memory.of(address, capture)
        if known is not None:
            because = known.refused_because
            return Step(release.id, str(capture), "refused" if because else "had", because)
        wanted = replace(Expected.of(release), if_absent="this capture holds no release file")
        answer = self.fetcher.ask(FetchRequest(wanted, address))
        match answer:
            case Fetched():
                is_new = self._keep(release, capture, answer)
                memory.took(address, capture.digest)
                return Step(release.id, str(capture), "taken" if is_new else "had")
            case Rejected(may_pass=False, reason=reason):
                self._log(answer, "rejected", capture)
                memory.refused(address, capture.digest, reason)
                return Step(release.id, str(capture), "refused", reason)
            case Rejected(reason=reason) | Unreachable(reason=reason):
                self._log(answer, "unreachable", capture)
                raise NotAskedError(reason)
            case _:
                raise NotAskedError("it answered 304 to a question without a condition")

    def _keep(self, release: Release, capture: Capture, fetched: Fetched) -> bool:
        held_at = fetched.facts.final_address or fetched.facts.address
        stored = self.request.archive.store(
            fetched.body,
            FileFacts(
                release_id=release.id,
                sha256=hashlib.sha256(fetched.body).hexdigest(),
                format=fetched.format,
                size_bytes=len(fetched.body),
                via="web_archive",
                original_name=capture.file_name,
                source_address=capture.original,
                first_seen_at=fetched.facts.asked_at,
                last_modified=fetched.facts.last_modified,
                content_type=fetched.facts.content_type,
                captured_at=captured_at_of(held_at) or capture.captured_at,
                captured_from=held_at,
            ),
        )
        came_to: LoggedOutcome = "new" if stored.is_new else "unchanged"
        self._log(fetched, came_to, capture, sha256=stored.file.facts.sha256)
        return stored.is_new

    def _log(
        self, outcome: Outcome, came_to: LoggedOutcome, capture: Capture, sha256: str | None = None
    ) -> None:
        record = fetch_record(outcome, came_to, ASKED_BY, sha256=sha256, digest=capture.digest or None)
        self.request.archive.log_fetches([record])
