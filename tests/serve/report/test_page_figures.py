"""What a report shows is what the marts hold, and each amount is what its citation prints."""

from decimal import Decimal
from typing import Any, NamedTuple

from etl.serve.report.figures import References
from tests.serve.report.conftest import DECEMBER, MARCH, Written
from tests.support.installation import Installation

_DIVISOR = {"thousand US$": 1000, "million US$": 1}


def cited_amounts(row: NamedTuple) -> list[tuple[Decimal, str]]:
    """Return the amounts of a row with their vintages; `exports` is the vintage called `vintage_id`."""
    values: dict[str, Any] = row._asdict()
    named = {
        "vintage_id": "value" if "value" in values else "exports",
        "first_vintage_id": "first",
    }
    pairs = [
        (values[named.get(name, name.removesuffix("_vintage_id"))], values[name])
        for name in values
        if name.endswith("vintage_id")
    ]
    return [(amount, vintage_id) for amount, vintage_id in pairs if vintage_id is not None]


def is_printed(amount: Decimal, vintage_id: str, sources: References) -> bool:
    citation = sources.known[vintage_id]
    if citation.value_as_printed is None:
        return bool(citation.input_ids)
    printed = Decimal(citation.value_as_printed) / _DIVISOR[citation.unit]
    return abs(printed - amount) <= Decimal("0.0000005")


def every_row(written: Written) -> list[NamedTuple]:
    shown = written.figures
    lists = (shown.months, shown.years_to_date, shown.parts, shown.shares, shown.balances, shown.revisions)
    return [shown.headline, *(row for rows in lists for row in rows)]


def test_each_amount_is_what_its_citation_prints(march: Written, december: Written) -> None:
    for written in (march, december):
        pairs = [pair for row in every_row(written) for pair in cited_amounts(row)]
        assert len(pairs) > 150
        assert [pair for pair in pairs if not is_printed(*pair, written.sources)] == []


def test_every_month_has_its_place_known_or_not(march: Written) -> None:
    months = march.figures.months
    assert len(months) == 12 * (months[-1].month.year - months[0].month.year) + (
        months[-1].month.month - months[0].month.month + 1
    )
    assert {f"{row.month:%Y-%m}" for row in months if row.exports is None} == {
        "2020-11",
        "2020-12",
        "2021-01",
        "2021-02",
        "2021-03",
    }
    assert all((row.exports is None) == (row.vintage_id is None) for row in months)


def test_the_headline_is_the_row_of_the_mart(march: Written, published: Installation) -> None:
    headline = march.figures.headline
    row = published.rows(
        "select exports_usd_mn, exports_mom_pct, exports_yoy_pct, exports_fytd_usd_mn, net_exports_usd_mn "
        f"from marts.it_exports_monthly where month = '{MARCH}'"
    )[0]
    assert row == (
        headline.exports,
        headline.mom_pct,
        headline.yoy_pct,
        headline.fytd,
        headline.balance,
    )


def test_as_of_a_day_nothing_later_is_shown(december: Written) -> None:
    shown = december.figures
    assert (shown.headline.exports, shown.headline.year_before) == (437, 348)
    assert shown.months[-1].month == DECEMBER
    assert all(f"{one.published_on}" <= "2026-01-20" for one in december.sources.known.values())
    assert shown.parts == shown.balances == ()


def test_a_share_is_that_of_the_two_amounts_beside_it(march: Written) -> None:
    known = [row for row in march.figures.shares if row.share_pct is not None]
    assert len(known) > 12
    for row in known:
        assert row.exports is not None
        assert row.all_services is not None
        assert row.share_pct is not None
        assert abs(100 * row.exports / row.all_services - row.share_pct) < Decimal("0.0001")


def test_only_months_that_were_revised_show_their_first_print(march: Written) -> None:
    first = {f"{row.month:%Y-%m}": row.first_print for row in march.figures.months if row.first_print}
    assert first["2024-11"] == 324
    assert "2026-01" not in first, "374 in print and 373.528077 in the file say the same"


def test_the_ladder_has_four_fiscal_years(march: Written) -> None:
    assert {row.fiscal_year for row in march.figures.years_to_date} == {"FY23", "FY24", "FY25", "FY26"}
