"""Which series of which mart is shown as a picture.

Here: the list of pictures and their points, read from a database. Not here: how a picture is drawn
(`sparkline`), and which figures changed (`changes`).
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from etl.serve.diff import Key
from etl.warehouse import connect

SHOWN = 60
"""Points that fit; of more the last ones are drawn."""
_MARKED = 10
"""New points that are marked; where more are new the words must do."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 4, 364, 16, 66
_EMPTY = "<svg xmlns='http://www.w3.org/2000/svg' width='420' height='96'/>"


class Point(NamedTuple):
    """A period of a series."""

    period: str
    value: Decimal | None
    """None where it is not known: the line has a gap."""
    is_new: bool = False
    """It was not known before, or was shown as another number."""


class _Place(NamedTuple):
    """Where a known point is drawn."""

    position: int
    x: int
    y: int
    value: Decimal
    is_new: bool


def svg(points: Sequence[Point]) -> str:
    """Draw a series; without a known value the picture is empty."""
    shown = points[-SHOWN:]
    drawn = _places(shown)
    if not drawn:
        return _EMPTY
    new = [place for place in drawn if place.is_new]
    marks = "".join(f"M{place.x} {place.y}h0" for place in new) if len(new) <= _MARKED else ""
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' width='420' height='96' fill='none' "
        "stroke-linecap='round' style='font:11px sans-serif'>"
        f"<path stroke='steelblue' stroke-width='2' d='{_line(drawn)}'/>"
        + (f"<path stroke='orangered' stroke-width='7' d='{marks}'/>" if marks else "")
        + f"<g fill='gray'>{_labels(drawn, shown[0].period, shown[-1].period)}</g></svg>"
    )


def as_markdown(title: str, points: Sequence[Point]) -> str:
    """Return the picture as an image inside the text, and what it shows in words."""
    known = [point for point in points[-SHOWN:] if point.value is not None]
    if not known:
        return f"{title}: no figure is known"
    picture = svg(points).replace("<", "%3C").replace(">", "%3E")
    words = _words(title, known)
    return f"![A line](<data:image/svg+xml,{picture}>)\n\n{words}"


def number(value: Decimal) -> str:
    """Write a value as the picture does: three digits that count, or all before the point."""
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{decimals}f}"


def _words(title: str, known: Sequence[Point]) -> str:
    values = [point.value or Decimal(0) for point in known]
    highest = known[values.index(max(values))]
    said = f"{title}: {number(values[-1])} in {known[-1].period}"
    if highest is not known[-1]:
        said += f"; highest since {known[0].period} {number(max(values))} in {highest.period}"
    new = sum(point.is_new for point in known)
    return f"{said}; {new} new or changed" if new else said


def _places(points: Sequence[Point]) -> list[_Place]:
    """Place the known points; the picture is as high as their values differ."""
    known = [(position, p.value, p.is_new) for position, p in enumerate(points) if p.value is not None]
    low = min((value for _, value, _ in known), default=Decimal(0))
    span = max((value for _, value, _ in known), default=Decimal(0)) - low
    step = (_RIGHT - _LEFT) / max(len(points) - 1, 1)
    return [
        _Place(
            position,
            _LEFT + round(step * position),
            _BOTTOM - round((_BOTTOM - _TOP) * (float((value - low) / span) if span else 0.5)),
            value,
            is_new,
        )
        for position, value, is_new in known
    ]


def _line(drawn: Sequence[_Place]) -> str:
    """Return the line as steps from point to point; it begins anew after a period that is not known."""
    path = f"M{drawn[0].x} {drawn[0].y}h0"
    for before, after in pairwise(drawn):
        x, y = after.x - before.x, after.y - before.y
        is_next = after.position == before.position + 1
        path += f"{'l' if is_next else 'm'}{x}{'' if y < 0 else ' '}{y}{'' if is_next else 'h0'}"
    return path


