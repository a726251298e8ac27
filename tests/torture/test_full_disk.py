"""A disk that is full, out of inodes, read-only or not ours to write, at each step that writes."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etl.archive.store import Archive
from etl.fetch.collect import install_starter
from tests.support import dying, steps
from tests.support.dying import Ended, spread
from tests.support.installation import Installation, installation
from tests.support.landed import everything
from tests.support.loopback import loopback_catalog
from tests.support.nights import MAY_2026, NEW_SITE, april_edition
from tests.support.promises import archive_is_whole, marts_are_one_of, marts_of, said_in_a_line
from tests.support.readings import SERVICES
from tests.support.releases import FEBRUARY, MARCH, sha256_of
from tests.support.sbp_server import SbpServer
from tests.support.small_build import MODELS, build, exports_in, publish
from tests.support.small_disks import SmallDisk, small_disk, without_rights
from tests.support.steps import settings_of
from tests.support.wayback_server import WaybackServer

Tries = Callable[[int, int], Iterator[int]]
OLD, NEW = (SERVICES, sha256_of(FEBRUARY)), (SERVICES, sha256_of(MARCH))
FULL, NO_INODES, READ_ONLY, NO_RIGHT = "full", "no inodes", "read-only", "no right"
HOW = [FULL, FULL, NO_INODES, READ_ONLY, NO_RIGHT]
"""Full twice: it has most places."""
IN_WORDS = {
    FULL: "its disk is full",
    NO_INODES: "inodes left",
    READ_ONLY: "ead-only",
    NO_RIGHT: "ermission denied",
}
PAGE = 4_096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", 200, inodes=3_000) as disk:
        yield disk


def refused(
    disk: SmallDisk, how: str, number: int, needed_bytes: int, step: Callable[..., object], *arguments: object
) -> Ended:
    """Run a step that needs so much room on a disk that does not give it."""
    home = arguments[0]
    assert isinstance(home, Path)
    match how:
        case "full":
            disk.leave(spread(number, needed_bytes // PAGE) * PAGE)
        case "no inodes":
            disk.leave_inodes(number % 3)
        case "read-only":
            disk.make_read_only()
        case "no right":
            folders = [home, *(path for path in home.rglob("*") if path.is_dir() and not path.is_symlink())]
            for folder in folders:
                folder.chmod(0o555)
            ended = dying.run(without_rights, step, *arguments)
            for folder in folders:
                folder.chmod(0o755)
            return ended
    ended = dying.run(step, *arguments)
    disk.recover()
    return ended


@pytest.mark.fault(
    "the disk is full, out of inodes, read-only or not ours while it takes files by hand (`etl add`)",
    promise="what was archived is whole, one line says what is wrong, and with room the same command works",
)
@pytest.mark.parametrize("how", HOW[1:])
def test_a_file_that_has_no_room_is_not_archived(
    disk: SmallDisk, tmp_path: Path, tries: Tries, how: str
) -> None:
    given = tmp_path / "dt.xls"
    given.write_bytes(MARCH.read_bytes())
    home = disk.folder / "home"
    archive = Archive(settings_of(home).archive)

    for number in tries(2, 10):
        steps.store(home, FEBRUARY.read_bytes())
        ended = refused(disk, how, number, len(MARCH.read_bytes()), steps.command, home, "add", str(given))

        assert ended.code == 1, ended.said
        said_in_a_line(ended.said, IN_WORDS[how])
        assert archive_is_whole(archive, {OLD}) == {OLD}
        assert list(archive.folder.glob("*/.*")) == [], "nor does a part take the room of the next try"
        assert dying.run(steps.command, home, "add", str(given)).code == 0
        assert archive_is_whole(archive, {OLD}) == {OLD, NEW}
        shutil.rmtree(home)


@pytest.mark.fault(
    "the disk is full, out of inodes, read-only or not ours while it fetches",
    promise="what was archived is whole, and with room the next run fetches what is missing",
)
@pytest.mark.parametrize("how", HOW[1:])
def test_an_answer_that_has_no_room_is_fetched_again(
    disk: SmallDisk, tmp_path: Path, tries: Tries, how: str
) -> None:
    home = disk.folder / "home"
    archive = Archive(settings_of(home).archive)
    with SbpServer() as sbp:
        sbp.serve(NEW_SITE, MARCH.read_bytes(), last_modified=MAY_2026)
        entries = loopback_catalog(tmp_path / "releases", sbp)

        for number in tries(1, 8):
            steps.store(home, FEBRUARY.read_bytes())
            ended = refused(disk, how, number, 40_000, steps.fetch, home, entries, SERVICES)

            assert ended.code == 1, ended.said
            found = archive_is_whole(archive, {OLD})
            assert dying.run(steps.fetch, home, entries, SERVICES).code == 0
            assert archive_is_whole(archive, found) == {OLD, NEW}
            shutil.rmtree(home)


@pytest.mark.fault(
    "the disk is full, out of inodes, read-only or not ours during a backfill",
    promise="what was taken is whole, and with room the same command takes the rest",
)
@pytest.mark.parametrize("how", HOW[1:])
def test_a_backfill_that_has_no_room_goes_on_when_it_has(
    disk: SmallDisk, tmp_path: Path, tries: Tries, how: str
) -> None:
    home = disk.folder / "home"
    archive = Archive(settings_of(home).archive)
    with WaybackServer() as kept:
        kept.keep("20260419203000", "http://www.sbp.org.pk:80/ecodata/dt.xls", MARCH.read_bytes())

        for number in tries(1, 8):
            steps.store(home, FEBRUARY.read_bytes())
            ended = refused(disk, how, number, 40_000, steps.backfill, home, kept.service, SERVICES)

            assert ended.code == 1, ended.said
            found = archive_is_whole(archive, {OLD})
            assert dying.run(steps.backfill, home, kept.service, SERVICES).code == 0
            assert archive_is_whole(archive, found) == {OLD, NEW}
            shutil.rmtree(home)


@pytest.mark.fault(
    "the disk is full, out of inodes, read-only or not ours while it lands",
    promise="with room the next landing gives the same raw tables, row for row",
)
def test_landing_with_room_again_gives_the_same_raw_tables(
    disk: SmallDisk, tmp_path: Path, tries: Tries
) -> None:
    whole = settings_of(tmp_path / "whole")
    install_starter(Archive(whole.archive))
    steps.land(whole.home)
    wanted, size = everything(whole.build_database), whole.build_database.stat().st_size
    settings = settings_of(disk.folder / "home")
    outcomes = []

    for number in tries(2, 40):
        shutil.copytree(whole.archive, settings.archive)
        if number % 2:
            settings.build.mkdir()
        turn = number // len(HOW) * 2 + number % 2
        ended = refused(disk, HOW[number % len(HOW)], turn, size, steps.land, settings.home)

        outcomes.append(ended.code)
        archive_is_whole(Archive(settings.archive), {OLD, NEW})
        again = dying.run(steps.land, settings.home)
        assert again.code == 0, again.said
        assert everything(settings.build_database) == wanted
        shutil.rmtree(settings.home)

    # The last turns come after all that landing writes.
    assert outcomes.count(1) > len(outcomes) / 2


@pytest.mark.fault(
    "the disk is full, out of inodes, read-only or not ours while it publishes",
    promise="the last good marts are served, no try takes room from the next, and with room it publishes",
)
@pytest.mark.parametrize("how", HOW[1:])
def test_the_last_good_marts_are_served_where_new_ones_have_no_room(
    disk: SmallDisk, tries: Tries, how: str
) -> None:
    settings = settings_of(disk.folder / "home")
    outcomes = []

    for number in tries(3, 40):
        publish(settings, 903.0)
        build(settings, 912.0)
        steps.mark_tested(settings.home, MODELS)
        size = settings.build_database.stat().st_size
        for _ in range(2):
            ended = refused(disk, how, number, size, steps.publish, settings.home, 1)

            outcomes.append(ended.code)
            # What the first try left is room for the second, which may be enough.
            assert exports_in(settings.current_database) == (903.0 if ended.code else 912.0), ended.said
            unfinished = [path for path in settings.published.iterdir() if path.name.startswith(".")]
            assert len(unfinished) <= 1, "what the try before left is gone"
        assert dying.run(steps.publish, settings.home, 1).code == 0
        assert exports_in(settings.current_database) == 912.0
        assert len(list(settings.published.iterdir())) == 2

    assert outcomes.count(1) > len(outcomes) / 2


@pytest.mark.fault(
    "the disk is full, out of inodes, read-only or not ours during `etl refresh`",
    promise="the last good marts are served, one line says what is wrong, and with room a refresh recovers",
)
def test_a_refresh_without_room_says_so_and_recovers(
    published: Installation, disk: SmallDisk, tmp_path: Path, tries: Tries
) -> None:
    download = tmp_path / "dt.xls"
    download.write_bytes(april_edition())
    good = marts_of(published.settings.current_database)
    needed = published.settings.build_database.stat().st_size

    for number in tries(1, 15):
        installed = installation(disk.folder / "home")
        shutil.copytree(published.settings.home, installed.settings.home, symlinks=True)
        assert installed.etl("add", str(download), "--published-on", "2026-05-18").returncode == 0
        had = archive_is_whole(installed.archive, ())
        how = HOW[number % len(HOW)]
        home = installed.settings.home
        ended = refused(disk, how, number, needed, steps.command, home, "refresh", "--offline")

        assert ended.code == 1, ended.said
        said_in_a_line(ended.said, IN_WORDS[how])
        archive_is_whole(installed.archive, had)
        marts_are_one_of(installed.settings, good)
        if number:  # a recovery is a whole build, for which the short form has no time
            again = installed.etl("refresh", "--offline")
            assert again.returncode == 0, again.stderr
            assert marts_of(installed.settings.current_database) != good
        shutil.rmtree(home)
