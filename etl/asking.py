"""Who asks for which release: SBP's sites file by file, EasyData series by series.

Here: the choice. Not here: either way of asking (`fetching.py`, `easydata/`) and what becomes of an
answer (`collecting.py`).
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Protocol, Self

from etl.archive import Archive
from etl.catalog import Release
from etl.easydata.calling import Asking, Waiting
from etl.easydata.connection import Connection, Patience
from etl.easydata.key import ApiKey
from etl.easydata.pulling import Manner, Puller
from etl.easydata.quota import Quota
from etl.fetching import Fetcher
from etl.outcomes import Outcome, Seen
from etl.settings import Settings


class Asker(Protocol):
    """Asks for releases during one run."""

    def fetch(self, release: Release, seen: Mapping[str, Seen]) -> tuple[Outcome, ...]:
        """Give every outcome in order; the last one decides."""


class Askers:
    """The askers of one run; to be closed at its end."""

    def __init__(
        self,
        releases: Iterable[Release],
        settings: Settings,
        archive: Archive,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._files = [release for release in releases if release.easydata is None]
        self._settings = settings
        self._archive = archive
        self._tell = tell

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for name in ("_fetcher", "_puller"):
            if name in self.__dict__:
                self.__dict__[name].close()

    def of(self, release: Release) -> Asker | None:
        """Give who asks for a release; None where it takes a key that is not there."""
        if release.easydata is None:
            return self._fetcher
        return self._puller if self._settings.easydata_key else None

    @cached_property
    def _fetcher(self) -> Fetcher:
        return Fetcher(self._files, polite_seconds=self._settings.polite_seconds)

    @cached_property
    def _puller(self) -> Puller:
        key = self._settings.easydata_key
        assert key is not None  # noqa: S101
        return puller(self._settings, self._archive, key, Manner(tell=self._tell))


def puller(
    settings: Settings, archive: Archive, key: ApiKey, manner: Manner, waiting: Waiting | None = None
) -> Puller:
    """Give who pulls from EasyData, counting calls for this installation."""
    patience = Patience(retry_seconds=3 * settings.polite_seconds)
    connection = Connection(key, polite_seconds=settings.polite_seconds, patience=patience)
    return Puller(settings, archive, Asking(connection, Quota(settings.easydata), waiting), manner=manner)
