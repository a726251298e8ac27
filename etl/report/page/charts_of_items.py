"""Charts with a bar an item in the month of the report: the parts of IT exports, the balances.

Here: which mark stands for what. Not here: reading (`figures`), colours and axes (`looks`), and the words
around a chart (`sections`). Names stand above their bars, so that they have room on a phone too; bars begin
at zero.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt

from etl.report.page import looks
from etl.report.page.citations import References
from etl.report.page.figures import Balance, Part

_IT = "9"
_STEP = 38
"""Pixels a bar and its name take."""
_TOP_LEVEL = 2
"""Level of 9.1, 9.2 and 9.3 in SBP's table."""


def parts(items: Sequence[Part], sources: References, description: str) -> dict[str, Any]:
    """Draw the parts of IT exports, each with a tick where it was a year before."""
    values = [_part(row, sources) for row in items]
    base = _bars(values)
    x = alt.X("exports:Q", scale=alt.Scale(zero=True), axis=None)
    colour = alt.when("datum.is_sum").then(alt.value(looks.ACCENT)).otherwise(alt.value(looks.PALE))
    shown = looks.tooltip(
        name="Item",
        said="Exports",
        yoy="On the year",
        before="A year before",
        source="Source",
        vintage="Vintage",
    )
    bars = base.mark_bar(height=12, yOffset=9).encode(x=x, color=colour, tooltip=shown)
    before = base.transform_filter("isValid(datum.before_at)").mark_tick(
        color=looks.INK, thickness=2, height=18, yOffset=9
    )
    names = base.mark_text(align="left", baseline="bottom", dy=1).encode(
        x=alt.value(0),
        text="label:N",
        color=alt.when("datum.is_sum").then(alt.value(looks.INK)).otherwise(alt.value(looks.MUTED)),
    )
    layers = (bars, before.encode(x="before_at:Q", tooltip=shown), names)
    return looks.framed(*layers, height=_STEP * len(values), description=description)


def balances(items: Sequence[Balance], sources: References, description: str) -> dict[str, Any]:
    """Draw exports less imports of the twelve services, surpluses to the right, deficits to the left."""
    values = [_balance(row, sources) for row in items]
    base = _bars(values)
    shown = looks.tooltip(
        name="Service", said="Balance", exports="Exports", imports="Imports", vintage="Vintages"
    )
    bars = base.mark_bar(height=12, yOffset=9).encode(
        x=alt.X("balance:Q", scale=alt.Scale(zero=True), axis=None),
        color=alt.when("datum.is_it").then(alt.value(looks.ACCENT)).otherwise(alt.value(looks.CONTEXT)),
        tooltip=shown,
    )
    zero = alt.Chart(looks.rows([{"zero": 0}])).mark_rule(color=looks.INK, strokeWidth=1).encode(x="zero:Q")
    names = base.mark_text(align="left", baseline="bottom", dy=1).encode(
        x=alt.value(0),
        text="label:N",
        color=alt.when("datum.is_it").then(alt.value(looks.ACCENT)).otherwise(alt.value(looks.INK)),
    )
    return looks.framed(bars, zero, names, height=_STEP * len(values), description=description)


def _bars(values: list[dict[str, Any]]) -> alt.Chart:
    order = [value["code"] for value in values]
    return alt.Chart(looks.rows(values)).encode(
        y=alt.Y("code:O", sort=order, scale=alt.Scale(paddingInner=0.1), axis=None)
    )


def _part(row: Part, sources: References) -> dict[str, Any]:
    growth = f", {looks.growth(row.yoy_pct)}" if row.yoy_pct is not None else ""
    return {
        "code": row.item_code,
        "name": row.item_name,
        "label": f"{row.item_name}  {looks.amount(row.exports)}{growth}",
        "exports": looks.number(row.exports),
        "said": f"{looks.amount(row.exports)} million US$",
        "yoy": looks.growth(row.yoy_pct),
        "before": looks.amount(row.year_before),
        "before_at": looks.number(row.year_before),
        "is_sum": row.level == _TOP_LEVEL,
        "source": sources.words(row.vintage_id),
        "vintage": row.vintage_id,
    }


def _balance(row: Balance, sources: References) -> dict[str, Any]:
    ids = [one for one in (row.exports_vintage_id, row.imports_vintage_id) if one]
    return {
        "code": row.item_code,
        "name": row.item_name,
        "label": f"{row.item_name}  {looks.change(row.balance)}",
        "balance": looks.number(row.balance),
        "said": f"{looks.change(row.balance)} million US$",
        "exports": looks.amount(row.exports),
        "imports": looks.amount(row.imports),
        "is_it": row.item_code == _IT,
        "vintage": ", ".join(ids),
    }
