"""A refresh beside a reader, and the order of arrival: neither makes a difference."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.installation import Installation, installation
from tests.support.nights import (
    april_edition,
)

pytestmark = pytest.mark.slow


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
