"""What an edition of a release must satisfy besides its sums: which periods it is about, how large its
figures are, and what it says of figures that the edition before it printed too.

Here: checks of a whole table that was read, and of an edition beside the one before. Not here: sums
(`identities`), which hold as well where every number is a thousandth of what it was, or stands under last
year's header.

What cannot be true refuses the file. What is only unusual passes: SBP revises services totals by up to 17 %,
and one item by any amount (docs/reliability.md says where the line lies).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from etl.catalog.labels import row_key
from etl.catalog.releases import Layout
from etl.readers import periods
from etl.readers.table import PeriodColumn
from etl.readers.values import Address, LayoutChangedError, Observation, Period, Sheet

_AS_LARGE_AS_A_MONTH = frozenset({"month", "week", "fiscal_quarter"})
"""Periods of which one range holds; a year's figure is as large as a month's in another unit may be."""
_WITH_HEADER_CELLS = frozenset({"flows_by_period", "periods_across", "periods_down"})
"""Families of layouts whose readers check the periods themselves: they know in which cell each stands."""
_CUMULATIVE = frozenset({"fiscal_year_to_date", "fiscal_year"})
"""In June the fiscal year to date is the fiscal year."""
_MOST_ASIDE = 0.5
"""Of the table's rows: so many numbers in a column without a header are a column of the table. Beside the
tables that were seen there are none."""
_DAYS_OF_A_WEEK, _FRIDAY = 7, 4
"""Weekly figures are of Fridays, and of a day before where that is a holiday: 19 March 2026 stands between
the 13th and the 27th."""
_IN_ARCHIVES = (("month", 1), ("fiscal_quarter", 3))
_BESIDE_WEEKS = (("month", 1), ("fiscal_year", 12))
"""Kinds of periods that follow one another, and how many months each is long."""
_DAYS_OF_A_MONTH = 31
_ENOUGH = 8
"""Figures that two editions must share before anything is concluded from how they differ."""
_SAME_FACTOR = 0.002
_FACTOR_OF_A_UNIT = 1.5
"""SBP has revised services totals by 2 to 17 %; a half more for most of the figures is another unit."""
_LARGEST_REVISION = 1.5
"""Of a release's main figures (`layout.plausible`), as a factor."""


class Headed(NamedTuple):
    """A period, where its header stands, and what that says."""

    period: Period
    where: str
    label: str


class Figure(NamedTuple):
    """What a number is about."""

    row_key: str
    flow: str
    period_type: str
    starts_on: date
    ends_on: date


class EditionNumber(NamedTuple):
    """A number of an edition, and where it stands."""

    value: float
    sheet: str
    cell: str
    row_label: str
    column_label: str
    value_as_printed: str

    @property
    def where(self) -> str:
        """Return the place in words."""
        return f"{self.sheet}, {self.cell} ({self.row_label.strip()!r}, {self.column_label!r})"


Edition = Mapping[Figure, EditionNumber]


def check_columns(columns: Iterable[PeriodColumn], layout: Layout) -> None:
    """Check that the periods above (or beside) a table are a set that SBP prints.

    Raises `LayoutChangedError` with the first header that does not fit.
    """
    check_periods([Headed(c.period, c.where, c.column_label) for c in columns], layout)


def check_periods(headers: Sequence[Headed], layout: Layout) -> None:
    """Check that these periods are a set that SBP prints in this layout, and that none lies before the series
    begins. Raises `LayoutChangedError` with the first header that does not fit.
    """
    first: dict[tuple[str, date, date], Headed] = {}
    for header in headers:
        first.setdefault((header.period.type, header.period.starts_on, header.period.ends_on), header)
    headers = list(first.values())
    for header in headers:
        if layout.begins_on and header.period.ends_on < layout.begins_on:
            raise LayoutChangedError(
                "a period lies before the series begins",
                header.where,
                f"periods from {layout.begins_on:%B %Y} on",
                repr(header.label),
            )
    if layout.prints == "weeks":
        _require_weeks(headers)
        _require_unbroken(headers, _BESIDE_WEEKS)
    elif layout.prints == "month_before_and_year_before":
        _require_month_before_and_year_before(headers)
    elif layout.prints == "months_of_fiscal_year":
        _require_months_of_fiscal_year(headers)
    elif layout.prints == "unbroken":
        _require_unbroken(headers, _IN_ARCHIVES)


def _require_weeks(headers: Sequence[Headed]) -> None:
    weeks = [header for header in headers if header.period.type == "week"]
    for before, after in pairwise(weeks):
        distance = abs((_friday_of(after) - _friday_of(before)).days)
        if distance != _DAYS_OF_A_WEEK:
            raise LayoutChangedError(
                "two weeks that follow each other are not seven days apart",
                after.where,
                f"a day of the week after or before {before.period.ends_on}",
                repr(after.label),
            )


