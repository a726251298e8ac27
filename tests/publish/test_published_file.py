"""The published file as other programs open it: DuckDB's own command line, as an ordinary user."""

import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.installation import Installation

NOBODY = 65_534
QUERY = "select max(month)::varchar from marts.services_monthly where exports_basis = 'published'"


@pytest.fixture(scope="module")
def file(published: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the published file where every user of this machine may read it, with the mode it has."""
    folder = _open_to_all(tmp_path_factory.mktemp("public"))
    return Path(shutil.copy2(published.settings.current_database, folder / "warehouse.duckdb"))


@pytest.fixture(scope="module")
def duckdb_cli(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return DuckDB's command line, run as an ordinary user: root may write to what is not writable."""
    spec = find_spec("duckdb_cli")
    assert spec is not None
    assert spec.origin is not None
    program = shutil.copy2(
        Path(spec.origin).with_name("duckdb"), _open_to_all(tmp_path_factory.mktemp("cli"))
    )
    as_user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *arguments], capture_output=True, text=True, timeout=60, check=False, **as_user
        )

    return run


def _open_to_all(folder: Path) -> Path:
    """Pytest makes its folders for one user; let others pass through to this one."""
    for step in (folder, *folder.parents):
        if step.stat().st_uid == os.geteuid() and step != Path("/"):
            step.chmod(step.stat().st_mode | 0o055)
    return folder


def test_it_cannot_be_written_to(file: Path) -> None:
    assert file.stat().st_mode & 0o222 == 0


def test_duckdbs_command_line_reads_it_with_its_read_only_switch(file: Path, duckdb_cli) -> None:
    result = duckdb_cli("-readonly", "-noheader", "-list", str(file), "-c", QUERY)
    assert result.stdout.strip() == "2026-03-01", result.stderr
    assert not file.with_name("warehouse.duckdb.wal").exists()


def test_without_the_switch_an_ordinary_user_is_refused_and_locks_nobody_out(file: Path, duckdb_cli) -> None:
    result = duckdb_cli(str(file), "-c", QUERY)
    assert result.returncode != 0
    assert "Permission denied" in result.stderr + result.stdout
    assert duckdb_cli("-readonly", str(file), "-c", QUERY).returncode == 0


def test_another_client_reads_beside_it(file: Path, duckdb_cli, published: Installation) -> None:
    """Two clients at once: the command line while this process has the file open."""
    import duckdb

    with duckdb.connect(str(file), read_only=True) as connection:
        row = connection.execute(QUERY).fetchone()
        other = duckdb_cli("-readonly", "-noheader", "-list", str(file), "-c", QUERY)
    assert row is not None
    assert other.stdout.strip() == row[0]


def test_its_catalogue_is_called_warehouse(file: Path, duckdb_cli) -> None:
    result = duckdb_cli("-readonly", "-noheader", "-list", str(file), "-c", "select current_catalog()")
    assert result.stdout.strip() == "warehouse"


NAMELESS = """
select table_type, name from (
    select 'table' as table_type, schema_name || '.' || table_name as name, comment from duckdb_tables()
    union all
    select 'view', schema_name || '.' || view_name, comment from duckdb_views() where not internal
    union all
    select 'column', schema_name || '.' || table_name || '.' || column_name, comment
    from duckdb_columns() where not internal
    union all
    select 'macro', schema_name || '.' || function_name, comment from duckdb_functions()
    where not internal and database_name = current_catalog()
)
where coalesce(comment, '') = ''
"""


def test_every_table_view_column_and_macro_says_what_it_is(published: Installation) -> None:
    assert published.rows(NAMELESS) == []
    kinds = published.value(
        "select count(*) from duckdb_functions() where function_name = 'services_monthly_as_of'"
        " and comment like '%services_monthly_as_of(''2026-01-20'')%'"
    )
    assert kinds == 1, "a quotation mark in a description stays one"


def test_every_view_and_macro_works_under_another_name(file: Path) -> None:
    """None carries the name of the catalogue; a macro is bound where its caller is, so it needs `USE`."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"attach '{file}' as sbp (read_only)")
        views = connection.execute(
            "select schema_name, view_name from duckdb_views() where database_name = 'sbp' and not internal"
        ).fetchall()
        assert len(views) > 20
        for schema, view in views:
            connection.execute(f"from sbp.{schema}.{view} limit 1").fetchall()
        connection.execute("use sbp")
        macros = connection.execute(
            "select function_name from duckdb_functions() where database_name = 'sbp'"
        ).fetchall()
        assert len(macros) > 10
        for (macro,) in macros:
            connection.execute(f"explain from marts.{macro}('2025-01-31')").fetchall()
