"""A file comes that a server may well serve, and it is not what this night's file should be: another
release's, an old one, one that is said to be unchanged.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from etl.catalog.releases import Catalog
from etl.fetch import collect
from etl.fetch.clients import FileClient
from etl.fetch.discovery import SbpIndex
from etl.fetch.http import Fetcher
from scripts.write_starter import services_workbook
from tests.support import workbooks
from tests.support.bad_nights import Night
from tests.support.installation import Installation, installation
from tests.support.loopback import loopback_catalog
from tests.support.nights import MIRROR, NEW_SITE
from tests.support.readings import SERVICES
from tests.support.releases import FEBRUARY, MARCH, SUMMARY_OF_MARCH, sha256_of
from tests.support.sbp_server import Reply, SbpServer

Nights = Callable[..., Iterator[Night]]
_WRONG = SUMMARY_OF_MARCH.read_bytes()
_OLDER = services_workbook(
    workbooks.headed(
        workbooks.scaled(workbooks.services(), 0.99),
        "Feb-25 (R)",
        "Jan-26 (R)",
        "Feb-26 (P)",
        "Jul-Feb, FY25 (R)",
        "Jul-Feb, FY26 (P)",
    )
)
"""Of February, made up: March's figures under its headers."""
_FIGURES = "select item_code, month, exports_usd_mn, imports_usd_mn from marts.services_monthly order by all"


@pytest.mark.fault(
    "last month's file again, under this month's name and date",
    promise="it is known by its bytes: no new file, no new vintage, the marts stand",
)
def test_last_month_again(nights: Nights) -> None:
    for night in nights(1, 3):
        before = night.held()
        for path in (NEW_SITE, MIRROR):
            night.sbp.serve(path, FEBRUARY.read_bytes(), last_modified=datetime(2026, 11, 18, tzinfo=UTC))
        told = night.refresh()
        assert (told.code, told.line()) == (0, f"  {SERVICES}: unchanged")
        assert "nothing new" in told.out
        assert night.held() == before
        night.recovers()


@pytest.mark.fault(
    "an ETag that says for ever that the file is unchanged",
    promise="after a week the file is asked for whole: what was published meanwhile is had then",
)
def test_a_lying_etag(nights: Nights) -> None:
    for night in nights(1, 3):
        for content in (FEBRUARY, MARCH):
            for path in (NEW_SITE, MIRROR):
                night.sbp.serve(path, content.read_bytes(), etag='"for ever"')
            assert night.refresh().line() == f"  {SERVICES}: unchanged"
            assert night.last_record().sha256 == sha256_of(FEBRUARY)
        assert night.last_record().status == 304

        night.ahead[0] = timedelta(days=8)

        assert night.refresh().line() == f"  {SERVICES}: unchanged"
        assert (night.last_record().status, night.last_record().sha256) == (200, sha256_of(MARCH))
        night.recovers()


@dataclass(frozen=True)
class Aftermath:
    """What was published before two strange files came, and after."""

    installed: Installation
    told: str
    before: list[Any]
    server: SbpServer
    entries: Path

    def file(self, content: bytes) -> tuple[str, str | None]:
        """Return what became of a file: its status and where it was not understood."""
        sha256 = hashlib.sha256(content).hexdigest()
        (row,) = self.installed.rows(
            "select status, quarantine_reason from marts.dim_release_file"
            f" where release_id = '{SERVICES}' and file_sha256 = '{sha256}'"
        )
        return row


@pytest.fixture(scope="module")
def aftermath(asked_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    """Have two strange files fetched, and build once for both."""
    folder = tmp_path_factory.mktemp("strange")
    installed = installation(folder / "home")
    shutil.copytree(asked_home, installed.settings.home, symlinks=True)
    before = installed.rows(_FIGURES)
    with SbpServer() as server:
        entries = loopback_catalog(folder / "releases", server)
        release = Catalog.load(entries).get(SERVICES)
        server.script(
            NEW_SITE,
            Reply(_OLDER, last_modified=datetime(2026, 3, 10, tzinfo=UTC)),
            Reply(_WRONG, last_modified=datetime(2026, 5, 18, tzinfo=UTC)),
        )
        for _ in range(2):
            with Fetcher([release], polite_seconds=0) as fetcher:
                client = FileClient(fetcher, SbpIndex(fetcher, (), "command"))
                seen = collect.last_seen(installed.archive, [release])[SERVICES]
                got = collect.collect(release, client, installed.archive, "command", seen)
                assert got.outcome == "new"
        built = installed.etl("refresh", "--offline", catalog=entries)
        assert built.returncode == 0, built.stderr
        yield Aftermath(installed, built.stdout, before, server, entries)


@pytest.mark.fault(
    "the wrong release under the right name",
    promise="kept, and quarantined with its reason; the figures stand; the next file that is right is landed",
)
def test_the_wrong_release(aftermath: Aftermath) -> None:
    status, reason = aftermath.file(_WRONG)
    assert status == "quarantined"
    assert reason
    assert "dt.xls is quarantined" in aftermath.told
    assert aftermath.installed.rows(_FIGURES) == aftermath.before


@pytest.mark.fault(
    "a file older than the newest one archived, that says something else of the same months",
    promise="kept as the older vintage that it is; the figures that count stand",
)
def test_an_older_file(aftermath: Aftermath) -> None:
    assert aftermath.file(_OLDER) == ("landed", None)
    assert aftermath.installed.rows(_FIGURES) == aftermath.before
    vintages = aftermath.installed.value(
        f"select count(*) from marts.vintages where file_sha256 = '{hashlib.sha256(_OLDER).hexdigest()}'"
    )
    assert vintages > 0
