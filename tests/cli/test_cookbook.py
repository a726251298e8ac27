"""The cookbook's queries give what the cookbook shows."""

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from tests.support import pages
from tests.support.installation import Installation

NAME = "docs/sql-cookbook.md"
COOKBOOK = pages.page(NAME)
OF_THE_STARTER, OF_OTHER_RELEASES = (
    pages.queries(part) for part in COOKBOOK.split("\n## With the files of other releases\n")
)


def ids(queries: list[pages.Shown]) -> list[str]:
    titles = dict(re.findall(r"### \d+\. ([^\n]*)\n.*?```sql\n(.*?)\n```", COOKBOOK, re.DOTALL))
    by_query = {query: title for title, query in titles.items()}
    return [by_query[query.asked].replace(" ", "_") for query in queries]


def check(installed: Installation, query: pages.Shown) -> None:
    result = installed.etl("sql", stdin=query.asked)
    assert result.returncode == 0, result.stderr
    came = pages.lines(result.stdout)
    assert len(came) >= 3, "a query that finds nothing shows nothing"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        before = f"```sql\n{query.asked}\n```\n\n```text\n"
        now = "\n".join(came)
        text = pages.page(NAME).replace(f"{before}{query.result}```", f"{before}{now}\n```")
        (pages.ROOT / NAME).write_text(text, encoding="utf-8")
    else:
        assert came == pages.lines(query.result)


@pytest.mark.parametrize("query", OF_THE_STARTER, ids=ids(OF_THE_STARTER))
def test_a_query_gives_what_is_shown(published: Installation, query: pages.Shown) -> None:
    """Write the results again with `UPDATE_SNAPSHOTS=1`."""
    check(published, query)


@pytest.mark.parametrize("query", OF_OTHER_RELEASES, ids=ids(OF_OTHER_RELEASES))
def test_a_query_of_other_releases_gives_what_is_shown(
    external_sector: Installation, query: pages.Shown
) -> None:
    check(external_sector, query)


def test_there_are_twenty_queries_and_each_says_what_it_is_for() -> None:
    assert len(OF_THE_STARTER) + len(OF_OTHER_RELEASES) >= 20
    recipes = re.split(r"\n### ", COOKBOOK)[1:]
    assert [recipe.split(".")[0] for recipe in recipes] == [str(n) for n in range(1, len(recipes) + 1)]
    for recipe in recipes:
        purpose = recipe.split("\n\n")[1]
        assert purpose.rstrip().endswith("."), recipe


def test_the_parquet_file_holds_the_view(published: Installation, tmp_path: Path) -> None:
    copy = re.search(r'\$ duckdb -readonly (\S+) -c "(COPY .*?)"', COOKBOOK)
    spec = find_spec("duckdb_cli")
    assert copy is not None
    assert spec is not None
    assert spec.origin is not None
    shell = Path(spec.origin).with_name("duckdb")
    database = published.settings.current_database
    assert str(database).endswith(copy[1].removeprefix("data/"))
    subprocess.run([shell, "-no-init", "-readonly", database, "-c", copy[2]], cwd=tmp_path, check=True)
    assert duckdb.sql(f"select count(*) from '{tmp_path / 'it_exports.parquet'}'").fetchone() == (
        published.value("select count(*) from it_exports"),
    )
