"""Charts with a point or bar a month: IT exports, their change on the year, their share.

Here: which mark stands for what. Not here: reading (`figures`), colours and axes (`looks`), and the words
around a chart (`sections`). A month that nobody knows is a gap; bars begin at zero.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal

import altair as alt

from etl.serve.report import style
from etl.serve.report.figures import Balance, Month, References, ReportPart, Revision, Share, YearToDate

_ROOM_ABOVE = 0.16
"""Of the height of a chart."""
_BELOW_THE_LOWEST = 2
"""Percentage points between the lowest share and the end of the axis."""


def series(months: Sequence[Month], chosen: date, sources: References, description: str) -> dict[str, Any]:
    """Draw IT exports by month: how each is known, records, and what was first printed."""
    base = _months([_month(row, chosen, sources) for row in months])
    most = max(row.exports for row in months if row.exports is not None)
    y = alt.Y("exports:Q", scale=_room_above(0, most), axis=alt.Axis(tickCount=5), title=None)
    known: alt.Chart = base.transform_filter("isValid(datum.exports)")
    revised = known.transform_filter("isValid(datum.first)")
    line = base.mark_line(color=style.CONTEXT, strokeWidth=1.5, invalid=style.UNBROKEN).encode(y=y)
    moved = revised.mark_rule(color=style.REVISED, strokeWidth=1.5).encode(y="first:Q", y2="exports:Q")
    first = revised.mark_point(
        shape="stroke", stroke=style.REVISED, strokeWidth=2, opacity=1, size=style.size(40, 110)
    ).encode(y="first:Q")
    points = known.mark_point(strokeWidth=1.5, opacity=1, size=style.size(14, 34)).encode(
        y=y,
        shape=alt.when("datum.basis == 'derived'").then(alt.value("diamond")).otherwise(alt.value("circle")),
        fill=_filled_where_published(),
        stroke=alt.when("isValid(datum.first)")
        .then(alt.value(style.REVISED))
        .otherwise(alt.value(style.ACCENT)),
    )
    records = (
        known.transform_filter("datum.is_record")
        .mark_point(
            shape="triangle-up",
            filled=True,
            color=style.INK,
            opacity=1,
            size=style.size(14, 26),
            yOffset=-10,
        )
        .encode(y=y)
    )
    shown = style.tooltip(
        month="Month",
        said="Exports",
        mom="On the month",
        yoy_said="On the year",
        basis="Basis",
        first_said="First print",
        source="Source",
        vintage="Vintage",
    )
    return style.framed(
        *_chosen(known, y, months, chosen, "value"),
        line,
        moved,
        first,
        points,
        records,
        *_ends(known, y),
        _touched(known, y, shown),
        height=330,
        description=description,
    )


def year_on_year(
    months: Sequence[Month], chosen: date, sources: References, description: str
) -> dict[str, Any]:
    """Draw the change on the same month of the year before."""
    base = _months([_month(row, chosen, sources) for row in months], unit="utcyearmonth")
    changes = [Decimal(0), *(row.yoy_pct for row in months if row.yoy_pct is not None)]
    y = alt.Y("yoy:Q", scale=_room_above(min(changes), max(changes)), axis=style.signed(), title=None)
    known: alt.Chart = base.transform_filter("isValid(datum.yoy)")
    shown = style.tooltip(
        month="Month", yoy_said="On the year", said="Exports", before="A year before", vintage="Vintage"
    )
    bars = known.mark_bar(width={"band": 0.72}).encode(
        y=y,
        color=alt.when("datum.is_chosen").then(alt.value(style.ACCENT)).otherwise(alt.value(style.CONTEXT)),
        tooltip=shown,
    )
    return style.framed(
        bars,
        style.zero(),
        *_chosen(known, y, months, chosen, "yoy_said"),
        height=240,
        description=description,
    )


def share(months: Sequence[Share], chosen: date, sources: References, description: str) -> dict[str, Any]:
    """Draw the share of IT exports in all services exports."""
    base = _months([_share(row, chosen, sources) for row in months])
    shares = [row.share_pct for row in months if row.share_pct is not None]
    y = alt.Y(
        "share:Q",
        scale=_room_above(min(shares) - _BELOW_THE_LOWEST, max(shares)),
        axis=alt.Axis(tickCount=5, labelExpr="datum.label + ' %'"),
        title=None,
    )
    known: alt.Chart = base.transform_filter("isValid(datum.share)")
    line = base.mark_line(color=style.CONTEXT, strokeWidth=1.5, invalid=style.UNBROKEN).encode(y=y)
    points = known.mark_point(
        stroke=style.ACCENT, strokeWidth=1.5, opacity=1, size=style.size(14, 34)
    ).encode(y=y, fill=_filled_where_published())
    shown = style.tooltip(
        month="Month", said="Share", exports="IT exports", services="All services exports", vintage="Vintages"
    )
    return style.framed(
        *_chosen(known, y, months, chosen, "value"),
        line,
        points,
        *_ends(known, y),
        _touched(known, y, shown),
        height=240,
        description=description,
    )


def _months(values: list[dict[str, Any]], unit: Literal["utcyearmonth"] | None = None) -> alt.Chart:
    """Return months along the axis: as points, or with a unit as spans that bars fill."""
    months = [date.fromisoformat(value["on"]) for value in values]
    x = alt.X("on:T", scale=style.UTC, axis=style.axis_of_months(months), title=None)
    if unit:
        x = x.timeUnit(unit).bandPosition(0.5)
    return alt.Chart(style.rows(values)).encode(x=x)


def _filled_where_published() -> Any:
    return alt.when(style.PUBLISHED).then(alt.value(style.ACCENT)).otherwise(alt.value(style.PAPER))


def _room_above(least: Decimal | int, most: Decimal | int) -> alt.Scale:
    """Return a scale with room above its highest value, where the month of the report is named."""
    room = (float(most) - float(least)) * _ROOM_ABOVE
    return alt.Scale(domain=[float(least), float(most) + room], nice=False)


def _chosen(
    known: alt.Chart, y: alt.Y, months: Sequence[Month | Share], chosen: date, said: str
) -> tuple[alt.Chart, ...]:
    """Name the month of the report at the top, towards the middle of the chart, and lead to its value."""
    is_late = sum(row.month < chosen for row in months) * 2 > len(months)
    of_month = known.transform_filter("datum.is_chosen")
    text = of_month.transform_calculate(said_of_month=f"datum.{said} + ' in ' + datum.month")
    label = text.mark_text(
        align="right" if is_late else "left",
        baseline="top",
        dx=5 if is_late else 4,
        fontWeight="bold",
        fontSize=14,
        color=style.ACCENT,
    )
    lead = of_month.mark_rule(color=style.ACCENT, strokeWidth=1)
    return lead.encode(y=y, y2=alt.value(19)), label.encode(y=alt.value(0), text="said_of_month:N")


def _ends(known: alt.Chart, y: alt.Y) -> tuple[alt.Chart, ...]:
    """Mark the month of the report, and name the newest where it is another."""
    newest = known.transform_filter("datum.is_newest && !datum.is_chosen")
    ring = known.transform_filter("datum.is_chosen").mark_point(
        stroke=style.ACCENT, strokeWidth=2.5, opacity=1, size=120
    )
    value = newest.mark_text(align="left", dx=9, dy=-6, fontWeight=600, color=style.MUTED)
    name = newest.mark_text(align="left", dx=9, dy=8, fontSize=11, color=style.MUTED)
    return (
        ring.encode(y=y, fill=_filled_where_published()),
        value.encode(y=y, text="value:N"),
        name.encode(y=y, text="month:N"),
    )


def _touched(known: alt.Chart, y: alt.Y, shown: list[alt.Tooltip]) -> alt.Chart:
    """Return points that a finger can meet."""
    touched: alt.Chart = known.mark_point(size=350, opacity=0, filled=True).encode(y=y, tooltip=shown)
    return touched


def _month(row: Month, chosen: date, sources: References) -> dict[str, Any]:
    """Return a month to a chart: numbers to draw, words to show."""
    values: dict[str, Any] = {
        "on": row.month.isoformat(),
        "month": style.month_name(row.month),
        "exports": style.number(row.exports),
    }
    if row.exports is None or row.vintage_id is None:
        return values
    return values | {
        "value": style.amount(row.exports),
        "said": f"{style.amount(row.exports)} million US$",
        "mom": style.growth(row.mom_pct),
        "yoy": style.number(row.yoy_pct),
        "yoy_said": style.growth(row.yoy_pct),
        "before": style.amount(row.year_before),
        "basis": row.basis,
        "first": style.number(row.first_print),
        "first_said": "as it stands" if row.first_print is None else style.amount(row.first_print),
        "is_record": bool(row.is_record),
        "is_chosen": row.month == chosen,
        "is_newest": row.is_newest,
        "source": sources.words(row.vintage_id),
        "vintage": row.vintage_id,
    }


def _share(row: Share, chosen: date, sources: References) -> dict[str, Any]:
    values: dict[str, Any] = {
        "on": row.month.isoformat(),
        "month": style.month_name(row.month),
        "share": style.number(row.share_pct),
    }
    if row.share_pct is None or row.vintage_id is None or row.all_services_vintage_id is None:
        return values
    both = (sources.known[row.vintage_id], sources.known[row.all_services_vintage_id])
    return values | {
        "value": f"{row.share_pct:.1f} %",
        "said": f"{row.share_pct:.1f} %",
        "exports": style.amount(row.exports),
        "services": style.amount(row.all_services),
        "basis": "published" if all(one.basis == "published" for one in both) else "transcribed",
        "is_chosen": row.month == chosen,
        "is_newest": row.is_newest,
        "vintage": f"{row.vintage_id}, {row.all_services_vintage_id}",
    }


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
    base = alt.Chart(style.rows([_total(row, chosen, sources) for row in totals])).encode(
        x=alt.X(
            "name:O",
            scale=alt.Scale(domain=_FISCAL_YEAR),
            axis=alt.Axis(labelAngle=0, labelOverlap="parity"),
            title=None,
        ),
        y=alt.Y("exports:Q", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5), title=None),
    )
    is_this_year = alt.when("datum.is_this_year")
    colour = is_this_year.then(alt.value(style.ACCENT)).otherwise(alt.value(style.CONTEXT))
    lines = base.mark_line().encode(
        detail="year:N",
        stroke=colour,
        strokeWidth=is_this_year.then(alt.value(3)).otherwise(alt.value(1.5)),
    )
    points = base.mark_point(opacity=1, strokeWidth=1.5, size=style.size(12, 28)).encode(
        stroke=colour,
        fill=alt.when(style.PUBLISHED + " && datum.is_this_year")
        .then(alt.value(style.ACCENT))
        .when(style.PUBLISHED)
        .then(alt.value(style.CONTEXT))
        .otherwise(alt.value(style.PAPER)),
    )
    names = (
        alt.Chart(style.rows(_year_ends(totals, chosen)))
        .mark_text(align="left", dx=9, fontWeight=600)
        .encode(
            x="name:O",
            y="label_at:Q",
            text="label:N",
            color=is_this_year.then(alt.value(style.ACCENT)).otherwise(alt.value(style.MUTED)),
        )
    )
    month = base.transform_filter("datum.is_chosen")
    dot = month.mark_point(filled=True, color=style.ACCENT, opacity=1, size=120)
    value = month.mark_text(
        align="right", dx=-9, dy=-9, fontSize=15, fontWeight="bold", color=style.ACCENT
    ).encode(text="value:N")
    shown = style.tooltip(
        period="From July", said="Exports", yoy="On the year", basis="Basis", source="Source"
    )
    touched = base.mark_point(size=350, opacity=0, filled=True).encode(tooltip=shown)
    return style.framed(lines, points, dot, value, names, touched, height=340, description=description)


def revisions(changes: Sequence[Revision], sources: References, description: str) -> dict[str, Any]:
    """Draw for each revised month how far later prints lie from its first, by the days between them."""
    base = alt.Chart(style.rows(_paths(changes, sources))).encode(
        x=alt.X("days:Q", axis=alt.Axis(tickCount=5, labelExpr=_DAYS, labelOverlap="greedy"), title=None),
        y=alt.Y("change:Q", scale=alt.Scale(padding=14), axis=style.signed(), title=None),
    )
    later = base.transform_filter("datum.days > 0")
    lines = base.mark_line(strokeWidth=1.5, opacity=0.45, color=style.REVISED)
    points = later.mark_point(filled=True, size=55, opacity=0.9, color=style.REVISED)
    names = later.transform_filter("datum.is_named").mark_text(align="left", dx=9, fontWeight=600)
    shown = style.tooltip(
        month="Month",
        first="First print",
        value="Later print",
        change_said="Change since the first",
        days="Days after it",
        source="Source",
        vintage="Vintage",
    )
    touched = later.mark_point(size=350, opacity=0, filled=True).encode(tooltip=shown)
    return style.framed(
        style.zero(),
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
        "exports": style.number(row.exports),
        "value": style.amount(row.exports),
        "said": f"{style.amount(row.exports)} million US$",
        "period": f"to {style.month_name(row.through_month)}, {row.fiscal_year}",
        "yoy": style.growth(row.yoy_pct),
        "basis": row.basis.replace("_", " "),
        "is_this_year": row.fiscal_year == chosen.fiscal_year,
        "is_chosen": row == chosen,
        "source": source,
    }


def _year_ends(totals: Sequence[YearToDate], chosen: YearToDate) -> list[dict[str, Any]]:
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
    """Return each month's way from its first print on; it begins at nothing on day nought."""
    by_size = sorted(changes, key=lambda row: abs(row.change_since_first), reverse=True)
    least = abs(by_size[0].change_since_first) * _NAMED_FROM
    named = [row for row in by_size[:_NAMED_REVISIONS] if abs(row.change_since_first) >= least]
    paths: list[dict[str, Any]] = []
    for month, rows in groupby(changes, key=lambda row: row.month):
        name = style.month_name(month)
        paths.append({"month": name, "days": 0, "change": 0.0})
        paths += [
            {
                "month": name,
                "days": row.days_since_first_print,
                "change": style.number(row.change_since_first),
                "change_said": f"{style.change(row.change_since_first)} million US$",
                "first": style.amount(row.first),
                "value": style.amount(row.value),
                "is_named": row in named,
                "label": f"{name}  {style.change(row.change_since_first)}",
                "source": sources.words(row.vintage_id),
                "vintage": row.vintage_id,
            }
            for row in rows
        ]
    return paths


