"""The main job from SBP's answer to published marts, against a server of this machine that behaves as
SBP does. Each test is a short story of nights.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import workbooks
from tests.support.installation import Installation
from tests.support.nights import (
    EXTERNAL_INDEX,
    MAY_2026,
    NEW_SITE,
    april_edition,
    newest_month,
)
from tests.support.sbp_server import SbpServer
from tests.support.wayback_server import WaybackServer

pytestmark = pytest.mark.slow


def test_a_new_file_is_fetched_landed_tested_published_and_told(
    installed: Installation, sbp: SbpServer, entries: Path
) -> None:
    sbp.serve(NEW_SITE, april_edition(), last_modified=MAY_2026)

    first = installed.etl("refresh", catalog=entries)

    assert first.returncode == 0, first.stderr
    assert "trade_in_services: new file" in first.stdout
    assert "1,320 cells landed" in first.stdout
    assert "trade_in_services reaches April 2026 (was March 2026)" in first.stdout
    assert "IT exports, April 2026" in first.stdout
    assert str(installed.settings.current_database) in first.stdout
    assert newest_month(installed) == "2026-04-01"

    again = installed.etl("refresh", catalog=entries)

    assert again.returncode == 0, again.stderr
    assert "trade_in_services: unchanged" in again.stdout
    assert "nothing new" in again.stdout
    conditions = [r.headers.get("if-modified-since") for r in sbp.requests if r.path == NEW_SITE]
    assert conditions == [None, "Mon, 18 May 2026 00:00:00 GMT"]


def test_a_refresh_with_nothing_new_changes_nothing_and_imports_neither_dagster_nor_dbt(
    installed: Installation,
) -> None:
    before = sorted(path.name for path in installed.settings.published.iterdir())
    program = (
        "import sys; from etl.cli import main as cli; code = cli._run(['refresh', '--offline'])\n"
        "print(code, sorted({name.split('.')[0] for name in sys.modules} & {'dagster', 'dbt', 'requests'}))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"ETL_HOME": str(installed.settings.home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.splitlines()[-1] == "0 []"
    assert sorted(path.name for path in installed.settings.published.iterdir()) == before


def test_a_file_that_moved_is_found_through_sbps_index_and_status_says_so(
    installed: Installation, sbp: SbpServer, entries: Path
) -> None:
    moved_to = "/assets/document/2027/DT_1.xls"
    attachment = {"file_name": "DT_1.xls ", "url": sbp.url(moved_to), "file_size": "1.5 MB"}
    entry = {
        "title": "Trade in services",
        "date": None,
        "attachment": attachment,
        "commulative_archive": None,
    }
    index = json.dumps({"external": {"trade": {"monthly": {"2027": [entry]}}}}).encode()
    sbp.serve(EXTERNAL_INDEX, index, content_type="application/json")
    sbp.serve(moved_to, april_edition(), last_modified=MAY_2026)

    result = installed.etl("refresh", "--release", "trade_in_services", catalog=entries)

    assert result.returncode == 0, result.stderr
    assert "trade_in_services: new file" in result.stdout
    assert newest_month(installed) == "2026-04-01"
    status = installed.etl("status", catalog=entries).stdout
    said = f"moved from {sbp.url(NEW_SITE)} to {sbp.url(moved_to)}, which has answered since"
    assert "".join(said.split()) in "".join(status.split()), "lines are wrapped"
    assert (
        installed.value("select outcome from staging.stg_fetches where release_id = 'sbp_index'")
        == "answered"
    )


def test_without_the_index_everything_goes_on_and_status_says_what_is_wrong_with_it(
    installed: Installation, sbp: SbpServer, entries: Path
) -> None:
    sbp.serve(NEW_SITE, april_edition(), last_modified=MAY_2026)

    result = installed.etl("refresh", "--strict", "--release", "trade_in_services", catalog=entries)

    assert result.returncode == 0, result.stdout
    status = installed.etl("status", catalog=entries).stdout
    assert "SBP's index of its files: " in status
    assert "web page" in status
    assert "moved from" not in status


def test_past_vintages_from_a_web_archive_are_landed_at_the_next_refresh(installed: Installation) -> None:
    with WaybackServer() as web_archive:
        original = "http://www.sbp.org.pk:80/ecodata/dt.xls"
        web_archive.keep("20260519203000", original, april_edition())
        settings = {
            "ETL_WAYBACK_ADDRESS": web_archive.service,
            "ETL_WAYBACK_POLITE_SECONDS": "0",
        }

        taken = installed.etl("backfill", "--from", "wayback", "--since", "2026-01-01", **settings)
        again = installed.etl("backfill", "--from", "wayback", "--since", "2026-01-01", **settings)
        asked = len(web_archive.originals_asked())

    assert taken.returncode == 0, taken.stderr
    assert "trade_in_services: 1 taken, 0 in the archive before, 0 refused" in taken.stdout
    assert "trade_in_services: 0 taken, 1 in the archive before, 0 refused" in again.stdout
    assert asked == 1
    assert installed.etl("refresh", "--offline").returncode == 0
    assert newest_month(installed) == "2026-04-01"
    file = installed.rows("select source_address, via from marts.dim_release_file where via = 'web_archive'")
    assert file == [(original, "web_archive")]
    assert "kept by a web archive" in installed.etl("brief").stdout


def test_a_web_archive_out_of_reach_is_said_and_the_command_fails(installed: Installation) -> None:
    result = installed.etl("backfill", "--from", "wayback", ETL_WAYBACK_ADDRESS="http://127.0.0.1:9")

    assert result.returncode == 1
    assert "could not be reached" in result.stdout
    assert "run the same command again: it goes on where it was" in result.stdout


def test_a_file_given_by_hand_is_landed_at_the_next_refresh(installed: Installation, tmp_path: Path) -> None:
    download = tmp_path / "dt (1).xls"
    download.write_bytes(april_edition())

    added = installed.etl("add", str(download), "--published-on", "2026-05-18")
    assert added.returncode == 0, added.stderr
    assert "as trade_in_services" in added.stdout
    assert installed.etl("add", str(download)).stdout.startswith("unchanged")

    assert installed.etl("refresh", "--offline").returncode == 0
    dated = installed.rows(
        "select published_on::varchar, published_on_is, via from marts.dim_release_file where via = 'by_hand'"
    )
    assert dated == [("2026-05-18", "given_by_hand", "by_hand")]


def test_sbps_own_copy_takes_the_starters_place_and_is_no_new_vintage(
    installed: Installation, tmp_path: Path
) -> None:
    """SBP's copy says the same in other bytes: here the starter's figures in a workbook of another look."""
    vintages = installed.value("select count(*) from marts.vintages")
    copy = tmp_path / "dt.xls"
    copy.write_bytes(workbooks.services_grid().xls())

    assert installed.etl("add", str(copy), "--published-on", "2026-04-17").returncode == 0
    assert installed.etl("refresh", "--offline").returncode == 0

    assert installed.value("select count(*) from marts.vintages") == vintages
    via = installed.value(
        "select via from marts.services_monthly inner join marts.vintages on exports_vintage_id = vintage_id"
        " where item_code = '9' and month = '2026-03-01'"
    )
    assert via == "by_hand"
