"""What the installation holds: the archive, what is published, what SBP answered, and whom alerts reach.

Here: checks of files and records. Not here: asking anybody (`network.py`).
"""

from collections.abc import Iterator

from etl import build_key, snapshots
from etl.calendar import today
from etl.doctoring.checks import Case, Check, Finding
from etl.errors import EtlError
from etl.status import release_statuses
from etl.telling import memory, tell, words

_NAMED = 3
"""Damaged files that are named; the rest are counted."""


def archive(case: Case) -> Iterator[Finding]:
    """See whether every archived file is there with its facts and size; thoroughly, whether its bytes are
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
    """See whether what is published opens, in which format it is, and whether it is up to date."""
    snapshot = snapshots.current(case.settings)
    if snapshot is None:
        yield Finding(
            "wrong", f"nothing is published: {case.settings.current_database} is not there", "`etl refresh`"
        )
        return
    from etl import storage, warehouse  # a broken DuckDB is a finding of this check, and of no other

    with warehouse.read(case.settings.current_database) as connection:
        connection.execute("select count(*) from marts.services_monthly").fetchone()
    version = storage.storage_format(case.settings.current_database)
    is_as_written = version.startswith((warehouse.STORAGE_VERSION, "ducklake"))
    yield Finding(
        "ok" if is_as_written else "warning",
        f"snapshot {snapshot.build.number} of {snapshot.build.published_at:%Y-%m-%d %H:%M} UTC opens; "
        f"storage format {version}",
        "" if is_as_written else f"{warehouse.STORAGE_VERSION} is what older clients open; `etl refresh`",
    )
    if build_key.is_up_to_date(case.settings, case.catalog, case.archive):
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
    remembered = memory.load(case.settings.incidents)
    for record in remembered.records:
        if record.over_at is None and not record.incident.is_news:
            yield Finding("warning", words.line_of_open(record.incident), record.incident.to_do)
    if case.sends_test_alert:
        for channel, failure in tell.send_test(case.settings).items():
            if failure is None:
                yield Finding("ok", f"a test alert was sent on channel {channel}")
            else:
                yield Finding(
                    "wrong",
                    failure.removeprefix("alerts: "),
                    "mend the settings of that channel; see docs/alerts.md",
                )


def _complaint(case: Case, release_id: str, sha256: str) -> str | None:
    """Say what is wrong with an archived file."""
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


CHECKS = (
    Check("archive", archive),
    Check("published", published),
    Check("releases", releases),
    Check("alerts", alerts),
)
