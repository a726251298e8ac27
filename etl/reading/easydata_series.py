"""Layout: series of SBP's data portal, one row an observation, told apart by their keys. A pull from its
API is one, a CSV export from its pages another.

A series key is the dataset's code, a point and the series' own code: `TS_GP_BOP_TRDSER_M.SCM009`. What
a code means stands in a seed, whose columns the catalogue's templates (`SCM{easydata_suffix}`) turn into
the keys that are known.

Here: rows into observations, and what must hold of them. Not here: the forms they come in
(`easydata_rows`, `easydata_pull`), and what a series is about (the seeds).
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import isfinite

from etl.catalog import Layout
from etl.reading import easydata_pull, easydata_rows, periods, table
from etl.reading.easydata_rows import Row
from etl.reading.formats import detect_format
from etl.reading.labels import row_key
from etl.reading.values import LayoutChangedError, Observation, Reading

_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)")
"""SBP's database prints one half as `.5`."""
_MISSING = "missing value"


@dataclass(frozen=True)
class Description:
    """What the portal says of a dataset."""

    keys: frozenset[str]
    """Series that it lists, each in one spelling."""
    refreshed_on: date


def read(content: bytes, layout: Layout, known_rows: frozenset[str]) -> Reading:
    """Read a pull or a CSV export; raises `LayoutChangedError` where it is not understood."""
    found = detect_format(content)
    refreshed_on = None
    if found == "easydata":
        pull = easydata_pull.unpack(content)
        rows = [row for key, body in pull.answers.items() for row in easydata_rows.of_answer(body, key)]
        # An answer that describes nothing says nothing of the day: the file's other clocks do.
        refreshed_on = _refreshed_on(pull.description, layout)
    elif found == "csv":
        rows = easydata_rows.of_csv(content)
    else:
        raise LayoutChangedError("no series of EasyData", "the first bytes", "a pull or a CSV file", found)
    observations = observe(rows, layout, known_rows)
    _check_identities(observations, layout)
    return Reading(
        observations=tuple(observations),
        unread=(),
        latest_period_ends_on=max(o.period_ends_on for o in observations),
        figures_sha256=table.figures_sha256(observations),
        last_saved_on=None,
        stated_on=refreshed_on,
        # Who exports picks series and months: what is not in the file is not thereby withdrawn.
        is_complete=found == "easydata",
    )


def observe(rows: list[Row], layout: Layout, known_rows: frozenset[str]) -> list[Observation]:
    """Give an observation for each row.

    Raises `LayoutChangedError` for a series of another dataset or one that is not known, for another unit,
    for a month that is there twice, and for anything that is no number.
    """
    if not rows:
        raise LayoutChangedError("there are no observations", "the rows", "at least one", "none")
    _check_datasets(rows, layout)
    observations = [_observation(row, layout, known_rows) for row in rows]
    seen: dict[tuple[str, date], Observation] = {}
    for found in observations:
        first = seen.setdefault((found.row_key, found.period_ends_on), found)
        if first is not found:
            raise LayoutChangedError(
                "a series has two figures for one period",
                f"{found.cell} (rows {first.row_number} and {found.row_number})",
                "each period once",
                f"{first.value_as_printed} and {found.value_as_printed}",
            )
    return observations


def describe(content: bytes, layout: Layout) -> Description:
    """Understand what the portal says of a dataset; raises `LayoutChangedError` where it says nothing."""
    where = f"the description of {layout.dataset}"
    columns, rows = easydata_rows.table_of(content, where)
    key = easydata_rows.column(columns, "series code", "series key")
    refreshed = easydata_rows.column(columns, "last refresh date")
    if key is None or refreshed is None:
        shown = ", ".join(repr(name) for name in columns) or "none"
        raise LayoutChangedError("a column is missing", where, "Series Code and Last Refresh Date", shown)
    days = [day for row in rows if refreshed < len(row) and (day := periods.parse_day(row[refreshed]))]
    if not days:
        raise LayoutChangedError("no day of refresh is given", where, "a date in Last Refresh Date", "none")
    keys = [row[key].strip() for row in rows if key < len(row)]
    whole = [text if "." in text else f"{layout.dataset}.{text}" for text in keys]
    return Description(frozenset(row_key(text) for text in whole), max(days))


def _refreshed_on(description: bytes, layout: Layout) -> date | None:
    try:
        return describe(description, layout).refreshed_on
    except LayoutChangedError:
        return None


