"""Editions of Trade in Services: of sixty-four years of months, each month printed three times.

Here: figures that move as SBP's do, and the archive that they fill. The figures are made up: those of the
starter, grown, scattered and revised at random with a fixed seed. What a file must satisfy holds (net is
credit less debit, an item is the sum of those below it), and so does what SBP's own files break now and
then: a cumulative column is the sum of its months as they are known by then.

Headers have two digits for the year, which are of this century up to 2069; an edition beyond is of one of
these months again, with other figures.
"""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from random import Random

from benchmarks.results import BENCH_FOLDER
from etl.archive.store import Archive, FileFacts
from etl.common.settings import PROJECT_ROOT
from scripts.write_starter import (
    FIGURES_FOLDER,
    FLOWS,
    ServicesEdition,
    StarterRow,
    load_services,
    services_workbook,
)

RELEASE = "trade_in_services"
COUNT = 1000
MONTHS = 64 * 12
"""Edition so many is of the first month again."""
_FIRST_MONTH = date(2004, 7, 1)
"""Its file reaches back a year: to the month in which the series begins."""
_LATEST = 2 * len(FLOWS)
"""Where the figures of the latest month begin in a row of the starter."""
_MONTHLY_GROWTH = 1.004
_MONTHS_TO_STARTER = 260
_SHARE_REVISED = 0.4
"""Of the items, at each of a month's two later prints."""

Figures = tuple[tuple[float, ...], tuple[float, ...]]
"""Credits and debits, one a row of the table, in thousand US$."""


def edition(number: int) -> ServicesEdition:
    """Return an edition, counted from 0: its three months and its two fiscal years to date."""
    issue, place = divmod(number, MONTHS)
    month = _months_on(_FIRST_MONTH, place)
    previous, year_ago = _months_on(month, -1), _months_on(month, -12)
    groups = (
        (f"{year_ago:%b-%y} (R)", _figures(issue, year_ago, 2)),
        (f"{previous:%b-%y} (R)", _figures(issue, previous, 1)),
        (f"{month:%b-%y} (P)", _figures(issue, month, 0)),
        (f"{_to_date_label(year_ago)} (R)", _to_date(issue, year_ago, as_of=month)),
        (f"{_to_date_label(month)} (P)", _to_date(issue, month, as_of=month)),
    )
    rows = tuple(
        StarterRow(
            row.label, row.indent, row.is_bold, tuple(_cells(row, index, [known for _, known in groups]))
        )
        for index, row in enumerate(_template())
    )
    return ServicesEdition(tuple(label for label, _ in groups), rows)


def published_on(number: int) -> date:
    """Return the day on which an edition came out; another issue of its month a day later."""
    issue, place = divmod(number, MONTHS)
    return _months_on(_FIRST_MONTH, place + 1).replace(day=18 + issue)


def archive(count: int) -> Path:
    """Return the folder of an archive of the first so many editions; it is made once and kept."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted([*FIGURES_FOLDER.glob("*.csv"), PROJECT_ROOT / "scripts" / "write_starter.py"]):
        digest.update(path.read_bytes())
    folder = BENCH_FOLDER / "archives" / f"{count}-{digest.hexdigest()[:12]}"
    if not folder.exists():
        staged = folder.with_name(f".{folder.name}")
        shutil.rmtree(staged, ignore_errors=True)
        store(Archive(staged), range(count))
        staged.rename(folder)
    return folder


def store(archive: Archive, numbers: Sequence[int]) -> None:
    """Archive editions as if they had been given by hand."""
    with ProcessPoolExecutor() as pool:
        for number, content in zip(numbers, pool.map(_content, numbers, chunksize=20), strict=True):
            name = f"dt-{_months_on(_FIRST_MONTH, number % MONTHS):%Y-%m}.xls"
            keep(archive, content, name, published_on(number))


def keep(archive: Archive, content: bytes, name: str, day: date) -> None:
    """Archive a services file that was given by hand on the day of its publication."""
    facts = FileFacts(
        release_id=RELEASE,
        sha256=hashlib.sha256(content).hexdigest(),
        format="xls",
        size_bytes=len(content),
        via="by_hand",
        original_name=name,
        source_address=None,
        first_seen_at=datetime.combine(day, time(), UTC),
        published_on=day,
        published_on_is="given_by_hand",
    )
    archive.store(content, facts)


def _content(number: int) -> bytes:
    return services_workbook(edition(number))


def _cells(row: StarterRow, index: int, groups: list[Figures]) -> Iterator[float | str]:
    """Return a row's cells from left to right; N/A stays N/A."""
    absences = [
        cell if isinstance(cell, str) else None for cell in row.values[_LATEST : _LATEST + len(FLOWS)]
    ]
    for credits_, debits in groups:
        values = (credits_[index], debits[index], credits_[index] - debits[index])
        yield from (absence or value for absence, value in zip(absences, values, strict=True))


