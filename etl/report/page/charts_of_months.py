"""Charts with a point or bar a month: IT exports, their change on the year, their share.

Here: which mark stands for what. Not here: reading (`figures`), colours and axes (`looks`), and the words
around a chart (`sections`). A month that nobody knows is a gap; bars begin at zero.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import altair as alt

from etl.report.page import looks
from etl.report.page.citations import References
from etl.report.page.figures import Month, Share

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
    line = base.mark_line(color=looks.CONTEXT, strokeWidth=1.5, invalid=looks.UNBROKEN).encode(y=y)
    moved = revised.mark_rule(color=looks.REVISED, strokeWidth=1.5).encode(y="first:Q", y2="exports:Q")
    first = revised.mark_point(
        shape="stroke", stroke=looks.REVISED, strokeWidth=2, opacity=1, size=looks.size(40, 110)
    ).encode(y="first:Q")
    points = known.mark_point(strokeWidth=1.5, opacity=1, size=looks.size(14, 34)).encode(
        y=y,
        shape=alt.when("datum.basis == 'derived'").then(alt.value("diamond")).otherwise(alt.value("circle")),
        fill=_filled_where_published(),
        stroke=alt.when("isValid(datum.first)")
        .then(alt.value(looks.REVISED))
        .otherwise(alt.value(looks.ACCENT)),
    )
    records = (
        known.transform_filter("datum.is_record")
        .mark_point(
            shape="triangle-up",
            filled=True,
            color=looks.INK,
            opacity=1,
            size=looks.size(14, 26),
            yOffset=-10,
        )
        .encode(y=y)
    )
    shown = looks.tooltip(
        month="Month",
        said="Exports",
        mom="On the month",
        yoy_said="On the year",
        basis="Basis",
        first_said="First print",
        source="Source",
        vintage="Vintage",
    )
    return looks.framed(
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
    y = alt.Y("yoy:Q", scale=_room_above(min(changes), max(changes)), axis=looks.signed(), title=None)
    known: alt.Chart = base.transform_filter("isValid(datum.yoy)")
    shown = looks.tooltip(
        month="Month", yoy_said="On the year", said="Exports", before="A year before", vintage="Vintage"
    )
    bars = known.mark_bar(width={"band": 0.72}).encode(
        y=y,
        color=alt.when("datum.is_chosen").then(alt.value(looks.ACCENT)).otherwise(alt.value(looks.CONTEXT)),
        tooltip=shown,
    )
    return looks.framed(
        bars,
        looks.zero(),
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
    line = base.mark_line(color=looks.CONTEXT, strokeWidth=1.5, invalid=looks.UNBROKEN).encode(y=y)
    points = known.mark_point(
        stroke=looks.ACCENT, strokeWidth=1.5, opacity=1, size=looks.size(14, 34)
    ).encode(y=y, fill=_filled_where_published())
    shown = looks.tooltip(
        month="Month", said="Share", exports="IT exports", services="All services exports", vintage="Vintages"
    )
    return looks.framed(
        *_chosen(known, y, months, chosen, "value"),
        line,
        points,
        *_ends(known, y),
        _touched(known, y, shown),
        height=240,
        description=description,
    )


def _months(values: list[dict[str, Any]], unit: Literal["utcyearmonth"] | None = None) -> alt.Chart:
    """Give months along the axis: as points, or with a unit as spans that bars fill."""
    months = [date.fromisoformat(value["on"]) for value in values]
    x = alt.X("on:T", scale=looks.UTC, axis=looks.axis_of_months(months), title=None)
    if unit:
        x = x.timeUnit(unit).bandPosition(0.5)
    return alt.Chart(looks.rows(values)).encode(x=x)


def _filled_where_published() -> Any:
    return alt.when(looks.PUBLISHED).then(alt.value(looks.ACCENT)).otherwise(alt.value(looks.PAPER))


def _room_above(least: Decimal | int, most: Decimal | int) -> alt.Scale:
    """Give a scale with room above its highest value, where the month of the report is named."""
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
        color=looks.ACCENT,
    )
    lead = of_month.mark_rule(color=looks.ACCENT, strokeWidth=1)
    return lead.encode(y=y, y2=alt.value(19)), label.encode(y=alt.value(0), text="said_of_month:N")


def _ends(known: alt.Chart, y: alt.Y) -> tuple[alt.Chart, ...]:
    """Mark the month of the report, and name the newest where it is another."""
    newest = known.transform_filter("datum.is_newest && !datum.is_chosen")
    ring = known.transform_filter("datum.is_chosen").mark_point(
        stroke=looks.ACCENT, strokeWidth=2.5, opacity=1, size=120
    )
    value = newest.mark_text(align="left", dx=9, dy=-6, fontWeight=600, color=looks.MUTED)
    name = newest.mark_text(align="left", dx=9, dy=8, fontSize=11, color=looks.MUTED)
    return (
        ring.encode(y=y, fill=_filled_where_published()),
        value.encode(y=y, text="value:N"),
        name.encode(y=y, text="month:N"),
    )


def _touched(known: alt.Chart, y: alt.Y, shown: list[alt.Tooltip]) -> alt.Chart:
    """Give points that a finger can meet."""
    touched: alt.Chart = known.mark_point(size=350, opacity=0, filled=True).encode(y=y, tooltip=shown)
    return touched


def _month(row: Month, chosen: date, sources: References) -> dict[str, Any]:
    """Give a month to a chart: numbers to draw, words to show."""
    values: dict[str, Any] = {
        "on": row.month.isoformat(),
        "month": looks.month_name(row.month),
        "exports": looks.number(row.exports),
    }
    if row.exports is None or row.vintage_id is None:
        return values
    return values | {
        "value": looks.amount(row.exports),
        "said": f"{looks.amount(row.exports)} million US$",
        "mom": looks.growth(row.mom_pct),
        "yoy": looks.number(row.yoy_pct),
        "yoy_said": looks.growth(row.yoy_pct),
        "before": looks.amount(row.year_before),
        "basis": row.basis,
        "first": looks.number(row.first_print),
        "first_said": "as it stands" if row.first_print is None else looks.amount(row.first_print),
        "is_record": bool(row.is_record),
        "is_chosen": row.month == chosen,
        "is_newest": row.is_newest,
        "source": sources.words(row.vintage_id),
        "vintage": row.vintage_id,
    }


def _share(row: Share, chosen: date, sources: References) -> dict[str, Any]:
    values: dict[str, Any] = {
        "on": row.month.isoformat(),
        "month": looks.month_name(row.month),
        "share": looks.number(row.share_pct),
    }
    if row.share_pct is None or row.vintage_id is None or row.all_services_vintage_id is None:
        return values
    both = (sources.known[row.vintage_id], sources.known[row.all_services_vintage_id])
    return values | {
        "value": f"{row.share_pct:.1f} %",
        "said": f"{row.share_pct:.1f} %",
        "exports": looks.amount(row.exports),
        "services": looks.amount(row.all_services),
        "basis": "published" if all(one.basis == "published" for one in both) else "transcribed",
        "is_chosen": row.month == chosen,
        "is_newest": row.is_newest,
        "vintage": f"{row.vintage_id}, {row.all_services_vintage_id}",
    }
