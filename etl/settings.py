"""Where this installation keeps its state and how it behaves: one frozen value, read from the
environment once.

Here: every setting there is. Not here: anything that acts on one.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from etl.addresses import is_file_address
from etl.easydata.key import VARIABLE, ApiKey
from etl.errors import EtlError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT_ROOT / "dbt_project"
TIME_ZONE = "Asia/Karachi"
"""SBP's: dates of publication and schedules are in it."""


@dataclass(frozen=True)
class Settings:
    """Settings of one installation; `ETL_HOME` and the paths below it are fixed names."""

    home: Path
    """`ETL_HOME`: archive, build, published marts and Dagster's state."""
    polite_seconds: float = 4.0
    """`ETL_POLITE_SECONDS`: least wait between two requests to one host; bursts earn a 403 that
    outlives them."""
    snapshots_kept: int = 5
    """`ETL_SNAPSHOTS_KEPT`: published snapshots that are not pruned, the current one included."""
    wayback_address: str = "https://web.archive.org"
    """`ETL_WAYBACK_ADDRESS`: the web archive that a backfill asks."""
    wayback_polite_seconds: float = 5.0
    """`ETL_WAYBACK_POLITE_SECONDS`: least wait between two requests to it. In June 2026 it gave 24
    listings a minute, and no connection for an hour to who went on after its 429."""
    easydata_key: ApiKey | None = None
    """`EASYDATA_API_KEY`: without it EasyData is not asked."""

    @property
    def archive(self) -> Path:
        """Release files as they came, and the log of fetches: the only state that needs a backup."""
        return self.home / "archive"

    @property
    def build(self) -> Path:
        """Working folder of the build; may be deleted while nothing runs."""
        return self.home / "build"

    @property
    def build_database(self) -> Path:
        """The private database. It is called as the published one is, because DuckDB names the
        catalogue after the file and views carry that name.
        """
        return self.build / "warehouse.duckdb"

    @property
    def listings(self) -> Path:
        """Listings of web archives, kept for a day: a backfill that was ended goes on without them."""
        return self.build / "listings"

    @property
    def published(self) -> Path:
        """Numbered snapshots, and `current`, a link to the newest."""
        return self.home / "published"

    @property
    def current_database(self) -> Path:
        """The database that analysts open."""
        return self.published / "current" / "warehouse.duckdb"

    @property
    def reports(self) -> Path:
        """Pages of `etl report`, one a month; each can be written again."""
        return self.home / "reports"

    @property
    def exports(self) -> Path:
        """Files to take away, where `etl export` is given no other folder."""
        return self.home / "exports"

    @property
    def easydata(self) -> Path:
        """Calls of EasyData that count against its limits, and pulls that are not complete."""
        return self.home / "easydata"

    @property
    def dagster_home(self) -> Path:
        """Dagster's runs, schedules and logs."""
        return self.home / "dagster"

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings; a value that cannot be used is an error that names the variable."""
        home = os.environ.get("ETL_HOME", "")
        return cls(
            home=Path(home).expanduser().resolve() if home else PROJECT_ROOT / "data",
            polite_seconds=_number("ETL_POLITE_SECONDS", 4.0, least=0.0),
            wayback_address=_address("ETL_WAYBACK_ADDRESS", cls.wayback_address),
            wayback_polite_seconds=_number("ETL_WAYBACK_POLITE_SECONDS", 5.0, least=0.0),
            snapshots_kept=int(_number("ETL_SNAPSHOTS_KEPT", 5, least=1, is_whole=True)),
            easydata_key=_key(os.environ.get(VARIABLE, "").strip()),
        )


class SettingsError(EtlError):
    """An environment variable that cannot be used."""


def _address(name: str, default: str) -> str:
    address = os.environ.get(name, "").rstrip("/") or default
    if not is_file_address(f"{address}/web"):
        raise SettingsError(f"{name} is {address!r}; set it to an https address, or unset it")
    return address


def _key(text: str) -> ApiKey | None:
    return ApiKey(text) if text else None


def _number(name: str, default: float, least: float, *, is_whole: bool = False) -> float:
    text = os.environ.get(name, "")
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = least - 1
    if not least <= value < float("inf") or (is_whole and value % 1):
        kind = "whole number" if is_whole else "number"
        raise SettingsError(f"{name} is {text!r}; set it to a {kind} of at least {least:g}, or unset it")
    return value