@cache
def _template() -> tuple[StarterRow, ...]:
    return load_services("2026-03").rows


@cache
def _codes() -> tuple[str, ...]:
    """Return the item code of each row; total services is the parent of all."""
    return tuple("" if index == 0 else _code(row.label) for index, row in enumerate(_template()))


def _code(label: str) -> str:
    return label.split()[0].rstrip(".")


def _parent(code: str) -> str:
    return code.rpartition(".")[0]


@lru_cache(maxsize=200)  # a fiscal year and the one before, each month printed three times
def _figures(issue: int, month: date, prints_before: int) -> Figures:
    """Return a month's figures as printed for the first, second or third time."""
    credits_, debits = (
        _with_parents(_leaves(issue, month, prints_before, flow), _codes()) for flow in range(len(FLOWS) - 1)
    )
    return credits_, debits


def _leaves(issue: int, month: date, prints_before: int, flow: int) -> dict[str, float]:
    """Return the figures of the items that have none below them."""
    codes = _codes()
    parents = {_parent(code) for code in codes[1:]}
    months = (month.year - _FIRST_MONTH.year) * 12 + month.month
    random = Random(f"{month} {flow} {issue}" if issue else f"{month} {flow}")  # noqa: S311 (nothing is secret)
    figures = {}
    for code, row in zip(codes, _template(), strict=True):
        scatter, *revisions = (random.gauss(1, deviation) for deviation in (0.08, 0.03, 0.02))
        is_revised = [random.random() < _SHARE_REVISED for _ in revisions]
        if code not in parents:
            printed = row.values[_LATEST + flow]
            value = printed if isinstance(printed, float) else 0.0
            value *= scatter * _MONTHLY_GROWTH ** (months - _MONTHS_TO_STARTER)
            for revision in range(prints_before):
                value *= revisions[revision] if is_revised[revision] else 1
            figures[code] = round(value, 4)
    return figures


def _with_parents(leaves: dict[str, float], codes: tuple[str, ...]) -> tuple[float, ...]:
    """Add up from the bottom: rows stand below their parents."""
    sums = dict.fromkeys(codes, 0.0) | leaves
    for code in reversed(codes[1:]):
        sums[_parent(code)] += sums[code]
    return tuple(sums[code] for code in codes)


def _to_date(issue: int, month: date, as_of: date) -> Figures:
    """Add up the fiscal year to a month from its months as the edition of `as_of` knows them."""
    starts_on = date(month.year if month.month >= 7 else month.year - 1, 7, 1)
    count = (month.year - starts_on.year) * 12 + month.month - starts_on.month + 1
    months = [_months_on(starts_on, offset) for offset in range(count)]
    known = [_figures(issue, each, _prints_before(each, as_of)) for each in months]
    credits_, debits = (
        tuple(sum(values) for values in zip(*(figures[flow] for figures in known), strict=True))
        for flow in range(len(FLOWS) - 1)
    )
    return credits_, debits


def _prints_before(month: date, as_of: date) -> int:
    """Tell how often a month was printed before the edition of another says what it is."""
    age = (as_of.year - month.year) * 12 + as_of.month - month.month
    return 0 if age == 0 else 1 if age < 12 else 2


def _to_date_label(month: date) -> str:
    fiscal_year = f"FY{(month.year + (month.month >= 7)) % 100:02d}"
    return f"Jul, {fiscal_year}" if month.month == 7 else f"Jul-{month:%b}, {fiscal_year}"


def _months_on(month: date, count: int) -> date:
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)
