"""A real Chromium for the tests of what people look at: the machine's own, so that nothing is downloaded.

Here: finding and starting it, and what a visit to a page saw. Without one, tests skip and say why; in CI,
which installs it, that is a failure.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Visit:
    """A page that is open, and what went wrong or went out since it was."""

    page: Page
    errors: list[str] = field(default_factory=list)
    """Errors on the console, exceptions that nothing caught, and dialogs."""
    requests: list[str] = field(default_factory=list)
    """Every address that was asked for."""

    @property
    def outside_requests(self) -> list[str]:
        """Return the addresses that are neither of this machine nor inside the page itself."""
        own = ("file:", "data:", "blob:", "about:", "http://127.0.0.1", "http://localhost")
        return [address for address in self.requests if not address.startswith(own)]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the machine's Chromium without a window."""
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        message = "needs Chromium (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@contextmanager
def visit(browser: Browser, address: str, *, width: int = 1280, height: int = 900) -> Iterator[Visit]:
    """Open an address in a window of its own."""
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    visited = Visit(page)
    page.on("console", lambda said: visited.errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: visited.errors.append(str(error)))
    page.on("dialog", lambda dialog: (visited.errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: visited.requests.append(request.url))
    page.goto(address)
    yield visited
    context.close()
