"""The checks of an installation: the machine, what lies below ETL_HOME, the lake, the network.

Here: what each check looks at and what it finds. Not here: running them (`checks`), Dagster
(`etl.orchestration.checks`), and repairing anything.
"""

import errno
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import requests

from etl.catalog.calendar import today
from etl.common.addresses import host_of
from etl.common.errors import EtlError
from etl.common.secrets import HOW_TO_GET_ONE, VARIABLE
from etl.common.settings import PROJECT_ROOT, TIME_ZONE
from etl.fetch.adapter import GuardedAdapter
from etl.fetch.easydata import dataset_address
from etl.fetch.easydata_client import Connection, NoAnswerError, Patience, Quota
from etl.fetch.http import Session
from etl.fetch.politeness import Hosts
from etl.monitor.alerts import messages, send, state
from etl.monitor.doctor.checks import Case, Check, Finding, Verdict
from etl.monitor.status import release_statuses
from etl.publish import locks as build_locks
from etl.publish import store
from etl.warehouse import connect, ducklake

_LOCKED = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "msgspec", "requests")
_LOCK_FILE = PROJECT_ROOT / "requirements" / "run.txt"
_LEAST_PYTHON = (3, 11)
_LITTLE_SPACE, _TOO_LITTLE_SPACE = 2_000_000_000, 200_000_000
"""Bytes. A build and a snapshot of the starter archive take 60 MB together; five snapshots are kept."""


def versions(_: Case) -> Iterator[Finding]:
    """Compare Python and the libraries that matter with what is locked."""
    running = f"Python {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    if sys.version_info < _LEAST_PYTHON:
        yield Finding("wrong", running, "install Python 3.11 or newer and set up again: `make clean refresh`")
    else:
        yield Finding("ok", running)
    if not _LOCK_FILE.exists():
        yield Finding("warning", f"{_LOCK_FILE} is not there, so versions cannot be compared")
        return
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", _LOCK_FILE.read_text(encoding="utf-8"), re.MULTILINE))
    installed = {name: _version(name) for name in _LOCKED}
    others = [
        f"{name} is {found or 'not installed'}, locked is {locked.get(name)}"
        for name, found in installed.items()
        if found != locked.get(name)
    ]
    if others:
        yield Finding("wrong", "; ".join(others), "set up again: `make clean refresh`")
    else:
        yield Finding("ok", ", ".join(f"{name} {found}" for name, found in installed.items()))


def disk(case: Case) -> Iterator[Finding]:
    """See how much space is left where the installation keeps its state, and whether it may be written."""
    home = case.settings.home
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free
    words = f"{free / 1e9:.1f} GB free at {nearest}"
    if free < _LITTLE_SPACE:
        verdict: Verdict = "wrong" if free < _TOO_LITTLE_SPACE else "warning"
        yield Finding(verdict, words, "make room: fewer snapshots (ETL_SNAPSHOTS_KEPT), or a larger disk")
    else:
        yield Finding("ok", words)
    settings = case.settings
    folders = (nearest, settings.archive, settings.build, settings.published, settings.dagster_home)
    refused: dict[tuple[str, str], list[str]] = {}
    for folder in folders:
        if folder.exists() and (error := _refusal(folder)):
            refused.setdefault((error.strerror or str(error), _remedy(error)), []).append(str(folder))
    for (reason, to_do), names in refused.items():
        yield Finding("wrong", f"{', '.join(names)} cannot be written: {reason}", to_do)
    if not refused:
        yield Finding("ok", f"{home} may be written")


def time_zones(_: Case) -> Iterator[Finding]:
    """Check whether the data of time zones know Karachi."""
    try:
        now = datetime.now(ZoneInfo(TIME_ZONE))
    except ZoneInfoNotFoundError:
        yield Finding("wrong", f"no time zone data for {TIME_ZONE}", "set up again: `make clean refresh`")
        return
    hours = (now.utcoffset() or now - now).total_seconds() / 3_600
    if hours != 5:
        yield Finding("wrong", f"{TIME_ZONE} is {hours:+g} h from UTC, and not +5", "bring tzdata up to date")
    else:
        yield Finding("ok", f"it is {now:%Y-%m-%d %H:%M} in Karachi")


