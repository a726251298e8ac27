"""What was known when, whatever SBP published and in whatever order it came: the models against the rules.

The models' own SQL runs over made-up editions and quotes; what it should say comes from plain Python
(`tests/support/vintage_rules.py`).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.support.installation import Installation
from tests.support.models_in_memory import InMemory, Models
from tests.support.vintage_rules import FLOWS, Edition, Figure, Quote, known, vintages

LABELS = {"S": "services", "9": "9. telecommunications, computer and information services"}
FIRST_DAY = date(2026, 1, 15)
FISCAL_YEAR = date(2025, 7, 1)
RELEASES = {"detail": "trade_in_services", "quotes": "transcribed_prints"}
BASES = {"detail": "published", "quotes": "transcribed"}
FEW = hypothesis_settings(max_examples=12, derandomize=True)
"""Each example builds a warehouse; the same ones each time, so that a run of the tests repeats itself."""


@pytest.fixture(scope="module")
def models(published: Installation) -> Models:
    return Models(published, "vintages", "services_monthly")


@pytest.fixture(scope="module")
def warehouse(models: Models) -> Iterator[InMemory]:
    with models.warehouse() as opened:
        yield opened


days = st.integers(0, 100).map(lambda count: FIRST_DAY + timedelta(days=count))
values = st.sampled_from([100_000, 110_000, 120_400])
months = st.sampled_from([date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 4))])


@st.composite
def an_edition(draw: st.DrawFn, name: str) -> Edition:
    """Draw an edition: its month, the one before and the same of a year ago, with gaps. Few values, so that
    editions often repeat each other.
    """
    month = draw(months)
    columns = [month, (month - timedelta(days=1)).replace(day=1), month.replace(year=month.year - 1)]
    figures = [(item, flow, shown) for item in LABELS for flow in FLOWS for shown in columns]
    printed = {figure: value for figure in figures if (value := draw(values | st.none())) is not None}
    cumulative = {figure: 6 * draw(values) for figure in figures if figure[2] == month}
    return Edition(name, month, draw(days), printed, cumulative)


@st.composite
def some_editions(draw: st.DrawFn) -> list[Edition]:
    """Draw editions of which no two are of one month and one day."""
    drawn = [draw(an_edition(f"{number:064x}")) for number in range(draw(st.integers(0, 5)))]
    return list({(edition.month, edition.published_on): edition for edition in drawn}.values())


quotes_in_print = st.builds(
    Quote,
    figure=st.tuples(st.sampled_from(sorted(LABELS)), st.sampled_from(FLOWS), months),
    value=st.sampled_from([100.0, 110.0, 120.0]),
    decimals=st.sampled_from([0, 1]),
    published_on=days,
    is_first_print=st.booleans(),
)
some_quotes = st.lists(
    quotes_in_print, max_size=4, unique_by=lambda quote: (quote.figure, quote.published_on, quote.decimals)
)


@FEW
@given(editions=some_editions(), quotes=some_quotes, day=days)
def test_vintages_follow_each_other_and_are_those_of_the_rules_on_any_day(
    warehouse: InMemory, editions: list[Edition], quotes: list[Quote], day: date
) -> None:
    build(warehouse, editions, quotes)
    assert_ranges_neither_overlap_nor_gap(warehouse)
    columns = (
        "code, flow, period_starts_on, release_id, value_usd_mn::double, published_on, valid_from, valid_to,"
        " is_withdrawn, last_confirmed_on"
    )
    said = warehouse.rows_as_of("vintages", day, f"{columns}, basis, period_type")
    printed = [row[:-2] for row in said if row[-1] == "month" and row[-2] != "derived"]
    assert sorted(map(str, printed)) == sorted(
        str(
            (
                *each.figure,
                RELEASES[each.source],
                each.value,
                each.published_on,
                each.valid_from,
                each.valid_to,
                each.is_withdrawn,
                each.last_confirmed_on,
            )
        )
        for each in vintages(editions, quotes, day)
    )


@FEW
@given(editions=some_editions(), quotes=some_quotes, day=days)
def test_a_month_is_that_of_the_rules_on_any_day(
    warehouse: InMemory, editions: list[Edition], quotes: list[Quote], day: date
) -> None:
    """And a month that was derived is one that nobody had printed."""
    build(warehouse, editions, quotes)
    printed: dict[Figure, tuple[float, float | None, bool, str]] = {}
    derived: set[Figure] = set()
    for flow in FLOWS:
        for item, month, *rest in warehouse.rows_as_of(
            "services_monthly",
            day,
            f"item_code, month, {flow}_usd_mn::double, {flow}_first_published_usd_mn::double,"
            f" {flow}_is_superseded, {flow}_basis",
        ):
            if rest[-1] == "derived":
                derived.add((item, flow, month))
            elif rest[0] is not None:
                printed[item, flow, month] = tuple(rest)
    expected = {
        figure: (each.value, each.first_published, each.is_superseded, BASES[each.source])
        for figure, each in known(editions, quotes, day).items()
    }
    assert printed == expected
    assert derived.isdisjoint(expected)


@hypothesis_settings(FEW, max_examples=5)
@given(first=st.lists(values, min_size=4, max_size=4), second=st.lists(values, min_size=4, max_size=4))
def test_of_two_files_of_one_month_and_day_one_counts_with_all_its_figures(
    warehouse: InMemory, first: list[int], second: list[int]
) -> None:
    month = date(2026, 3, 1)
    figures = [(item, flow, month) for item in LABELS for flow in FLOWS]
    both = [
        Edition(f"{number:064x}", month, FIRST_DAY, dict(zip(figures, said, strict=True)))
        for number, said in enumerate((first, second))
    ]
    build(warehouse, both, ())
    counting = {
        (item, flow): float(value)
        for flow in FLOWS
        for item, value in warehouse.rows(f"select item_code, {flow}_usd_mn from marts.services_monthly")
    }
    assert counting in [
        {figure[:2]: value / 1000 for figure, value in edition.figures.items()} for edition in both
    ]


def assert_ranges_neither_overlap_nor_gap(warehouse: InMemory) -> None:
    """Each vintage of a source is closed by its next or stands; a gap is where the figure was withdrawn."""
    ranges: dict[tuple[str, ...], list[tuple[date, date | None, bool]]] = {}
    for *key, valid_from, valid_to, is_withdrawn in warehouse.rows(
        "select series, code, period_type, period, flow, release_id, valid_from, valid_to, is_withdrawn"
        " from marts.vintages where basis <> 'derived' order by valid_from, valid_to nulls last"
    ):
        ranges.setdefault(tuple(key), []).append((valid_from, valid_to, is_withdrawn))
    for key, of_figure in ranges.items():
        for (valid_from, valid_to, is_withdrawn), (next_from, _, _) in pairwise(of_figure):
            assert valid_to is not None, f"{key} stands, and another after it"
            assert valid_from <= valid_to <= next_from, f"{key} overlaps"
            assert is_withdrawn or valid_to == next_from, f"{key} has a gap"


def build(warehouse: InMemory, editions: Sequence[Edition], quotes: Sequence[Quote]) -> None:
    """Build the marts over editions and quotes, as they would have been landed."""
    warehouse.fill(
        {
            "raw.release_files": [file_row(edition) for edition in editions],
            "raw.trade_in_services": [row for edition in editions for row in cell_rows(edition)],
            "seeds.transcribed_monthly": [quote_row(quote) for quote in quotes],
        }
    )
    warehouse.build()


def file_row(edition: Edition) -> dict[str, object]:
    day = edition.published_on
    return {
        "file_sha256": edition.name,
        "release_id": "trade_in_services",
        "status": "landed",
        "format": "xls",
        "size_bytes": 1,
        "via": "by_hand",
        "original_name": "dt.xls",
        "first_seen_at": datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None),
        "published_on": day,
        "published_on_is": "given_by_hand",
        "latest_period_ends_on": end_of(edition.month),
        "figures_sha256": edition.name,
        "is_complete": True,
        "observation_count": len(edition.figures),
        "unread_count": 0,
    }


def cell_rows(edition: Edition) -> Iterator[dict[str, object]]:
    columns = [(figure, figure[2], "month", value) for figure, value in edition.figures.items()]
    columns += [
        (figure, FISCAL_YEAR, "fiscal_year_to_date", value) for figure, value in edition.cumulative.items()
    ]
    for number, ((item, flow, month), starts_on, period_type, value) in enumerate(columns, 1):
        yield {
            "file_sha256": edition.name,
            "sheet": "EBOPS",
            "cell": f"C{number}",
            "row_number": number,
            "row_label": LABELS[item],
            "row_key": LABELS[item],
            "column_label": f"{month:%b-%y}",
            "flow_label": {"exports": "Credit", "imports": "Debit"}[flow],
            "unit_label": "(Amount in Thousand US$)",
            "period_type": period_type,
            "period_starts_on": starts_on,
            "period_ends_on": end_of(month),
            "value": float(value),
            "value_as_printed": str(value),
            "decimals": 0,
        }


def quote_row(quote: Quote) -> dict[str, object]:
    item, flow, month = quote.figure
    return {
        "item_code": item,
        "flow": flow,
        "month": month,
        "value_usd_mn": f"{quote.value:.{quote.decimals}f}",
        "decimals": quote.decimals,
        "published_month": f"{quote.published_on:%Y-%m}",
        "published_on": quote.published_on,
        "published_on_is": "assumed",
        "kind": "first_print" if quote.is_first_print else "base_a_year_later",
        "source_url": f"https://example.org/{item}/{flow}/{month}/{quote.published_on}/{quote.decimals}",
    }


def end_of(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
