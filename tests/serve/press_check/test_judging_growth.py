"""What makes a printed growth rate right or wrong: it depends on the vintage of the base."""

import pytest

from etl.serve.press_check.evidence import Pool
from etl.serve.press_check.judge import check
from etl.serve.press_check.values import Judgement, Reason, Verdict, Witness
from tests.support.witnesses import claim, in_file, printed

ON_YEAR, ON_MONTH = "exports_yoy_pct", "exports_mom_pct"
MARCH = (
    printed("306", "2024-03", "2024-04", "one.example"),
    printed("306", "2024-03", "2025-04", "two.example"),
    printed("257", "2024-02", "2024-03", "one.example"),
    printed("257", "2024-02", "2024-05", "two.example"),
)


def judged(
    number: str, *witnesses: Witness, period: str = "2024-03", on: str = "2024-04", measure: str = ON_MONTH
) -> Judgement:
    return check(claim(number, period, on=on, measure=measure), Pool(witnesses))


@pytest.mark.parametrize("number", ["19 %", "19", "19.1 %", "+19%"])
def test_it_is_right_where_known_amounts_give_it(number: str) -> None:
    found = judged(number, *MARCH)
    assert (found.verdict, found.is_right_now) == (Verdict.RIGHT, True)
    assert "257 (one.example) to 306 (one.example)" in {witness.where for witness in found.evidence}


def test_it_is_wrong_where_no_known_amounts_give_it() -> None:
    found = judged("4 %", *MARCH)
    assert found.verdict is Verdict.WRONG
    assert found.should_be is not None
    assert str(found.should_be.known_digits) == "19.1"


def test_it_is_not_wrong_where_an_amount_is_the_word_of_one_print() -> None:
    found = judged("4 %", MARCH[0], MARCH[2])
    assert (found.verdict, found.reason) == (Verdict.CANNOT, Reason.BASE_UNKNOWN)


def test_a_rate_cut_off_is_right() -> None:
    known = (in_file("2236", "FY26-to-12", "2026-01-17"), in_file("1864", "FY25-to-12", "2026-01-17"))
    found = judged("19 %", *known, period="FY26-H1", on="2026-02", measure=ON_YEAR)
    assert (found.verdict, found.note) == (Verdict.RIGHT, "cut off, not rounded")


def test_rounded_amounts_leave_room() -> None:
    """437 and 356 are 22.75 %, anything from 22.4 to 23.1."""
    known = (
        printed("437", "2025-12", "2026-01", "one.example"),
        printed("356", "2025-11", "2025-12", "two.example"),
    )
    assert judged("23 %", *known, period="2025-12", on="2026-01").verdict is Verdict.RIGHT
    assert judged("22.75 %", *known, period="2025-12", on="2026-01").verdict is Verdict.RIGHT


def test_another_print_of_the_rate_makes_it_right() -> None:
    other = printed("26 %", "2025-12", "2026-01", "one.example", measure=ON_YEAR)
    found = judged("26 %", other, period="2025-12", on="2026-01", measure=ON_YEAR)
    assert (found.verdict, found.evidence) == (Verdict.RIGHT, (other,))


def test_a_print_is_no_evidence_for_itself() -> None:
    own = (
        printed("437", "2025-12", "2026-01", "own.example"),
        printed("348", "2024-12", "2025-01", "one.example"),
        printed("26 %", "2025-12", "2026-01", "own.example", measure=ON_YEAR),
    )
    found = judged("26 %", *own, period="2025-12", on="2026-01", measure=ON_YEAR)
    assert (found.verdict, found.reason) == (Verdict.CANNOT, Reason.NO_EVIDENCE)


class TestVintageOfTheBase:
    """November 2024 was 324 in December 2024 and 310 from January on; a year before it was 259."""

    known = (
        in_file("324", "2024-11", "2024-12-18", until="2025-01-17", is_first_print=True),
        in_file("310", "2024-11", "2025-01-17"),
        in_file("259", "2023-11", "2023-12-18", is_first_print=True),
        in_file("348", "2024-12", "2025-01-17", is_first_print=True),
    )

    def test_the_rate_of_the_first_print_is_right_for_its_day_only(self) -> None:
        found = judged("25 %", *self.known, period="2024-11", on="2024-12-20", measure=ON_YEAR)
        assert (found.verdict, found.is_right_now) == (Verdict.RIGHT, False)

    def test_the_rate_of_the_revision_is_right_now_only(self) -> None:
        found = judged("20 %", *self.known, period="2024-11", on="2024-12-20", measure=ON_YEAR)
        assert found.verdict is Verdict.RIGHT_NOW

    def test_growth_counts_from_the_revised_base(self) -> None:
        assert judged("12 %", *self.known, period="2024-12", on="2025-01-20").verdict is Verdict.RIGHT

    def test_a_stale_base_is_between_vintages_and_not_wrong(self) -> None:
        found = judged("7.4 %", *self.known, period="2024-12", on="2025-01-20")
        assert (found.verdict, found.reason) == (Verdict.CANNOT, Reason.BASE_UNKNOWN)

    def test_what_no_vintage_gives_is_wrong(self) -> None:
        assert judged("47 %", *self.known, period="2024-12", on="2025-01-20").verdict is Verdict.WRONG


def test_nothing_grows_from_a_deficit() -> None:
    known = (
        printed("-250", "2024-12", "2025-01", "one.example", subject="services-balance"),
        printed("-370", "2025-12", "2026-01", "one.example", subject="services-balance"),
    )
    said = claim("48 %", "2025-12", measure="balance_yoy_pct", subject="services-balance")
    assert check(said, Pool(known)).reason is Reason.NO_EVIDENCE
