"""Publishing: a tested build becomes what analysts open, all at once.

Here: what was tested, and the check and the description of what is published. Not here: building, and where
snapshots lie and how they are swapped (`shelves`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import msgspec

from etl.common.errors import EtlError
from etl.common.files import write_whole
from etl.common.location import Database
from etl.common.settings import Settings
from etl.modelling import build_key
from etl.publish import store
from etl.publish.snapshots import Build, QuarantinedFile, ReleaseState, Snapshot
from etl.warehouse import connect

_TESTED = "tested.json"


class Tested(msgspec.Struct, frozen=True):
    """What was tested: the models that were built, the key of the whole build, and the state it left."""

    models_key: str
    build_key: str
    state: str


class PublishingError(EtlError):
    """Nothing was published; the last good marts are served as they were."""


def mark_untested(settings: Settings) -> None:
    """Note that the build database is being changed: nothing is published from it until it is tested."""
    (settings.build / _TESTED).unlink(missing_ok=True)


def mark_tested(settings: Settings, models_key: str) -> None:
    """Note that every test that must hold has passed on the build database as it is.

    `models_key` is that of the models that were built: the ones on disk may have changed meanwhile.
    """
    tested = Tested(
        models_key=models_key,
        build_key=_landed_build_key(settings.build_database, models_key),
        state=store.store_of(settings).state_of_build(),
    )
    write_whole(settings.build / _TESTED, msgspec.json.encode(tested))


def tested_build_key(settings: Settings) -> str | None:
    """Return the key of the build that was tested last; None where the database was changed since."""
    tested = _tested(settings)
    return tested.build_key if tested else None


def publish(settings: Settings, documents: Mapping[str, str] = MappingProxyType({})) -> Snapshot:
    """Publish the build database, and documents about it by file name.

    Raises `PublishingError` unless it was tested as it is.
    """
    tested, snapshots = _tested(settings), store.store_of(settings)
    if (
        tested is None
        or tested.state != snapshots.state_of_build()
        or tested.build_key != _landed_build_key(settings.build_database, tested.models_key)
    ):
        raise PublishingError("the build was not tested, or was changed since; run `etl refresh`")
    connect.checkpoint(settings.build_database)
    key = tested.build_key
    return snapshots.publish(
        lambda database, number, before: _describe(database, number, key, before), documents
    )


def _tested(settings: Settings) -> Tested | None:
    try:
        return msgspec.json.decode((settings.build / _TESTED).read_bytes(), type=Tested)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def _landed_build_key(database: Database, models_key: str) -> str:
    """Return the key of what was landed, which is not always what the archive holds by now."""
    with connect.read(database) as connection:
        raw = connection.execute("select raw_key from raw.landed_with").fetchone()
        files = connection.execute(
            "select release_id, file_sha256, decision from raw.release_files"
        ).fetchall()
    if raw is None:
        raise PublishingError(f"{database} holds no landed files; run `etl refresh`")
    counted = [(release, build_key.file_in_key(sha256, decision)) for release, sha256, decision in files]
    return build_key.build_key(raw[0], counted, models_key)


def _describe(database: Database, number: int, key: str, before: Build | None) -> Build:
    """Open the copy as an analyst would: a copy that cannot be queried is not published."""
    with connect.read(database) as connection:
        marts = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
        ).fetchall()
        rows = {}
        for (name,) in marts:
            count = connection.execute(f'select count(*) from marts."{name}"').fetchone()
            rows[name] = int(count[0]) if count else 0
        releases = tuple(_release_state(row) for row in connection.execute(_RELEASES).fetchall())
    empty = [name for name in ("services_monthly", "vintages") if not rows.get(name)]
    if empty:
        raise PublishingError(f"mart {empty[0]} is empty: the archive holds no file that was understood")
    return Build(
        number=number,
        build_key=key,
        published_at=datetime.now(UTC),
        mart_rows=rows,
        releases=releases,
        new_quarantines=tuple(_new_quarantines(releases, before)),
    )


def _release_state(row: tuple[Any, ...]) -> ReleaseState:
    return ReleaseState(
        release_id=row[0],
        files_landed=row[1],
        files_quarantined=row[2],
        latest_period_ends_on=row[3],
        latest_published_on=row[4],
        quarantined=tuple(QuarantinedFile(**file) for file in row[5] or ()),
        withdrawn=tuple(row[6] or ()),
    )


def _new_quarantines(releases: Sequence[ReleaseState], before: Build | None) -> Iterator[str]:
    """Return the quarantined files that the snapshot before did not have. That one is not opened for it:
    whoever reads it in this process keeps its settings locked.
    """
    known = {(state.release_id, file.sha256) for state in _states(before) for file in state.quarantined}
    for state in releases:
        for file in state.quarantined:
            if (state.release_id, file.sha256) not in known:
                yield f"{state.release_id}: {file.words}"


def _states(build: Build | None) -> tuple[ReleaseState, ...]:
    return build.releases if build else ()


_RELEASES = """
select
    releases.release_id,
    releases.files_landed,
    releases.files_quarantined,
    releases.latest_period_ends_on,
    releases.latest_published_on,
    (
        select list(
            struct_pack(
                sha256 := files.file_sha256,
                words := concat(
                    files.original_name, ': ', files.quarantine_reason, ' at ', files.quarantine_where,
                    ': expected ', files.quarantine_expected, '; found ', files.quarantine_found
                ),
                is_outdated := files.first_seen_at <= (
                    select coalesce(max(landed.first_seen_at), timestamp '1970-01-01')
                    from marts.dim_release_file as landed
                    where landed.release_id = releases.release_id and landed.status = 'landed'
                )
            )
            order by files.first_seen_at, files.file_sha256
        )
        from marts.dim_release_file as files
        where files.release_id = releases.release_id and files.status = 'quarantined'
    ) as quarantined,
    (
        select list(concat(files.original_name, ': ', files.quarantine_reason) order by files.first_seen_at)
        from marts.dim_release_file as files
        where files.release_id = releases.release_id and files.status = 'withdrawn'
    ) as withdrawn
from marts.dim_release as releases
where releases.kind = 'file'
order by releases.release_id
"""
