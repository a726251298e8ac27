"""What a release's file says of itself, on its whole way from the file into pages that people open: it is
shown, and nothing of it runs, asks or leads anywhere.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import Visit, visit
from tests.support.dagster_ui import dagster_ui
from tests.support.installation import Installation, installation
from tests.support.workbooks import services_grid

pytestmark = pytest.mark.slow

Tries = Callable[[int, int], Iterator[int]]
SHEET = "<img src=x onerror=alert(1)>"
NAME = "<svg onload=alert(2)><img src=x onerror=alert(2)>](javascript:alert(2))![a](http:evil.invalid).xls"
LABEL = (
    "Mar-26 <script>alert(3)</script><img src='http://evil.invalid/x' onerror=alert(3)>"
    "[a](javascript:alert(3))![b](http://evil.invalid/y) | `c"
)
DAGSTER = (
    ("raw/trade_in_services", LABEL, False),
    ("marts/dim_release_file", NAME, True),
    ("published/warehouse", LABEL, False),
    ("published/warehouse", f"sheet {SHEET}, cell I59 of {NAME}", True),
)
"""Page, what it shows, and whether that is behind the page's first button."""
SECONDS = 60_000
"""Milliseconds that Dagster may take to show something."""


@pytest.fixture(scope="module")
def evil(published: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return an installation that published a hostile file, whose figures count, and quarantined another."""
    folder = tmp_path_factory.mktemp("evil")
    others = shutil.ignore_patterns("reports")  # what other tests have written
    shutil.copytree(published.settings.home, folder / "home", symlinks=True, ignore=others)
    installed = installation(folder / "home")
    counted = replace(services_grid(), sheet=SHEET)
    for name, content in {NAME: counted.xls(), "b.xls": counted.put("I7", LABEL).xls()}.items():
        path = folder / name
        path.write_bytes(content)
        # The day before SBP's own file of that month: the figures are this file's.
        dated = ("--release", "trade_in_services", "--published-on", "2026-04-16")
        added = installed.etl("add", *dated, str(path))
        assert added.returncode == 0, added.stderr
    refreshed = installed.etl("refresh", "--offline")
    assert refreshed.returncode == 0, refreshed.stderr
    assert LABEL in refreshed.stdout, "it says why the file is quarantined"
    return installed


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Visit]:
    """Open a page on which nothing of a file's may run, ask, or lead anywhere."""
    with visit(browser, address, width=1440) as visited:
        yield visited
        visited.page.wait_for_timeout(300)
        assert visited.errors == []
        assert visited.outside_requests == []
        assert visited.page.locator("[onerror], [onload], img[src='x'], a[href^='javascript']").count() == 0


@pytest.mark.fault(
    "a file, a sheet and a label with scripts, pictures and links, on their way into the report",
    promise="the report shows them as they are; no script runs, nothing is asked over the network",
)
def test_the_report_shows_them_as_text(evil: Installation, browser: Browser, tries: Tries) -> None:
    for _ in tries(1, 1):
        written = evil.etl("report")
        assert written.returncode == 0, written.stderr
        (path,) = evil.settings.reports.glob("*.html")
        with opened(browser, path.as_uri()) as visited:
            visited.page.wait_for_selector("html[data-drawn]", timeout=20_000)
            visited.page.locator("#sources summary").click()
            assert f"sheet {SHEET}, cell I59 of {NAME}" in visited.page.locator("#sources").inner_text()


@pytest.mark.fault(
    "the same, on Dagster's pages: previews of tables, the brief, why a file is quarantined",
    promise="they show them as they are; no script runs, nothing is asked over the network",
)
def test_dagster_shows_them_as_text(
    evil: Installation, browser: Browser, tmp_path: Path, tries: Tries
) -> None:
    with dagster_ui(evil, tmp_path / "log") as address:
        for number in tries(len(DAGSTER), len(DAGSTER)):
            asset, said, is_behind_a_button = DAGSTER[number]
            with opened(browser, f"{address}/assets/{asset}?view=events") as visited:
                if is_behind_a_button:
                    visited.page.get_by_text("[Show Markdown]").first.click(timeout=SECONDS)
                expect(visited.page.get_by_text(said).first).to_be_visible(timeout=SECONDS)