_IT = "9"
_ROW = 38
"""Pixels that a bar takes with its name."""
_BAR = (0.53, 0.86)
"""Where in its row a bar begins and ends."""
_GROUP = 2
"""Level of 9.1, 9.2 and 9.3 in SBP's table."""


def parts(items: Sequence[ReportPart], sources: References, description: str) -> dict[str, Any]:
    """Draw the parts of IT exports, each with a tick where it was a year before."""
    values = [_part(row, sources) | _place(at) for at, row in enumerate(items)]
    base = _rows(values)
    shown = style.tooltip(
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
        color=is_group.then(alt.value(style.ACCENT)).otherwise(alt.value(style.PALE)),
        tooltip=shown,
    )
    before = (
        base.transform_filter("isValid(datum.before_at)")
        .mark_rule(color=style.INK, strokeWidth=2)
        .encode(y=_y(len(values)), y2="bottom:Q", x="before_at:Q", tooltip=shown)
    )
    colour = is_group.then(alt.value(style.INK)).otherwise(alt.value(style.MUTED))
    names = _names(base, len(values), colour, has_growth=True)
    return style.framed(bars, before, *names, height=_ROW * len(values), description=description)


def balances(items: Sequence[Balance], sources: References, description: str) -> dict[str, Any]:
    """Draw exports less imports of the twelve services, surpluses to the right, deficits to the left."""
    values = [_balance(row) | _place(at) for at, row in enumerate(items)]
    base = _rows(values)
    shown = style.tooltip(
        name="Service", said="Balance", exports="Exports", imports="Imports", vintage="Vintages"
    )
    is_it = alt.when("datum.is_it")
    bars = base.mark_bar().encode(
        y=_y(len(values)),
        y2="bottom:Q",
        x=alt.X("balance:Q", axis=None),
        x2="zero:Q",
        color=is_it.then(alt.value(style.ACCENT)).otherwise(alt.value(style.CONTEXT)),
        tooltip=shown,
    )
    between = base.mark_rule(color=style.GRID, strokeWidth=1).encode(y=_y(len(values), "row:Q"))
    zero = base.mark_rule(color=style.INK, strokeWidth=1).encode(y=_y(len(values)), y2="bottom:Q", x="zero:Q")
    colour = is_it.then(alt.value(style.ACCENT)).otherwise(alt.value(style.INK))
    names = _names(base, len(values), colour)
    return style.framed(between, bars, zero, *names, height=_ROW * len(values), description=description)


