"""How charts of the report look: colours, axes, and a number or a month in words.

Here: what all charts share. Not here: any one chart (`charts_of_months` and its like).

Colours are of Okabe and Ito's palette, which colour-blind readers can tell apart, and none carries a meaning
alone: position, shape or words say it too.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import altair as alt

ACCENT = "#0072B2"
"""IT exports, and the month of the report."""
REVISED = "#D55E00"
INK = "#1c2733"
MUTED = "#5b6875"
CONTEXT = "#a9b4bf"
"""What is there to be compared with."""
PALE = "#8fbbd6"
"""A part of what is drawn in the accent colour."""
GRID = "#e7ebee"
PAPER = "#ffffff"
FONT = "'Helvetica Neue', Helvetica, 'Segoe UI', Arial, 'Liberation Sans', sans-serif"

UTC = alt.Scale(type="utc")
"""Dates name months, whatever the reader's time zone."""
UNBROKEN: Any = "break-paths-show-domains"
"""A line ends before a month without a value and begins again after it."""
PUBLISHED = "datum.basis == 'published'"
_SHOWN_BY_ONE_DECIMAL = Decimal("0.05")
_IS_NARROW = "width < 480"
"""On a phone, in Vega's expressions."""


def framed(*layers: alt.Chart, height: int, description: str) -> dict[str, Any]:
    """Lay charts over each other at the width of the page and give them as Vega-Lite."""
    chart = (
        alt.layer(*layers)
        .properties(
            width="container",
            height=height,
            description=description,
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
            padding={"left": 2, "right": 6, "top": 8, "bottom": 4},
        )
        .configure(font=FONT, background=PAPER)
        .configure_view(stroke=None)
        .configure_axis(
            domain=False,
            ticks=False,
            gridColor=GRID,
            labelColor=MUTED,
            labelFontSize=12,
            labelPadding=6,
            title=None,
        )
        .configure_axisX(grid=False)
        .configure_text(color=INK, fontSize=12)
    )
    spec: dict[str, Any] = chart.to_dict()
    return spec


def rows(values: list[dict[str, Any]]) -> alt.InlineData:
    """Return rows to a chart as they are, inside its declaration."""
    return alt.InlineData(values=values)


def size(narrow: int, wide: int) -> alt.ExprRef:
    """Return the size of a mark: on a phone, and elsewhere."""
    return alt.ExprRef(f"{_IS_NARROW} ? {narrow} : {wide}")


def tooltip(**titles: str) -> list[alt.Tooltip]:
    """Show fields of a row by their titles; the fields are words already."""
    return [alt.Tooltip(f"{name}:N", title=title) for name, title in titles.items()]


def zero() -> alt.Chart:
    """Draw the line from which bars and changes begin."""
    line: alt.Chart = alt.Chart(rows([{"zero": 0}])).mark_rule(color=INK, strokeWidth=1).encode(y="zero:Q")
    return line


def signed() -> alt.Axis:
    """Return an axis of changes: `+20`, `0`, `−20`."""
    return alt.Axis(format="+d", tickCount=6, labelExpr="datum.value == 0 ? '0' : datum.label")


def number(value: Decimal | None) -> float | None:
    """Return a value to a chart."""
    return None if value is None else float(value)


def amount(value: Decimal | None) -> str:
    """Write an amount in million US$ to one decimal: `3,387.9`, and `437` where it was printed whole.

    What one decimal would make nought has two: `0.05`.
    """
    return "not known" if value is None else f"{value:,.{_decimals(value)}f}".replace("-", "−")


def change(value: Decimal | None) -> str:
    """Write a difference in million US$ with its sign: `−14`."""
    if value is None or value == 0:
        return "not known" if value is None else "0"
    return f"{value:+,.{_decimals(value)}f}".replace("-", "−")


def _decimals(value: Decimal) -> int:
    if value == value.to_integral_value():
        return 0
    return 1 if abs(value) >= _SHOWN_BY_ONE_DECIMAL else 2


def growth(value: Decimal | None) -> str:
    """Write a change in per cent: `+22.8 %`."""
    return "not known" if value is None else f"{value:+.1f} %".replace("-", "−")


def month_name(month: date) -> str:
    """Write a month: `Dec 2025`."""
    return f"{month:%b %Y}"


def axis_of_months(months: list[date]) -> alt.Axis:
    """Return an axis that marks where fiscal years begin."""
    years = range(months[0].year, months[-1].year + 1)
    starts = [year for year in years if months[0] <= date(year, 7, 1) <= months[-1]]
    return alt.Axis(
        values=[alt.DateTime(year=year, month=7, date=1, utc=True) for year in starts],
        format="%b ’%y",
        grid=True,
        gridDash=[2, 3],
        labelOverlap="parity",
        title=None,
    )
