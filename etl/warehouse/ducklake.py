"""What PostgreSQL keeps for a lake besides DuckLake's own tables: who may write, and what is
published.

Here: the only SQL for PostgreSQL. Not here: what is written under the lock, or published.
"""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from etl.common.location import WRITER, Lake, LakeError

if TYPE_CHECKING:
    import psycopg

_LOCK = 7_236_415_521
"""The advisory lock of who writes the lake: any number that nobody else takes in this database."""

_SECONDS_TO_END = 30

_TABLES = """
create schema if not exists sbp_warehouse;
create table if not exists sbp_warehouse.published (
    number integer primary key,
    snapshot_id bigint not null,
    published_at timestamp with time zone not null,
    build jsonb not null,
    documents jsonb not null
);
comment on table sbp_warehouse.published is
    'Snapshots of the lake that were built whole and tested; readers attach that of the highest number.';
comment on column sbp_warehouse.published.number is 'Number of the publication, counted from 1.';
comment on column sbp_warehouse.published.snapshot_id is 'DuckLake''s number of the snapshot.';
comment on column sbp_warehouse.published.published_at is 'When it was published.';
comment on column sbp_warehouse.published.build is 'What it was built from and what it shows.';
comment on column sbp_warehouse.published.documents is 'Texts about it, by file name.';
"""

_NEWEST = """
select number, snapshot_id, build, documents from sbp_warehouse.published order by number desc limit 1
"""


class Publication(NamedTuple):
    """A published snapshot as PostgreSQL has it."""

    number: int
    snapshot_id: int
    build: Any
    documents: dict[str, str]


class LakeLockedError(LakeError):
    """Another machine has held the lock for longer than one waits."""


_locked: "dict[Lake, psycopg.Connection[Any]]" = {}
"""The session that holds this process's lock. What is published is written in it: who has lost the session
has lost the lock, and publishes nothing."""


@contextmanager
def build_lock(lake: Lake, timeout: float) -> Iterator[None]:
    """Hold the lock of the lake, as one of all machines; PostgreSQL gives it back when the
    session ends.

    Raises `LakeLockedError` where another has it for longer than `timeout` seconds.
    """
    with _session(lake) as session:
        # Where a machine goes off without a word, its session ends after two minutes and not after two hours.
        session.execute(
            "set tcp_keepalives_idle = 60; set tcp_keepalives_interval = 20; set tcp_keepalives_count = 3"
        )
        session.execute(f"set lock_timeout = '{max(1, round(timeout * 1000))}ms'")
        try:
            session.execute("select pg_advisory_lock(%s)", [_LOCK])
        except _driver().errors.LockNotAvailable as error:
            raise LakeLockedError(
                f"a refresh {_holder(lake)} has held the lake for {timeout / 60:.0f} minutes; "
                "end it, or wait and try again"
            ) from error
        session.execute("set lock_timeout = 0")
        _end_writers(session)
        session.execute(_TABLES)
        _locked[lake] = session
        try:
            yield
        finally:
            del _locked[lake]


def is_locked(lake: Lake) -> bool:
    """Whether some machine is writing the lake now."""
    with _session(lake) as session:
        return session.execute(_HOLDERS).fetchone() is not None


def newest_snapshot_under_lock(lake: Lake) -> int:
    """Return DuckLake's newest snapshot; raises `LakeError` where the lock was lost."""
    return int(_under_lock(lake, "select max(snapshot_id) from ducklake_snapshot")[0][0])


def publish(lake: Lake, publication: Publication) -> None:
    """Make a snapshot the one that readers open; raises `LakeError` where the lock was lost."""
    _under_lock(
        lake,
        "insert into sbp_warehouse.published values (%s, %s, now(), %s, %s) returning number",
        [
            publication.number,
            publication.snapshot_id,
            json.dumps(publication.build),
            json.dumps(publication.documents),
        ],
    )


def forget(lake: Lake, kept: int) -> None:
    """Take all but the newest publications out of the list."""
    _under_lock(
        lake,
        "delete from sbp_warehouse.published where number <= "
        "(select max(number) from sbp_warehouse.published) - %s returning number",
        [kept],
    )


def newest(lake: Lake) -> Publication | None:
    """Return what is published; None before the first publication."""
    rows = _ask(lake, _NEWEST)
    return Publication(*rows[0]) if rows else None


def snapshot_ids(lake: Lake) -> dict[int, int]:
    """Return DuckLake's snapshots of the publications that are kept, by their numbers."""
    return dict(_ask(lake, "select number, snapshot_id from sbp_warehouse.published order by number"))


_HOLDERS = f"""
select coalesce(application_name, '') from pg_locks inner join pg_stat_activity using (pid)
where locktype = 'advisory' and granted and objsubid = 1
    and (classid::bigint << 32) | objid::bigint = {_LOCK}
    and pg_locks.database = (select oid from pg_database where datname = current_database())
"""


@contextmanager
def _session(lake: Lake) -> "Iterator[psycopg.Connection[Any]]":
    try:
        with _driver().connect(
            lake.catalogue,
            autocommit=True,
            connect_timeout=10,
            application_name=f"etl on {socket.gethostname()}",
        ) as session:
            yield session
    except (_driver().OperationalError, _driver().errors.InsufficientPrivilege) as error:
        reason = " ".join(str(error).split())
        raise LakeError(
            f"the lake's PostgreSQL ({lake.catalogue}) does not answer as it should: {reason}"
        ) from error


def _ask(lake: Lake, query: str) -> list[tuple[Any, ...]]:
    """Ask what may have never been written: the table is made by the first build."""
    with _session(lake) as session:
        try:
            return session.execute(query).fetchall()
        except _driver().errors.UndefinedTable:
            return []


def _under_lock(lake: Lake, query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    if lake not in _locked:
        raise LakeError("this process has no turn to write the lake; run `etl refresh`")
    try:
        return _locked[lake].execute(query, values).fetchall()
    except _driver().OperationalError as error:
        raise LakeError(
            f"the session that held the lake's turn has ended ({' '.join(str(error).split())}); "
            "run `etl refresh`"
        ) from error


def _holder(lake: Lake) -> str:
    rows = _ask(lake, _HOLDERS)
    return rows[0][0].removeprefix("etl ") if rows and rows[0][0] else "of another machine"


def _end_writers(session: "psycopg.Connection[Any]") -> None:
    """End what a killed refresh has left: its dbt may still be writing, and has no lock any more."""
    mine = "application_name = %s and datname = current_database()"
    session.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where {mine}", [WRITER])
    deadline = time.monotonic() + _SECONDS_TO_END
    while session.execute(f"select 1 from pg_stat_activity where {mine}", [WRITER]).fetchone():
        if time.monotonic() > deadline:
            raise LakeError("a refresh that was killed is still writing the lake; end its dbt, and try again")
        time.sleep(0.1)


def _driver() -> ModuleType:
    """Return the PostgreSQL driver; raises `LakeError` where the extra `lake` is not installed."""
    try:
        return import_module("psycopg")
    except ModuleNotFoundError as error:
        raise LakeError(
            "the lake's packages are not installed; run `pip install -r requirements/lake.txt`"
        ) from error
