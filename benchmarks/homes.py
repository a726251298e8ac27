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
from etl.archive.store import Archive
from etl.common.settings import DBT_PROJECT, PROJECT_ROOT, Settings
from etl.warehouse import connect
from scripts.write_starter import load_services, services_workbook

APRIL = {"Mar-25 (R)": "Apr-25 (R)", "Feb-26 (R)": "Mar-26 (R)", "Mar-26 (P)": "Apr-26 (P)"} | {
    "Jul-Mar, FY25 (R)": "Jul-Apr, FY25 (R)",
    "Jul-Mar, FY26 (P)": "Jul-Apr, FY26 (P)",
}
"""Column labels of the March edition and those of the made-up April edition, which has its values."""
REFRESH = (sys.executable, "-m", "etl", "refresh", "--offline")


@dataclass(frozen=True)
class Home:
    """A template and the path at which its copies are used."""

    template: Path
    path: Path
    variables: dict[str, str]
    """Of the environment of what runs in it."""

    @property
    def settings(self) -> Settings:
        """Return the settings of the copy."""
        return Settings(home=self.path, polite_seconds=0.0)

    @property
    def environment(self) -> dict[str, str]:
        """Return the whole environment; byte code is kept, as an installation keeps it."""
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

    def demand_published(self, number: int) -> None:
        """Make sure that a run published so many times: one that published nothing has failed."""
        published = self.settings.current_database.resolve().parent.name
        if published != str(number):
            raise RuntimeError(f"snapshot {published} is published, not {number}")


def _home(folder: Path, **variables: str) -> Home:
    path = folder / "home"
    folder.mkdir(parents=True)
    base = {"ETL_HOME": str(path), "ETL_POLITE_SECONDS": "0", "EASYDATA_API_KEY": "", "DO_NOT_TRACK": "1"}
    return Home(folder / "template", path, base | variables)


def with_nothing_new(folder: Path, address: str) -> Home:
    """Prepare a home that has asked the server for every release and published what came."""
    releases = catalogue(address, folder / "releases")
    home = _home(folder / "asked", ETL_BENCH_RELEASES=str(releases))
    for _ in range(2):  # the second finds nothing new
        home.run(sys.executable, "-m", "benchmarks.launcher", "refresh")
    home.keep()
    return home


def with_the_starter(folder: Path) -> Home:
    """Prepare a home that has published the starter archive."""
    home = _home(folder)
    home.run(*REFRESH)
    home.keep()
    return home


def with_a_new_file(folder: Path) -> Home:
    """Prepare a home that has published the starter and then got a new edition of the services release."""
    ours = with_the_starter(folder)
    dbt = str(Path(sys.executable).with_name("dbt"))
    as_stock(ours).run(dbt, "parse", "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT))
    vintages.keep(Archive(ours.settings.archive), april(), "dt-2026-04.xls", date(2026, 5, 18))
    ours.keep()
    return ours


def with_many(folder: Path, count: int) -> Home:
    """Prepare a home that has published the starter and many made-up editions of the services release."""
    home = _home(folder)
    shutil.copytree(vintages.archive(count), home.settings.archive)
    home.run(*REFRESH)
    home.keep()
    return home


def with_one_more(home: Home, number: int) -> Home:
    """Prepare the same home once more, in which edition `number` has come and is not built."""
    home.renew()
    vintages.store(Archive(home.settings.archive), [number])
    more = replace(home, template=home.template.with_name(f"template_with_{number}"))
    more.keep()
    return more


def landed_only(home: Home, folder: Path) -> Home:
    """Prepare a home with the archive of another in whose build database nothing is modelled yet, though
    dbt has read its project.
    """
    home.renew()
    landed = _home(folder, **{name: home.variables[name] for name in home.variables if name != "ETL_HOME"})
    landed.settings.home.mkdir()
    landed.settings.archive.symlink_to(home.template / "archive", target_is_directory=True)
    landed.run(sys.executable, "-m", "benchmarks.steps", "land_all", str(landed.path))
    landed.keep()
    return landed


def enlarge_build(home: Home, megabytes: int) -> None:
    """Put a table of random numbers into the tested build database in place."""
    with connect.write(home.settings.build_database) as connection:
        rows = megabytes * 1_000_000 // 16
        connection.execute(f"create table raw.filler as select uuid() as word from range({rows})")
    size = home.settings.build_database.stat().st_size
    if size < megabytes * 1_000_000:
        raise RuntimeError(f"the build database has {size:,} bytes, less than {megabytes} MB")


def as_stock(home: Home) -> Home:
    """Return the same home with what the stock layout needs in its environment."""
    variables = {
        "ETL_BUILD_DATABASE": str(home.settings.build_database),
        "DAGSTER_HOME": str(home.settings.dagster_home),
        "DBT_TARGET_PATH": str(home.settings.build / "stock_dbt"),
    }
    return replace(home, variables=home.variables | variables)


def april() -> bytes:
    """Return a made-up April edition of the services workbook."""
    march = load_services("2026-03")
    labels = tuple(APRIL[str(label)] for label in march.column_labels)
    return services_workbook(replace(march, column_labels=labels))
