"""The main job from SBP's answer to published marts, against a server of this machine that behaves as
SBP does. Each test is a short story of nights.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import dagster as dg
import pytest

from etl.starter.write import services_workbook
from tests.support import workbooks
from tests.support.installation import Installation, installation
from tests.support.loopback import loopback_catalog
from tests.support.sbp_server import Reply, SbpServer
from tests.support.wayback_server import WaybackServer

NEW_SITE = "/assets/document/dt.xls"
MIRROR = "/ecodata/dt.xls"
EXTERNAL_INDEX = "/assets/dt_collection_75160/econmicExternoaSectorData.json"
SUMMARY = "/assets/document/Balancepayment_BPM6.xls"
MAY_2026 = datetime(2026, 5, 18, tzinfo=UTC)


def april_edition() -> bytes:
    """Trade in services of April 2026, made up: March's figures under April's headers."""
    return services_workbook(
        workbooks.headed(
            workbooks.services(),
            "Apr-25 (R)",
            "Mar-26 (R)",
            "Apr-26 (P)",
            "Jul-Apr, FY25 (R)",
            "Jul-Apr, FY26 (P)",
        )
    )


@pytest.fixture
def sbp() -> Iterator[SbpServer]:
    with SbpServer() as server:
        yield server


@pytest.fixture
def entries(sbp: SbpServer, tmp_path: Path) -> Path:
    """Give the catalogue with the server's addresses."""
    return loopback_catalog(tmp_path / "releases", sbp)


@pytest.fixture
def installed(published: Installation, tmp_path: Path) -> Installation:
    """Give an installation that published the starter archive and has not asked SBP yet."""
    home = tmp_path / "home"
    shutil.copytree(published.settings.home, home, symlinks=True)
    return installation(home)


def newest_month(installed: Installation) -> str:
    month = installed.value(
        "select max(month)::varchar from marts.services_monthly"
        " where item_code = '9' and exports_basis = 'published'"
    )
    return str(month)


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
        "import sys; from etl import cli; code = cli._run(['refresh', '--offline'])\n"
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
    assert f"moved from {sbp.url(NEW_SITE)} to {sbp.url(moved_to)}, which has answered since" in status
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


def test_the_home_page_with_200_is_no_data_and_the_mirror_is_asked(
    installed: Installation, sbp: SbpServer, entries: Path
) -> None:
    sbp.serve(MIRROR, april_edition(), last_modified=MAY_2026)

    result = installed.etl("refresh", catalog=entries)

    assert result.returncode == 0, result.stderr
    assert "trade_in_services: new file" in result.stdout
    logged = [json.loads(line) for line in installed.archive.fetch_log.read_text().splitlines()]
    services = [
        (line["outcome"], line["address"]) for line in logged if line["release_id"] == "trade_in_services"
    ]
    assert services == [("rejected", sbp.url(NEW_SITE)), ("new", sbp.url(MIRROR))]
    assert installed.value("select count(*) from staging.stg_fetches") == len(logged)


def test_a_layout_that_is_not_understood_is_kept_explained_and_leaves_the_marts_as_they_were(
    installed: Installation, sbp: SbpServer, entries: Path
) -> None:
    strange = workbooks.headed(
        workbooks.services(), "Apr-25", "Mar-26", "Quarter ending May", "Jul-Apr, FY25", "Jul-Apr, FY26"
    )
    sbp.serve(NEW_SITE, services_workbook(strange), last_modified=MAY_2026)

    result = installed.etl("refresh", "--strict", catalog=entries)

    assert result.returncode == 2, result.stderr
    assert "quarantined" in result.stdout
    assert "Quarter ending May" in result.stdout
    assert newest_month(installed) == "2026-03-01"
    row = installed.rows(
        "select quarantine_where, quarantine_found from marts.dim_release_file where status = 'quarantined'"
    )
    assert row == [("'EBOPS ' I7", "'Quarter ending May'")]
    status = installed.etl("status", catalog=entries)
    assert "quarantined" in status.stdout

    sbp.serve(NEW_SITE, april_edition(), last_modified=datetime(2026, 5, 19, tzinfo=UTC))
    mended = installed.etl("refresh", catalog=entries)
    assert mended.returncode == 0, mended.stderr
    assert newest_month(installed) == "2026-04-01"


def test_a_file_whose_figures_do_not_add_up_stops_publication_and_the_good_marts_are_served(
    installed: Installation, sbp: SbpServer, entries: Path
) -> None:
    edition = workbooks.headed(
        workbooks.services(),
        "Apr-25 (R)",
        "Mar-26 (R)",
        "Apr-26 (P)",
        "Jul-Apr, FY25 (R)",
        "Jul-Apr, FY26 (P)",
    )
    sbp.serve(
        NEW_SITE, workbooks.services_grid(edition).put("I15", 1_000_000.0).xls(), last_modified=MAY_2026
    )

    result = installed.etl("refresh", catalog=entries)

    assert result.returncode == 1
    lines = [line for line in result.stderr.splitlines() if line.startswith("etl: ")]
    assert len(lines) == 1
    assert "what_must_hold_holds" in lines[0]
    assert "nothing is published" in lines[0]
    assert newest_month(installed) == "2026-03-01"
    assert len(installed.archive.hashes("trade_in_services")) == 3