def _labels(drawn: Sequence[_Place], first: str, last: str) -> str:
    """Write the last value beside its point, highest and lowest at theirs, the periods below."""
    end = drawn[-1]
    highest, lowest = max(drawn, key=_value), min(drawn, key=_value)
    texts = [(end.x + 8, end.y + 4, number(end.value)), (_LEFT, 92, first)]
    if last != first:
        texts.append((_RIGHT - 20, 92, last))
    texts += [
        (max(place.x - 12, 0), place.y + below, number(place.value))
        for place, below in ((highest, -6), (lowest, 13))
        if place.value != end.value
    ]
    return "".join(f"<text x='{x}' y='{y}'>{text}</text>" for x, y, text in texts)


def _value(place: _Place) -> Decimal:
    return place.value


class Picture(NamedTuple):
    """A series of a mart that is worth a look: one value a period."""

    mart: str
    name: str
    title: str
    """What is drawn, with its unit."""
    column: str
    rows: str
    """SQL that is true of the rows of the series."""
    order: str = "month"
    """Column by which periods follow each other."""
    period: str = "strftime(month, '%Y-%m')"
    """SQL for the period in words."""
    figure: tuple[str, str, str] | None = None
    """Series, code and flow, by which `changes` knows its figures; None where it compares none of them."""


_IT, _SERVICES = "item_code = '9'", "item_code = 'S'"

PICTURES = (
    Picture(
        "services_monthly",
        "it_exports",
        "IT exports, million US$",
        "exports_usd_mn",
        _IT,
        figure=("services", "9", "exports"),
    ),
    Picture(
        "services_monthly",
        "services_exports",
        "Exports of all services, million US$",
        "exports_usd_mn",
        _SERVICES,
        figure=("services", "S", "exports"),
    ),
    Picture(
        "services_fiscal_quarter",
        "it_exports",
        "IT exports of a fiscal quarter, million US$",
        "exports_usd_mn",
        _IT,
        "quarter_starts_on",
        "concat(fiscal_year, '-', quarter)",
    ),
    Picture(
        "services_fiscal_year",
        "it_exports",
        "IT exports of a fiscal year, million US$",
        "exports_usd_mn",
        _IT,
        "fiscal_year_ends_on",
        "fiscal_year",
    ),
    Picture(
        "services_share",
        "it_share",
        "IT exports, per cent of all services exports",
        "exports_share_pct",
        f"{_IT} and period_type = 'month'",
        "period_ends_on",
        "period",
    ),
    Picture(
        "balance_of_payments_monthly",
        "current_account",
        "Balance of the current account, million US$",
        "amount_usd_mn",
        "line_code = 'P00010'",
        figure=("balance_of_payments", "P00010", "amount"),
    ),
    Picture(
        "goods_trade_monthly",
        "goods_exports",
        "Exports of goods, million US$",
        "exports_usd_mn",
        "true",
        figure=("goods_trade", "exports", "amount"),
    ),
    Picture(
        "goods_trade_monthly",
        "goods_imports",
        "Imports of goods, million US$",
        "imports_usd_mn",
        "true",
        figure=("goods_trade", "imports", "amount"),
    ),
    Picture(
        "exchange_rates_monthly",
        "rupees_per_dollar",
        "Rupees per US dollar, average of the month",
        "average_pkr",
        "currency_code = 'USD'",
        figure=("exchange_rates", "USD", "average"),
    ),
    Picture(
        "workers_remittances_monthly",
        "remittances",
        "Workers' remittances, million US$",
        "remittances_usd_mn",
        "country_code = 'WR0340'",
        figure=("workers_remittances", "WR0340", "amount"),
    ),
    Picture(
        "foreign_exchange_reserves_weekly",
        "reserves",
        "Liquid foreign exchange reserves, million US$",
        "reserves_usd_mn",
        "holder_code = 'total'",
        "week_ending_on",
        "week_ending_on::varchar",
        ("foreign_exchange_reserves", "total", "level"),
    ),
)


def points(connection: connect.Connection, picture: Picture, changed: Collection[Key] = ()) -> list[Point]:
    """Return the points of a picture, those that are among the changed figures as new."""
    found = connection.execute(
        f"select {picture.period}, {picture.column} from marts.{picture.mart} "
        f"where {picture.rows} order by {picture.order}"
    ).fetchall()
    return [Point(period, value, _key(picture, period) in changed) for period, value in found]


def _key(picture: Picture, period: str) -> Key | None:
    if picture.figure is None:
        return None
    series, code, flow = picture.figure
    return Key(series, code, period, flow)
