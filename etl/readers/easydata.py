"""Layout: series of SBP's data portal, one row an observation, told apart by their keys. A pull from its
API is one, a CSV export from its pages another.

A series key is the dataset's code, a point and the series' own code: `TS_GP_BOP_TRDSER_M.SCM009`. What
a code means stands in a seed, whose columns the catalogue's templates (`SCM{easydata_suffix}`) turn into
the keys that are known.

Here: rows into observations, and what must hold of them. Not here: the forms they come in
(`easydata_rows`, `easydata_pull`), and what a series is about (the seeds).
"""

import csv
import difflib
import io
import json
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import NamedTuple

import msgspec

from etl.catalog.labels import row_key
from etl.catalog.releases import Layout
from etl.common.formats import detect_format
from etl.readers import periods, table
from etl.readers.values import LayoutChangedError, Observation, Reading

MANIFEST = "pull.json"
_DESCRIPTION = "dataset.json"
_FOLDER, _ENDING = "series/", ".json"
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` and msgspec raise where bytes are not as they were packed: one turned bit can say that an
entry is encrypted (RuntimeError) or begins before the file (ValueError).
"""
_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can say: when a pull was made stands beside it, and not in it."""


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a pull asked for."""

    dataset: str
    since: date
    until: date
    series: tuple[str, ...]
    """Keys of all series that were had, in the order of the release's rows."""


@dataclass(frozen=True)
class Pull:
    """A pull, taken apart."""

    asked: Asked
    description: bytes
    """The answer for the dataset itself; empty where there was none."""
    answers: Mapping[str, bytes]


def pack(pull: Pull) -> bytes:
    """Return the file of a pull."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        _add(archive, MANIFEST, msgspec.json.format(msgspec.json.encode(pull.asked), indent=2) + b"\n")
        _add(archive, _DESCRIPTION, pull.description)
        for key in pull.asked.series:
            _add(archive, f"{_FOLDER}{key}{_ENDING}", pull.answers[key])
    return target.getvalue()


def unpack(content: bytes) -> Pull:
    """Take the file of a pull apart; raises `LayoutChangedError` where it is not whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            asked = msgspec.json.decode(archive.read(MANIFEST), type=Asked)
            description = archive.read(_DESCRIPTION)
            answers = {key: archive.read(f"{_FOLDER}{key}{_ENDING}") for key in asked.series}
            extra = set(archive.namelist()) - {MANIFEST, _DESCRIPTION}
            extra -= {f"{_FOLDER}{key}{_ENDING}" for key in answers}
    except _DAMAGED as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise LayoutChangedError("the pull cannot be opened", "the file", "a whole pull", said) from error
    if extra:
        names = ", ".join(sorted(extra))
        raise LayoutChangedError("the pull holds more than it says", MANIFEST, "its series", names)
    return Pull(asked, description, answers)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o444 << 16
    archive.writestr(entry, content, compresslevel=9)


_NAMES = {
    "dataset": ("dataset name", "dataset"),
    "key": ("series key",),
    # The portal's export has a display name beside the name: what it shows is the label.
    "label": ("series display name", "series name", "series"),
    "day": ("observation date",),
    "value": ("observation value",),
    "unit": ("unit",),
    "status": ("observation status",),
}
"""What a field is called, in the order of preference: API's JSON, API's CSV, portal's CSV."""


class EasyDataRow(NamedTuple):
    """One observation as printed."""

    number: int
    """Its row: in a CSV as a spreadsheet counts it, in an answer counted from 1."""
    dataset: str
    key: str
    label: str
    day: str
    value: str
    unit: str
    status: str


def of_answer(content: bytes, where: str) -> list[EasyDataRow]:
    """Return the rows of an answer of the API, newest first as it sends them."""
    columns, rows = table_of(content, where)
    places = _places(columns, where)
    return list(_rows(rows, places, where, first_number=1))


def of_csv(content: bytes) -> list[EasyDataRow]:
    """Return the rows of a CSV file, whichever of the two headers it has."""
    if content[-1:] not in (b"\n", b"\r"):
        end = content[-16:].decode("utf-8", "replace")
        raise LayoutChangedError("the CSV is cut off", "its end", "the end of a line", repr(end))
    # The API's CSV ends its lines with bare carriage returns, which the csv module reads only translated.
    lines = csv.reader(io.StringIO(_decoded(content), newline=None), strict=True)
    try:
        columns = next(lines, [])
        rows = [line for line in lines if line]
    except csv.Error as error:
        raise LayoutChangedError("the CSV cannot be read", "the file", "a CSV file", str(error)) from error
    return list(_rows(rows, _places(columns, "row 1"), "the file", first_number=2))


def table_of(content: bytes, where: str) -> tuple[list[str], list[list[str]]]:
    """Return the columns and rows of an answer of the API, all as text.

    Control characters in its text are let pass: SBP's descriptions hold some.
    """
    expected = "JSON with `columns` and `rows`"
    try:
        answer = json.loads(content.decode("utf-8-sig", "replace"), strict=False)
        columns, rows = answer["columns"], answer["rows"]
        return [_text(name) for name in columns], [[_text(cell) for cell in row] for row in rows]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        found = " ".join(content[:80].decode("utf-8", "replace").split()) or "nothing"
        raise LayoutChangedError("the answer is not understood", where, expected, repr(found)) from error


def column(columns: Sequence[str], *names: str) -> int | None:
    """Return the place of the first of these headers that is there, whatever their case and spacing."""
    found = {" ".join(name.split()).casefold(): place for place, name in reversed(list(enumerate(columns)))}
    return next((found[name] for name in names if name in found), None)


def _places(columns: Sequence[str], where: str) -> list[int]:
    places = []
    for field, names in _NAMES.items():
        place = column(columns, *names)
        if place is None:
            shown = ", ".join(repr(name) for name in columns[:12]) or "none"
            reason = f"the column of the {field} is missing"
            raise LayoutChangedError(reason, where, repr(names[0]), shown, nearness=0)
        places.append(place)
    return places


def _rows(rows: list[list[str]], places: list[int], where: str, first_number: int) -> Iterator[EasyDataRow]:
    width = max(places) + 1
    for number, row in enumerate(rows, start=first_number):
        if len(row) < width:
            expected = f"{width} fields or more"
            raise LayoutChangedError("a row is too short", f"{where}, row {number}", expected, repr(row))
        yield EasyDataRow(number, *(row[place] for place in places))


def _text(cell: object) -> str:
    """Return a cell as text; values come as strings, and a number would say the same."""
    return "" if cell is None else str(cell)


def _decoded(content: bytes) -> str:
    """Read as UTF-8, else as the code page in which an office program on Windows saves again."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


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
        pull = unpack(content)
        rows = [row for key, body in pull.answers.items() for row in of_answer(body, key)]
        # An answer that describes nothing says nothing of the day: the file's other clocks do.
        refreshed_on = _refreshed_on(pull.description, layout)
    elif found == "csv":
        rows = of_csv(content)
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


def observe(rows: list[EasyDataRow], layout: Layout, known_rows: frozenset[str]) -> list[Observation]:
    """Return an observation for each row.

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
    columns, rows = table_of(content, where)
    key = column(columns, "series code", "series key")
    refreshed = column(columns, "last refresh date")
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


def _check_datasets(rows: list[EasyDataRow], layout: Layout) -> None:
    datasets = {row.key.partition(".")[0].strip() for row in rows}
    if datasets != {layout.dataset}:
        found = ", ".join(sorted(datasets)[:5]) or "none"
        reason = "the series are of another dataset"
        raise LayoutChangedError(reason, "Series Key", layout.dataset, found, nearness=0)


def _observation(row: EasyDataRow, layout: Layout, known_rows: frozenset[str]) -> Observation:
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


def _value(row: EasyDataRow) -> tuple[float | None, str, int | None]:
    """Return the number, its text and its decimals; what SBP calls missing is no number, whatever it says."""
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
    """Check that in every month the first of three series is the second less the third.

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


def _refusal(row: EasyDataRow, reason: str, expected: str, found: str) -> LayoutChangedError:
    return LayoutChangedError(reason, f"{row.key} {row.day} (row {row.number})", expected, repr(found))


def _unknown_series(row: EasyDataRow, key: str, known_rows: Iterable[str]) -> LayoutChangedError:
    nearest = difflib.get_close_matches(key, list(known_rows), n=1, cutoff=0.5)
    expected = f"a known series, such as {nearest[0].upper()}" if nearest else "a series that the seed lists"
    return LayoutChangedError(
        "a series is not known", f"row {row.number}", expected, f"{row.key} ({row.label.strip()!r})"
    )
