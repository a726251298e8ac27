"""One asset a release file: to materialise it is to ask SBP for it.

Here: the assets of group `releases` and their checks. An address that does not answer is no failed run:
the archive keeps what it has, and the check says so.
"""

from datetime import date

import dagster as dg

from etl import snapshots
from etl.archive import ArchivedFile
from etl.calendar import Timeliness, timeliness, today
from etl.catalog import Release
from etl.collecting import Collected, collect, install_starter, last_seen
from etl.easydata.key import VARIABLE
from etl.known_rows import known_row_keys
from etl.orchestration.context import Context
from etl.orchestration.markdown import table
from etl.orchestration.running import ALIVE
from etl.reading.values import NotUnderstood, Reading
from etl.reading_files import Reader, read_content

CHECKS = {
    "is_reachable": "An address of the release answers with its file. A warning: the archive stays as it is.",
    "is_understood": "The newest file is laid out as the catalogue describes it. Where it is not, it is "
    "kept, shown as quarantined, and the marts are served without it.",
    "is_up_to_date": "The latest period inside the archived files is the one that the release calendar "
    "expects by now. A warning: SBP decides when it publishes.",
}


def release_key(release: Release) -> dg.AssetKey:
    """Give the asset key of a release file."""
    return dg.AssetKey(["release", release.id])


def release_assets(context: Context) -> list[dg.AssetsDefinition]:
    """Give one asset for each release of files in the catalogue."""
    return [_asset(context, release) for release in context.catalog.file_releases]


def _asset(context: Context, release: Release) -> dg.AssetsDefinition:
    key = release_key(release)
    fetch, calendar, _ = release.rules

    @dg.asset(
        key=key,
        group_name="releases",
        kinds={fetch.formats[0]},
        required_resource_keys={ALIVE},
        description=f"**{release.title}**: SBP's file, asked for and archived as it comes.\n\n"
        f"{release.description.strip()}\n\nAddresses, in order:\n\n"
        + "\n".join(f"- {address}" for address in fetch.addresses),
        metadata={"cadence": calendar.cadence, "usual_lag_days": calendar.usual_lag_days},
        check_specs=[dg.AssetCheckSpec(name, asset=key, description=text) for name, text in CHECKS.items()],
    )
    # Where an asset has checks, Dagster takes the type with an argument for one of values.
    def fetch_release() -> dg.MaterializeResult:  # type: ignore[type-arg]
        install_starter(context.archive)
        collected = _collect(context, release)
        read = _read_newest(context, release)
        latest = _latest_period(context, release, read[1] if read else None)
        state = timeliness(calendar, latest, today()) if latest else None
        return dg.MaterializeResult(
            data_version=dg.DataVersion(read[0].facts.sha256) if read else None,
            metadata=_metadata(collected, read, latest) | _times(context, release, state),
            check_results=_check(release, collected, read, latest, state),
        )

    return fetch_release


def _collect(context: Context, release: Release) -> Collected:
    asker = context.askers.of(release)
    if asker is None:
        address = release.rules[0].addresses[0]
        return Collected(release.id, "not_asked", None, address, f"{VARIABLE} is not set")
    seen = last_seen(context.archive, [release])[release.id]
    return collect(release, asker, context.archive, asked_by="dagster", seen=seen)


def _read_newest(context: Context, release: Release) -> tuple[ArchivedFile, Reading | NotUnderstood] | None:
    """Read the file that came last; None where the archive has none."""
    files = sorted(context.archive.files(release.id), key=lambda file: file.facts.first_seen_at)
    if not files:
        return None
    _, _, layout = release.rules
    is_corrected = files[-1].facts.sha256 in {entry.file_sha256 for entry in context.catalog.corrections}
    reader = Reader(layout, known_row_keys(layout))
    (read,) = read_content(files[-1].read(), [reader], must_add_up=not is_corrected)
    return files[-1], read


def _latest_period(context: Context, release: Release, newest: Reading | NotUnderstood | None) -> date | None:
    """Give the end of the latest period that any understood file holds: what came last may be older, or
    may not be understood.
    """
    known = [newest.latest_period_ends_on] if isinstance(newest, Reading) else []
    if published := snapshots.current(context.settings):
        states = (state for state in published.build.releases if state.release_id == release.id)
        known += [state.latest_period_ends_on for state in states if state.latest_period_ends_on]
    return max(known, default=None)