def _friday_of(header: Headed) -> date:
    """Return the Friday of the week that a period ends in, Saturday being its first day."""
    day = header.period.ends_on
    return day + timedelta(days=(_FRIDAY - day.weekday()) % _DAYS_OF_A_WEEK)


def _require_month_before_and_year_before(headers: Sequence[Headed]) -> None:
    """Check the set of the services file: a month, the one before, the same of last year, and both fiscal
    years to that month.
    """
    newest = _newest_month(headers)
    last_year = periods.year_before(newest)
    months = {newest, periods.month_before(newest), last_year}
    _require_set(headers, {"month": months, "cumulative": {newest, last_year}}, newest)


def _require_months_of_fiscal_year(headers: Sequence[Headed]) -> None:
    """Check the set of the summary: the fiscal year before this one and perhaps the one before that, the same
    month of last year, months and finished quarters of this fiscal year, both fiscal years to the newest
    month.
    """
    newest = _newest_month(headers)
    last_year = periods.year_before(newest)
    ended = periods.fiscal_year_ends_on(newest)
    last_june = periods.year_before(ended)
    quarters = {day for day in periods.quarters_of_fiscal_year(ended) if day <= newest}
    printed = {h.period.ends_on for h in headers if h.period.type == "fiscal_quarter"}
    since = {day for day in periods.months_of_fiscal_year(ended) if day <= newest}
    may = {
        "month": since | {last_year, periods.month_before(newest)},
        "fiscal_quarter": quarters,
        "cumulative": {newest, last_year, last_june, periods.year_before(last_june)},
    }
    must = {
        "month": {newest, last_year},
        "fiscal_quarter": {day for day in quarters if printed and day < max(printed)},
        "cumulative": {newest, last_year, last_june},
    }
    _require_set(headers, must, newest, may)


def _newest_month(headers: Sequence[Headed]) -> date:
    months = [header.period.ends_on for header in headers if header.period.type == "month"]
    if not months:
        where = headers[0].where if headers else "the file"
        raise LayoutChangedError(
            "no column is about a month", where, "months and fiscal years to date", "none"
        )
    return max(months)


def _require_set(
    headers: Sequence[Headed],
    must: Mapping[str, set[date]],
    newest: date,
    may: Mapping[str, set[date]] | None = None,
) -> None:
    """Check that each kind of period ends on the days on which it must, and on no others than it may."""
    may = may or must
    found: dict[str, dict[date, Headed]] = defaultdict(dict)
    for header in headers:
        kind = "cumulative" if header.period.type in _CUMULATIVE else header.period.type
        found[kind][header.period.ends_on] = header
    shown = ", ".join(repr(header.label) for header in headers)
    for kind, of_kind in found.items():
        for day, header in of_kind.items():
            is_whole = kind != "cumulative" or header.period.starts_on == periods.fiscal_year_starts_on(day)
            if day not in may.get(kind, ()) or not is_whole:
                raise LayoutChangedError(
                    "a header does not fit the others",
                    header.where,
                    f"{_in_words(kind, may.get(kind, ()))} beside {newest:%B %Y}",
                    f"{header.label!r} among {shown}",
                )
    for kind, days in must.items():
        if missing := days - found[kind].keys():
            raise LayoutChangedError(
                "a period that belongs to the newest month is missing",
                max(headers, key=lambda header: header.period.ends_on).where,
                f"{_in_words(kind, missing)} beside {newest:%B %Y}",
                shown,
            )


def _in_words(kind: str, days: Iterable[date]) -> str:
    words = {"month": "a month to", "fiscal_quarter": "a quarter to", "cumulative": "a fiscal year so far to"}
    ends = ", ".join(f"{day:%b %Y}" for day in sorted(days)) or "no day"
    return f"{words.get(kind, kind)} {ends}"


def _require_unbroken(headers: Sequence[Headed], kinds: Sequence[tuple[str, int]]) -> None:
    """Check that the periods of each kind follow each other without a gap, as printed in one order or the
    other; beside a kind stands how many months one is long.
    """
    for kind, months in kinds:
        of_kind = [header for header in headers if header.period.type == kind]
        if len(of_kind) > 1 and of_kind[0].period.ends_on > of_kind[-1].period.ends_on:
            of_kind.reverse()
        for before, after in pairwise(of_kind):
            follows = periods.month_end(before.period.ends_on, months)
            if after.period.ends_on != follows:
                raise LayoutChangedError(
                    "the periods do not follow each other",
                    after.where,
                    f"a {kind.replace('_', ' ')} to {follows:%B %Y} after {before.label!r}",
                    repr(after.label),
                )


