"""What the README and the page about measures show is what the commands print: each query in them is run
and compared.
"""

import re
import shlex
from pathlib import Path

import pytest

from tests.support.installation import Installation

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
VINTAGES = (ROOT / "docs" / "vintages.md").read_text(encoding="utf-8")
MEASURES = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
HEADLINES = (ROOT / "docs" / "headlines.md").read_text(encoding="utf-8")


def shown_commands(page: str) -> list[tuple[str, str]]:
    return re.findall(r'```console\n\$ \.venv/bin/(etl .*?")\n(.*?)\n```', page, re.DOTALL)


def queries(page: str) -> list[str]:
    return re.findall(r"```sql\n(.*?);?(?:   --[^\n]*)?\n```", page, re.DOTALL)


BLOCKS = [*shown_commands(README), *shown_commands(MEASURES)]
QUERIES = [*queries(VINTAGES), *queries(MEASURES), *queries(HEADLINES)]


def shown_lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_the_pages_show_queries() -> None:
    assert len(shown_commands(README)) >= 2
    assert len(shown_commands(MEASURES)) >= 8
    assert len(queries(VINTAGES)) == 6
    assert len(queries(MEASURES)) == 2
    assert len(queries(HEADLINES)) == 4


@pytest.mark.parametrize(("command", "shown"), BLOCKS, ids=[f"query_{n}" for n, _ in enumerate(BLOCKS, 1)])
def test_a_query_gives_what_is_shown(published: Installation, command: str, shown: str) -> None:
    result = published.etl(*shlex.split(command)[1:])
    assert result.returncode == 0, result.stderr
    assert shown_lines(result.stdout) == shown_lines(shown)


@pytest.mark.parametrize("query", QUERIES, ids=[f"query_{n}" for n, _ in enumerate(QUERIES, 1)])
def test_each_query_of_the_pages_finds_something(published: Installation, query: str) -> None:
    assert published.rows(query.split("--")[0])


def test_the_brief_is_the_one_shown(published: Installation) -> None:
    brief = published.etl("brief").stdout
    quoted = [line.removeprefix("> ") for line in README.splitlines() if line.startswith("> ")]
    assert quoted
    assert all(paragraph in brief for paragraph in quoted)


def test_every_page_that_the_readme_links_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_column_that_the_page_about_measures_names_is_there(published: Installation) -> None:
    there = {
        name
        for (name,) in published.rows(
            "select column_name from duckdb_columns() where schema_name = 'marts'"
            " union select table_name from duckdb_tables()"
        )
    }
    table = [line for line in MEASURES.splitlines() if line.startswith("|")]
    named = {name for line in table for name in re.findall(r"`([a-z0-9_]+)`", line)}
    assert len(named) > 50
    assert named <= there, named - there