def _metadata(
    collected: Collected,
    read: tuple[ArchivedFile, Reading | NotUnderstood] | None,
    latest: date | None,
) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {
        "outcome": dg.MetadataValue.text(collected.outcome),
        "address": dg.MetadataValue.url(collected.address),
    }
    if collected.reason:
        metadata["reason"] = dg.MetadataValue.text(collected.reason)
    if latest is not None:
        metadata["latest_period"] = dg.MetadataValue.text(f"{latest:%B %Y}")
    if read is None:
        return metadata
    file, result = read
    metadata |= {
        "file": dg.MetadataValue.path(str(file.path)),
        "sha256": dg.MetadataValue.text(file.facts.sha256),
        "size_bytes": dg.MetadataValue.int(file.facts.size_bytes),
        "came": dg.MetadataValue.text(
            f"{file.facts.via}, first seen {file.facts.first_seen_at:%Y-%m-%d %H:%M} UTC"
        ),
    }
    if isinstance(result, Reading):
        metadata["period_of_file"] = dg.MetadataValue.text(f"{result.latest_period_ends_on:%B %Y}")
        metadata["preview"] = dg.MetadataValue.md(_preview(result))
    return metadata


def _times(context: Context, release: Release, state: Timeliness | None) -> dict[str, dg.MetadataValue]:
    """Say when it was asked and changed, and how far it is behind its calendar."""
    records = [record for record in context.archive.fetches() if record.release_id == release.id]
    changes = [record.asked_at for record in records if record.outcome == "new"]
    times: dict[str, dg.MetadataValue] = {}
    if records:
        times["last_asked"] = dg.MetadataValue.timestamp(records[-1].asked_at)
    if changes:
        times["last_changed"] = dg.MetadataValue.timestamp(changes[-1])
    if state is not None:
        times["next_period"] = dg.MetadataValue.text(
            f"{state.next_period_ends_on:%B %Y}, due on {state.due_on}"
        )
        times["days_late"] = dg.MetadataValue.int(state.days_late)
    return times


def _preview(reading: Reading) -> str:
    """Show the first cells of the latest period as a table."""
    latest = [o for o in reading.observations if o.period_ends_on == reading.latest_period_ends_on]
    rows = [(o.row_label, o.column_label, o.flow_label, o.value_as_printed, o.cell) for o in latest[:12]]
    return table(("row", "period", "flow", "as printed", "cell"), rows, right=("as printed",))


def _check(
    release: Release,
    collected: Collected,
    read: tuple[ArchivedFile, Reading | NotUnderstood] | None,
    latest: date | None,
    state: Timeliness | None,
) -> list[dg.AssetCheckResult]:
    key = release_key(release)
    results = [
        dg.AssetCheckResult(
            check_name="is_reachable",
            asset_key=key,
            passed=not collected.has_failed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"address": collected.address, "found": collected.reason or collected.outcome},
        )
    ]
    result = read[1] if read else None
    results.append(
        dg.AssetCheckResult(
            check_name="is_understood",
            asset_key=key,
            passed=isinstance(result, Reading) or (read is None and collected.outcome == "not_asked"),
            metadata=_explain(result) if isinstance(result, NotUnderstood) else {},
        )
    )
    results.append(_check_timeliness(release, collected, latest, state))
    return results


def _explain(result: NotUnderstood) -> dict[str, str]:
    return {
        "reason": result.reason,
        "where": result.where,
        "expected": result.expected,
        "found": result.found,
    }


def _check_timeliness(
    release: Release, collected: Collected, latest: date | None, state: Timeliness | None
) -> dg.AssetCheckResult:
    metadata: dict[str, str | int] = {"found": "no file that was understood"}
    is_overdue = collected.outcome != "not_asked"
    if latest is not None and state is not None:
        is_overdue = state.is_overdue
        metadata = {
            "expected": f"{state.next_period_ends_on:%B %Y} by {state.due_on}",
            "found": f"{latest:%B %Y}",
            "days_late": state.days_late,
        }
    return dg.AssetCheckResult(
        check_name="is_up_to_date",
        asset_key=release_key(release),
        passed=not is_overdue,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )
