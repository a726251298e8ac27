"""Charts with a bar an item in the month of the report: the parts of IT exports, the balances.

Here: which mark stands for what. Not here: reading (`figures`), colours and axes (`looks`), and the words
around a chart (`sections`). Names and values stand above their bars, so that they have room on a phone too;
bars begin at zero.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt

from etl.report.page import looks
from etl.report.page.citations import References
from etl.report.page.figures import Balance, Part

_IT = "9"
_ROW = 38
"""Pixels that a bar takes with its name."""
_BAR = (0.53, 0.86)
"""Where in its row a bar begins and ends."""
_GROUP = 2
"""Level of 9.1, 9.2 and 9.3 in SBP's table."""


def parts(items: Sequence[Part], sources: References, description: str) -> dict[str, Any]:
    """Draw the parts of IT exports, each with a tick where it was a year before."""
    values = [_part(row, sources) | _place(at) for at, row in enumerate(items)]
    base = _rows(values)
    shown = looks.tooltip(
        name="Item",
        said="Exports",
        share="Share of IT exports",
        yoy="On the year",
        before="A year before",
        source="Source",
        vintage="Vintage",
    )
    is_group = alt.when("datum.is_group")
    bars = base.mark_bar().encode(
        y=_y(len(values)),
        y2="bottom:Q",
        x=alt.X("exports:Q", axis=None),
        x2="zero:Q",
        color=is_group.then(alt.value(looks.ACCENT)).otherwise(alt.value(looks.PALE)),
        tooltip=shown,
    )
    before = (
        base.transform_filter("isValid(datum.before_at)")
        .mark_rule(color=looks.INK, strokeWidth=2)
        .encode(y=_y(len(values)), y2="bottom:Q", x="before_at:Q", tooltip=shown)
    )
    colour = is_group.then(alt.value(looks.INK)).otherwise(alt.value(looks.MUTED))
    names = _names(base, len(values), colour, has_growth=True)
    return looks.framed(bars, before, *names, height=_ROW * len(values), description=description)


def balances(items: Sequence[Balance], sources: References, description: str) -> dict[str, Any]:
    """Draw exports less imports of the twelve services, surpluses to the right, deficits to the left."""
    values = [_balance(row) | _place(at) for at, row in enumerate(items)]
    base = _rows(values)
    shown = looks.tooltip(
        name="Service", said="Balance", exports="Exports", imports="Imports", vintage="Vintages"
    )
    is_it = alt.when("datum.is_it")
    bars = base.mark_bar().encode(
        y=_y(len(values)),
        y2="bottom:Q",
        x=alt.X("balance:Q", axis=None),
        x2="zero:Q",
        color=is_it.then(alt.value(looks.ACCENT)).otherwise(alt.value(looks.CONTEXT)),
        tooltip=shown,
    )
    between = base.mark_rule(color=looks.GRID, strokeWidth=1).encode(y=_y(len(values), "row:Q"))
    zero = base.mark_rule(color=looks.INK, strokeWidth=1).encode(y=_y(len(values)), y2="bottom:Q", x="zero:Q")
    colour = is_it.then(alt.value(looks.ACCENT)).otherwise(alt.value(looks.INK))
    names = _names(base, len(values), colour)
    return looks.framed(between, bars, zero, *names, height=_ROW * len(values), description=description)


def _rows(values: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(looks.rows(values))


def _y(count: int, field: str = "top:Q") -> alt.Y:
    return alt.Y(field, scale=alt.Scale(domain=[0, count], reverse=True, nice=False), axis=None)


def _place(at: int) -> dict[str, float]:
    """Give the place of a row, the first at the top; bars begin at nought."""
    return {"row": at, "top": at + _BAR[0], "bottom": at + _BAR[1], "text_at": at + _BAR[0] - 0.09, "zero": 0}


def _names(base: alt.Chart, count: int, colour: Any, *, has_growth: bool = False) -> tuple[alt.Chart, ...]:
    """Put the name of an item to the left above its bar, and what it comes to to the right."""
    y = _y(count, "text_at:Q")
    name = base.mark_text(align="left", baseline="bottom", limit=alt.ExprRef("width - 110"))
    value = base.mark_text(align="right", baseline="bottom", fontWeight=600, dx=-58 if has_growth else 0)
    growth = base.mark_text(align="right", baseline="bottom")
    right = alt.value("width")
    columns = (
        name.encode(y=y, x=alt.value(0), text="name:N", color=colour),
        value.encode(y=y, x=right, text="label:N", color=colour),
    )
    return (*columns, growth.encode(y=y, x=right, text="growth:N", color=colour)) if has_growth else columns


def _part(row: Part, sources: References) -> dict[str, Any]:
    return {
        "name": row.item_name,
        "label": looks.amount(row.exports),
        "growth": looks.growth(row.yoy_pct) if row.yoy_pct is not None else "",
        "exports": looks.number(row.exports),
        "said": f"{looks.amount(row.exports)} million US$",
        "share": f"{row.share_pct:.1f} %" if row.share_pct is not None else "",
        "yoy": looks.growth(row.yoy_pct),
        "before": looks.amount(row.year_before),
        "before_at": looks.number(row.year_before),
        "is_group": row.level == _GROUP,
        "source": sources.words(row.vintage_id),
        "vintage": row.vintage_id,
    }


def _balance(row: Balance) -> dict[str, Any]:
    ids = [one for one in (row.exports_vintage_id, row.imports_vintage_id) if one]
    return {
        "name": row.item_name,
        "label": looks.change(row.balance),
        "balance": looks.number(row.balance),
        "said": f"{looks.change(row.balance)} million US$",
        "exports": looks.amount(row.exports),
        "imports": looks.amount(row.imports),
        "is_it": row.item_code == _IT,
        "vintage": ", ".join(ids),
    }
