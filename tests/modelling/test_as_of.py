"""A mart's SQL rendered a second time: the same text over the prints of a day."""

import duckdb
import pytest

from etl.modelling.as_of import Model, macro

MODELS = {
    "int_vintages_deduplicated": Model("intermediate", "int_vintages_deduplicated", "select 1", ()),
    "int_observations_unioned": Model("intermediate", "int_observations_unioned", "select 1", ()),
    "stg_names": Model("staging", "stg_names", "select 1", ()),
    "int_latest": Model(
        "intermediate",
        "int_latest",
        'select max(value) as value, \'a\' as code from "intermediate"."int_vintages_deduplicated"',
        ("int_vintages_deduplicated",),
    ),
    "figures": Model(
        "marts",
        "figures",
        'select value, name from "intermediate"."int_latest" join "staging"."stg_names" using (code)',
        ("int_latest", "stg_names"),
    ),
}


def test_what_depends_on_prints_is_put_in_front_and_the_rest_stays_a_table() -> None:
    statement = macro("figures", MODELS)
    assert statement.startswith("create or replace macro marts.figures_as_of(as_of) as table\nwith ")
    prints = "select * from intermediate.int_vintages_deduplicated where valid_from <= as_of::date"
    assert f"int_vintages_deduplicated as ({prints})" in statement
    assert "int_observations_unioned as" not in statement, "the mart does not read them"
    assert 'from int_latest join "staging"."stg_names"' in statement


@pytest.mark.parametrize(("day", "value"), [("2026-01-31", 1), ("2026-02-01", 2), ("2026-03-05", 3)])
def test_the_macro_gives_the_mart_over_the_prints_of_the_day(day: str, value: int) -> None:
    with duckdb.connect() as connection:
        for schema in ("intermediate", "staging", "marts"):
            connection.execute(f"create schema {schema}")
        connection.execute(
            "create table intermediate.int_vintages_deduplicated as"
            " select unnest([1, 2, 3]) as value,"
            " unnest([date '2026-01-01', date '2026-02-01', date '2026-03-01']) as valid_from"
        )
        connection.execute("create table staging.stg_names as select 'a' as code, 'IT exports' as name")
        connection.execute(macro("figures", MODELS))
        known = connection.execute("from marts.figures_as_of(?)", [day]).fetchall()
    assert known == [(value, "IT exports")]
