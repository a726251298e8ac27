"""How much there is: counted in what is published, and nothing where a table is not there."""

from datetime import date
from pathlib import Path

from etl.modelling.dbt import ensure_manifest
from etl.modelling.manifest import Manifest
from etl.serve.dictionary.contents import Extents, measure
from etl.warehouse import connect
from tests.support.installation import Installation


def test_a_mart_has_its_rows_its_periods_and_how_often_each_column_is_known(published: Installation) -> None:
    manifest = Manifest.load(ensure_manifest(published.settings))
    with connect.read(published.settings.current_database) as connection:
        extents = measure(connection, manifest)
    extent = extents.tables["marts.services_monthly"]
    assert extent.rows == published.value("select count(*) from marts.services_monthly")
    assert (extent.by, extent.last) == (
        "month",
        published.value("select max(month) from marts.services_monthly"),
    )
    assert extent.known["exports_yoy_pct"] == published.value(
        "select count(*) from marts.services_monthly where exports_yoy_pct is not null"
    )
    assert extents.tables["marts.goods_trade_monthly"].rows == 0
    assert extents.tables["marts.goods_trade_monthly"].first is None
    assert extents.releases["trade_in_services"].files_landed == 2
    assert extents.releases["trade_in_services"].latest_period_ends_on == date(2026, 3, 31)


def test_in_a_database_without_the_tables_there_is_nothing(published: Installation, tmp_path: Path) -> None:
    with connect.write(tmp_path / "empty.duckdb") as connection:
        assert measure(connection, Manifest.load(ensure_manifest(published.settings))) == Extents()