def _rows(values: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(style.rows(values))


def _y(count: int, field: str = "top:Q") -> alt.Y:
    return alt.Y(field, scale=alt.Scale(domain=[0, count], reverse=True, nice=False), axis=None)


def _place(at: int) -> dict[str, float]:
    """Return the place of a row, the first at the top; bars begin at nought."""
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


def _part(row: ReportPart, sources: References) -> dict[str, Any]:
    return {
        "name": row.item_name,
        "label": style.amount(row.exports),
        "growth": style.growth(row.yoy_pct) if row.yoy_pct is not None else "",
        "exports": style.number(row.exports),
        "said": f"{style.amount(row.exports)} million US$",
        "share": f"{row.share_pct:.1f} %" if row.share_pct is not None else "",
        "yoy": style.growth(row.yoy_pct),
        "before": style.amount(row.year_before),
        "before_at": style.number(row.year_before),
        "is_group": row.level == _GROUP,
        "source": sources.words(row.vintage_id),
        "vintage": row.vintage_id,
    }


def _balance(row: Balance) -> dict[str, Any]:
    ids = [one for one in (row.exports_vintage_id, row.imports_vintage_id) if one]
    return {
        "name": row.item_name,
        "label": style.change(row.balance),
        "balance": style.number(row.balance),
        "said": f"{style.change(row.balance)} million US$",
        "exports": style.amount(row.exports),
        "imports": style.amount(row.imports),
        "is_it": row.item_code == _IT,
        "vintage": ", ".join(ids),
    }
