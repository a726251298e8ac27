"""Discovery: where SBP's own index says that a release's file is now.

Here: asking the index, at most once a run and only when a release first needs it, and what is logged of
that. Not here: its shape and the search in it (`file_index.py`).

An index that is gone, is a web page or has another shape is a line in the log of fetches with its reason,
and no more: releases are then asked for at the addresses of the catalogue.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from etl.archive import FetchRecord, LoggedOutcome
from etl.catalog import Release
from etl.fetch_log import fetch_record
from etl.file_index import IndexShapeError, Listed, find, read_index
from etl.outcomes import Fetched, Unreachable

if TYPE_CHECKING:
    from etl.fetching import Fetcher

INDEX_ID = "sbp_index"
"""Under which the log of fetches has the index."""
_WHERE = "etl/releases/discovery/sbp_index.toml"
_SMALLEST, _LARGEST = 2, 20_000_000


class Discovery:
    """The index during one run."""

    def __init__(self, fetcher: "Fetcher", addresses: Sequence[str], asked_by: str) -> None:
        """Take the addresses of the index in the order in which they are asked; nothing is asked yet."""
        self._fetcher = fetcher
        self._left = list(addresses)
        self._asked_by = asked_by
        self._had: list[tuple[Listed, ...]] = []
        self._records: list[FetchRecord] = []

    def addresses_of(self, release: Release) -> tuple[str, ...]:
        """Give where the index has a release's file, best first; empty where it has it nowhere."""
        rules, _, _ = release.rules
        if rules.discovery is None:
            return ()
        for files in self._indexes():
            found = find(files, rules, rules.discovery)
            if found:
                return found
        return ()

    def take_records(self) -> list[FetchRecord]:
        """Give the lines for the log of what was asked since the last call."""
        records, self._records = self._records, []
        return records

    def _indexes(self) -> Iterator[tuple[Listed, ...]]:
        """Give the indexes that were had, then ask for the others one by one."""
        yield from tuple(self._had)
        while self._left:
            self._had.append(self._ask(self._left.pop(0)))
            yield self._had[-1]

    def _ask(self, address: str) -> tuple[Listed, ...]:
        from etl.questions import Question, Wanted

        wanted = Wanted(
            id=INDEX_ID,
            formats=("json",),
            min_bytes=_SMALLEST,
            max_bytes=_LARGEST,
            if_absent=f"look up where SBP has it now and mend {_WHERE}; until then the addresses of the "
            "catalogue serve",
            if_larger="until it is mended the addresses of the catalogue serve",
        )
        # One attempt: it is asked by the way, and no release depends on it.
        outcome = self._fetcher.ask(Question(wanted, address, attempts=1))
        files: tuple[Listed, ...] = ()
        reason = None
        if isinstance(outcome, Fetched):
            try:
                files = read_index(outcome.body, address)
            except IndexShapeError as error:
                reason = f"{address}: {error}; {wanted.if_absent}"
        is_out = isinstance(outcome, Unreachable)
        if is_out:
            # A second 403 would close the host for the run: the releases matter more.
            self._left.clear()
        came_to: LoggedOutcome = "answered" if files else "unreachable" if is_out else "rejected"
        self._records.append(fetch_record(outcome, came_to, self._asked_by, reason=reason))
        return files
