"""Past vintages from the web archive at `web.archive.org`: what it met at every address a release ever had.

Here: listing the captures, fetching the originals of those that are not known, and what becomes of each.
Not here: the form of listings and addresses (`captures.py`), what was asked before (`memory.py`), and how
an answer is believed: a capture passes the same checks as an answer of SBP (`believing.py`).

A capture is logged when it is decided, so that a run may be ended anywhere; listings are kept for a day.
"""

import hashlib
from dataclasses import dataclass, replace

from etl.archive import FileFacts, LoggedOutcome
from etl.backfilling.captures import Capture, captured_at_of, original_address
from etl.backfilling.listings import Listings
from etl.backfilling.memory import ASKED_BY, Memory
from etl.backfilling.values import Backfilled, NotAskedError, Progress, Request, Step
from etl.catalog import Release
from etl.fetch_log import fetch_record
from etl.fetching import Fetcher
from etl.outcomes import Fetched, Outcome, Rejected, Unreachable
from etl.questions import Limits, Question, Wanted

_LIMITS = Limits(
    probe_seconds=15, connect_seconds=10, read_seconds=90, answer_seconds=390, host_seconds=3_600
)
"""It takes its time: half a minute to a first byte is nothing unusual there."""


def backfill(request: Request, progress: Progress) -> Backfilled:
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
    """Give every address that a release ever had: of the catalogue, and those where SBP's index led."""
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
    progress: Progress
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
        memory = Memory(self.request.archive, release)
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

    def _decide(self, release: Release, capture: Capture, memory: Memory) -> Step:
        address = original_address(self.request.settings.wayback_address, capture)
        known = memory.of(address, capture)
        if known is not None:
            because = known.refused_because
            return Step(release.id, str(capture), "refused" if because else "had", because)
        wanted = replace(Wanted.of(release), if_absent="this capture holds no release file")
        answer = self.fetcher.ask(Question(wanted, address))
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
