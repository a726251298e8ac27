"""Units, as the names of columns say them."""

import pytest

from etl.exporting.units import kind_of, unit_of


@pytest.mark.parametrize(
    ("column", "unit", "kind"),
    [
        ("exports_usd_mn", "million US$", "money"),
        ("exports_fytd_pkr_mn", "million rupees", "money"),
        ("average_pkr", "rupees", "money"),
        ("exports_yoy_pct", "per cent", "per cent"),
        ("exports_contribution_to_growth_pp", "percentage points", "per cent"),
        ("size_bytes", "bytes", "other"),
        ("usual_lag_days", "days", "other"),
        ("item_code", None, "other"),
        ("month", None, "other"),
    ],
)
def test_the_end_of_a_name_says_the_unit(column: str, unit: str | None, kind: str) -> None:
    assert (unit_of(column), kind_of(column)) == (unit, kind)
