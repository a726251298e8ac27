"""What the README shows is what the commands print: each query in it is run and compared."""

import re
import shlex
from pathlib import Path

import pytest

from tests.support.installation import Installation

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r'```console\n\$ \.venv/bin/(etl .*?")\n(.*?)\n```', README, re.DOTALL)


PAGES = "\n".join(
    (Path(__file__).parent.parent / "docs" / page).read_text(encoding="utf-8")
    for page in ("vintages.md", "headlines.md")
)
QUERIES = re.findall(r"```sql\n(.*?);?(?:   --[^\n]*)?\n```", PAGES, re.DOTALL)


def shown_lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_the_readme_shows_queries() -> None:
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize(("command", "shown"), BLOCKS, ids=[f"query_{n}" for n, _ in enumerate(BLOCKS, 1)])
def test_a_query_gives_what_is_shown(published: Installation, command: str, shown: str) -> None:
    result = published.etl(*shlex.split(command)[1:])
    assert result.returncode == 0, result.stderr
    assert shown_lines(result.stdout) == shown_lines(shown)


@pytest.mark.parametrize("query", QUERIES, ids=[f"query_{n}" for n, _ in enumerate(QUERIES, 1)])
def test_each_query_of_the_pages_finds_something(published: Installation, query: str) -> None:
    assert published.rows(query.split("--")[0])


def test_the_pages_show_queries() -> None:
    assert len(QUERIES) == 10


def test_the_brief_is_the_one_shown(published: Installation) -> None:
    brief = published.etl("brief").stdout
    quoted = [line.removeprefix("> ") for line in README.splitlines() if line.startswith("> ")]
    assert quoted
    assert all(paragraph in brief for paragraph in quoted)


def test_every_page_that_the_readme_links_is_there() -> None:
    root = Path(__file__).parent.parent
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (root / target).exists(), target
