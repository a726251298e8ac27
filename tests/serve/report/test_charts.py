"""Charts are honest: gaps stay open, bars begin at zero, and a mark says which vintage it is."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from etl.serve.report import charts
from tests.serve.report.conftest import MARCH, Written

ALT = "what it shows"


def marks(spec: dict[str, Any]) -> list[str]:
    return [layer["mark"]["type"] for layer in spec["layer"]]


def rows(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the longest list of rows inside a chart."""
    return max((layer["data"]["values"] for layer in _with_data(spec)), key=len)


def _with_data(spec: dict[str, Any]) -> list[dict[str, Any]]:
    found = [part for part in (spec, *spec["layer"]) if "values" in part.get("data", {})]
    return found or [{"data": {"values": values}} for values in spec["datasets"].values()]


def test_a_month_that_is_not_known_is_a_gap_in_the_line(march: Written) -> None:
    spec = charts.series(march.figures.months, MARCH, march.sources, ALT)
    line = spec["layer"][marks(spec).index("line")]
    assert line["mark"]["invalid"] == "break-paths-show-domains"
    values = {row["on"]: row["exports"] for row in rows(spec)}
    assert values["2020-10-01"] == 151
    assert values["2020-11-01"] is None


def test_each_known_month_names_its_vintage_and_how_it_is_known(march: Written) -> None:
    spec = charts.series(march.figures.months, MARCH, march.sources, ALT)
    of_month = {row["on"]: row for row in rows(spec)}
    march_row, december = of_month["2026-03-01"], of_month["2025-12-01"]
    assert march_row["vintage"] == "services:9:exports:2026-03:trade_in_services:2026-04-17"
    assert (march_row["basis"], december["basis"]) == ("published", "transcribed")
    assert december["is_record"]
    assert [row["month"] for row in rows(spec) if row.get("is_chosen")] == ["Mar 2026"]


def test_scales_of_amounts_and_changes_hold_zero(march: Written) -> None:
    months = march.figures.months
    series = charts.series(months, MARCH, march.sources, ALT)
    points = [layer for layer in series["layer"] if layer["encoding"].get("y", {}).get("field") == "exports"]
    assert all(layer["encoding"]["y"]["scale"]["domain"][0] == 0 for layer in points)
    bars = charts.year_on_year(months, MARCH, march.sources, ALT)
    low, high = bars["layer"][marks(bars).index("bar")]["encoding"]["y"]["scale"]["domain"]
    assert low < 0 < high


def test_bars_of_items_begin_at_nought(march: Written) -> None:
    parts = charts.parts(march.figures.parts, march.sources, ALT)
    balances = charts.balances(march.figures.balances, march.sources, ALT)
    for spec in (parts, balances):
        bar = spec["layer"][marks(spec).index("bar")]
        assert bar["encoding"]["x2"]["field"] == "zero"
        assert {row["zero"] for row in rows(spec)} == {0}


def test_every_chart_has_its_text_and_the_width_of_the_page(march: Written) -> None:
    shown = march.figures
    chosen = next(row for row in shown.years_to_date if row.through_month == MARCH)
    specs = [
        charts.series(shown.months, MARCH, march.sources, ALT),
        charts.year_on_year(shown.months, MARCH, march.sources, ALT),
        charts.share(shown.shares, MARCH, march.sources, ALT),
        charts.ladder(shown.years_to_date, chosen, march.sources, ALT),
        charts.revisions(shown.revisions, march.sources, ALT),
        charts.parts(shown.parts, march.sources, ALT),
        charts.balances(shown.balances, march.sources, ALT),
    ]
    assert {(spec["description"], spec["width"]) for spec in specs} == {(ALT, "container")}
    assert all("http" not in str(spec.get("datasets")) for spec in specs)


def test_lines_that_end_alike_are_named_one_above_the_other(march: Written) -> None:
    totals = [row for row in march.figures.years_to_date if row.months_in_period == 12]
    alike = [row._replace(exports=Decimal(3000) + at) for at, row in enumerate(totals)]
    spec = charts.ladder(alike, alike[-1], march.sources, ALT)
    named = [row for values in spec["datasets"].values() for row in values if "label_at" in row]
    heights = sorted(row["label_at"] for row in named)
    assert len(heights) == 4
    assert all(above - below > 100 for below, above in pairwise(heights))


def test_small_revisions_beside_large_ones_are_not_named(march: Written) -> None:
    spec = charts.revisions(march.figures.revisions, march.sources, ALT)
    named = {row["month"] for row in rows(spec) if row.get("is_named")}
    assert named == {"Jun 2023", "Nov 2024", "Mar 2025"}


def test_each_path_begins_with_the_first_print(march: Written) -> None:
    spec = charts.revisions(march.figures.revisions, march.sources, ALT)
    begun = {row["month"] for row in rows(spec) if row["days"] == 0 and row["change"] == 0}
    assert begun == {f"{row.month:%b %Y}" for row in march.figures.revisions}


def test_a_month_at_the_beginning_is_named_towards_the_middle(march: Written) -> None:
    early = march.figures.months[0].month
    spec = charts.series(march.figures.months, early, march.sources, ALT)
    aligned = {layer["mark"].get("align") for layer in spec["layer"] if layer["mark"]["type"] == "text"}
    assert "right" not in aligned
    assert early == date(2020, 9, 1)
