"""The warehouse as of a day, from the command: what was published by then, under the usual names."""

import pytest

from tests.support.installation import Installation

NOVEMBER_2024 = (
    "select exports_usd_mn from marts.services_monthly where item_code = '9' and month = '2024-11-01'"
)


@pytest.mark.parametrize(("day", "value"), [("2024-12-20", "324.000000"), ("2025-01-31", "310.000000")])
def test_a_query_sees_the_marts_as_of_the_day_under_their_usual_names(
    published: Installation, day: str, value: str
) -> None:
    result = published.etl("sql", "--as-of", day, "--format", "csv", NOVEMBER_2024)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["exports_usd_mn", value]


def test_every_mart_is_there_and_those_of_figures_say_no_more_than_was_known(published: Installation) -> None:
    marts = "select view_name from duckdb_views() where schema_name = 'marts' and database_name = 'memory'"
    shown = published.etl("sql", "--as-of", "2026-03-31", "--format", "csv", marts).stdout.split()[1:]
    assert set(shown) == {
        row[0] for row in published.rows("select table_name from duckdb_tables() where schema_name = 'marts'")
    }
    late = "select count(*) as late from marts.vintages where published_on > '2026-03-31'"
    assert published.etl("sql", "--as-of", "2026-03-31", "--format", "csv", late).stdout.split() == [
        "late",
        "0",
    ]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("copy (select 1) to '/tmp/x.csv'", "disabled"),
        ("set enable_external_access = true", "locked"),
        ("insert into warehouse.marts.dim_item from warehouse.marts.dim_item", "read-only"),
        ("attach '/tmp/other.duckdb'", "disabled"),
    ],
)
def test_it_is_as_shut_in_as_ever(published: Installation, query: str, words: str) -> None:
    result = published.etl("sql", "--as-of", "2026-03-31", query)
    assert result.returncode == 1
    assert words in result.stderr


def test_a_trace_of_a_day_shows_the_vintage_that_counted_then(published: Installation) -> None:
    shown = published.etl("trace", "S", "2026-02", "--as-of", "2026-03-31").stdout
    assert "812.245696 million US$ (published)" in shown
    assert "800.206042" not in shown


def test_before_anything_was_known_that_is_said(published: Installation) -> None:
    result = published.etl("brief", "--as-of", "1999-01-01")
    assert result.returncode == 1
    assert "no IT exports are known as of 1999-01-01" in result.stderr
