"""Pictures of Dagster for the documentation: `make pictures` takes them of what is published here.

    python -m tests.support.screenshots FOLDER

Here: the asset graph with its layers folded, and what stands beside a mart after a run.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, FloatRect, Page, expect

from etl.common.settings import Settings
from tests.support.browser import chromium
from tests.support.dagster_ui import dagster_ui
from tests.support.installation import Installation

_LONGEST = 60_000
"""Milliseconds that Dagster may take to show something."""
_SETTLED = 3_000
"""Milliseconds after which it moves nothing any more."""


def take(browser: Browser, address: str, folder: Path) -> None:
    """Write the pictures into a folder."""
    graph = _page(browser, f"{address}/asset-groups", width=2000, height=700)
    graph.get_by_text("intermediate", exact=True).first.wait_for(timeout=_LONGEST)
    graph.get_by_text("Hide navigation").click()
    graph.get_by_placeholder("Jump to").locator("xpath=following::button[1]").click()
    graph.wait_for_timeout(_SETTLED)
    graph.mouse.move(1_000, 400)
    graph.mouse.wheel(0, -100)
    expect(graph.get_by_text("fetching statuses")).to_have_count(0, timeout=_LONGEST)
    graph.wait_for_timeout(_SETTLED)
    graph.screenshot(path=folder / "asset-graph.png", clip=_around_the_layers(graph))
    mart = _page(browser, f"{address}/assets/marts/services_monthly?view=events", width=1300, height=700)
    mart.locator("img[src^='data:image/svg']").first.wait_for(timeout=_LONGEST)
    mart.get_by_text("Hide navigation").click()
    mart.wait_for_timeout(_SETTLED)
    mart.screenshot(path=folder / "dagster-mart.png")


def _around_the_layers(page: Page) -> FloatRect:
    """Return the rectangle around the folded layers: a box is 190 wide and 50 high from its name on."""
    boxes = [page.get_by_text(layer, exact=True).last.bounding_box() for layer in _LAYERS]
    left, right = min(box["x"] for box in boxes if box), max(box["x"] for box in boxes if box)
    top, bottom = min(box["y"] for box in boxes if box), max(box["y"] for box in boxes if box)
    return {"x": left - 30, "y": top - 30, "width": right - left + 240, "height": bottom - top + 100}


_LAYERS = ("releases", "raw", "seeds", "staging", "intermediate", "marts", "main", "published")


def _page(browser: Browser, address: str, *, width: int, height: int) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=1.5)
    page.goto(address)
    return page


def main() -> None:
    installed = Installation(Settings.from_environment())
    with (
        tempfile.TemporaryDirectory() as scratch,
        dagster_ui(installed, Path(scratch, "log")) as address,
        chromium() as browser,
    ):
        take(browser, address, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
