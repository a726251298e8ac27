"""What is old is deleted from the build's folder, and nothing of the archive ever."""

import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from etl.archive.store import Archive
from etl.common.settings import Settings
from etl.fetch.collect import install_starter
from etl.publish import locks, prune

DAY = 86_400


def leave(path: Path, days: float) -> Path:
    """Leave a file that was last written so many days ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("left")
    return aged(path, days)


def aged(path: Path, days: float) -> Path:
    then = time.time() - days * DAY
    os.utime(path, (then, then), follow_symlinks=False)
    return path


def contents(folder: Path) -> dict[str, tuple[str, float]]:
    """Return each file below a folder with its hash and time."""
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(
    "name", ["build/runs/a.lock", "build/dbt/dbt.log.1", "build/dbt/.manifest.json.7", "easydata/calls.7"]
)
def test_what_is_older_than_the_setting_goes_and_what_is_younger_stays(settings: Settings, name: str) -> None:
    old = leave(settings.home / name, 91)
    assert prune.prune(settings) == (1, 4)
    assert not old.exists()
    young = leave(settings.home / name, 89)
    assert prune.prune(settings) == (0, 0)
    assert young.exists()
    prune.prune(replace(settings, prune_days=30))
    assert not young.exists()


def test_a_listing_goes_when_it_is_asked_again_anyhow(settings: Settings) -> None:
    old, young = leave(settings.listings / "a.json", 1.1), leave(settings.listings / "b.json", 0.9)
    prune.prune(settings)
    assert (old.exists(), young.exists()) == (False, True)


def test_the_lock_of_a_run_that_lives_stays_however_old(settings: Settings) -> None:
    with locks.run_lock(settings, "long"):
        held = aged(settings.build / "runs" / "long.lock", 200)
        prune.prune(settings)
        assert held.exists()


def test_what_a_build_works_on_stays_however_old(settings: Settings) -> None:
    kept = [
        leave(settings.home / name, 900)
        for name in (
            *("build/warehouse.duckdb", "build/build.lock", "build/turn.lock", "build/tested.json"),
            *("build/dbt/manifest.json", "build/dbt/manifest.key", "easydata/calls.json"),
            *("published/1/warehouse.duckdb", "alerts/alerts.log", "reports/2026-03.html"),
        )
    ]
    assert prune.prune(settings) == (0, 0)
    assert all(path.exists() for path in kept)


def test_nothing_of_the_archive_is_ever_deleted(settings: Settings, archive: Archive) -> None:
    install_starter(archive)
    leave(archive.folder / "fetches.jsonl", 9_000)
    leave(archive.folder / "trade_in_services" / ".staged.1" / "a.xls", 9_000)
    for path in archive.folder.rglob("*"):
        aged(path, 9_000)
    replay = settings.home / "replay"
    replay.mkdir()
    (replay / "archive").symlink_to(settings.archive, target_is_directory=True)
    aged(replay, 9_000)
    before = contents(archive.folder)

    prune.prune(settings)

    assert not replay.exists(), "a replay that was killed is cleared away"
    assert contents(archive.folder) == before
    assert len(before) > 5


def test_an_empty_installation_has_nothing_to_prune(settings: Settings) -> None:
    assert prune.prune(settings) == (0, 0)
