"""Who fetches which release: SBP's sites file by file, EasyData series by series.

Here: the choice. Not here: either way of fetching (`http` and `discovery`, `easydata`) and what becomes of a
response (`collect`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, Self

from etl.archive.results import LastSeen, Outcome
from etl.archive.store import Archive, FetchRecord
from etl.catalog.releases import Release
from etl.common.settings import Settings
from etl.fetch.discovery import SbpIndex
from etl.fetch.http import Fetcher

if TYPE_CHECKING:
    from etl.fetch.easydata import Puller


class Client(Protocol):
    """Asks for releases during one run."""

    def fetch(self, release: Release, seen: Mapping[str, LastSeen]) -> tuple[Outcome, ...]:
        """Return every outcome in order; the last one decides."""

    def take_records(self) -> list[FetchRecord]:
        """Return the lines for the log of what else was asked on the way."""


class FileClient:
    """Asks SBP's sites for files, first where SBP's own index has them."""

    def __init__(self, fetcher: Fetcher, discovery: SbpIndex) -> None:
        self._fetcher = fetcher
        self._discovery = discovery

    def fetch(self, release: Release, seen: Mapping[str, LastSeen]) -> tuple[Outcome, ...]:
        """Return every outcome in order; the last one decides."""
        return self._fetcher.fetch(release, seen, self._discovery.addresses_of(release))

    def take_records(self) -> list[FetchRecord]:
        """Return the lines for the log of what was asked of the index."""
        return self._discovery.take_records()

    def close(self) -> None:
        """Close the connections."""
        self._fetcher.close()


class Clients:
    """The clients of one run; to be closed at its end."""

    def __init__(
        self,
        releases: Iterable[Release],
        index_addresses: Sequence[str],
        settings: Settings,
        archive: Archive,
        asked_by: str,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._files = [release for release in releases if release.easydata is None]
        self._index_addresses = index_addresses
        self._settings = settings
        self._archive = archive
        self._asked_by = asked_by
        self._tell = tell

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for name in ("_file_client", "_puller"):
            if client := self.__dict__.get(name):
                client.close()

    def of(self, release: Release) -> Client | None:
        """Return who asks for a release; None where it takes a key that is not there."""
        if release.easydata is None:
            return self._file_client
        return self._puller

    @cached_property
    def _file_client(self) -> FileClient:
        fetcher = Fetcher(self._files, polite_seconds=self._settings.polite_seconds)
        return FileClient(fetcher, SbpIndex(fetcher, self._index_addresses, self._asked_by))

    @cached_property
    def _puller(self) -> "Puller | None":
        key = self._settings.easydata_key
        if key is None:
            return None
        from etl.fetch.easydata import Manner, puller  # readers are a tenth of a night with nothing new

        return puller(self._settings, self._archive, key, Manner(tell=self._tell))
