"""The captures that the web archive lists for an address, asked once a day.

Here: asking for a listing, and the copy of it that a run which goes on where another was ended takes
instead. Not here: what a listing says (`captures.py`).
"""

import hashlib
import time
from pathlib import Path

from etl.archive import LoggedOutcome
from etl.backfilling import captures
from etl.backfilling.captures import Capture, ListingError
from etl.backfilling.memory import ASKED_BY
from etl.backfilling.values import NotAskedError, Request
from etl.fetch_log import fetch_record
from etl.fetching import Fetcher
from etl.outcomes import Fetched, Outcome, Rejected, Unreachable
from etl.questions import Question, Wanted

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
        """Give the captures of an address; raises `NotAskedError` where no listing can be had."""
        settings = self._request.settings
        asked = captures.listing_address(settings.wayback_address, address, self._request.since)
        kept = settings.listings / f"{hashlib.sha256(asked.encode()).hexdigest()}.json"
        if kept.exists() and time.time() - kept.stat().st_mtime < _LASTS_SECONDS:
            return captures.read_listing(kept.read_bytes())
        return self._ask(asked, kept)

    def _ask(self, asked: str, kept: Path) -> tuple[Capture, ...]:
        wanted = Wanted(
            id=LISTING_ID,
            formats=("json",),
            min_bytes=_SMALLEST,
            max_bytes=_LARGEST,
            if_absent="it is no listing; if the service has moved, say where with ETL_WAYBACK_ADDRESS",
            if_larger="ask for less with --since",
        )
        outcome = self._fetcher.ask(Question(wanted, asked))
        try:
            if not isinstance(outcome, Fetched):
                reason = outcome.reason if isinstance(outcome, Rejected | Unreachable) else "it sent nothing"
                raise NotAskedError(reason)
            found = captures.read_listing(outcome.body)
        except (NotAskedError, ListingError) as error:
            is_out = isinstance(outcome, Unreachable)
            self._log(outcome, "unreachable" if is_out else "rejected", str(error))
            raise NotAskedError(str(error)) from error
        self._log(outcome, "answered", None)
        _write(kept, outcome.body)
        return found

    def _log(self, outcome: Outcome, came_to: LoggedOutcome, reason: str | None) -> None:
        self._request.archive.log_fetches([fetch_record(outcome, came_to, ASKED_BY, reason=reason)])


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_suffix(".new")
    staged.write_bytes(content)
    staged.replace(path)
