"""The archive keeps every file as it came, once, for ever; a crash leaves all of a file or nothing."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from etl.archive import store as archive_module
from etl.archive.store import Archive, ArchiveError, FetchRecord
from tests.support.releases import FEBRUARY, MARCH, SEEN, facts

MARCH_FILE = MARCH.read_bytes()
FEBRUARY_FILE = FEBRUARY.read_bytes()
RELEASE = "trade_in_services"


def record(address: str = "https://www.sbp.org.pk/dt.xls", **others: object) -> FetchRecord:
    given: dict[str, object] = {
        "asked_at": SEEN,
        "release_id": RELEASE,
        "address": address,
        "outcome": "unchanged",
        "asked_by": "command",
    }
    return FetchRecord(**given | others)


def visible_files(archive: Archive) -> list[str]:
    return sorted(path.name for path in archive.folder.rglob("*.*") if path.is_file())


# Files


def test_a_file_is_kept_with_its_facts_under_its_hash(archive: Archive) -> None:
    given = facts(MARCH_FILE, last_modified="Fri, 17 Apr 2026 07:40:00 GMT")

    stored = archive.store(MARCH_FILE, given)

    assert stored.is_new
    folder = archive.folder / RELEASE / given.sha256
    assert stored.file.path == folder / f"{given.sha256}.xls"
    assert sorted(path.name for path in folder.iterdir()) == [f"{given.sha256}.json", f"{given.sha256}.xls"]
    (file,) = archive.files(RELEASE)
    assert file.facts == given
    assert file.read() == MARCH_FILE


def test_the_same_bytes_again_change_nothing(archive: Archive) -> None:
    first = archive.store(MARCH_FILE, facts(MARCH_FILE))
    before = {path: path.stat().st_mtime_ns for path in archive.folder.rglob("*")}

    again = archive.store(MARCH_FILE, facts(MARCH_FILE, via="by_hand", original_name="copy.xls"))

    assert not again.is_new
    assert again.file.facts == first.file.facts
    assert {path: path.stat().st_mtime_ns for path in archive.folder.rglob("*")} == before


def test_a_revised_file_of_the_same_size_is_another_file(archive: Archive) -> None:
    revised = MARCH_FILE[:-1] + b"\x01"
    archive.store(MARCH_FILE, facts(MARCH_FILE))

    assert archive.store(revised, facts(revised)).is_new
    assert len(archive.files(RELEASE)) == 2


def test_the_same_bytes_may_be_files_of_two_releases(archive: Archive) -> None:
    archive.store(MARCH_FILE, facts(MARCH_FILE))

    stored = archive.store(MARCH_FILE, facts(MARCH_FILE, "balance_of_payments_summary"))

    assert stored.is_new
    assert len(archive.hashes(RELEASE)) == len(archive.hashes("balance_of_payments_summary")) == 1


def test_files_come_in_the_order_of_their_hashes_whatever_came_first(archive: Archive) -> None:
    for content in (MARCH_FILE, FEBRUARY_FILE):
        archive.store(content, facts(content))

    hashes = archive.hashes(RELEASE)

    assert hashes == tuple(sorted(hashes))
    assert [file.facts.sha256 for file in archive.files(RELEASE)] == list(hashes)


def test_nobody_may_write_to_an_archived_file(archive: Archive) -> None:
    stored = archive.store(MARCH_FILE, facts(MARCH_FILE))

    for path in stored.file.path.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_an_archive_that_does_not_exist_yet_is_empty(archive: Archive) -> None:
    assert archive.files(RELEASE) == ()
    assert list(archive.fetches()) == []
    assert not archive.folder.exists()


@pytest.mark.parametrize("step", ["write_durably", "sync_folder"])
def test_a_crash_while_a_file_is_written_leaves_nothing_to_be_seen(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archive_module, step, crash)
        with pytest.raises(KeyboardInterrupt):
            archive.store(MARCH_FILE, facts(MARCH_FILE))

    assert archive.files(RELEASE) == ()
    assert archive.store(MARCH_FILE, facts(MARCH_FILE)).is_new
    assert archive.files(RELEASE)[0].read() == MARCH_FILE


def test_a_crash_between_writing_and_renaming_leaves_nothing_to_be_seen(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", crash)
        with pytest.raises(KeyboardInterrupt):
            archive.store(MARCH_FILE, facts(MARCH_FILE))

    # The bytes are there, staged under another name; nobody is told of them.
    assert visible_files(archive) != []
    assert archive.hashes(RELEASE) == ()
    assert archive.store(MARCH_FILE, facts(MARCH_FILE)).is_new
    assert archive.files(RELEASE)[0].read() == MARCH_FILE


def test_what_another_process_left_behind_when_it_was_killed_does_no_harm(archive: Archive) -> None:
    sha256 = facts(MARCH_FILE).sha256
    leftover = archive.folder / RELEASE / f".{sha256}.4711"
    leftover.mkdir(parents=True)
    (leftover / f"{sha256}.xls").write_bytes(MARCH_FILE[:100])

    assert archive.store(MARCH_FILE, facts(MARCH_FILE)).is_new
    assert archive.hashes(RELEASE) == (sha256,)
    assert archive.files(RELEASE)[0].read() == MARCH_FILE


def test_a_disk_that_refuses_the_rename_is_an_error_and_leaves_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", refuse)

    with pytest.raises(OSError, match="No space left"):
        archive.store(MARCH_FILE, facts(MARCH_FILE))

    assert visible_files(archive) == []


def test_two_processes_that_store_the_same_bytes_at_once_are_both_content(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def beaten(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        monkeypatch.setattr(os, "getpid", lambda: 4711)
        Archive(archive.folder).store(MARCH_FILE, facts(MARCH_FILE))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", beaten)

    stored = archive.store(MARCH_FILE, facts(MARCH_FILE))

    assert stored.file.read() == MARCH_FILE
    assert len(archive.files(RELEASE)) == 1
    assert len(visible_files(archive)) == 2


def test_an_altered_file_is_detected_when_it_is_read(archive: Archive) -> None:
    path = archive.store(MARCH_FILE, facts(MARCH_FILE)).file.path
    path.chmod(0o644)
    path.write_bytes(FEBRUARY_FILE)

    (file,) = archive.files(RELEASE)
    with pytest.raises(ArchiveError) as caught:
        file.read()

    assert str(caught.value) == f"{path} was altered (its SHA-256 is not its name); restore it"


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"release_id": "x"}'])
def test_facts_that_cannot_be_read_are_named_with_the_remedy(archive: Archive, content: bytes | None) -> None:
    sidecar = archive.store(MARCH_FILE, facts(MARCH_FILE)).file.path.with_suffix(".json")
    sidecar.unlink()
    if content is not None:
        sidecar.write_bytes(content)

    with pytest.raises(ArchiveError) as caught:
        archive.files(RELEASE)

    assert str(sidecar) in str(caught.value)
    assert "restore it from a backup" in str(caught.value)


# The log of fetches


def test_the_log_gives_what_was_logged_oldest_first(archive: Archive) -> None:
    first, second = record("https://a/x"), record("https://b/x", outcome="new", sha256="0" * 64, status=200)

    archive.log_fetches([first])
    archive.log_fetches([second])

    assert list(archive.fetches()) == [first, second]
    assert archive.fetch_log.read_bytes().count(b"\n") == 2


def test_nothing_to_log_makes_no_log(archive: Archive) -> None:
    archive.log_fetches([])

    assert not archive.fetch_log.exists()


def test_the_log_survives_a_line_that_a_crash_cut_off(archive: Archive) -> None:
    first, lost, next_one = record("https://a/x"), record("https://b/x"), record("https://c/x")
    archive.log_fetches([first, lost])
    archive.fetch_log.write_bytes(archive.fetch_log.read_bytes()[:-40])
    assert list(archive.fetches()) == [first]

    archive.log_fetches([next_one])

    assert list(archive.fetches()) == [first, next_one]


def test_times_in_the_log_keep_their_zone(archive: Archive) -> None:
    archive.log_fetches([record(asked_at=datetime(2026, 4, 17, 20, 30, tzinfo=UTC))])

    (read,) = archive.fetches()

    assert read.asked_at == datetime(2026, 4, 17, 20, 30, tzinfo=UTC)
    assert read.asked_at.tzinfo is not None


def test_the_archive_tells_what_it_has_of_which_release(archive: Archive) -> None:
    stored = archive.store(b"x", facts(b"x")).file.facts

    assert archive.has(stored.release_id, stored.sha256)
    assert not archive.has("another_release", stored.sha256)
    assert not archive.has(stored.release_id, "0" * 64)