def check_edition(observations: Sequence[Observation], layout: Layout) -> None:
    """Check that the figures of an edition are as its release's are; raises `LayoutChangedError`."""
    if layout.reader not in _WITH_HEADER_CELLS:
        # A series is printed in any order: its periods are looked at from the oldest to the newest.
        by_period = sorted(observations, key=lambda o: o.period_ends_on)
        check_periods([_headed(o) for o in by_period], layout)
    _require_plausible(observations, layout)
    _require_codes_in_order(observations, layout)
    _require_levels(observations, layout)


def _require_plausible(observations: Sequence[Observation], layout: Layout) -> None:
    for key, least, most in layout.plausible:
        for o in observations:
            if o.row_key != key or o.period_type not in _AS_LARGE_AS_A_MONTH or not o.value:
                continue
            if layout.flows and row_key(o.flow_label or "") != row_key(layout.flows[0]):
                continue
            if not least <= o.value <= most:
                raise LayoutChangedError(
                    "the figures are of another size",
                    f"{o.sheet}, {o.cell} ({o.row_label.strip()!r}, {o.column_label!r})",
                    f"{least:,.0f} to {most:,.0f} in {o.unit_label!r}",
                    o.value_as_printed,
                )


def _headed(o: Observation) -> Headed:
    period = Period(o.period_type, o.period_starts_on, o.period_ends_on, o.status_mark)
    return Headed(period, f"{o.sheet}, {o.cell}", o.column_label)


def _require_codes_in_order(observations: Sequence[Observation], layout: Layout) -> None:
    """Check that rows with printed codes stand in the order of the codes: two labels that were exchanged
    leave every sum right that both are part of.
    """
    if not layout.has_codes_in_order:
        return
    rows = sorted({o.row_number: o for o in observations if _code(o.row_label)}.items())
    for (_, before), (_, after) in pairwise(rows):
        if _code(after.row_label) < _code(before.row_label):
            raise LayoutChangedError(
                "the codes of the rows are out of order",
                f"{after.sheet}, row {after.row_number}",
                f"a code after {before.row_label.strip()!r}",
                repr(after.row_label.strip()),
            )


def _code(label: str) -> tuple[int, ...]:
    """Return the code before a label as numbers; none where there is none."""
    word = label.replace("\xa0", " ").strip().partition(" ")[0].rstrip(".")
    parts = word.split(".")
    return tuple(map(int, parts)) if all(part.isascii() and part.isdigit() for part in parts) else ()


def _require_levels(observations: Sequence[Observation], layout: Layout) -> None:
    """Check that what is always above zero is, and that it moves no further from one period to the next, both
    ways, than it ever did.
    """
    series: dict[tuple[str, str | None], list[Observation]] = defaultdict(list)
    for o in observations:
        is_level = not layout.levels or any(o.row_key.endswith(key) for key in layout.levels)
        if layout.largest_step and is_level and o.value is not None and o.period_type in ("month", "week"):
            series[o.row_key, o.flow_label].append(o)
    for of_series in series.values():
        of_series.sort(key=lambda o: o.period_ends_on)
        for number, o in enumerate(of_series):
            beside = of_series[max(number - 1, 0) : number] + of_series[number + 1 : number + 2]
            near = [p for p in beside if abs((p.period_ends_on - o.period_ends_on).days) <= _DAYS_OF_A_MONTH]
            _require_level(o, near, layout.largest_step)


def _require_level(o: Observation, near: Sequence[Observation], largest_step: float) -> None:
    value = o.value or 0.0
    others = [other.value for other in near if other.value and other.value > 0]
    if value > 0 and not others:
        return
    if value > 0 and any(1 / largest_step <= value / other <= largest_step for other in others):
        return
    usual = " and ".join(f"{other:,.6g}" for other in others) or "figures above 0"
    raise LayoutChangedError(
        "a figure is far from those beside it",
        f"{o.sheet}, {o.cell} ({o.row_label.strip()!r}, {o.column_label!r})",
        f"above 0, at most {largest_step:g} times more or less than {usual}",
        o.value_as_printed,
    )


def check_beside(before: Edition, now: Edition, layout: Layout) -> None:
    """Check an edition beside the one before it: what both print must be the same but for revisions.

    Raises `LayoutChangedError` where most figures moved by one factor (another unit), a main figure moved
    further than a revision ever did, or figures stand under another row or month than before.
    """
    shared = {figure: (before[figure].value, now[figure].value) for figure in now.keys() & before.keys()}
    ratios = {figure: new / old for figure, (old, new) in shared.items() if old and new}
    _require_one_unit(ratios, now)
    _require_revisions(ratios, before, now, layout)
    _require_rows_in_place(before, now, shared)
    _require_months_in_place(before, now)


