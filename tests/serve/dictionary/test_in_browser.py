"""The data dictionary in a real browser: it is found, searched, linked to, read on a phone and printed."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator

from tests.support.browser import Visit, visit
from tests.support.installation import Installation

PHONE = 390


@pytest.fixture
def address(published: Installation) -> str:
    return published.settings.current_database.with_name("dictionary.html").as_uri()


@contextmanager
def opened(browser: Browser, address: str, width: int = 1280) -> Iterator[Visit]:
    """Open the page; nothing may go wrong on it and nothing out."""
    with visit(browser, address, width=width) as visited:
        yield visited
        assert visited.errors == []
        assert visited.outside_requests == []


def shown(visited: Visit, selector: str) -> list[str]:
    """Return the ids of what is shown of a kind."""
    found: list[str] = visited.page.eval_on_selector_all(
        selector, "all => all.filter(one => one.checkVisibility()).map(one => one.id)"
    )
    return found


def address_of(visited: Visit) -> str:
    """Ask the page itself: Playwright hears of a new address a little later."""
    found: str = visited.page.evaluate("location.href")
    return found


def is_in_view(place: Locator) -> bool:
    box = place.bounding_box()
    return box is not None and 0 < box["y"] < 400


def test_a_search_shows_the_columns_that_have_all_words_and_hides_the_rest(
    browser: Browser, address: str
) -> None:
    with opened(browser, address) as visited:
        visited.page.keyboard.press("/")
        visited.page.keyboard.type("marts.services_share runner_up_balance")
        assert shown(visited, "main tr[id]") == ["marts.services_share.runner_up_balance_usd_mn"]
        assert shown(visited, "main article[id]") == ["marts.services_share"]
        assert visited.page.locator("#found").inner_text().endswith("in 1 entry")
        visited.page.keyboard.press("Escape")
        assert len(shown(visited, "main article[id]")) > 80
        assert visited.page.locator("#found").inner_text() == ""


def test_a_search_without_a_hit_says_so_in_words(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}#q=exports%20unobtainium") as visited:
        assert shown(visited, "main article[id]") == []
        assert "Nothing on this page has all of: exports, unobtainium" in visited.page.inner_text("main")
        assert visited.page.locator("#found").inner_text() == "Nothing found"


def test_a_search_is_in_the_address_and_back_from_it(browser: Browser, address: str) -> None:
    with opened(browser, address) as visited:
        visited.page.fill("#search", "rupees & 100 %")
        found = address_of(visited)
        visited.page.fill("#search", "")
        assert address_of(visited) == address
    with opened(browser, found) as visited:
        assert visited.page.input_value("#search") == "rupees & 100 %"


def test_a_search_opens_the_columns_behind_a_fold(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}#q=int_observations_unioned%20rounding") as visited:
        assert any(
            name.startswith("intermediate.int_observations_unioned.")
            for name in shown(visited, "main tr[id]")
        )


def test_enter_goes_to_the_column_of_that_name(browser: Browser, address: str) -> None:
    with opened(browser, address) as visited:
        visited.page.fill("#search", "month_of_fiscal_year")
        visited.page.keyboard.press("Enter")
        focused = visited.page.evaluate("document.activeElement.hash")
        assert focused == "#marts.dim_month.month_of_fiscal_year"


@pytest.mark.parametrize(
    "name",
    [
        "marts.services_monthly.exports_usd_mn",
        "release.trade_in_services",
        "intermediate.int_observations_unioned.flow",
        "raw.trade_in_services",
    ],
)
def test_an_address_leads_to_its_place_and_marks_it(browser: Browser, address: str, name: str) -> None:
    with opened(browser, f"{address}#{name}") as visited:
        place = visited.page.locator(f'[id="{name}"]')
        assert is_in_view(place)
        assert "chosen" in (place.get_attribute("class") or "")


def test_a_column_of_tables_shown_together_leads_to_its_table(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}#raw.workers_remittances.cell") as visited:
        assert is_in_view(visited.page.locator('[id="raw.workers_remittances"]'))


def test_a_name_is_its_own_link(browser: Browser, address: str) -> None:
    with opened(browser, address) as visited:
        visited.page.locator('[id="marts.vintages.basis"] th a').click()
        assert address_of(visited) == f"{address}#marts.vintages.basis"


@pytest.mark.parametrize(
    "fragment", ["", "#q=exports", "#intermediate.int_observations_unioned.flow", "#raw"]
)
def test_on_a_phone_the_page_does_not_scroll_sideways(browser: Browser, address: str, fragment: str) -> None:
    with opened(browser, address + fragment, width=PHONE) as visited:
        assert visited.page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_it_has_one_heading_landmarks_and_a_labelled_search(browser: Browser, address: str) -> None:
    with opened(browser, address) as visited:
        assert visited.page.get_by_role("heading", level=1).count() == 1
        for landmark in ("banner", "navigation", "main", "search"):
            assert visited.page.get_by_role(landmark).count() == 1, landmark
        assert visited.page.get_by_role("searchbox", name="Search").count() == 1


def test_printed_it_has_every_column_and_no_search(browser: Browser, address: str) -> None:
    with opened(browser, address) as visited:
        visited.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        visited.page.emulate_media(media="print")
        assert not visited.page.locator("#search").is_visible()
        assert visited.page.locator('[id="staging.stg_releases.release_id"]').is_visible()
