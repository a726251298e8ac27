"""What the doctor finds in archives and snapshots, good and broken ones."""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from etl.archive.store import Archive
from etl.common.settings import Mail, Settings
from etl.fetch.collect import install_starter
from etl.monitor.alerts import state as memory
from etl.monitor.alerts.state import AlertState, Record
from etl.monitor.doctor import installation as checks
from etl.monitor.doctor.checks import Case, Check, Finding, examine
from tests.support.alerts import incident, mail_server
from tests.support.installation import Installation, installation


def found(look: Callable[[Case], Iterable[Finding]], settings: Settings, **how: bool) -> list[Finding]:
    return [item.finding for item in examine(Case(settings, **how), [Check("it", look)])]


def bad(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.verdict, finding.words) for finding in findings if finding.verdict != "ok"]


@pytest.fixture
def starter(settings: Settings, archive: Archive) -> Path:
    """Return a file of an archive that holds the starter."""
    install_starter(archive)
    return archive.files("trade_in_services")[0].path


def change(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


@pytest.mark.parametrize("is_thorough", [False, True])
def test_a_whole_archive_is_well(settings: Settings, starter: Path, is_thorough: bool) -> None:
    assert bad(found(checks.archive, settings, is_thorough=is_thorough)) == []


def test_no_archive_is_a_warning(settings: Settings) -> None:
    assert [verdict for verdict, _ in bad(found(checks.archive, settings))] == ["warning"]


def test_a_missing_file_a_short_one_and_lost_facts_are_seen_at_once(
    settings: Settings, archive: Archive, starter: Path
) -> None:
    other = archive.files("trade_in_services")[1].path
    summary = archive.files("balance_of_payments_summary")[0].path
    starter.unlink()
    change(other, b"short")
    change(summary.with_suffix(".json"), b"{")
    seen = " ".join(words for verdict, words in bad(found(checks.archive, settings)) if verdict == "wrong")
    assert f"{starter} is missing" in seen
    assert f"{other} has 5 bytes" in seen
    assert f"{summary.with_suffix('.json')} cannot be read" in seen


def test_a_changed_byte_is_seen_by_who_reads_thoroughly(settings: Settings, starter: Path) -> None:
    content = starter.read_bytes()
    change(starter, content[:-1] + bytes([content[-1] ^ 1]))
    assert bad(found(checks.archive, settings)) == []
    ((verdict, words),) = bad(found(checks.archive, settings, is_thorough=True))
    assert (verdict, f"{starter} was altered" in words) == ("wrong", True)


def test_a_line_of_the_log_of_fetches_that_cannot_be_read_is_counted(
    settings: Settings, archive: Archive, starter: Path
) -> None:
    archive.fetch_log.write_text('{"asked_at": "2026\n')
    ((verdict, words),) = bad(found(checks.archive, settings))
    assert (verdict, words.split(" of ")[0]) == ("warning", "1")


def test_nothing_published_is_wrong(settings: Settings) -> None:
    assert [verdict for verdict, _ in bad(found(checks.published, settings))] == ["wrong"]


def test_what_was_just_published_opens_and_is_up_to_date(published: Installation) -> None:
    findings = found(checks.published, published.settings)
    assert bad(findings) == []
    assert "storage format v1.2.0" in findings[0].words


def test_a_changed_archive_and_a_damaged_snapshot_are_told(published: Installation, tmp_path: Path) -> None:
    copied = installation(tmp_path / "copied")
    shutil.copytree(published.settings.home, copied.settings.home, symlinks=True)
    shutil.rmtree(copied.archive.files("trade_in_services")[0].path.parent)
    assert [verdict for verdict, _ in bad(found(checks.published, copied.settings))] == ["warning"]
    change(copied.settings.current_database, b"no database")
    assert [verdict for verdict, _ in bad(found(checks.published, copied.settings))] == ["wrong"]
    change(copied.settings.current_database.with_name("build.json"), b"{")
    ((verdict, words),) = bad(found(checks.published, copied.settings))
    assert (verdict, "build.json is damaged" in words) == ("wrong", True)


def test_what_is_open_is_told_and_where_alerts_go(settings: Settings) -> None:
    memory.save(settings.incidents, AlertState(records=(Record(incident=incident()),)))
    log_only, still_open = found(checks.alerts, settings)
    assert (log_only.verdict, "ETL_MAIL_TO" in log_only.to_do) == ("warning", True)
    assert still_open == Finding(
        "warning", "open since 2026-05-19 17:00 in Karachi: overdue: one: something happened", "look"
    )


def test_a_test_alert_says_on_which_channel_it_failed(settings: Settings) -> None:
    with mail_server() as server:
        mail = Mail("127.0.0.1", server.port, ("a@example.org",), "a@example.org", "none")
        told = replace(settings, mail=mail)
        assert bad(found(checks.alerts, told, sends_test_alert=True)) == []
        assert len(server.letters) == 1
        server.answer = "550 no"
        ((verdict, words),) = bad(found(checks.alerts, told, sends_test_alert=True))
    assert (verdict, "answered 550" in words) == ("wrong", True)


@pytest.mark.parametrize(
    ("code", "to_do"),
    [(errno.ENOSPC, "make room"), (errno.EROFS, "let it be written"), (errno.EACCES, "give the user")],
)
def test_folders_that_cannot_be_written_are_one_finding_that_says_what_helps(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, code: int, to_do: str
) -> None:
    settings.archive.mkdir(parents=True)
    settings.build.mkdir(parents=True)
    monkeypatch.setattr(checks, "_refusal", lambda _: OSError(code, os.strerror(code)))
    (finding,) = (finding for finding in found(checks.disk, settings) if finding.verdict != "ok")
    assert finding.verdict == "wrong"
    folders = f"{settings.home}, {settings.archive}, {settings.build}"
    assert finding.words == f"{folders} cannot be written: {os.strerror(code)}"
    assert to_do in finding.to_do


def test_little_room_is_wrong_before_the_disk_is_full(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 10**8))
    assert [verdict for verdict, _ in bad(found(checks.disk, settings))] == ["wrong"]


def test_versions_are_those_that_are_locked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bad(found(checks.versions, settings)) == []
    monkeypatch.setattr(checks, "version", lambda name: "0.1")
    ((verdict, words),) = bad(found(checks.versions, settings))
    assert (verdict, "dagster is 0.1, locked is 1." in words) == ("wrong", True)


def test_a_damaged_memory_of_alerts_is_a_finding(settings: Settings) -> None:
    settings.incidents.parent.mkdir(parents=True)
    settings.incidents.write_text(json.dumps({"records": 1}))
    assert bad(found(checks.alerts, settings))[-1][0] == "wrong"
