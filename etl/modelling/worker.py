"""The process that runs dbt: commands in on standard input, events out on standard output, a line each.

Here: the only import of dbt. Not here: who starts it (`etl.modelling.dbt`).

A process of its own, for three reasons: it warms up (dbt's import takes 1.5 s and reading the project 0.7)
while the other side imports Dagster and lands files; dbt keeps the lock of a DuckDB file until its process
lets go of it, and this one ends; and what dbt prints cannot get into the command's output.

    python -m etl.modelling.worker MANIFEST OPTION...

It reads the project once, writes the manifest where MANIFEST names a file (`-`: it does not), says
`ready`, and runs every command on the project as it was then.
"""

import gc
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from etl.common import files

ROWS_SHOWN = 6
COLUMNS_SHOWN = 12
"""How much of a table is shown."""
_REPORTED = "NodeFinished"
"""dbt's message that a node is done."""
_PREVIEWED = "marts"


def main() -> None:
    """Read the project, run each command that comes in, end when there is no more."""
    # Looking for garbage took a second: most of it while the project was read, which makes none.
    gc.disable()
    events = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    from dbt.cli.main import dbtRunner  # the slow import, after standard output is out of its reach

    manifest_path, options = sys.argv[1], sys.argv[2:]
    parsed: Any = dbtRunner().invoke(["parse", "--no-write-json", *options])
    if parsed.success and manifest_path != "-":
        with files.whole(Path(manifest_path)) as staged:  # another process may be reading the one before
            parsed.result.write(str(staged))
    _send(events, event="ready", error=_error(parsed))
    # What was read stays, and is looked at no more. Of what the nodes make, 70 MB were garbage at the end.
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    gc.enable()
    for line in sys.stdin if parsed.success else ():
        runner = dbtRunner(manifest=parsed.result, callbacks=[_reporter(events)])
        result = runner.invoke([*json.loads(line), "--no-write-json", *options])
        _close_database()
        _send(events, event="compiled", models=_compiled(result), finders=_finders(result))
        _send(events, event="done", success=result.success, error=_error(result))
    # Leaving the usual way takes dbt 0.8 s of tidying up memory that the system takes back at once.
    events.flush()
    sys.stderr.flush()
    os._exit(0)


def _reporter(events: TextIO) -> Callable[[Any], None]:
    """Report each node when dbt has finished it."""

    def report(message: Any) -> None:
        if message.info.name != _REPORTED:
            return
        node, result = message.data.node_info, message.data.run_result
        said = {"status": node.node_status, "message": result.message}
        try:
            said |= _looked_at(node)
        except Exception as error:  # whatever it is, it is said of the node, and nothing is published
            said |= {"status": "error", "message": f"it was built and cannot be read: {error}"}
        _send(
            events,
            event="node",
            unique_id=node.unique_id,
            failures=result.num_failures,
            seconds=round(result.execution_time, 3),
            **said,
        )

    return report


def _looked_at(node: Any) -> dict[str, object]:
    """Return what there is to see of a table that has been built: how many rows, and of a mart the last ones.

    Here, because until dbt is done no other process can look, and Dagster would wait to be told of it.
    """
    if node.node_status != "success" or node.resource_type == "test" or node.materialized == "view":
        return {}
    table, looking = node.node_relation.relation_name, _connection().cursor()
    try:
        (rows,) = looking.execute(f"select count(*) from {table}").fetchone()
        if node.node_relation.schema != _PREVIEWED:
            return {"rows": rows}
        looking.execute(f"select * from {table} limit {ROWS_SHOWN} offset {max(0, rows - ROWS_SHOWN)}")
        names = [column[0] for column in looking.description][:COLUMNS_SHOWN]
        shown = [[_as_text(value) for value in row[:COLUMNS_SHOWN]] for row in looking.fetchall()]
        return {"rows": rows, "preview": {"names": names, "rows": shown}}
    finally:
        looking.close()


def _as_text(value: object) -> str | None:
    return None if value is None else str(value)


def _compiled(result: Any) -> list[dict[str, object]]:
    """Return the SQL of the models that were built, for those who render it again."""
    return [
        {
            "schema": run.node.schema,
            "name": run.node.name,
            "sql": run.node.compiled_code,
            "parents": [
                unique_id.split(".")[-1]
                for unique_id in run.node.depends_on.nodes
                if unique_id.startswith("model.")
            ],
        }
        for run in getattr(result.result, "results", ())
        if run.node.resource_type == "model" and run.node.compiled_code
    ]


def _finders(result: Any) -> dict[str, str]:
    """Return the queries of the data tests that found rows, for those who show some of them."""
    return {
        run.node.unique_id: run.node.compiled_code
        for run in getattr(result.result, "results", ())
        if run.node.resource_type == "test" and run.failures and run.node.compiled_code
    }


def _error(result: Any) -> str | None:
    if result.exception is None:
        return None
    return " ".join(str(result.exception).split())


def _manager() -> Any:
    """Return dbt-duckdb's manager of connections, as whose private state the only connection is kept."""
    # dbt is imported where it is used: after standard output is out of its reach, as in `main`.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    return DuckDBConnectionManager


def _connection() -> Any:
    """Return dbt's own connection, which holds the file's lock."""
    return _manager()._ENV.conn


def _close_database() -> None:
    """Let go of the file's lock: dbt itself does so only when its process ends."""
    manager = _manager()
    if manager._ENV is not None:
        manager._ENV.close()
    manager.close_all_connections()


def _send(events: TextIO, **event: object) -> None:
    events.write(json.dumps(event) + "\n")
    events.flush()


if __name__ == "__main__":
    main()