def _require_one_unit(ratios: Mapping[Figure, float], now: Edition) -> None:
    if len(ratios) < _ENOUGH:
        return
    factor = median(ratios.values())
    like = [figure for figure, ratio in ratios.items() if abs(ratio / factor - 1) <= _SAME_FACTOR]
    is_one_factor = abs(factor - 1) > 2 * _SAME_FACTOR and len(like) * 2 > len(ratios)
    if is_one_factor or not 1 / _FACTOR_OF_A_UNIT <= factor <= _FACTOR_OF_A_UNIT:
        first = now[min(like or ratios, key=lambda figure: (figure.ends_on, figure.row_key))]
        raise LayoutChangedError(
            "most figures moved by one factor: another unit",
            first.where,
            f"the figures of the edition before, of which {len(ratios)} are printed again",
            f"{factor:.6g} times as much for {len(like)} of them, here {first.value_as_printed}",
        )


def _require_revisions(ratios: Mapping[Figure, float], before: Edition, now: Edition, layout: Layout) -> None:
    main = {key for key, _, _ in layout.plausible}
    for figure, ratio in ratios.items():
        is_near = 1 / _LARGEST_REVISION <= ratio <= _LARGEST_REVISION
        if figure.row_key in main and _is_first_flow(figure, layout) and not is_near:
            raise LayoutChangedError(
                "a main figure moved further than a revision ever did",
                now[figure].where,
                f"within {_LARGEST_REVISION:g} times {before[figure].value_as_printed} of the edition before",
                now[figure].value_as_printed,
            )


def _is_first_flow(figure: Figure, layout: Layout) -> bool:
    return not layout.flows or figure.flow == row_key(layout.flows[0])


def _require_rows_in_place(
    before: Edition, now: Edition, shared: Mapping[Figure, tuple[float, float]]
) -> None:
    """Check that no row holds what another one held: two labels were exchanged."""
    held, holds = _rows(before, shared), _rows(now, shared)
    rows_of = defaultdict(list)
    for key, values in held.items():
        rows_of[values].append(key)
    for key, values in holds.items():
        others = rows_of.get(values, [])
        if len(set(values)) >= _ENOUGH // 4 and others and key not in others and held.get(key) != values:
            here = next(now[figure] for figure in shared if figure.row_key == key)
            raise LayoutChangedError(
                "a row holds the figures of another one in the edition before",
                here.where,
                f"figures of {key!r}",
                f"those of {others[0]!r}",
            )


def _rows(
    edition: Edition, shared: Iterable[Figure]
) -> dict[str, tuple[tuple[str, str, date, date, float], ...]]:
    rows: dict[str, list[tuple[str, str, date, date, float]]] = defaultdict(list)
    for figure in sorted(shared):
        if value := edition[figure].value:
            rows[figure.row_key].append((*figure[1:], value))
    return {key: tuple(values) for key, values in rows.items()}


def _require_months_in_place(before: Edition, now: Edition) -> None:
    """Check that no month holds what another one held: a header was left as it was."""
    held, holds = _months(before), _months(now)
    by_figures = {tuple(sorted(values.items())): day for day, values in held.items()}
    for day, values in holds.items():
        other = by_figures.get(tuple(sorted(values.items())))
        if other is not None and other != day and len(set(values.values())) >= _ENOUGH:
            here = next(
                p for figure, p in now.items() if figure.ends_on == day and figure.period_type == "month"
            )
            raise LayoutChangedError(
                "a month holds the figures of another one in the edition before",
                here.where,
                f"figures of {day:%B %Y}",
                f"those of {other:%B %Y}",
            )


def _months(edition: Edition) -> dict[date, dict[tuple[str, str], float]]:
    months: dict[date, dict[tuple[str, str], float]] = defaultdict(dict)
    for figure, printed in edition.items():
        if figure.period_type == "month" and printed.value:
            months[figure.ends_on][figure.row_key, figure.flow] = printed.value
    return months


def require_headers(sheet: Sheet, rows: range, stub_column: int, columns: Iterable[PeriodColumn]) -> None:
    """Check that every column of the table has a header: one that moved would leave its figures out."""
    known = {column.number for column in columns}
    for number in range(stub_column + 1, sheet.width):
        if number in known:
            continue
        count = sum(isinstance(sheet.at(Address(row, number)), float) for row in rows)
        if count > len(rows) * _MOST_ASIDE:
            raise LayoutChangedError(
                "a column of numbers has no header",
                f"sheet {sheet.name!r}, {sheet.name_columns(number)}",
                "a period, and with it what the numbers are",
                f"{count} numbers",
            )
