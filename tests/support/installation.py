"""An installation of the warehouse in a folder of its own, built once and shared by the tests that only
read it.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl.archive.store import Archive
from etl.common.location import PREFIX, Lake
from etl.common.settings import Settings
from etl.warehouse import connect


@dataclass(frozen=True)
class Installation:
    """An ETL_HOME and the command that works in it."""

    settings: Settings

    @property
    def archive(self) -> Archive:
        return Archive(self.settings.archive)

    @property
    def environment(self) -> dict[str, str]:
        """Return what the command is to find in its environment."""
        lake = self.settings.lake
        return os.environ | {
            "ETL_HOME": str(self.settings.home),
            "ETL_POLITE_SECONDS": "0",
            "EASYDATA_API_KEY": "",
            "ETL_WAREHOUSE": f"{PREFIX}{lake.catalogue}" if lake else "",
            "ETL_LAKE_DATA": lake.data if lake else "",
        }

    def etl(
        self, *arguments: str, catalog: Path | None = None, stdin: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the command as a person would; `catalog` is a folder of entries to use in place of SBP's."""
        program = ["-m", "etl"] if catalog is None else ["-m", "tests.support.launcher", str(catalog)]
        return subprocess.run(
            [sys.executable, *program, *arguments],
            env=self.environment | environment,
            cwd=Path(__file__).parents[2],
            input=stdin,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=300,
            check=False,
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query what is published."""
        with connect.read(self.settings.current_database) as connection:
            return connection.execute(query).fetchall()

    def value(self, query: str) -> Any:
        """Return the one value of a query."""
        rows = self.rows(query)
        assert len(rows) == 1, f"{len(rows)} rows: {query}"
        return rows[0][0]


def installation(home: Path, lake: Lake | None = None) -> Installation:
    """Return an installation in a folder, with no politeness towards servers of this machine."""
    return Installation(Settings(home=home, polite_seconds=0, lake=lake))
