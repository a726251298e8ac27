"""Charts that compare: fiscal years with each other, later prints with the first.

Here: which mark stands for what. Not here: reading (`figures`), colours and axes (`looks`), and the words
around a chart (`sections`).
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

import altair as alt

from etl.report.page import looks
from etl.report.page.citations import References
from etl.report.page.figures import Revision, YearToDate

_FISCAL_YEAR = ["Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun"]
_LABELS_APART = 0.055
"""Of the height of the ladder: below it two labels of 12 pixels touch."""
_NAMED_REVISIONS, _NAMED_FROM = 3, Decimal("0.2")
"""How many are named at most, and from which part of the largest on."""
_DAYS = "datum.value == 0 ? 'first print' : datum.label + ' days'"


def ladder(
    totals: Sequence[YearToDate], chosen: YearToDate, sources: References, description: str
) -> dict[str, Any]:
    """Draw each fiscal year from July on, each line named at its end."""
    base = alt.Chart(looks.rows([_total(row, chosen, sources) for row in totals])).encode(
        x=alt.X(
            "name:O",
            scale=alt.Scale(domain=_FISCAL_YEAR),
            axis=alt.Axis(labelAngle=0, labelOverlap="parity"),
            title=None,
        ),
        y=alt.Y("exports:Q", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5), title=None),
    )
    is_this_year = alt.when("datum.is_this_year")
    colour = is_this_year.then(alt.value(looks.ACCENT)).otherwise(alt.value(looks.CONTEXT))
    lines = base.mark_line().encode(
        detail="year:N",
        stroke=colour,
        strokeWidth=is_this_year.then(alt.value(3)).otherwise(alt.value(1.5)),
    )
    points = base.mark_point(opacity=1, strokeWidth=1.5, size=looks.size(12, 28)).encode(
        stroke=colour,
        fill=alt.when(looks.PUBLISHED + " && datum.is_this_year")
        .then(alt.value(looks.ACCENT))
        .when(looks.PUBLISHED)
        .then(alt.value(looks.CONTEXT))
        .otherwise(alt.value(looks.PAPER)),
    )
    names = (
        alt.Chart(looks.rows(_ends(totals, chosen)))
        .mark_text(align="left", dx=9, fontWeight=600)
        .encode(
            x="name:O",
            y="label_at:Q",
            text="label:N",
            color=is_this_year.then(alt.value(looks.ACCENT)).otherwise(alt.value(looks.MUTED)),
        )
    )
    month = base.transform_filter("datum.is_chosen")
    dot = month.mark_point(filled=True, color=looks.ACCENT, opacity=1, size=120)
    value = month.mark_text(
        align="right", dx=-9, dy=-9, fontSize=15, fontWeight="bold", color=looks.ACCENT
    ).encode(text="value:N")
    shown = looks.tooltip(
        period="From July", said="Exports", yoy="On the year", basis="Basis", source="Source"
    )
    touched = base.mark_point(size=350, opacity=0, filled=True).encode(tooltip=shown)
    return looks.framed(lines, points, dot, value, names, touched, height=340, description=description)


def revisions(changes: Sequence[Revision], sources: References, description: str) -> dict[str, Any]:
    """Draw for each revised month how far later prints lie from its first, by the days between them."""
    base = alt.Chart(looks.rows(_paths(changes, sources))).encode(
        x=alt.X("days:Q", axis=alt.Axis(tickCount=5, labelExpr=_DAYS, labelOverlap="greedy"), title=None),
        y=alt.Y("change:Q", scale=alt.Scale(padding=14), axis=looks.signed(), title=None),
    )
    later = base.transform_filter("datum.days > 0")
    lines = base.mark_line(strokeWidth=1.5, opacity=0.45, color=looks.REVISED)
    points = later.mark_point(filled=True, size=55, opacity=0.9, color=looks.REVISED)
    names = later.transform_filter("datum.is_named").mark_text(align="left", dx=9, fontWeight=600)
    shown = looks.tooltip(
        month="Month",
        first="First print",
        value="Later print",
        change_said="Change since the first",
        days="Days after it",
        source="Source",
        vintage="Vintage",
    )
    touched = later.mark_point(size=350, opacity=0, filled=True).encode(tooltip=shown)
    return looks.framed(
        looks.zero(),
        lines.encode(detail="month:N"),
        points,
        names.encode(text="label:N"),
        touched,
        height=300,
        description=description,
    )


def _total(row: YearToDate, chosen: YearToDate, sources: References) -> dict[str, Any]:
    source = sources.words(row.vintage_id) if row.vintage_id else "the sum of its months"
    return {
        "name": _FISCAL_YEAR[row.months_in_period - 1],
        "year": row.fiscal_year,
        "exports": looks.number(row.exports),
        "value": looks.amount(row.exports),
        "said": f"{looks.amount(row.exports)} million US$",
        "period": f"to {looks.month_name(row.through_month)}, {row.fiscal_year}",
        "yoy": looks.growth(row.yoy_pct),
        "basis": row.basis.replace("_", " "),
        "is_this_year": row.fiscal_year == chosen.fiscal_year,
        "is_chosen": row == chosen,
        "source": source,
    }


def _ends(totals: Sequence[YearToDate], chosen: YearToDate) -> list[dict[str, Any]]:
    """Name each line at its end, and names that would touch one above the other."""
    last = [list(rows)[-1] for _, rows in groupby(totals, key=lambda row: row.fiscal_year)]
    apart = float(max(row.exports for row in totals)) * _LABELS_APART
    ends: list[dict[str, Any]] = []
    below = float("-inf")
    for row in sorted(last, key=lambda row: (row.months_in_period, row.exports)):
        same_place = bool(ends) and ends[-1]["name"] == _FISCAL_YEAR[row.months_in_period - 1]
        at = max(float(row.exports), below + apart) if same_place else float(row.exports)
        below = at
        is_chosen = row == chosen
        ends.append(
            {
                "name": _FISCAL_YEAR[row.months_in_period - 1],
                "label_at": at,
                "label": row.fiscal_year if is_chosen else f"{row.fiscal_year}  {row.exports:,.0f}",
                "is_this_year": row.fiscal_year == chosen.fiscal_year,
            }
        )
    return ends


def _paths(changes: Sequence[Revision], sources: References) -> list[dict[str, Any]]:
    """Give each month's way from its first print on; it begins at nothing on day nought."""
    by_size = sorted(changes, key=lambda row: abs(row.change_since_first), reverse=True)
    least = abs(by_size[0].change_since_first) * _NAMED_FROM
    named = [row for row in by_size[:_NAMED_REVISIONS] if abs(row.change_since_first) >= least]
    paths: list[dict[str, Any]] = []
    for month, rows in groupby(changes, key=lambda row: row.month):
        name = looks.month_name(month)
        paths.append({"month": name, "days": 0, "change": 0.0})
        paths += [
            {
                "month": name,
                "days": row.days_since_first_print,
                "change": looks.number(row.change_since_first),
                "change_said": f"{looks.change(row.change_since_first)} million US$",
                "first": looks.amount(row.first),
                "value": looks.amount(row.value),
                "is_named": row in named,
                "label": f"{name}  {looks.change(row.change_since_first)}",
                "source": sources.words(row.vintage_id),
                "vintage": row.vintage_id,
            }
            for row in rows
        ]
    return paths