def _check_datasets(rows: list[Row], layout: Layout) -> None:
    datasets = {row.key.partition(".")[0].strip() for row in rows}
    if datasets != {layout.dataset}:
        found = ", ".join(sorted(datasets)[:5]) or "none"
        reason = "the series are of another dataset"
        raise LayoutChangedError(reason, "Series Key", layout.dataset, found, nearness=0)


def _observation(row: Row, layout: Layout, known_rows: frozenset[str]) -> Observation:
    key = row_key(row.key)
    code = row.key.partition(".")[2].strip()
    day = row.day.strip()
    if key not in known_rows:
        raise _unknown_series(row, key, known_rows)
    if layout.unit not in row_key(row.unit):
        raise _refusal(row, "the unit is not the one known", f"words with {layout.unit!r}", row.unit)
    # `2026-08-31` on the API, `31-Aug-2026` in the portal's exports.
    parsed = periods.parse_day(day)
    if parsed is None:
        raise _refusal(row, "a date is not understood", "2026-08-31 or 31-Aug-2026", row.day)
    period = periods.month_of(parsed)
    value, as_printed, decimals = _value(row)
    return Observation(
        sheet=layout.dataset,
        cell=f"{code} {day}",
        row_number=row.number,
        row_label=row.label,
        row_key=key,
        indent=None,
        column_label=day,
        flow_label=_flow(code, layout),
        unit_label=row.unit.strip(),
        period_type=period.type,
        period_starts_on=period.starts_on,
        period_ends_on=period.ends_on,
        status_mark=row.status.strip() or None,
        value=value,
        value_as_printed=as_printed,
        decimals=decimals,
    )


def _value(row: Row) -> tuple[float | None, str, int | None]:
    """Give the number, its text and its decimals; what SBP calls missing is no number, whatever it says."""
    status = row.status.strip()
    if status.casefold() == _MISSING:
        return None, status, None
    text = row.value.strip()
    if not _NUMBER.fullmatch(text) or not isfinite(float(text)):
        raise _refusal(row, "an observation is no number", "a number, or the status 'Missing value'", text)
    return float(text), text, len(text.partition(".")[2])


def _flow(code: str, layout: Layout) -> str | None:
    """Tell the flow by the beginning of a code (`SCM` credit, `SDM` debit, `SNM` net), where it says so."""
    beginnings = (template.partition("{")[0] for template in layout.series)
    pairs = zip(beginnings, layout.flows, strict=False)
    return next((flow for beginning, flow in pairs if code.startswith(beginning)), None)


def _check_identities(observations: list[Observation], layout: Layout) -> None:
    """See that in every month the first of three series is the second less the third.

    Within the rounding of three figures, which is that month's: SBP printed some months in whole
    thousands and others to the dollar, and drops the zeros at the end of a number.
    """
    values: dict[str, dict[date, Decimal]] = defaultdict(dict)
    decimals: dict[date, int] = defaultdict(int)
    labels: dict[date, str] = {}
    for o in observations:
        if o.value is not None:
            code = o.row_key.partition(".")[2]
            values[code][o.period_ends_on] = Decimal(o.value_as_printed)
            decimals[o.period_ends_on] = max(decimals[o.period_ends_on], o.decimals or 0)
            labels[o.period_ends_on] = o.column_label
    for balance, plus, minus in _identities(layout):
        for month in values[balance].keys() & values[plus].keys() & values[minus].keys():
            difference = values[balance][month] - (values[plus][month] - values[minus][month])
            if abs(difference) > Decimal("1.5").scaleb(-decimals[month]):
                raise LayoutChangedError(
                    "the series do not add up",
                    f"{balance.upper()} {labels[month]}",
                    f"{plus.upper()} less {minus.upper()}: {values[plus][month] - values[minus][month]}",
                    str(values[balance][month]),
                )


def _identities(layout: Layout) -> Iterator[tuple[str, str, str]]:
    for balance, plus, minus in layout.identities:
        yield row_key(balance), row_key(plus), row_key(minus)


def _refusal(row: Row, reason: str, expected: str, found: str) -> LayoutChangedError:
    return LayoutChangedError(reason, f"{row.key} {row.day} (row {row.number})", expected, repr(found))


def _unknown_series(row: Row, key: str, known_rows: Iterable[str]) -> LayoutChangedError:
    nearest = difflib.get_close_matches(key, list(known_rows), n=1, cutoff=0.5)
    expected = f"a known series, such as {nearest[0].upper()}" if nearest else "a series that the seed lists"
    return LayoutChangedError(
        "a series is not known", f"row {row.number}", expected, f"{row.key} ({row.label.strip()!r})"
    )
