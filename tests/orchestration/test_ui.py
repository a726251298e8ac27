"""Dagster's own pages in a real browser: who watches sees what changed, in a picture and in words."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Visit, visit
from tests.support.dagster_ui import dagster_ui
from tests.support.installation import Installation

pytestmark = pytest.mark.slow

SECONDS = 60_000
"""Milliseconds that Dagster may take to show something."""


@pytest.fixture(scope="module")
def ui(browser: Browser, published: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dagster_ui(published, tmp_path_factory.mktemp("ui") / "log") as address:
        yield address


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Visit]:
    """Open a page of Dagster's; nothing may go wrong on it, and nothing out."""
    with visit(browser, address, width=1440) as visited:
        yield visited
        assert visited.errors == []
        assert visited.outside_requests == []


def drawn(page: Page) -> list[dict[str, float]]:
    """Return the sizes of the pictures that the browser could draw."""
    expect(page.locator("img[src^='data:image/svg']").first).to_be_visible(timeout=SECONDS)
    sizes: list[dict[str, float]] = page.eval_on_selector_all(
        "img[src^='data:image/svg']", "all => all.map(one => ({width: one.naturalWidth, height: one.height}))"
    )
    return sizes


def test_a_mart_shows_its_series_and_what_they_say_in_words(browser: Browser, ui: str) -> None:
    with opened(browser, f"{ui}/assets/marts/services_monthly?view=events") as visited:
        sizes = drawn(visited.page)
        assert len(sizes) == 2
        assert all(size["width"] == 420 and size["height"] > 50 for size in sizes)
        expect(visited.page.get_by_text("IT exports (telecommunications").first).to_be_visible()
        expect(visited.page.get_by_text("IT exports, million US$: 394 in 2026-08")).to_be_visible()
        visited.page.get_by_text("[Show Markdown]").first.click()
        expect(visited.page.get_by_role("heading", name="Pakistan's IT exports, March 2026")).to_be_visible()


def test_the_published_warehouse_shows_them_too(browser: Browser, ui: str) -> None:
    with opened(browser, f"{ui}/assets/published/warehouse") as visited:
        assert len(drawn(visited.page)) == 2
        expect(visited.page.get_by_text("dictionary.html")).to_be_visible()


def test_a_release_says_what_it_is_and_where_it_is_asked(browser: Browser, ui: str) -> None:
    with opened(browser, f"{ui}/assets/release/trade_in_services") as visited:
        expect(visited.page.get_by_text("asked for and archived as it comes")).to_be_visible(timeout=SECONDS)
        expect(visited.page.get_by_text("https://archive.sbp.org.pk/ecodata/dt.xls")).to_be_visible()


def test_the_graph_shows_every_layer(browser: Browser, ui: str) -> None:
    with opened(browser, f"{ui}/asset-groups") as visited:
        for layer in ("releases", "raw", "staging", "seeds", "intermediate", "marts", "published"):
            expect(visited.page.get_by_text(layer, exact=True).first).to_be_visible(timeout=SECONDS)
