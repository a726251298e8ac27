"""`etl trace`: from a number to its cell, its print, or the months it adds up."""

import pytest

from etl.serve import trace
from tests.support.installation import Installation


def test_a_published_month_leads_to_its_cell_and_names_what_counts(published: Installation) -> None:
    found = trace.find(published.settings.current_database, "S", "2026-02")
    assert [str(v.value) for v in found.vintages] == ["812.245696", "800.000000", "800.206042"]
    counting = next(v for v in found.vintages if v.vintage_id == found.vintage_id)
    assert (counting.sheet, counting.cell, counting.file_name) == ("EBOPS ", "F9", "dt-2026-03.xls")
    assert counting.value == found.value
    assert len(counting.file_sha256 or "") == 64


def test_a_transcribed_month_leads_to_the_link_of_its_print(published: Installation) -> None:
    shown = published.etl("trace", "9", "2025-12").stdout
    assert "437.000000 million US$, not_stated, transcribed" in shown
    assert "https://www.arabnews.pk/node/2629942" in shown
    assert "file " not in shown


def test_a_transcribed_cell_is_named_though_its_file_is_gone(published: Installation) -> None:
    shown = published.etl("trace", "9", "FY26-to-05").stdout
    assert "sheet 'EBOPS ', cell O59" in shown
    assert "transcribed" in shown


def test_a_derived_month_leads_to_every_cell_it_is_made_of(published: Installation) -> None:
    found = trace.find(published.settings.current_database, "9.1", "2025-04")
    (vintage,) = found.vintages
    assert found.basis == "derived"
    assert [(part.sign, part.period, part.cell) for part in vintage.inputs] == [
        (1, "FY25-to-05", "L60"),
        (-1, "2025-05", "C60"),
        (-1, "FY25-to-03", "L60"),
    ]
    assert sum(part.sign * part.value for part in vintage.inputs) == found.value


def test_a_sum_leads_to_its_months(published: Installation) -> None:
    found = trace.find(published.settings.current_database, "9", "FY25")
    assert found.basis == "sum_of_months"
    assert [part.period for part in found.components][::11] == ["2024-07", "2025-06"]
    assert sum(part.value or 0 for part in found.components) == found.value


@pytest.mark.parametrize(("period", "months"), [("FY26-Q2", 3), ("FY26-to-12", 6), ("FY27-to-07", 1)])
def test_a_sum_has_the_months_of_its_period(published: Installation, period: str, months: int) -> None:
    found = trace.find(published.settings.current_database, "9", period)
    assert len(found.components) == months


def test_the_year_to_june_leads_to_the_fiscal_year(published: Installation) -> None:
    found = trace.find(published.settings.current_database, "S", "FY25-to-06")
    assert [v.cell for v in found.vintages] == ["E13"]


def test_a_computed_balance_leads_to_both_its_sides(published: Installation) -> None:
    shown = published.etl("trace", "S", "2025-12", "--flow", "balance").stdout
    assert "computed: `etl trace S 2025-12 --flow exports` less `etl trace S 2025-12 --flow imports`" in shown


def test_a_line_of_the_balance_of_payments_is_traced_by_its_code(published: Installation) -> None:
    shown = published.etl("trace", "P00030", "2026-03").stdout
    assert "Exports of Goods FOB: amount" in shown
    assert "sheet BPM6_Summary, cell I10 of Balancepayment_BPM6-2026-03.xls" in shown


def test_a_starter_file_says_that_it_is_one(published: Installation) -> None:
    assert "a starter file: SBP's figures in SBP's cells" in published.etl("trace", "9", "2026-03").stdout


@pytest.mark.parametrize(
    ("code", "period", "words"),
    [
        ("99", "2026-03", "items of services such as S, 9 and 9.2.5 (marts.dim_item)"),
        ("99", "2026-03", "currencies such as USD (marts.exchange_rates_monthly)"),
        ("9", "March", "is no period; write 2026-03"),
        ("9", "1999-01", "nothing is known of exports of 9 in 1999-01"),
    ],
)
def test_what_cannot_be_traced_is_said_in_a_line(
    published: Installation, code: str, period: str, words: str
) -> None:
    result = published.etl("trace", code, period)
    assert result.returncode == 1
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_every_value_of_the_monthly_mart_can_be_traced(published: Installation) -> None:
    rows = published.rows(
        "select item_code, strftime(month, '%Y-%m'), exports_usd_mn, exports_vintage_id"
        " from marts.services_monthly where exports_usd_mn is not null using sample 40 (reservoir, 7)"
    )
    for code, period, value, vintage_id in rows:
        found = trace.find(published.settings.current_database, code, period, flow="exports")
        assert found.value == value
        assert vintage_id in {vintage.vintage_id for vintage in found.vintages}
