"""Turns and publications in PostgreSQL: one machine writes, and only who has the turn publishes."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from etl.common.location import WRITER, Lake, LakeError
from etl.warehouse import ducklake
from etl.warehouse.ducklake import LakeLockedError, Publication
from tests.support.ports import closed_port
from tests.support.postgres import Postgres


@pytest.fixture
def lake(postgres_server: Postgres, request: pytest.FixtureRequest) -> Lake:
    """Return a lake of which PostgreSQL knows nothing yet."""
    return Lake(postgres_server.new_database(request.node.name[:60]), "/nowhere/")


@pytest.fixture
def other_machine(lake: Lake) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Return the session of another machine's refresh, which has its turn."""
    with psycopg.connect(lake.catalogue, autocommit=True, application_name="etl on elsewhere") as session:
        session.execute("select pg_advisory_lock(%s)", [ducklake._LOCK])
        yield session


def publication(number: int) -> Publication:
    return Publication(number, 100 + number, {"number": number}, {"keys.json": "{}"})


def test_before_the_first_turn_nothing_is_published(lake: Lake) -> None:
    assert ducklake.newest(lake) is None
    assert ducklake.snapshot_ids(lake) == {}


def test_readers_find_the_newest_publication(lake: Lake) -> None:
    with ducklake.build_lock(lake, timeout=1):
        for number in (1, 2):
            ducklake.publish(lake, publication(number))
    assert ducklake.newest(lake) == publication(2)
    assert ducklake.snapshot_ids(lake) == {1: 101, 2: 102}


def test_old_publications_are_forgotten(lake: Lake) -> None:
    with ducklake.build_lock(lake, timeout=1):
        for number in (1, 2, 3):
            ducklake.publish(lake, publication(number))
        ducklake.forget(lake, kept=2)
    assert ducklake.snapshot_ids(lake) == {2: 102, 3: 103}


def test_who_waits_too_long_is_told_which_machine_writes(lake: Lake, other_machine: object) -> None:
    assert ducklake.is_locked(lake)
    with (
        pytest.raises(LakeLockedError, match="a refresh on elsewhere has held the lake"),
        ducklake.build_lock(lake, 0.1),
    ):
        pass


def test_a_turn_comes_when_the_other_machine_is_done(
    lake: Lake, other_machine: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    threading.Timer(0.3, other_machine.close).start()
    began = time.monotonic()
    with ducklake.build_lock(lake, timeout=20):
        assert time.monotonic() - began >= 0.3
    assert not ducklake.is_locked(lake)


def test_without_a_turn_nothing_is_published(lake: Lake) -> None:
    with pytest.raises(LakeError, match="no turn"):
        ducklake.publish(lake, publication(1))


def test_who_lost_the_session_lost_the_turn(lake: Lake) -> None:
    with ducklake.build_lock(lake, timeout=1):
        with psycopg.connect(lake.catalogue, autocommit=True) as operator:
            operator.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name ~ '^etl on'"
            )
        with pytest.raises(LakeError, match="has ended"):
            ducklake.publish(lake, publication(1))
    assert ducklake.newest(lake) is None


def test_a_turn_ends_the_writers_that_a_killed_refresh_left(lake: Lake) -> None:
    orphan = psycopg.connect(f"{lake.catalogue} application_name={WRITER}", autocommit=True)
    with orphan, ducklake.build_lock(lake, timeout=1), pytest.raises(psycopg.OperationalError):
        orphan.execute("select 1")


def test_a_server_that_does_not_answer_is_named(lake: Lake) -> None:
    nobody = Lake(f"dbname=lake host=127.0.0.1 port={closed_port()} user=etl", "/nowhere/")
    with pytest.raises(LakeError, match="does not answer as it should"):
        ducklake.newest(nobody)
