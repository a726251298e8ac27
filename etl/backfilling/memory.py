"""What is known of the captures of one release before any is asked: nothing is asked twice.

Here: which captures the archive has, and which were refused and why, from the log of fetches and from the
archived bytes. There is no other record of what a backfill did. Not here: asking.
"""

from typing import NamedTuple

from etl.archive import Archive
from etl.backfilling.captures import Capture, digest_of
from etl.catalog import Release

ASKED_BY = "backfill"
"""Who asked, in the log of fetches."""


class Known(NamedTuple):
    """A capture that need not be asked."""

    refused_because: str | None
    """None where the archive has its bytes."""


_HAD = Known(None)


class Memory:
    """The memory of one release; add to it whatever is decided."""

    def __init__(self, archive: Archive, release: Release) -> None:
        """Read the log, and name the archived bytes as web archives do."""
        self._by_digest: dict[str, Known] = {}
        self._by_address: dict[str, Known] = {}
        kept = set(archive.hashes(release.id))
        for record in archive.fetches():
            if record.release_id != release.id or record.asked_by != ASKED_BY:
                continue
            if record.outcome in ("new", "unchanged") and record.sha256 in kept:
                self._remember(record.address, record.digest, _HAD)
            elif record.outcome == "rejected":
                because = f"{record.reason} (asked on {record.asked_at:%Y-%m-%d})"
                self._remember(record.address, record.digest, Known(because))
        for file in archive.files(release.id):
            self._by_digest[digest_of(file.read())] = _HAD

    def of(self, address: str, capture: Capture) -> Known | None:
        """Give what is known of a capture by the address of its bytes, or of the same content elsewhere."""
        return self._by_address.get(address) or self._by_digest.get(capture.digest)

    def took(self, address: str, digest: str) -> None:
        """Remember that the archive has it now."""
        self._remember(address, digest, _HAD)

    def refused(self, address: str, digest: str, because: str) -> None:
        """Remember that it is no release file."""
        self._remember(address, digest, Known(because))

    def _remember(self, address: str, digest: str | None, known: Known) -> None:
        self._by_address[address] = known
        if digest:
            self._by_digest.setdefault(digest, known)
