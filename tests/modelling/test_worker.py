"""What the process that runs dbt says of a node: its result, and what there is to see of a table."""

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest

from etl.common.settings import Settings
from etl.modelling import worker
from etl.warehouse import connect


@pytest.fixture
def built(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a connection to a database in which dbt has built something."""
    with connect.write(settings.build_database) as connection:
        connection.execute("create schema marts; create schema intermediate")
        monkeypatch.setattr(worker, "_connection", lambda: connection)
        yield connection


def said_of(**node: Any) -> dict[str, Any]:
    """Return what is said of a node that is done."""
    given: dict[str, Any] = {"status": "success", "kind": "model", "materialized": "table"} | node
    schema, _, name = given["table"].partition(".")
    relation = SimpleNamespace(schema=schema, relation_name=f'"{schema}"."{name}"')
    info = SimpleNamespace(
        unique_id=f"{given['kind']}.sbp_warehouse.{name}",
        node_status=given["status"],
        resource_type=given["kind"],
        materialized=given["materialized"],
        node_relation=relation,
    )
    result = SimpleNamespace(message="OK", num_failures=0, execution_time=0.0123)
    events = io.StringIO()
    worker._reporter(events)(
        SimpleNamespace(
            info=SimpleNamespace(name="NodeFinished"),
            data=SimpleNamespace(node_info=info, run_result=result),
        )
    )
    said: dict[str, Any] = json.loads(events.getvalue())
    return said


def test_of_a_mart_the_last_rows_and_first_columns_are_shown_as_text(built: Any) -> None:
    columns = ", ".join(f"n + {number} as column_{number}" for number in range(2, 15))
    built.execute(
        f"create table marts.wide as select date '2026-01-01' + n::int as day, null as nothing, {columns}"
        " from range(100) as t(n)"
    )
    said = said_of(table="marts.wide")
    assert said["rows"] == 100
    assert said["preview"]["names"][:3] == ["day", "nothing", "column_2"]
    assert [row[:3] for row in said["preview"]["rows"]][::5] == [
        ["2026-04-05", None, "96"],
        ["2026-04-10", None, "101"],
    ]
    assert {len(row) for row in [said["preview"]["names"], *said["preview"]["rows"]]} == {12}


def test_of_another_table_the_rows_are_counted(built: Any) -> None:
    built.execute("create table intermediate.some as from range(7)")
    said = said_of(table="intermediate.some", kind="seed", materialized="seed")
    assert said["rows"] == 7
    assert "preview" not in said


@pytest.mark.parametrize(
    "node",
    [
        {"materialized": "view"},
        {"kind": "test", "status": "pass", "materialized": "test"},
        {"status": "error"},
        {"status": "skipped"},
    ],
    ids=["a view", "a test", "what failed", "what was skipped"],
)
def test_nothing_else_is_looked_at(built: Any, node: dict[str, Any]) -> None:
    said = said_of(table="marts.not_there", **node)
    assert said["status"] == node.get("status", "success")
    assert said["message"] == "OK"
    assert not said.keys() & {"rows", "preview"}


def test_a_table_that_cannot_be_read_is_an_error_of_its_node(built: Any) -> None:
    said = said_of(table="marts.not_there")
    assert said["status"] == "error"
    assert said["message"].startswith("it was built and cannot be read: ")
    assert "not_there" in said["message"]
