"""The state of each release: when it was asked, when it changed, how far its data reach.

Here: facts put together from the log of fetches and from what the published snapshot says of itself,
without opening a database. Not here: how they are shown.
"""

from dataclasses import dataclass
from datetime import date, datetime

from etl import snapshots
from etl.archive import Archive, FetchRecord
from etl.calendar import Timeliness, timeliness
from etl.catalog import Catalog, Release
from etl.settings import Settings


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


def release_statuses(
    settings: Settings, catalog: Catalog, archive: Archive, today: date
) -> list[ReleaseStatus]:
    """Give the state of every release of files."""
    last_asked: dict[str, FetchRecord] = {}
    last_changed: dict[str, datetime] = {}
    for record in archive.fetches():
        last_asked[record.release_id] = record
        if record.outcome == "new":
            last_changed[record.release_id] = record.asked_at
    snapshot = snapshots.current(settings)
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
            )
        )
    return statuses
