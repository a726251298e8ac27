"""What follows from known numbers, and what does not."""

from datetime import date

from etl.serve.press_check.evidence import Pool
from etl.serve.press_check.values import Days, Kind, Witness
from tests.support.witnesses import claim, figure, in_file, printed

JANUARY = claim("1", "2025-12", on="2026-01").printed


def worked_out(
    period: str, *witnesses: Witness, code: str = "9", flow: str = "exports"
) -> dict[str, Witness]:
    """Return what follows for a period, by its number."""
    found = Pool(witnesses).worked_out(figure(period, code=code, flow=flow), JANUARY)
    return {str(witness.number.known_digits): witness for witness in found}


YEAR_TO_DATE = (
    printed("1.443 billion", "FY26-to-10", "2025-11", "one.example"),
    printed("1.799 billion", "FY26-to-11", "2025-12", "two.example"),
)


def test_a_month_is_the_difference_of_two_years_to_date() -> None:
    found = worked_out("2025-11", *YEAR_TO_DATE)["356"]
    assert found.is_worked_out
    assert found.sources == {"one.example", "two.example"}
    assert found.known == YEAR_TO_DATE[1].known
    assert found.where == "1,799 (FY26-to-11, two.example) - 1,443 (FY26-to-10, one.example)"


def test_a_month_follows_from_a_later_year_to_date_less_the_months_since() -> None:
    later = (
        printed("2,236", "FY26-to-12", "2026-01", "two.example"),
        printed("437", "2025-12", "2026-01", "three.example"),
    )
    assert "356" in worked_out("2025-11", YEAR_TO_DATE[0], *later)


def test_a_year_to_date_is_its_months() -> None:
    months = (
        printed("354", "2025-07", "2025-08", "a.example"),
        printed("337", "2025-08", "2025-09", "b.example"),
    )
    assert worked_out("FY26-to-08", *months)["691"].number.half == 1


def test_a_quarter_is_the_difference_of_two_years_to_date() -> None:
    known = (
        printed("1,057", "FY26-to-09", "2025-10", "a.example"),
        printed("2,236", "FY26-to-12", "2026-01", "b.example"),
    )
    assert "1179" in worked_out("FY26-Q2", *known)


def test_a_fiscal_year_is_the_year_to_june() -> None:
    known = (
        printed("2.605 billion", "FY23", "2023-07", "a.example"),
        printed("2,369", "FY23-to-05", "2023-06", "b.example"),
    )
    assert "236" in worked_out("2023-06", *known)


def test_a_base_follows_from_an_amount_and_its_growth_in_one_print() -> None:
    amount = printed("437", "2025-12", "2026-01", "one.example")
    rate = printed("23 %", "2025-12", "2026-01", "one.example", measure="exports_mom_pct")
    assert list(worked_out("2025-11", amount, rate)) == ["355"]
    elsewhere = printed("23 %", "2025-12", "2026-01", "two.example", measure="exports_mom_pct")
    assert not worked_out("2025-11", amount, elsewhere)


def test_a_balance_is_exports_less_imports_of_one_source() -> None:
    exports = printed("936", "2025-12", "2026-01", "one.example", subject="services-exports")
    imports = printed("1306", "2025-12", "2026-01", "one.example", subject="services-imports")
    assert list(worked_out("2025-12", exports, imports, code="S", flow="balance")) == ["-370"]
    elsewhere = printed("1306", "2025-12", "2026-01", "two.example", subject="services-imports")
    assert not worked_out("2025-12", exports, elsewhere, code="S", flow="balance")


def test_files_and_prints_are_not_mixed() -> None:
    assert not worked_out("2025-11", YEAR_TO_DATE[0], in_file("1799", "FY26-to-11", "2025-12-17"))


def test_a_sum_of_files_is_a_file_s() -> None:
    known = (in_file("1443", "FY26-to-10", "2025-11-17"), in_file("1799", "FY26-to-11", "2025-12-17"))
    assert worked_out("2025-11", *known)["356.00"].kind is Kind.FILE


def test_totals_of_services_add_up_within_one_source_only() -> None:
    def total(number: str, period: str, link: str) -> Witness:
        return printed(number, period, "2023-06", link, subject="services-exports")

    one = (total("555", "2022-07", "a.example"), total("575", "2022-08", "a.example"))
    two = (one[0], total("575", "2022-08", "b.example"))
    assert "1130" in worked_out("FY23-to-08", *one, code="S")
    assert not worked_out("FY23-to-08", *two, code="S")


def test_what_is_too_inexact_to_tell_is_left_out() -> None:
    known = (
        printed("2.2 billion", "FY26-to-12", "2026-01", "a.example"),
        printed("1,799", "FY26-to-11", "2025-12", "b.example"),
    )
    assert not worked_out("2025-12", *known)


def test_a_print_that_says_two_numbers_is_no_part_of_a_sum() -> None:
    slip = printed("1,798", "FY26-to-11", "2025-12", "two.example")
    assert not worked_out("2025-11", *YEAR_TO_DATE, slip)


def test_prints_of_a_month_that_disagree_are_each_tried() -> None:
    other = printed("1,809", "FY26-to-11", "2025-12", "three.example")
    assert set(worked_out("2025-11", *YEAR_TO_DATE, other)) == {"356", "366"}


def test_of_a_figure_that_was_revised_the_vintage_of_the_day_is_taken_and_that_of_now() -> None:
    revised = printed("1.805 billion", "FY26-to-11", "2026-06", "three.example")
    found = worked_out("2025-11", *YEAR_TO_DATE, revised)
    assert set(found) == {"356", "362"}
    assert found["362"].known == Days(date(2026, 6, 1), date(2026, 6, 30))


def test_a_pool_without_a_print_knows_nothing_of_it() -> None:
    pool = Pool(YEAR_TO_DATE)
    assert pool.direct(figure("FY26-to-11")) == [YEAR_TO_DATE[1]]
    assert pool.without("two.example").direct(figure("FY26-to-11")) == []
    assert pool.without("two.example").worked_out(figure("2025-11"), JANUARY) == []
    assert pool.of(Kind.FILE).direct(figure("FY26-to-11")) == []
