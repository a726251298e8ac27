"""Killed at any line, byte or moment of a step: nothing is lost, nothing is half there, the next run goes on.

Each step by itself, as often as it has lines. Whole commands: `test_killed_commands.py`.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etl.archive.store import Archive
from etl.fetch.collect import install_starter
from tests.support import dying, steps
from tests.support.dying import Death, spread
from tests.support.landed import everything
from tests.support.loopback import loopback_catalog
from tests.support.nights import MAY_2026, NEW_SITE
from tests.support.promises import archive_is_whole
from tests.support.readings import SERVICES
from tests.support.releases import FEBRUARY, MARCH, sha256_of
from tests.support.sbp_server import SbpServer
from tests.support.small_build import MODELS, build, exports_in, publish
from tests.support.steps import settings_of
from tests.support.wayback_server import WaybackServer

Tries = Callable[[int, int], Iterator[int]]
OLD, NEW = (SERVICES, sha256_of(FEBRUARY)), (SERVICES, sha256_of(MARCH))


def deaths(number: int, lines: int, size: int) -> Death:
    """Return a death for each number: two at a line, then one inside of a file."""
    turn, place = divmod(number, 3)
    return Death(at_byte=spread(turn, size)) if place == 2 else Death(at_line=spread(turn * 2 + place, lines))


@pytest.mark.fault(
    "killed at any line or byte while it archives a file",
    promise="what was archived before is whole, the file is there whole or not at all, and comes again",
)
def test_the_archive_has_a_file_whole_or_not_at_all(tmp_path: Path, tries: Tries) -> None:
    content = MARCH.read_bytes()
    watched = ("archive/store.py",)
    lines = dying.run(steps.store, tmp_path / "whole", content, watched=watched).lines

    for number in tries(20, 150):
        home = tmp_path / str(number)
        archive = Archive(settings_of(home).archive)
        steps.store(home, FEBRUARY.read_bytes())

        ended = dying.run(
            steps.store, home, content, watched=watched, death=deaths(number, lines, len(content))
        )

        assert ended.was_killed
        found = archive_is_whole(archive, {OLD})
        steps.store(home, content)
        assert archive_is_whole(archive, found) == {OLD, NEW}
        logged = [record.sha256 for record in archive.fetches()]
        assert set(logged) == {OLD[1], NEW[1]}
        shutil.rmtree(home)


@pytest.mark.fault(
    "killed at any line while it takes files by hand (`etl add`)",
    promise="each file is archived whole or not at all, and the same command takes the rest",
)
def test_the_same_command_takes_the_rest(tmp_path: Path, tries: Tries) -> None:
    given = tmp_path / "given"
    given.mkdir()
    for edition in (FEBRUARY, MARCH):
        shutil.copy(edition, given)
    watched = ("archive/store.py", "fetch/by_hand.py", "cli/refresh.py")
    whole = dying.run(steps.command, tmp_path / "whole", "add", str(given), watched=watched)
    assert whole.code == 0, whole.said

    for number in tries(6, 120):
        home = tmp_path / str(number)
        archive = Archive(settings_of(home).archive)
        ended = dying.run(
            steps.command, home, "add", str(given), watched=watched, death=deaths(number, whole.lines, 30_000)
        )
        found = archive_is_whole(archive, ())

        again = dying.run(steps.command, home, "add", str(given))

        assert ended.was_killed
        assert again.code == 0, again.said
        assert again.said.count("unchanged") == len(found)
        assert archive_is_whole(archive, found) == {OLD, NEW}
        shutil.rmtree(home)


@pytest.mark.fault(
    "killed at any line while it fetches",
    promise="the archive is whole, every answer that is logged is a whole line, and the next run fetches it",
)
def test_the_next_run_fetches_what_a_killed_one_did_not_archive(tmp_path: Path, tries: Tries) -> None:
    watched = (
        "archive/store.py",
        "archive/results.py",
        "fetch/collect.py",
        "fetch/discovery.py",
        "fetch/http.py",
        "orchestration/refresh.py",
    )
    with SbpServer() as sbp:
        sbp.serve(NEW_SITE, MARCH.read_bytes(), last_modified=MAY_2026)
        entries = loopback_catalog(tmp_path / "releases", sbp)
        whole = dying.run(steps.fetch, tmp_path / "whole", entries, SERVICES, watched=watched)
        assert whole.code == 0, whole.said

        for number in tries(10, 300):
            home = tmp_path / str(number)
            archive = Archive(settings_of(home).archive)
            steps.store(home, FEBRUARY.read_bytes())
            death = Death(at_line=spread(number, whole.lines))
            ended = dying.run(steps.fetch, home, entries, SERVICES, watched=watched, death=death)
            found = archive_is_whole(archive, {OLD})

            again = dying.run(steps.fetch, home, entries, SERVICES)

            assert ended.was_killed
            assert again.code == 0, again.said
            assert archive_is_whole(archive, found) == {OLD, NEW}
            assert NEW[1] in [record.sha256 for record in archive.fetches()]
            shutil.rmtree(home)


@pytest.mark.fault(
    "killed at any line or byte while it lands",
    promise="the next landing gives the same raw tables, row for row",
)
def test_landing_again_gives_the_same_raw_tables(tmp_path: Path, tries: Tries) -> None:
    watched = (
        "publish/build.py",
        "landing/land.py",
        "landing/read_files.py",
        "publish/locks.py",
        "warehouse/connect.py",
    )
    first = settings_of(tmp_path / "whole")
    install_starter(Archive(first.archive))
    whole = dying.run(steps.land, first.home, watched=watched)
    assert whole.code == 0, whole.said
    wanted, size = everything(first.build_database), first.build_database.stat().st_size

    for number in tries(2, 40):
        settings = settings_of(tmp_path / str(number))
        shutil.copytree(first.archive, settings.archive)
        ended = dying.run(steps.land, settings.home, watched=watched, death=deaths(number, whole.lines, size))
        before = archive_is_whole(Archive(settings.archive), ())

        again = dying.run(steps.land, settings.home)

        assert ended.was_killed
        assert again.code == 0, again.said
        assert everything(settings.build_database) == wanted
        assert archive_is_whole(Archive(settings.archive), before) == before
        shutil.rmtree(settings.home)


@pytest.mark.fault(
    "killed at any line or byte while it publishes",
    promise="the last good marts are served until the new ones are, and the next publication cleans up",
)
def test_a_reader_sees_the_last_good_marts_or_the_new_ones(tmp_path: Path, tries: Tries) -> None:
    watched = (
        "archive/store.py",
        "publish/build.py",
        "publish/store.py",
        "publish/publish.py",
        "publish/snapshots.py",
        "publish/locks.py",
        "warehouse/connect.py",
    )
    home = tmp_path / "home"
    settings = settings_of(home)
    prepared = _about_to_publish(tmp_path / "prepared")
    whole = dying.run(steps.publish, prepared(home), 1, watched=watched)
    assert whole.code == 0, whole.said
    size = settings.build_database.stat().st_size
    served = set()

    for number in tries(24, 400):
        prepared(home)
        ended = dying.run(steps.publish, home, 1, watched=watched, death=deaths(number, whole.lines, size))

        assert ended.was_killed
        served.add(exports_in(settings.current_database))
        again = dying.run(steps.publish, home, 1)
        assert again.code == 0, again.said
        assert exports_in(settings.current_database) == 912.0
        left = {path.name for path in settings.published.iterdir()}
        assert left == {"current", (settings.published / "current").readlink().name}

    assert served == {903.0, 912.0}, "it was killed before the swap and after it"


@pytest.mark.fault(
    "killed at any line while it prunes",
    promise="the archive is whole also behind a link that is pruned, and the rest goes when it is old",
)
def test_what_is_left_of_pruning_goes_later(tmp_path: Path, tries: Tries) -> None:
    watched = ("publish/prune.py", "publish/locks.py")
    home = _prunable(tmp_path / "whole")
    whole = dying.run(steps.prune, home, watched=watched)
    assert whole.code == 0, whole.said
    assert not (home / "replay").exists()

    for number in tries(10, 150):
        home = _prunable(tmp_path / str(number))
        death = Death(at_line=spread(number, whole.lines))
        ended = dying.run(steps.prune, home, watched=watched, death=death)

        assert ended.was_killed
        archive_is_whole(Archive(home / "archive"), {OLD})
        _age(home)
        assert dying.run(steps.prune, home).code == 0
        assert not (home / "replay").exists()
        assert list((home / "build").rglob("*.log*")) == []
        archive_is_whole(Archive(home / "archive"), {OLD})
        shutil.rmtree(home)


@pytest.mark.fault(
    "killed at any line of a backfill",
    promise="what it took is whole, and the same command goes on there: it asks for no file that it has",
)
def test_a_backfill_goes_on_where_it_was_killed(tmp_path: Path, tries: Tries) -> None:
    watched = ("archive/store.py", "archive/results.py", *(f"fetch/{name}.py" for name in _BACKFILL))
    with WaybackServer() as kept:
        original = "http://www.sbp.org.pk:80/ecodata/dt.xls"
        for stamp, edition in (("20260318203000", FEBRUARY), ("20260419203000", MARCH)):
            kept.keep(stamp, original, edition.read_bytes())
        whole = dying.run(steps.backfill, tmp_path / "whole", kept.service, SERVICES, watched=watched)
        assert whole.code == 0, whole.said

        for number in tries(10, 300):
            home = tmp_path / str(number)
            archive = Archive(settings_of(home).archive)
            death = Death(at_line=spread(number, whole.lines))
            ended = dying.run(steps.backfill, home, kept.service, SERVICES, watched=watched, death=death)
            found = archive_is_whole(archive, ())
            asked = len(kept.originals_asked())

            again = dying.run(steps.backfill, home, kept.service, SERVICES)

            assert ended.was_killed
            assert again.code == 0, again.said
            assert archive_is_whole(archive, found) == {OLD, NEW}
            assert len(kept.originals_asked()) - asked == 2 - len(found)
            shutil.rmtree(home)


_BACKFILL = ("wayback", "backfill")


def _about_to_publish(folder: Path) -> Callable[[Path], Path]:
    """Return what puts an installation into a folder that serves 903 and has 912 built and tested."""
    settings = settings_of(folder)
    publish(settings, 903.0)
    build(settings, 912.0)
    steps.mark_tested(folder, MODELS)

    def put(home: Path) -> Path:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(folder, home, symlinks=True)
        return home

    return put


def _prunable(home: Path) -> Path:
    """Make an installation with an archive, and what is to be pruned: among it a replay's link to it."""
    steps.store(home, FEBRUARY.read_bytes())
    old = [home / "build" / name for name in ("dbt/dbt.log.1", "dbt/.manifest.json.7", "runs/7.lock")]
    old += [home / "replay" / "build" / name for name in ("warehouse.duckdb", "dbt/dbt.log")]
    for path in old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"old")
    link = home / "replay" / "archive"
    link.symlink_to(home / "archive", target_is_directory=True)
    _age(home)
    return home


def _age(home: Path) -> None:
    """Let a year pass."""
    long_ago = time.time() - 365 * 86_400
    for folder in (home / "build", home / "replay"):
        for path in (*folder.rglob("*"), folder) if folder.exists() else ():
            os.utime(path, (long_ago, long_ago), follow_symlinks=False)
