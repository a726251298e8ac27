"""Parquet and CSV read back by others: the same rows, types and texts as the mart."""

import json
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from tests.support.exports import rows_of_csv
from tests.support.installation import Installation

MARTS = ("services_monthly", "vintages", "dim_item", "dim_release", "dim_release_file")


@pytest.mark.parametrize("mart", MARTS)
def test_parquet_holds_the_rows_of_the_mart(published: Installation, exported: Path, mart: str) -> None:
    table = parquet.read_table(exported / "parquet" / f"{mart}.parquet")

    assert [tuple(row.values()) for row in table.to_pylist()] == published.rows(f"from marts.{mart}")


def test_parquet_keeps_decimals_dates_and_lists(exported: Path) -> None:
    services = parquet.read_schema(exported / "parquet" / "services_monthly.parquet")
    releases = parquet.read_schema(exported / "parquet" / "dim_release.parquet")

    assert str(services.field("exports_usd_mn").type) == "decimal128(18, 6)"
    assert str(services.field("month").type) == "date32[day]"
    assert str(releases.field("addresses").type).startswith("list<")


@pytest.mark.parametrize("mart", MARTS)
def test_csv_holds_the_mart_with_iso_dates_and_nothing_for_null(
    published: Installation, exported: Path, mart: str
) -> None:
    def as_text(value: object) -> str:
        match value:
            case None:
                return ""
            case bool():
                return str(value).lower()
            case datetime():
                return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            case list():
                return json.dumps(value, separators=(",", ":"))
            case _:
                return str(value)

    rows = [list(row.values()) for row in rows_of_csv(exported / "csv" / f"{mart}.csv")]

    assert rows == [[as_text(value) for value in row] for row in published.rows(f"from marts.{mart}")]
