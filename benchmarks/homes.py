"""Installations to measure in: prepared once as a template, copied before each run, which is not timed.

Here: what state a measured command finds. Every copy has the path at which the template was prepared: dbt
parses its project anew where the path of the database, which its profile holds, is another.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from benchmarks import vintages
from benchmarks.loopback import catalogue
from etl.archive import Archive
from etl.settings import DBT_PROJECT, PROJECT_ROOT, Settings
from etl.starter.write import load_services, services_workbook

APRIL = {"Mar-25 (R)": "Apr-25 (R)", "Feb-26 (R)": "Mar-26 (R)", "Mar-26 (P)": "Apr-26 (P)"} | {
    "Jul-Mar, FY25 (R)": "Jul-Apr, FY25 (R)",
    "Jul-Mar, FY26 (P)": "Jul-Apr, FY26 (P)",
}
"""Column labels of the March edition and those of the made-up April edition, which has its values."""


@dataclass(frozen=True)
class Home:
    """A template and the path at which its copies are used."""

    template: Path
    path: Path
    variables: dict[str, str]
    """Of the environment of what runs in it."""

    @property
    def settings(self) -> Settings:
        """Give the settings of the copy."""
        return Settings(home=self.path, polite_seconds=0.0)

    @property
    def environment(self) -> dict[str, str]:
        """Give the whole environment; byte code is kept, as an installation keeps it."""
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return inherited | self.variables

    def renew(self) -> None:
        """Put a fresh copy of the template in place."""
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.copytree(self.template, self.path, symlinks=True)

    def keep(self) -> None:
        """Make what is in place the template."""
        shutil.rmtree(self.template, ignore_errors=True)
        shutil.copytree(self.path, self.template, symlinks=True)

    def run(self, *command: str) -> None:
        """Run a command in the home; its failure ends the measurement."""
        done = subprocess.run(command, cwd=PROJECT_ROOT, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed: {done.stderr or done.stdout}")


def _home(folder: Path, variables: dict[str, str]) -> Home:
    path = folder / "home"
    base = {"ETL_HOME": str(path), "ETL_POLITE_SECONDS": "0"}
    return Home(folder / "template", path, base | variables)


def with_nothing_new(folder: Path, address: str) -> Home:
    """Prepare a home that has asked the server and published everything."""
    releases = catalogue(address, folder / "releases")
    home = _home(folder, {"ETL_BENCH_RELEASES": str(releases)})
    home.run(sys.executable, "-m", "benchmarks.launcher", "refresh")
    home.keep()
    return home


def with_a_new_file(folder: Path) -> Home:
    """Prepare a home that has published the starter and then got a new edition of the services release."""
    ours = _home(folder, {})
    ours.run(sys.executable, "-m", "etl.cli", "refresh", "--offline")
    dbt = str(Path(sys.executable).with_name("dbt"))
    as_stock(ours).run(dbt, "parse", "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT))
    _archive_april(ours.settings)
    ours.keep()
    return ours


def with_a_thousand(folder: Path, count: int) -> Home:
    """Prepare a home that has published the starter and many made-up editions of the services release."""
    home = _home(folder, {})
    vintages.store(Archive(home.settings.archive), range(count))
    home.run(sys.executable, "-m", "etl.cli", "refresh", "--offline")
    home.keep()
    return home


def with_one_more(home: Home, number: int) -> Home:
    """Prepare the same home once more, in which another edition has come and is not built."""
    home.renew()
    vintages.store(Archive(home.settings.archive), [number])
    more = replace(home, template=home.template.with_name("template_one_more"))
    more.keep()
    return more


def as_stock(home: Home) -> Home:
    """Give the same home with what the stock layout needs in its environment."""
    variables = {
        "ETL_BUILD_DATABASE": str(home.settings.build_database),
        "DAGSTER_HOME": str(home.settings.dagster_home),
        "DBT_TARGET_PATH": str(home.settings.build / "stock_dbt"),
        "DO_NOT_TRACK": "1",
    }
    return replace(home, variables=home.variables | variables)


def _archive_april(settings: Settings) -> None:
    march = load_services("2026-03")
    april = replace(march, column_labels=tuple(APRIL[str(label)] for label in march.column_labels))
    vintages.keep(Archive(settings.archive), services_workbook(april), "dt-2026-04.xls", date(2026, 5, 18))
