"""The last good marts are served whatever SBP answers: home pages, unknown layouts, wrong figures, silence.
Each test is a short story of nights.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scripts.write_starter import services_workbook
from tests.support import workbooks
from tests.support.installation import Installation
from tests.support.loopback import loopback_catalog
from tests.support.nights import (
    MAY_2026,
    MIRROR,
    NEW_SITE,
    april_edition,
    newest_month,
)
from tests.support.sbp_server import Reply, SbpServer

pytestmark = pytest.mark.slow


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


def test_a_file_whose_figures_do_not_add_up_stops_only_itself(
    installed: Installation, sbp: SbpServer, entries: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "Balancepayment_BPM6.xls"
    wrong.write_bytes(workbooks.summary_grid().put("I58", 1_000_000.0).xls())
    assert installed.etl("add", str(wrong), "--published-on", "2026-05-18").returncode == 0

    result = installed.etl("refresh", catalog=entries)

    assert result.returncode == 0, result.stderr
    assert (
        "Balancepayment_BPM6.xls is quarantined: the figures do not add up at BPM6_Summary, I"
        in result.stdout
    )
    assert "published snapshot" in result.stdout
    assert newest_month(installed) == "2026-03-01"
    assert len(installed.archive.hashes("balance_of_payments_summary")) == 2


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
