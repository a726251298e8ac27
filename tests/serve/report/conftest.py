"""Two reports of the starter archive, written once: of a month with all its detail, and of one without, as
it was known then.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from etl.serve import brief
from etl.serve.brief import Brief
from etl.serve.report import figures, page
from etl.serve.report import figures as citations
from etl.serve.report.figures import Figures, References
from etl.warehouse import connect
from tests.support.installation import Installation

MARCH, DECEMBER, AS_OF = date(2026, 3, 1), date(2025, 12, 1), date(2026, 1, 20)


@dataclass(frozen=True)
class Written:
    """A report: what it shows and the file that shows it."""

    brief: Brief
    figures: Figures
    sources: References
    path: Path

    @property
    def html(self) -> str:
        return self.path.read_text(encoding="utf-8")


def _written(published: Installation, path: Path, month: date, as_of: date | None) -> Written:
    database = published.settings.current_database
    with connect.read_as_of(database, as_of) if as_of else connect.read(database) as connection:
        said = brief.read(connection, month, as_of)
        shown = figures.load(connection, month)
        sources = citations.load_citations(connection, shown.vintage_ids())
    page.write(published.settings, month, as_of=as_of, output=path)
    return Written(said, shown, sources, path)


@pytest.fixture(scope="session")
def march(published: Installation, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Return the report of March 2026, whose detail is in the archive."""
    return _written(published, tmp_path_factory.mktemp("march") / "march.html", MARCH, None)


@pytest.fixture(scope="session")
def december(published: Installation, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Return the report of December 2025 as of 20 January 2026: prints alone, and no detail."""
    return _written(published, tmp_path_factory.mktemp("december") / "december.html", DECEMBER, AS_OF)