def locks(case: Case) -> Iterator[Finding]:
    """See who holds the build. The system lets go of a lock when its process dies."""
    held = build_locks.held_locks(case.settings)
    for path, is_held in sorted(held.items()):
        if is_held:
            holder = _holder(path)
            who = f" by process {holder}" if holder else ""
            yield Finding("ok", f"{path.name} is held{who}: something is building or running now")
    dead = [path for path, is_held in held.items() if not is_held and path.parent.name == "runs"]
    if dead:
        yield Finding(
            "warning",
            f"{len(dead)} runs of Dagster's were killed: {', '.join(sorted(path.stem[:8] for path in dead))}",
            "nothing: the next look of the daemon, or the next `etl refresh`, ends them",
        )
    if not any(held.values()):
        yield Finding("ok", "no lock is held")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _refusal(folder: Path) -> OSError | None:
    """Find out whether a folder can be written, by writing; returns the error where it cannot."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error
    return None


def _remedy(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "make room; docs/operations.md says what may go, and in which order"
        case errno.EROFS:
            return "the disk is mounted read-only: let it be written"
        case _:
            return "give the user who runs etl the right to write there"


def _holder(path: Path) -> int | None:
    """Return the process that holds a lock, where Linux says so."""
    try:
        inode = path.stat().st_ino
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        parts = line.split()
        if len(parts) > 5 and parts[5].rpartition(":")[2] == str(inode):
            return int(parts[4])
    return None


INSTALLATION_CHECKS = (
    Check("versions", versions),
    Check("disk", disk),
    Check("time zone", time_zones),
    Check("locks", locks),
)


_NAMED = 3
"""Damaged files that are named; the rest are counted."""


def archive(case: Case) -> Iterator[Finding]:
    """Check whether every archived file is there with its facts and size; thoroughly, whether its bytes are
    what they were.
    """
    folder = case.archive.folder
    if not folder.exists():
        yield Finding("warning", f"{folder} is not there yet", "`etl refresh`")
        return
    files, broken = 0, []
    for release in case.catalog.file_releases:
        for sha256 in case.archive.hashes(release.id):
            files += 1
            broken += [complaint] if (complaint := _complaint(case, release.id, sha256)) else []
    for complaint in broken[:_NAMED]:
        yield Finding("wrong", complaint, "restore the file from the backup of the archive")
    if len(broken) > _NAMED:
        yield Finding("wrong", f"and {len(broken) - _NAMED} more files of the archive are damaged")
    if not broken:
        how = "as their names say (SHA-256)" if case.is_thorough else "there, by name and size"
        more = "" if case.is_thorough else "; `--thorough` reads them"
        yield Finding("ok", f"{files} files are {how}{more}")
    yield _fetch_log(case)


def published(case: Case) -> Iterator[Finding]:
    """Check whether what is published opens, in which format it is, and whether it is up to date."""
    snapshot = store.current(case.settings)
    if snapshot is None:
        yield Finding(
            "wrong", f"nothing is published: {case.settings.current_database} is not there", "`etl refresh`"
        )
        return
    with connect.read(case.settings.current_database) as connection:
        connection.execute("select count(*) from marts.services_monthly").fetchone()
    version = connect.storage_format(case.settings.current_database)
    is_as_written = version.startswith((connect.STORAGE_VERSION, "ducklake"))
    yield Finding(
        "ok" if is_as_written else "warning",
        f"snapshot {snapshot.build.number} of {snapshot.build.published_at:%Y-%m-%d %H:%M} UTC opens; "
        f"storage format {version}",
        "" if is_as_written else f"{connect.STORAGE_VERSION} is what older clients open; `etl refresh`",
    )
    if store.is_up_to_date(case.settings, case.catalog, case.archive):
        yield Finding("ok", "it is what archive, catalogue and models give")
    else:
        to_do = "`etl refresh --offline` builds it; if it fails it says why"
        yield Finding("warning", "the archive, the catalogue or the models have changed since", to_do)


def releases(case: Case) -> Iterator[Finding]:
    """See what each release last answered and what is quarantined."""
    statuses = release_statuses(case.settings, case.catalog, case.archive, today())
    quarantined = [status for status in statuses if status.quarantine]
    for status in quarantined:
        yield Finding(
            "warning",
            f"{status.release.id}: quarantined {status.quarantine}",
            "see docs/adding-a-release.md where SBP has changed its layout",
        )
    failed: dict[str, list[str]] = {}
    for status in statuses:
        if status.last_asked is not None and status.last_asked.reason:
            failed.setdefault(status.last_asked.reason, []).append(status.release.id)
    for reason, names in failed.items():
        yield Finding("warning", f"{', '.join(names)}: {reason}", "the next night asks again; `etl status`")
    if not failed and not quarantined:
        yield Finding("ok", "no release is quarantined, and none gave a bad answer the last time")


def alerts(case: Case) -> Iterator[Finding]:
    """See where alerts go, what is open, and what could not be sent; send one where that was asked for."""
    mail, webhook = case.settings.mail, case.settings.webhook
    to = [f"mail to {', '.join(mail.recipients)} by {mail.host}:{mail.port}"] if mail else []
    to += [f"a webhook ({webhook.format})"] if webhook else []
    log = case.settings.alert_log
    if to:
        yield Finding("ok", f"alerts go to {log}, {' and '.join(to)}")
    else:
        yield Finding(
            "warning", f"alerts go to {log} only", "set ETL_MAIL_TO or ETL_WEBHOOK; see docs/alerts.md"
        )
    remembered = state.load(case.settings.incidents)
    for record in remembered.records:
        if record.over_at is None and not record.incident.is_news:
            yield Finding("warning", messages.line_of_open(record.incident), record.incident.to_do)
    if case.sends_test_alert:
        for channel, failure in send.send_test(case.settings).items():
            if failure is None:
                yield Finding("ok", f"a test alert was sent on channel {channel}")
            else:
                yield Finding(
                    "wrong",
                    failure.removeprefix("alerts: "),
                    "mend the settings of that channel; see docs/alerts.md",
                )


def _complaint(case: Case, release_id: str, sha256: str) -> str | None:
    """Return what is wrong with an archived file."""
    try:
        file = case.archive.file(release_id, sha256)
        size = file.path.stat().st_size
        if size != file.facts.size_bytes:
            return f"{file.path} has {size:,} bytes and not {file.facts.size_bytes:,}"
        if case.is_thorough:
            file.read()
    except FileNotFoundError as error:
        return f"{error.filename} is missing"
    except EtlError as error:
        return str(error)
    return None


def _fetch_log(case: Case) -> Finding:
    log = case.archive.fetch_log
    if not log.exists():
        return Finding("ok", "the log of fetches is not there: nothing was asked yet")
    with log.open("rb") as lines:
        written = sum(1 for line in lines if line.strip())
    read = sum(1 for _ in case.archive.fetches())
    if read != written:
        to_do = "nothing, if a crash cut it off; else restore it from the backup"
        return Finding("warning", f"{written - read} of {written} lines of {log} cannot be read", to_do)
    return Finding("ok", f"the log of fetches has {read} lines")


STATE_CHECKS = (
    Check("archive", archive),
    Check("published", published),
    Check("releases", releases),
    Check("alerts", alerts),
)


_FILES = "select release_id, file_sha256 from marts.dim_release_file"


def lake(case: Case) -> Iterator[Finding]:
    """Look at the lake, where the warehouse is one."""
    shared = case.settings.lake
    if shared is None:
        return
    published = ducklake.newest(shared)
    writing = "somebody is writing it now" if ducklake.is_locked(shared) else "nobody is writing it"
    yield Finding("ok", f"PostgreSQL answers ({shared.catalogue}); {writing}")
    if published is None:
        return
    with connect.read(case.settings.current_database) as connection:
        files = connection.execute(_FILES).fetchall()
    missing = [1 for release_id, sha256 in files if not case.archive.has(release_id, sha256)]
    if missing:
        yield Finding(
            "wrong",
            f"{len(missing)} of {len(files)} files of the lake are not in {case.archive.folder}",
            "machines that refresh share one archive: mount it there; see docs/lake.md",
        )
    else:
        yield Finding("ok", f"the {len(files)} files that it was built from are in this machine's archive")


LAKE_CHECKS = (Check("lake", lake),)


_SECONDS = 8.0
_MOST_SKEW_SECONDS = 300
"""Dates of publication and of fetches are in days; what a clock is wrong by is seen in logs first."""


def hosts(case: Case) -> Iterator[Finding]:
    """Connect to each host that releases and the index are asked of."""
    if case.is_offline:
        yield Finding("ok", "not looked at (--offline)")
        return
    addresses = [a for release in case.catalog.file_releases for a in release.rules[0].addresses]
    by_host = {host_of(address): address for address in (*case.catalog.index_addresses, *addresses)}
    asked = Hosts(polite_seconds=0.0, probe_seconds=_SECONDS, clock=time.monotonic, sleep=time.sleep)
    asked.probe(by_host.values())
    for host in by_host:
        if (reason := asked.why_left_alone(host)) is not None:
            to_do = "see to network and proxy (HTTPS_PROXY); `etl add` takes files of a browser meanwhile"
            yield Finding("warning", reason, to_do)
        else:
            yield Finding("ok", f"{host} can be reached")


def clock(case: Case) -> Iterator[Finding]:
    """Compare this machine's clock with the date of an answer of SBP's."""
    if case.is_offline:
        yield Finding("ok", "not looked at (--offline)")
        return
    address = case.catalog.get("trade_in_services").rules[0].addresses[0]
    theirs = _date_at(address)
    if theirs is None:
        yield Finding("warning", f"{host_of(address)} gave no date to compare the clock with")
        return
    skew = (datetime.now(UTC) - theirs).total_seconds()
    words = f"the clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} {host_of(address)}"
    if abs(skew) > _MOST_SKEW_SECONDS:
        yield Finding("wrong", words, "set the clock by NTP: dates of fetches and due days rest on it")
    else:
        yield Finding("ok", words)


def key(case: Case) -> Iterator[Finding]:
    """Ask EasyData one thing with the key."""
    easydata_key = case.settings.easydata_key
    release = next((r for r in case.catalog.file_releases if r.easydata is not None), None)
    if easydata_key is None or release is None:
        to_do = f"get a key {HOW_TO_GET_ONE}"
        yield Finding("warning", f"{VARIABLE} is not set: EasyData is not asked", to_do)
        return
    if case.is_offline:
        yield Finding("ok", f"{VARIABLE} is set; whether it is valid was not asked (--offline)")
        return
    if Quota(case.settings.easydata).take() is not None:
        yield Finding("ok", f"{VARIABLE} is set; the calls of this hour are used up, so it was not asked")
        return
    address = dataset_address(release)
    patience = Patience(connect_seconds=_SECONDS, read_seconds=_SECONDS, attempts=1)
    connection = Connection(easydata_key, polite_seconds=0.0, patience=patience)
    try:
        connection.ask(address, {"format": "json"}, lambda: None)
    except NoAnswerError as error:
        yield Finding("wrong" if error.is_of_key else "warning", error.reason)
    else:
        yield Finding("ok", f"EasyData takes the key in {VARIABLE}")
    finally:
        connection.close()


def _date_at(address: str) -> datetime | None:
    """Return the date that a host says it is; None where it says nothing in time."""
    try:
        with Session(GuardedAdapter(_SECONDS)) as session:
            answer = session.head(address, timeout=_SECONDS, allow_redirects=False)
            return parsedate_to_datetime(answer.headers["Date"])
    except (requests.RequestException, KeyError, ValueError):
        return None


NETWORK_CHECKS = (Check("hosts", hosts), Check("clock", clock), Check("EasyData key", key))


CHECKS = (*INSTALLATION_CHECKS, *STATE_CHECKS, *LAKE_CHECKS, *NETWORK_CHECKS)
