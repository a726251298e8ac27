"""Where this installation keeps its state and how it behaves: one frozen value, read from the
environment once.

Here: every setting there is. Not here: anything that acts on one.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from etl.common import location
from etl.common.addresses import is_file_address, is_loopback
from etl.common.errors import EtlError
from etl.common.secrets import VARIABLE, ApiKey, Secret

PROJECT_ROOT = Path(__file__).resolve().parents[2]
DBT_PROJECT = PROJECT_ROOT / "dbt_project"
TIME_ZONE = "Asia/Karachi"
"""SBP's: dates of publication and schedules are in it."""

Security = Literal["starttls", "tls", "none"]
WebhookFormat = Literal["slack", "teams"]


@dataclass(frozen=True)
class Mail:
    """How alerts are mailed."""

    host: str
    """`ETL_SMTP_HOST`, as `mail.example.org` or `mail.example.org:465`."""
    port: int
    recipients: tuple[str, ...]
    """`ETL_MAIL_TO`, with commas between."""
    sender: str
    """`ETL_MAIL_FROM`; by default the first recipient."""
    security: Security = "starttls"
    """`ETL_SMTP_SECURITY`."""
    user: str | None = None
    """`ETL_SMTP_USER`; without it nobody logs in."""
    password: Secret | None = None
    """`ETL_SMTP_PASSWORD`."""


