"""The report in a real Chromium: drawn without an error or a network, on a desk, a phone and paper."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser

from tests.serve.report.conftest import Written
from tests.support.browser import Visit, visit

CHARTS = {"series", "year-on-year", "fiscal-year", "segments", "share", "balances", "revisions"}
MARKS = ".plot svg .mark-symbol path, .plot svg .mark-rect path"


@contextmanager
def opened(browser: Browser, written: Written, width: int = 1280, height: int = 900) -> Iterator[Visit]:
    with visit(browser, written.path.as_uri(), width=width, height=height) as visited:
        visited.page.wait_for_selector("html[data-drawn]", timeout=20_000)
        yield visited


def test_every_chart_is_drawn_without_an_error_or_a_request(browser: Browser, march: Written) -> None:
    with opened(browser, march) as visited:
        assert visited.errors == []
        assert visited.outside_requests == []
        for name in CHARTS:
            plot = visited.page.locator(f"#{name} .plot")
            assert plot.locator("svg path").count() > 10, name
            assert len(plot.get_attribute("aria-label") or "") > 40, name
            assert plot.get_attribute("role") == "img"


def test_charts_that_cannot_be_drawn_are_words(browser: Browser, december: Written) -> None:
    with opened(browser, december) as visited:
        assert visited.errors == []
        assert visited.page.locator(".plot svg").count() == len(CHARTS) - 2
        assert visited.page.locator(".missing:visible").count() == 2


@pytest.mark.parametrize("width", [390, 768])
def test_a_narrow_screen_needs_no_sideways_scrolling(browser: Browser, march: Written, width: int) -> None:
    with opened(browser, march, width=width, height=844) as visited:
        page = visited.page
        assert page.evaluate("document.documentElement.scrollWidth") == width
        for plot in page.locator(".plot svg").all():
            box = plot.bounding_box()
            assert box is not None
            assert 0 <= box["x"] <= box["x"] + box["width"] <= width


def test_a_point_says_its_vintage(browser: Browser, march: Written) -> None:
    with opened(browser, march) as visited:
        points = visited.page.locator("#series .plot .mark-symbol").last.locator("path")
        points.last.hover(force=True)
        tooltip = visited.page.locator("#vg-tooltip-element")
        tooltip.wait_for(state="visible")
        assert "services:9:exports:2026-08:transcribed_prints:2026-09-18" in tooltip.inner_text()


def test_a_number_leads_to_its_source(browser: Browser, march: Written) -> None:
    with opened(browser, march) as visited:
        page = visited.page
        page.locator("#series summary").click()
        page.locator("#series tr.chosen td a").first.click()
        source = page.locator("li:target")
        source.wait_for(state="visible")
        assert "sheet EBOPS, cell I59 of dt-2026-03.xls" in source.inner_text()
        assert visited.errors == []


def test_months_are_those_of_karachi_wherever_it_is_read(browser: Browser, march: Written) -> None:
    """A browser west of Greenwich puts a date's midnight into the day before."""
    places = []
    for zone in ("America/Los_Angeles", "Asia/Karachi"):
        context = browser.new_context(timezone_id=zone, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(march.path.as_uri())
        page.wait_for_selector("html[data-drawn]", timeout=20_000)
        places.append(page.evaluate(f"[...document.querySelectorAll('{MARKS}')].map(m => m.outerHTML)"))
        context.close()
    assert places[0] == places[1]


def test_a_script_in_the_page_that_is_not_its_own_does_not_run(browser: Browser, march: Written) -> None:
    with opened(browser, march) as visited:
        page = visited.page
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {textContent: 'hit = 1'}))"
        )
        assert page.evaluate("typeof hit") == "undefined"
        assert any("Content Security Policy" in error for error in visited.errors)


def test_on_paper_every_chart_and_table_is_there(browser: Browser, march: Written, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    with opened(browser, march) as visited:
        visited.page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    document = pypdfium2.PdfDocument(path)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (595, 842), "A4"
    for words in ("413.6 in Mar 2026", "+19.9 % in Mar 2026", "FY25", "Software consultancy", "Nov 2024 −14"):
        assert words in text, words
    assert "services:9:exports:2026-03:trade_in_services:2026-04-17" in "".join(text.split())
    assert 8 <= len(document) <= 24
