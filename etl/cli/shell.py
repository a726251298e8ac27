"""DuckDB's own shell on the published marts: what `etl sql` starts where it is given no query.

Here: the program and what it is started with. Not here: the session's SQL (`warehouse`).

The shell is put into its safe mode: no other file, no network, no extension, no setting can be changed, and
its commands that reach out of it (`.shell`, `.open`, `.read`, `.import`, `.output`, `.log` and others) are
refused. What is left are the editor and the pager of whoever sits before it.
"""

import os
import tempfile
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from typing import NoReturn

from etl.common.errors import EtlError
from etl.common.location import Database
from etl.common.secrets import without_secrets
from etl.warehouse import connect, session_sql

FIRST_QUERY = "SELECT month, exports_usd_mn, exports_yoy_pct FROM it_exports ORDER BY month DESC LIMIT 12;"


class NoShellError(EtlError):
    """DuckDB's command line is not installed."""


def start(database: Database, style: str, as_of: date | None) -> NoReturn:
    """Become the shell: this process ends with it. `style` is table, csv or json.

    Raises `WarehouseError` where nothing is published, `NoShellError` where there is no shell.
    """
    program = _program()
    command = [str(program), *arguments(database, style, as_of)]
    os.execve(program, command, without_secrets(os.environ))


def arguments(database: Database, style: str, as_of: date | None) -> list[str]:
    """Return what the shell is started with."""
    connect.must_exist(database)
    opened = ["-readonly", str(database)] if as_of is None and isinstance(database, Path) else [":memory:"]
    # DuckDB makes this folder where a query needs it, and removes it.
    spilled = Path(tempfile.gettempdir(), f"sbp-warehouse-{token_hex(8)}")
    statements = [
        *session_sql.bounds(spilled),
        *(connect.as_of_statements(database, as_of) if as_of else session_sql.published(database)),
        *session_sql.shut_in(database)[:-1],  # the safe mode locks what is set
    ]
    what = f"The marts as known on {as_of}" if as_of else "The published marts"
    greeting = f"{what}, read-only; SHOW TABLES FROM marts; lists them, .quit leaves. First: {FIRST_QUERY}"
    commands = [".startup_text none", ";\n".join(statements) + ";", ".safe_mode", f'.print "{greeting}"']
    options = ["-no-init"] if style == "table" else ["-no-init", f"-{style}"]
    return [*options, *opened, *(part for command in commands for part in ("-cmd", command))]


def _program() -> Path:
    spec = find_spec("duckdb_cli")
    program = Path(spec.origin).with_name("duckdb") if spec and spec.origin else None
    if program is None or not program.exists():
        raise NoShellError("DuckDB's shell is not installed; run `pip install duckdb-cli`, or give a query")
    return program