@dataclass(frozen=True)
class Webhook:
    """Where alerts are posted."""

    address: Secret
    """`ETL_WEBHOOK`: whoever has the address can post to it."""
    format: WebhookFormat = "slack"
    """`ETL_WEBHOOK_FORMAT`."""


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
    prune_days: int = 90
    """`ETL_PRUNE_DAYS`: days for which Dagster's runs, their logs and what is left in the build's folder
    are kept."""
    wayback_address: str = "https://web.archive.org"
    """`ETL_WAYBACK_ADDRESS`: the web archive that a backfill asks."""
    wayback_polite_seconds: float = 5.0
    """`ETL_WAYBACK_POLITE_SECONDS`: least wait between two requests to it. In June 2026 it gave 24
    listings a minute, and no connection for an hour to who went on after its 429."""
    easydata_key: ApiKey | None = None
    """`EASYDATA_API_KEY`: without it EasyData is not asked."""
    mail: Mail | None = None
    """Where `ETL_MAIL_TO` names nobody, alerts are not mailed."""
    webhook: Webhook | None = None
    """Without `ETL_WEBHOOK` alerts are not posted."""
    lake: location.Lake | None = None
    """`ETL_WAREHOUSE` and `ETL_LAKE_DATA`: where marts are built and published. Without them, in files."""

    @property
    def archive(self) -> Path:
        """Release files as they came, and the log of fetches: the only state that needs a backup."""
        return self.home / "archive"

    @property
    def build(self) -> Path:
        """Working folder of the build; may be deleted while nothing runs."""
        return self.home / "build"

    @property
    def build_database(self) -> location.Database:
        """The private database. The file is called as the published one is, because DuckDB names the
        catalogue after the file and views carry that name. Of a lake it is its newest, untested state.
        """
        return self.lake.at("newest") if self.lake else self.build / "warehouse.duckdb"

    @property
    def listings(self) -> Path:
        """Listings of web archives, kept for a day: a backfill that was ended goes on without them."""
        return self.build / "listings"

    @property
    def published(self) -> Path:
        """Numbered snapshots, and `current`, a link to the newest. Of a lake, the documents about them."""
        return self.home / ("lake" if self.lake else "published")

    @property
    def current_database(self) -> location.Database:
        """The database that analysts open."""
        return self.lake.at("published") if self.lake else self.published / "current" / "warehouse.duckdb"

    @property
    def current_documents(self) -> Path:
        """What is said of the published snapshot, as files: its dictionary, its keys."""
        return self.published / "current"

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
    def alert_log(self) -> Path:
        """Alerts, one line each; always written, whatever other channel there is."""
        return self.home / "alerts" / "alerts.log"

    @property
    def incidents(self) -> Path:
        """Which incidents are open and what was told on which channel."""
        return self.home / "alerts" / "incidents.json"

    @property
    def dagster_home(self) -> Path:
        """Dagster's runs, schedules and logs."""
        return self.home / "dagster"

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings; a value that cannot be used is an error that names the variable."""
        return cls(
            home=_home(os.environ.get("ETL_HOME", "")),
            polite_seconds=_number("ETL_POLITE_SECONDS", 4.0, least=0.0),
            wayback_address=_address("ETL_WAYBACK_ADDRESS", cls.wayback_address),
            wayback_polite_seconds=_number("ETL_WAYBACK_POLITE_SECONDS", 5.0, least=0.0),
            snapshots_kept=int(_number("ETL_SNAPSHOTS_KEPT", 5, least=1, is_whole=True)),
            prune_days=int(_number("ETL_PRUNE_DAYS", 90, least=1, is_whole=True)),
            easydata_key=_key(os.environ.get(VARIABLE, "").strip()),
            mail=_mail(),
            webhook=_webhook(),
            lake=location.from_environment(),
        )


class SettingsError(EtlError):
    """An environment variable that cannot be used."""


def _home(name: str) -> Path:
    """Return the folder of the state. Dagster writes its path into the address of its database unescaped: one
    with `?` or `%41` would be another folder, or none.
    """
    home = Path(name).expanduser().resolve() if name else PROJECT_ROOT / "data"
    if re.search(r"\?|%[0-9a-fA-F]{2}", str(home)):
        raise SettingsError(f"ETL_HOME is {str(home)!r}; Dagster takes no folder with ? or %41 in its name")
    return home


def _address(name: str, default: str) -> str:
    address = os.environ.get(name, "").rstrip("/") or default
    if not is_file_address(f"{address}/web"):
        raise SettingsError(f"{name} is {_shown(address)}; set it to an https address, or unset it")
    return address


def _shown(text: str) -> str:
    """Return a value that cannot be used, as an error shows it: what may hold a password is not shown."""
    return "not shown, for it has a user or a password in it" if "@" in text and ":" in text else repr(text)


def _key(text: str) -> ApiKey | None:
    return ApiKey(text) if text else None


def _mail() -> Mail | None:
    recipients = tuple(part.strip() for part in os.environ.get("ETL_MAIL_TO", "").split(",") if part.strip())
    if not recipients:
        return None
    sender = os.environ.get("ETL_MAIL_FROM", "").strip() or recipients[0]
    for name, address in (("ETL_MAIL_TO", recipients), ("ETL_MAIL_FROM", (sender,))):
        if not all(_is_mail_address(one) for one in address):
            raise SettingsError(f"{name} is {_shown(', '.join(address))}; set it to mail addresses")
    security = cast("Security", _choice("ETL_SMTP_SECURITY", ("starttls", "tls", "none")))
    host, port = _host("ETL_SMTP_HOST", 465 if security == "tls" else 587)
    user = os.environ.get("ETL_SMTP_USER", "").strip() or None
    password = os.environ.get("ETL_SMTP_PASSWORD", "")
    if user and not password:
        raise SettingsError("ETL_SMTP_USER is set and ETL_SMTP_PASSWORD is not; set both or neither")
    if user and security == "none" and not is_loopback(host):
        raise SettingsError("ETL_SMTP_SECURITY is 'none': ETL_SMTP_PASSWORD would be sent for all to read")
    return Mail(host, port, recipients, sender, security, user, Secret(password) if password else None)


def _webhook() -> Webhook | None:
    address = os.environ.get("ETL_WEBHOOK", "").strip()
    if not address:
        return None
    if not is_file_address(address):  # not shown: it is as good as a password
        raise SettingsError("ETL_WEBHOOK is no https address with a path; set it to one, or unset it")
    return Webhook(Secret(address), cast("WebhookFormat", _choice("ETL_WEBHOOK_FORMAT", ("slack", "teams"))))


def _is_mail_address(text: str) -> bool:
    name, at, domain = text.rpartition("@")
    return bool(name and at and domain) and text.isprintable() and not set(text) & set(' <>,;"')


def _host(name: str, default_port: int) -> tuple[str, int]:
    text = os.environ.get(name, "").strip()
    host, colon, port = text.partition(":")
    is_port = port.isdecimal() and 0 < int(port) < 65_536 if colon else True
    if not host or not is_port:
        raise SettingsError(f"{name} is {_shown(text)}; set it to a mail server, as host or host:port")
    return host, int(port) if colon else default_port


def _choice(name: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices; the first is the default."""
    text = os.environ.get(name, "").strip().lower() or choices[0]
    if text not in choices:
        raise SettingsError(f"{name} is {text!r}; set it to {' or '.join(choices)}, or unset it")
    return text


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
