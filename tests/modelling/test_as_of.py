"""A mart's SQL rendered a second time: the same text over what was known by a day."""

import duckdb
import pytest

from etl.modelling.as_of import DAY, Model, macro

MODELS = {
    "int_history": Model("intermediate", "int_history", "select 1", ()),
    "int_known": Model(
        "intermediate",
        "int_known",
        f'select value, code from "intermediate"."int_history"'
        f" where valid_from <= {DAY} and (valid_to is null or valid_to > {DAY})",
        ("int_history",),
    ),
    "stg_names": Model("staging", "stg_names", "select 1", ()),
    "int_highest": Model(
        "intermediate",
        "int_highest",
        'select max(value) as value, code from "intermediate"."int_known" group by code',
        ("int_known",),
    ),
    "figures": Model(
        "marts",
        "figures",
        'select value, name from "intermediate"."int_highest" join "staging"."stg_names" using (code)',
        ("int_highest", "stg_names"),
    ),
}


def test_what_differs_from_day_to_day_is_put_in_front_and_the_rest_stays_a_table() -> None:
    statement = macro("figures", MODELS)
    assert statement.startswith(
        "create or replace macro marts.figures_as_of(as_of) as table\nwith int_known as ("
    )
    assert 'from "intermediate"."int_history" where valid_from <= as_of::date' in statement
    assert "int_history as (" not in statement, "the history is the same on every day"
    assert DAY not in statement
    assert 'from int_highest join "staging"."stg_names"' in statement


@pytest.mark.parametrize(("day", "value"), [("2026-01-31", 1), ("2026-02-01", 2), ("2026-03-05", 3)])
def test_the_macro_gives_the_mart_over_what_stood_on_the_day(day: str, value: int) -> None:
    with duckdb.connect() as connection:
        for schema in ("intermediate", "staging", "marts"):
            connection.execute(f"create schema {schema}")
        connection.execute(
            "create table intermediate.int_history as"
            " select unnest([1, 2, 3]) as value, 'a' as code,"
            " unnest([date '2026-01-01', date '2026-02-01', date '2026-03-01']) as valid_from,"
            " unnest([date '2026-02-01', date '2026-03-01', null]) as valid_to"
        )
        connection.execute("create table staging.stg_names as select 'a' as code, 'IT exports' as name")
        connection.execute(macro("figures", MODELS))
        known = connection.execute("from marts.figures_as_of(?)", [day]).fetchall()
    assert known == [(value, "IT exports")]
