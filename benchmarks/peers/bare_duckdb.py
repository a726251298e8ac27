"""The floor of modelling: the SQL of all models, run in order over one connection, and nothing else.

`python -m benchmarks.peers.bare_duckdb DATABASE MODELS.json` prints the seconds from opening to closing the
database. MODELS holds the seeds (`schema`, `name`, `path`, `columns` with their types) and the models as dbt
compiled them (`schema`, `name`, `materialized`, `sql`), each after those that it reads. DuckDB has its own
defaults: all cores, four fifths of the memory. No tests, no contracts, no comments, no macros.
"""

import json
import sys
import time
from pathlib import Path

import duckdb


def main() -> None:
    """Build everything."""
    work = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    started = time.perf_counter()
    with duckdb.connect(sys.argv[1]) as connection:
        for schema in {item["schema"] for kind in work.values() for item in kind}:
            connection.execute(f'create schema if not exists "{schema}"')
        for seed in work["seeds"]:
            columns = ", ".join(f"'{name}': '{kind}'" for name, kind in seed["columns"].items())
            connection.execute(
                f'create table "{seed["schema"]}"."{seed["name"]}" as'
                f" from read_csv(?, header = true, columns = {{{columns}}})",
                [seed["path"]],
            )
        for model in work["models"]:
            kind = "view" if model["materialized"] == "view" else "table"
            connection.execute(f'create {kind} "{model["schema"]}"."{model["name"]}" as ({model["sql"]})')
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
