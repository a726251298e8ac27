"""What the dictionary says of a table: its key, links, tests, lineage, releases and measures."""

import pytest

from etl.catalog.releases import Catalog
from etl.modelling.dbt import ensure_manifest
from etl.modelling.manifest import Manifest
from etl.serve.dictionary import contents
from etl.serve.dictionary.contents import ColumnEntry, Extents, TableEntry
from tests.support.installation import Installation


@pytest.fixture(scope="module")
def manifest(published: Installation) -> Manifest:
    return Manifest.load(ensure_manifest(published.settings))


@pytest.fixture(scope="module")
def marts(manifest: Manifest, catalog: Catalog) -> dict[str, TableEntry]:
    return {table.name: table for table in contents.tables(manifest, catalog, Extents(), "marts")}


def column(table: TableEntry, name: str) -> ColumnEntry:
    return next(column for column in table.columns if column.name == name)


def test_a_mart_says_its_key_and_how_to_see_it_as_of_a_day(marts: dict[str, TableEntry]) -> None:
    assert marts["services_monthly"].key == ("month", "item_code")
    assert column(marts["services_monthly"], "month").is_key
    assert marts["services_monthly"].as_of == "marts.services_monthly_as_of"
    assert marts["dim_item"].as_of is None


def test_a_column_says_what_it_joins_to(marts: dict[str, TableEntry]) -> None:
    monthly = marts["services_monthly"]
    assert column(monthly, "item_code").links_to == "marts.dim_item.item_code"
    assert column(monthly, "exports_vintage_id").links_to == "marts.vintages.vintage_id"
    assert column(monthly, "exports_usd_mn").links_to is None


def test_a_table_says_what_it_reads_and_what_reads_it(
    marts: dict[str, TableEntry], manifest: Manifest, catalog: Catalog
) -> None:
    assert "intermediate.int_services_changes" in marts["services_monthly"].reads
    between = contents.tables(manifest, catalog, Extents(), "intermediate")
    changes = next(table for table in between if table.name == "int_services_changes")
    assert {"marts.services_monthly", "marts.it_exports_monthly"} <= set(changes.read_by)


def test_a_mart_says_its_releases_those_that_decide_first(marts: dict[str, TableEntry]) -> None:
    releases = marts["services_share"].releases
    assert "trade_in_services" in [release.id for release in releases]
    assert {release.series for release in releases} == {"services"}
    tiers = [release.source.tier for release in releases]
    assert tiers == sorted(tiers)


def test_a_test_is_said_as_what_it_promises(marts: dict[str, TableEntry]) -> None:
    holds, informs = marts["reconciliations"].promises
    assert holds.words == "Every accounting identity inside an edition closes."
    assert holds.is_blocking
    assert not informs.is_blocking
    (values,) = column(marts["services_monthly"], "exports_status").promises
    assert values.words == "One of provisional, revised, not_stated."


def test_a_unit_test_is_an_example_in_words(marts: dict[str, TableEntry]) -> None:
    examples = marts["services_monthly"].examples
    assert "a deficit is so many times as large as another and never as a surplus" in examples


def test_tables_with_equal_columns_stand_together(manifest: Manifest, catalog: Catalog) -> None:
    raw = contents.tables(manifest, catalog, Extents(), "raw")
    names = {other.name for table in raw for other in (table, *table.alike)}
    assert names == {node.name for node in manifest.nodes.values() if node.schema == "raw"}
    assert any(len(table.alike) == len(catalog.file_releases) - 1 for table in raw)


def test_a_measure_says_its_unit_and_the_marts_that_have_it(marts: dict[str, TableEntry]) -> None:
    measures = {measure.name: measure for measure in contents.measures(marts.values())}
    assert {"marts.services_monthly", "marts.goods_trade_monthly"} <= set(measures["exports_yoy_pct"].marts)
    assert measures["exports_yoy_pct"].unit.name == "per cent"
    assert "published_on" not in measures


def test_a_release_says_where_its_rows_go(manifest: Manifest, catalog: Catalog) -> None:
    releases = {entry.release.id: entry for entry in contents.releases(manifest, catalog, Extents())}
    assert releases["trade_in_services"].tables == (
        "raw.trade_in_services",
        "staging.stg_trade_in_services",
    )
    assert releases["transcribed_prints"].tables[0] == "seeds.transcribed_monthly"
    assert "marts.services_monthly" in releases["transcribed_prints"].marts
