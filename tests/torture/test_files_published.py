"""Three bad files at once where marts are published: what their readers see, and what they are told."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import hostile
from tests.support.installation import Installation, installation
from tests.support.nights import april_edition, newest_month
from tests.support.readings import SERVICES
from tests.support.workbooks import april_services, services_grid

Tries = Callable[[int, int], Iterator[int]]


def does_not_add_up() -> bytes:
    april = april_services()
    return services_grid(april).put("I14", 16140.8).xls()


@pytest.mark.slow
@pytest.mark.fault(
    "three bad files in one night: one that ends its reader, one cut off, one that does not add up",
    promise="the published marts are as before, the archive has all three, each is named with its "
    "reason, and a refresh with a good file publishes it",
)
def test_bad_files_cost_no_good_one(published: Installation, tmp_path: Path, tries: Tries) -> None:
    bad = {
        "ends.xls": (hostile.has_a_cell_far_away(), "asked for too much memory"),
        "cut.xls": (april_edition()[:30_000], "cannot be opened"),
        "sums.xls": (does_not_add_up(), "do not add up"),
    }
    for number in tries(1, 3):
        shutil.copytree(published.settings.home, tmp_path / f"{number}", symlinks=True)
        installed = installation(tmp_path / f"{number}")
        before = installed.rows("select * from marts.vintages order by all")
        for name, (content, _) in bad.items():
            (tmp_path / name).write_bytes(content)
            added = installed.etl("add", str(tmp_path / name), "--release", SERVICES)
            assert added.returncode == 0, added.stderr

        night = installed.etl("refresh", "--offline")

        assert night.returncode == 0, night.stderr
        assert "Traceback" not in night.stdout + night.stderr
        for name, (_, why) in bad.items():
            assert any(name in line and why in line for line in night.stdout.splitlines()), (
                name,
                night.stdout,
            )
        assert installed.rows("select * from marts.vintages order by all") == before
        hashes = {file.facts.sha256: file.read() for file in installed.archive.files(SERVICES)}
        assert {content for content, _ in bad.values()} <= set(hashes.values())

        (tmp_path / "good.xls").write_bytes(april_edition())
        assert installed.etl("add", str(tmp_path / "good.xls")).returncode == 0
        mended = installed.etl("refresh", "--offline")
        assert mended.returncode == 0, mended.stderr
        assert newest_month(installed) == "2026-04-01"
