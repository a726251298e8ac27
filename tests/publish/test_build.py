"""What a tested build gets before it may be published: right however often it is finished, and whatever
dbt made anew between.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from etl.modelling import as_of
from etl.modelling.as_of import Model
from etl.modelling.manifest import Manifest, ModelColumn, Node
from etl.publish.build import finish
from etl.warehouse import connect

SHARES = Model(
    "marts",
    "services_share",
    'select max(share_pct) as share_pct from "intermediate"."int_figures_selected"'
    f" where valid_from <= {as_of.DAY}",
    ("int_figures_selected",),
)
COMPILED = {"int_figures_selected": Model("intermediate", "int_figures_selected", "select 1", ())}
SHARE_COLUMN = ModelColumn("share_pct", "double", "Share of all services exports.")
MART = Node(
    unique_id="model.services_share",
    kind="model",
    schema="marts",
    name="services_share",
    description="One row a month.",
    columns=(SHARE_COLUMN,),
    depends_on=(),
    code=None,
    materialized="table",
)
MADE_BY_DBT = """
create schema if not exists intermediate;
create schema if not exists marts;
create or replace table intermediate.int_figures_selected as
select 47.5 as share_pct, date '2026-01-01' as valid_from
union all select 48.5, date '2026-02-01';
create or replace table marts.services_share as select 48.5 as share_pct;
"""


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(as_of, "MARTS", ("services_share",))
    path = tmp_path / "warehouse.duckdb"
    make_as_dbt_does(path)
    return path


def make_as_dbt_does(path: Path) -> None:
    with connect.write(path) as connection:
        connection.execute(MADE_BY_DBT)


def finished(path: Path, mart: Node = MART, shares: Model = SHARES) -> None:
    finish(path, COMPILED | {"services_share": shares}, Manifest({mart.unique_id: mart}, {}))


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    with connect.read(path) as connection:
        return connection.execute(query).fetchall()


COMMENTS = """
select 'services_share', comment from duckdb_tables() where table_name = 'services_share'
union all
select column_name, comment from duckdb_columns() where table_name = 'services_share'
"""


def test_each_mart_can_be_asked_as_of_a_day(database: Path) -> None:
    finished(database)
    assert ask(database, "from marts.services_share_as_of('2026-01-15')") == [(47.5,)]


def test_a_macro_follows_the_sql_of_its_mart(database: Path) -> None:
    finished(database)
    finished(database, shares=replace(SHARES, sql=SHARES.sql.replace("max", "10 * min")))
    assert ask(database, "from marts.services_share_as_of('2026-03-01')") == [(475.0,)]


def test_a_macro_sees_the_history_of_the_build_that_came_after_it(database: Path) -> None:
    finished(database)
    with connect.write(database) as connection:
        connection.execute(
            "create or replace table intermediate.int_figures_selected as"
            " select 50.0 as share_pct, date '2026-01-01' as valid_from"
        )
    finished(database)
    assert ask(database, "from marts.services_share_as_of('2026-01-15')") == [(50.0,)]


def test_what_dbt_made_anew_is_described_again(database: Path) -> None:
    finished(database)
    described = ask(database, COMMENTS)
    assert described == [("services_share", MART.description), ("share_pct", SHARE_COLUMN.description)]
    make_as_dbt_does(database)
    assert ask(database, COMMENTS) == [("services_share", None), ("share_pct", None)]
    finished(database)
    assert ask(database, COMMENTS) == described


def test_a_description_that_changed_is_the_new_one(database: Path) -> None:
    finished(database)
    finished(
        database,
        mart=replace(MART, columns=(replace(SHARE_COLUMN, description="In %, of the flow's total."),)),
    )
    assert ask(database, COMMENTS)[1] == ("share_pct", "In %, of the flow's total.")
