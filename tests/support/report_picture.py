"""The picture of the report in the README: the page down to its first chart.

etl report --month 2025-12
python -m tests.support.report_picture data/reports/2025-12.html docs/images/report.png
"""

import sys
from pathlib import Path

from tests.support.browser import chromium, visit

WIDTH = 1080


def take(report: Path, picture: Path) -> None:
    """Take a picture of a report from its top to the end of the first chart."""
    with chromium() as browser, visit(browser, report.resolve().as_uri(), width=WIDTH) as visited:
        page = visited.page
        page.wait_for_selector("html[data-drawn]")
        end = page.locator("#series figcaption").bounding_box()
        assert end is not None
        height = end["y"] + end["height"] + 6
        page.screenshot(path=picture, full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": height})


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