def test_out_of_reach_is_said_in_a_line_and_is_no_failure(installed: Installation, tmp_path: Path) -> None:
    with SbpServer() as gone:
        entries = loopback_catalog(tmp_path / "gone", gone)

    result = installed.etl("refresh", catalog=entries)

    assert result.returncode == 0, result.stderr
    assert "out of reach" in result.stdout
    assert "etl add FILE" in result.stdout
    assert installed.etl("refresh", "--strict", catalog=entries).returncode == 2


def test_default_agents_are_refused_by_the_server_and_ours_is_not(
    installed: Installation, sbp: SbpServer, entries: Path
) -> None:
    sbp.serve(NEW_SITE, april_edition(), last_modified=MAY_2026)
    installed.etl("refresh", "--release", "trade_in_services", catalog=entries)
    assert {request.path for request in sbp.requests} > {NEW_SITE}
    assert all("sbp-warehouse" in request.headers["user-agent"] for request in sbp.requests)


def test_a_truncated_body_is_never_archived(installed: Installation, sbp: SbpServer, entries: Path) -> None:
    body = april_edition()
    for path in (NEW_SITE, MIRROR):
        sbp.script(path, Reply(body, last_modified=MAY_2026, breaks_off_after=20_000))
    result = installed.etl("refresh", catalog=entries)
    assert "trade_in_services: rejected" in result.stdout
    assert len(installed.archive.hashes("trade_in_services")) == 2


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


def test_a_connected_reader_keeps_its_snapshot_and_is_never_refused(
    installed: Installation, tmp_path: Path
) -> None:
    download = tmp_path / "dt.xls"
    download.write_bytes(april_edition())
    installed.etl("add", str(download))
    reader = subprocess.Popen(
        [sys.executable, "-c", _READER, str(installed.settings.current_database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    assert reader.stdin is not None
    assert reader.stdout.readline().strip() == "2026-03-01"

    assert installed.etl("refresh", "--offline").returncode == 0

    reader.stdin.write("again\n")
    reader.stdin.flush()
    assert reader.stdout.readline().strip() == "2026-03-01", "who is connected keeps the snapshot"
    assert reader.stdout.readline().strip() == "2026-04-01", "a new connection sees the new one"
    reader.stdin.close()
    assert reader.wait(timeout=30) == 0


_READER = """
import sys, duckdb
query = "select max(month)::varchar from marts.services_monthly where exports_basis = 'published'"
first = duckdb.connect(sys.argv[1], read_only=True)
print(first.execute(query).fetchone()[0], flush=True)
sys.stdin.readline()
print(first.execute(query).fetchone()[0], flush=True)
first.close()
print(duckdb.connect(sys.argv[1], read_only=True).execute(query).fetchone()[0], flush=True)
"""


def test_landing_the_same_archive_in_another_order_gives_the_same_marts(
    installed: Installation, tmp_path: Path
) -> None:
    """The April edition comes before the starter's in one installation, after it in the other."""
    download = tmp_path / "dt.xls"
    download.write_bytes(april_edition())
    late = installed
    late.etl("add", str(download), "--published-on", "2026-05-18")
    late.etl("refresh", "--offline")

    early = installation(tmp_path / "early")
    early.etl("add", str(download), "--published-on", "2026-05-18")
    early.etl("refresh", "--offline")

    for mart in ("services_monthly", "vintages", "services_share", "balance_of_payments_monthly"):
        columns = "* exclude (first_seen_at)" if mart == "vintages" else "*"
        query = f"select {columns} from marts.{mart} order by all"
        assert late.rows(query) == early.rows(query), mart


def test_sums_of_money_are_exact_to_the_dollar(installed: Installation) -> None:
    total = installed.value(
        "select sum(exports_usd_mn) from marts.services_monthly inner join marts.dim_item using (item_code)"
        " where is_main_item and month = '2026-03-01'"
    )
    assert abs(total - Decimal("902.912773")) <= Decimal("0.000006")


def test_a_killed_refresh_is_mended_by_the_next_and_its_run_does_not_keep_others_waiting(
    installed: Installation, tmp_path: Path
) -> None:
    download = tmp_path / "dt.xls"
    download.write_bytes(april_edition())
    installed.etl("add", str(download))
    killed = subprocess.Popen(
        [sys.executable, "-m", "etl.cli", "refresh", "--offline"],
        env=os.environ | {"ETL_HOME": str(installed.settings.home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert killed.stdout is not None
    for line in killed.stdout:
        if "building and testing" in line:
            break
    killed.kill()
    killed.wait(timeout=30)
    assert [run.status for run in runs_of(installed)][:1] == [dg.DagsterRunStatus.STARTED]

    after = installed.etl("refresh", "--offline")

    assert after.returncode == 0, after.stderr
    assert newest_month(installed) == "2026-04-01"
    assert [run.status for run in runs_of(installed)][:2] == [
        dg.DagsterRunStatus.SUCCESS,
        dg.DagsterRunStatus.FAILURE,
    ]


def runs_of(installed: Installation) -> list[dg.DagsterRun]:
    with dg.DagsterInstance.from_config(str(installed.settings.dagster_home)) as instance:
        return list(instance.get_runs())


def test_two_refreshes_at_once_take_turns_and_the_second_finds_it_done(tmp_path: Path) -> None:
    both = installation(tmp_path)
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "etl.cli", "refresh", "--offline"],
            env=os.environ | {"ETL_HOME": str(both.settings.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    published = [path.name for path in both.settings.published.iterdir() if path.name.isdigit()]
    assert published == ["1"]
