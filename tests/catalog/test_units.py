"""A column's name says its unit, and says it of every column that is a number of something."""

import pytest

from etl.catalog.units import unit_of
from etl.modelling.dbt import ensure_manifest
from etl.modelling.manifest import Manifest
from tests.support.installation import Installation

BARE = {"value", "should_be", "decimals", "sign", "level", "sort_order", "tier", "calendar_year"}
BARE |= {"month_of_fiscal_year"}
"""Numbers without a unit: places, codes, and values whose unit stands in a column beside them."""
TYPES = {"date": {"date"}, "timestamp": {"timestamp"}, "yes or no": {"boolean"}}
NUMBERS = {"decimal", "double", "bigint", "integer"}


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("exports_usd_mn", "million US$"),
        ("exports_pkr_mn", "million rupees"),
        ("average_pkr", "rupees"),
        ("value_thousand_usd", "thousand US$"),
        ("exports_share_pct", "per cent"),
        ("information_share_change_pp", "percentage points"),
        ("exports_rank_so_far", "rank"),
        ("working_days", "days"),
        ("exports_yoy_streak_months", "months"),
        ("months_known_before", "months"),
        ("items_known", "count"),
        ("published_on", "date"),
        ("first_seen_at", "timestamp"),
        ("exports_is_superseded", "yes or no"),
        ("is_record", "yes or no"),
    ],
)
def test_a_name_says_its_unit(column: str, unit: str) -> None:
    found = unit_of(column)
    assert found is not None
    assert found.name == unit


@pytest.mark.parametrize("column", ["month", "item_code", "published_on_is", "exports_basis", "vintage_id"])
def test_other_names_say_none(column: str) -> None:
    assert unit_of(column) is None


def test_every_number_of_a_mart_has_a_unit_that_fits_its_type(published: Installation) -> None:
    manifest = Manifest.load(ensure_manifest(published.settings))
    for node in manifest.nodes.values():
        for column in node.columns if node.schema == "marts" else ():
            unit = unit_of(column.name)
            kind = (column.data_type or "").split("(")[0]
            where = f"{node.name}.{column.name} {column.data_type}"
            if kind in NUMBERS:
                assert unit or column.name in BARE, where
            if unit:
                assert kind in TYPES.get(unit.name, NUMBERS), where
