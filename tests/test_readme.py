"""What the README shows is what the commands print: each query in it is run and compared."""

import re
import shlex

import pytest

from tests.support import pages
from tests.support.installation import Installation

README = pages.page("README.md")
BLOCKS = pages.commands(README)
QUERIES = pages.queries(pages.page("docs/vintages.md"))


def test_the_readme_shows_queries() -> None:
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize("block", BLOCKS, ids=[f"query_{n}" for n, _ in enumerate(BLOCKS, 1)])
def test_a_query_gives_what_is_shown(published: Installation, block: pages.Shown) -> None:
    result = published.etl(*shlex.split(block.asked)[1:])
    assert result.returncode == 0, result.stderr
    assert pages.lines(result.stdout) == pages.lines(block.result)


@pytest.mark.parametrize("query", QUERIES, ids=[f"query_{n}" for n, _ in enumerate(QUERIES, 1)])
def test_each_query_about_vintages_finds_something(published: Installation, query: pages.Shown) -> None:
    assert published.rows(query.asked)


def test_the_pages_about_vintages_show_queries() -> None:
    assert len(QUERIES) == 6


def test_the_brief_is_the_one_shown(published: Installation) -> None:
    brief = published.etl("brief").stdout
    quoted = [line.removeprefix("> ") for line in README.splitlines() if line.startswith("> ")]
    assert quoted
    assert all(paragraph in brief for paragraph in quoted)


def test_every_page_that_the_readme_links_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (pages.ROOT / target).exists(), target
