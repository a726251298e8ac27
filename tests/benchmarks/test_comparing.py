"""Marts of two databases are compared row for row."""

from pathlib import Path

import duckdb
import pytest

from benchmarks.comparing import differences, rows_that_differ


def database(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        for statement in statements:
            connection.execute(statement)
    return path


ONE = "create table marts.one as select 1::decimal(18, 6) as figure, ['a'] as words"


@pytest.mark.parametrize(
    ("statements", "different"),
    [
        (("create table marts.one as select 1::decimal(18, 9) as figure, ['a'] as words",), []),
        (("create table marts.one as select 2::decimal(18, 6) as figure, ['a'] as words",), ["one"]),
        ((f"{ONE} union all {ONE.partition(' as ')[2]}",), ["one"]),
        (("create table marts.one as select 1::decimal(18, 6) as figure",), ["one"]),
        ((ONE, "create table marts.two as select 1 as figure"), ["two"]),
        ((), ["one"]),
    ],
    ids=["equal but wider", "another figure", "a row twice", "a column less", "a mart more", "a mart less"],
)
def test_marts_that_differ_are_named(
    tmp_path: Path, statements: tuple[str, ...], different: list[str]
) -> None:
    ours, theirs = database(tmp_path / "ours.duckdb", ONE), database(tmp_path / "theirs.duckdb", *statements)
    assert differences(ours, theirs) == different


def test_rows_of_two_queries_are_compared_in_the_types_given(tmp_path: Path) -> None:
    ours = database(tmp_path / "ours.duckdb", ONE)
    theirs = database(tmp_path / "theirs.duckdb", "create table mine as select 1.004 as value")
    queries = "select figure from first.marts.one", "select value from second.mine"
    assert rows_that_differ(ours, theirs, *queries, ("decimal(18, 2)",)) == []
    assert len(rows_that_differ(ours, theirs, *queries, ("decimal(18, 3)",))) == 2
