"""What the README and the page about measures show is what the commands print: each query in them is run
and compared.
"""

import re
import shlex

import pytest

from tests.support import pages
from tests.support.installation import Installation

README = pages.page("README.md")
VINTAGES = pages.page("docs/vintages.md")
MEASURES = pages.page("docs/measures.md")
HEADLINES = pages.page("docs/headlines.md")
BLOCKS = [*pages.commands(README), *pages.commands(MEASURES)]
QUERIES = [*pages.queries(VINTAGES), *pages.queries(MEASURES), *pages.queries(HEADLINES)]


def test_the_pages_show_queries() -> None:
    assert len(pages.commands(README)) >= 2
    assert len(pages.commands(MEASURES)) >= 8
    assert len(pages.queries(VINTAGES)) == 6
    assert len(pages.queries(MEASURES)) == 2
    assert len(pages.queries(HEADLINES)) == 4


@pytest.mark.parametrize("block", BLOCKS, ids=[f"query_{n}" for n, _ in enumerate(BLOCKS, 1)])
def test_a_query_gives_what_is_shown(published: Installation, block: pages.Shown) -> None:
    result = published.etl(*shlex.split(block.asked)[1:])
    assert result.returncode == 0, result.stderr
    assert pages.lines(result.stdout) == pages.lines(block.result)


@pytest.mark.parametrize("query", QUERIES, ids=[f"query_{n}" for n, _ in enumerate(QUERIES, 1)])
def test_each_query_of_the_pages_finds_something(published: Installation, query: pages.Shown) -> None:
    assert published.rows(query.asked)


def test_the_brief_is_the_one_shown(published: Installation) -> None:
    brief = published.etl("brief").stdout
    quoted = [line.removeprefix("> ") for line in README.splitlines() if line.startswith("> ")]
    assert quoted
    assert all(paragraph in brief for paragraph in quoted)


def test_every_page_that_the_readme_links_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (pages.ROOT / target).exists(), target


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
