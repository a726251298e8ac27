"""The state of each release: when it was asked, when it changed, how far its data reach.

Here: facts put together from the log of fetches and from what the published snapshot says of itself,
without opening a database. Not here: how they are shown.
"""

from dataclasses import dataclass
from datetime import date, datetime

from etl.archive.store import Archive, FetchRecord
from etl.catalog.calendar import Timeliness, timeliness
from etl.catalog.releases import Catalog, Release
from etl.common.settings import Settings
from etl.fetch.discovery import INDEX_ID
from etl.publish import store

_ASKED_ELSEWHERE = "backfill"
"""Who asks others than SBP: that says nothing of how SBP's release stands."""


@dataclass(frozen=True)
class Moved:
    """A release that answers elsewhere than at the first address of its entry."""

    from_address: str
    to_address: str
    since: datetime
    """First of the answers that came from there without another in between."""


@dataclass(frozen=True)
class ReleaseStatus:
    """How one release stands; None where something never happened."""

    release: Release
    last_asked: FetchRecord | None
    last_changed_at: datetime | None
    files: int
    latest_period_ends_on: date | None
    timeliness: Timeliness | None
    quarantine: str | None
    withdrawn: tuple[str, ...] = ()
    """Files that a person took out, in words."""
    moved: Moved | None = None
    needs_key: bool = False
    """It is asked with a key only, and there is none."""

    @property
    def is_expected(self) -> bool:
        """Whether its next period is due, has not come, and may be asked for."""
        return self.timeliness is not None and self.timeliness.is_expected and not self.needs_key

    @property
    def is_unseen(self) -> bool:
        """Whether it was never asked and nobody gave a file of it."""
        return self.last_asked is None and self.files == 0 and self.latest_period_ends_on is None


def index_complaint(catalog: Catalog, archive: Archive) -> str | None:
    """Return what is wrong with SBP's index of its files, where none of it could be read the last time."""
    last = {
        record.address: record
        for record in archive.fetches()
        if record.release_id == INDEX_ID and record.address in catalog.index_addresses
    }
    if any(record.outcome == "answered" for record in last.values()):
        return None
    return next((record.reason for record in last.values()), None)


def release_statuses(
    settings: Settings, catalog: Catalog, archive: Archive, today: date
) -> list[ReleaseStatus]:
    """Return the state of every release of files."""
    last_asked: dict[str, FetchRecord] = {}
    last_changed: dict[str, datetime] = {}
    answered: dict[str, FetchRecord] = {}
    for record in archive.fetches():
        if record.asked_by == _ASKED_ELSEWHERE:
            continue
        last_asked[record.release_id] = record
        if record.outcome in ("new", "unchanged"):
            before = answered.get(record.release_id)
            if before is None or _answered_at(before) != _answered_at(record):
                answered[record.release_id] = record
        if record.outcome == "new":
            last_changed[record.release_id] = record.asked_at
    snapshot = store.current(settings)
    states = {state.release_id: state for state in snapshot.build.releases} if snapshot else {}
    statuses = []
    for release in catalog.file_releases:
        state = states.get(release.id)
        latest = state.latest_period_ends_on if state else None
        _, calendar, _ = release.rules
        statuses.append(
            ReleaseStatus(
                release=release,
                last_asked=last_asked.get(release.id),
                last_changed_at=last_changed.get(release.id),
                files=len(archive.hashes(release.id)),
                latest_period_ends_on=latest,
                timeliness=timeliness(calendar, latest, today) if latest else None,
                quarantine=state.quarantine if state else None,
                withdrawn=state.withdrawn if state else (),
                moved=_moved(release, answered.get(release.id)),
                needs_key=release.easydata is not None and settings.easydata_key is None,
            )
        )
    return statuses


def _answered_at(record: FetchRecord) -> str:
    return record.final_address or record.address


def _moved(release: Release, answered: FetchRecord | None) -> Moved | None:
    rules, _, _ = release.rules
    if answered is None or _answered_at(answered) == rules.addresses[0]:
        return None
    return Moved(rules.addresses[0], _answered_at(answered), answered.asked_at)
