"""What makes a printed amount right for its day, right now only, wrong, or impossible to judge."""

import pytest

from etl.serve.press_check.evidence import Pool
from etl.serve.press_check.judge import check
from etl.serve.press_check.values import Claim, Judgement, Reason, Verdict, Witness
from tests.support.witnesses import claim, in_file, printed

DECEMBER = printed("356", "2025-11", "2025-12", "one.example")


def judged(said: Claim, *witnesses: Witness) -> Judgement:
    return check(said, Pool(witnesses))


def test_another_print_that_says_the_same_makes_it_right() -> None:
    found = judged(claim("356"), DECEMBER)
    assert (found.verdict, found.is_right_now, found.evidence) == (Verdict.RIGHT, True, (DECEMBER,))


def test_a_print_is_no_evidence_for_itself() -> None:
    found = judged(claim("366"), printed("366", "2025-11", "2026-01", "own.example"))
    assert (found.verdict, found.reason) == (Verdict.CANNOT, Reason.NO_EVIDENCE)


def test_a_file_is_evidence_with_its_cell() -> None:
    found = judged(claim("363.8", "2026-02", on="2026-04"), in_file("363.809971", "2026-02", "2026-03-17"))
    assert found.verdict is Verdict.RIGHT
    assert "cell I59" in found.evidence[0].where


@pytest.mark.parametrize("number", ["2.24 billion", "2.236 billion", "2,237", "2.2 billion"])
def test_a_rounded_claim_is_right(number: str) -> None:
    known = in_file("2236.954", "FY26-to-12", "2026-01-17")
    assert judged(claim(number, "FY26-H1", on="2026-02"), known).verdict is Verdict.RIGHT


def test_a_claim_with_digits_cut_off_is_right_and_that_is_said() -> None:
    found = judged(
        claim("2.23 billion", "FY26-H1", on="2026-02"), in_file("2236.954", "FY26-to-12", "2026-01-17")
    )
    assert (found.verdict, found.note) == (Verdict.RIGHT, "cut off, not rounded")


class TestRevisions:
    """November 2024 was 324 in December and 310 from January on."""

    first = in_file("324", "2024-11", "2024-12-18", until="2025-01-17", is_first_print=True)
    later = in_file("310", "2024-11", "2025-01-17")

    def said(self, number: str, on: str) -> Judgement:
        return judged(claim(number, "2024-11", on=on), self.first, self.later)

    def test_the_first_print_is_right_for_its_day_and_not_now(self) -> None:
        found = self.said("324", "2024-12-20")
        assert (found.verdict, found.is_right_now) == (Verdict.RIGHT, False)

    def test_the_revised_figure_is_right_from_then_on(self) -> None:
        found = self.said("310", "2025-01-20")
        assert (found.verdict, found.is_right_now) == (Verdict.RIGHT, True)

    def test_the_revised_figure_is_right_now_only_where_the_first_stood(self) -> None:
        found = self.said("310", "2024-12-20")
        assert found.verdict is Verdict.RIGHT_NOW
        assert found.should_be == self.first.number

    def test_the_first_figure_is_wrong_once_it_was_revised(self) -> None:
        found = self.said("324", "2025-02-20")
        assert (found.verdict, found.should_be) == (Verdict.WRONG, self.later.number)

    def test_in_a_month_in_which_it_changed_both_are_right(self) -> None:
        assert self.said("324", "2025-01").verdict is Verdict.RIGHT
        assert self.said("310", "2025-01").verdict is Verdict.RIGHT

    def test_a_first_print_that_only_later_sources_contradict_is_not_wrong(self) -> None:
        found = judged(claim("324", "2024-11", on="2024-12"), self.later)
        assert (found.verdict, found.reason) == (Verdict.CANNOT, Reason.LATER_ONLY)

    def test_nor_is_a_later_one_that_only_earlier_prints_contradict(self) -> None:
        first = printed("236", "2023-06", "2023-07", "one.example")
        found = judged(claim("225", "2023-06", on="2024-07"), first)
        assert (found.verdict, found.reason) == (Verdict.CANNOT, Reason.EARLIER_ONLY)

    def test_nor_one_between_two_vintages(self) -> None:
        around = (
            printed("2.605 billion", "FY23", "2023-07", "one.example"),
            printed("2.597 billion", "FY23", "2023-12", "two.example"),
        )
        found = judged(claim("2.593 billion", "FY23", on="2023-08"), *around)
        assert (found.verdict, found.reason) == (Verdict.CANNOT, Reason.IN_REVISION)


class TestWrong:
    def test_a_file_that_stood_on_the_day_is_enough(self) -> None:
        known = in_file("363.809971", "2026-02", "2026-03-17", is_first_print=True)
        found = judged(claim("365", "2026-02", on="2026-03"), known)
        assert (found.verdict, found.should_be) == (Verdict.WRONG, known.number)

    def test_a_file_of_the_same_month_is_not_where_there_was_another_figure_before_it(self) -> None:
        witnesses = (
            in_file("363.81", "2026-01", "2026-03-17"),
            printed("370", "2026-01", "2026-02", "a.example"),
        )
        assert judged(claim("365", "2026-01", on="2026-03"), *witnesses).verdict is Verdict.CANNOT

    def test_a_file_that_may_be_older_than_its_day_is_not_from_before(self) -> None:
        known = in_file("310", "2024-11", "2025-03-01", may_be_older=True)
        assert judged(claim("324", "2024-11", on="2024-12"), known).verdict is Verdict.CANNOT
        assert judged(claim("310", "2024-11", on="2024-12"), known).verdict is Verdict.RIGHT

    def test_one_print_against_another_proves_nothing(self) -> None:
        found = judged(claim("366", on="2025-12"), DECEMBER)
        assert (found.verdict, found.reason) == (Verdict.CANNOT, Reason.ONE_WORD)

    def test_two_prints_of_its_month_do(self) -> None:
        found = judged(
            claim("366", on="2025-12"), DECEMBER, printed("356", "2025-11", "2025-12", "two.example")
        )
        assert (found.verdict, found.should_be) == (Verdict.WRONG, DECEMBER.number)
        assert len(found.evidence) == 2

    def test_two_prints_on_either_side_of_it_do(self) -> None:
        after = printed("356", "2025-11", "2026-05", "two.example")
        assert judged(claim("366"), DECEMBER, after).verdict is Verdict.WRONG

    def test_two_numbers_of_one_link_are_one_print(self) -> None:
        again = printed("356", "2025-11", "2025-12", "one.example")
        assert judged(claim("366", on="2025-12"), DECEMBER, again).verdict is Verdict.CANNOT

    def test_a_print_that_a_revision_may_separate_does_not(self) -> None:
        after = printed("360", "2025-11", "2026-05", "two.example")
        assert judged(claim("366"), DECEMBER, after).verdict is Verdict.CANNOT

    def test_a_copied_slip_is_a_slip_where_a_file_says_otherwise(self) -> None:
        copied = printed("365", "2026-02", "2026-03", "copy.example")
        known = in_file("363.809971", "2026-02", "2026-03-17", is_first_print=True)
        assert judged(claim("365", "2026-02", on="2026-03"), copied, known).verdict is Verdict.WRONG

    def test_what_is_further_off_than_any_revision_is_wrong_on_any_day(self) -> None:
        witnesses = (
            printed("249", "2022-04", "2022-05", "one.example"),
            printed("249", "2022-04", "2022-06", "two.example"),
        )
        assert judged(claim("2249", "2022-04", on="2023-05"), *witnesses).verdict is Verdict.WRONG
        assert judged(claim("250", "2022-04", on="2023-05"), *witnesses).verdict is Verdict.CANNOT

    def test_a_single_print_far_off_may_be_the_slip_itself(self) -> None:
        slip = printed("20", "2022-02", "2022-04", "slip.example")
        assert judged(claim("201", "2022-02", on="2022-04"), slip).verdict is Verdict.CANNOT

    def test_of_two_numbers_in_one_print_the_one_that_nobody_confirms_is_wrong(self) -> None:
        """The headline said 314, the body 317; a file of a year later has 317.6."""
        own = (
            printed("317", "2025-04", "2025-05", "own.example"),
            printed("314", "2025-04", "2025-05", "own.example"),
        )
        later = in_file("317.64", "2025-04", "2026-06-17")
        assert judged(claim("314", "2025-04", on="2025-05"), *own, later).verdict is Verdict.WRONG
        assert judged(claim("317", "2025-04", on="2025-05"), *own, later).verdict is Verdict.RIGHT
        assert judged(claim("314", "2025-04", on="2025-05"), later).verdict is Verdict.CANNOT


class TestServices:
    """Totals of services: two agencies, large revisions."""

    def said(self, number: str, *witnesses: Witness, period: str = "2024-08", on: str = "2024-11") -> Verdict:
        return judged(claim(number, period, on=on, subject="services-exports"), *witnesses).verdict

    def prints(self, number: str, on: str, link: str, period: str = "2024-08") -> Witness:
        return printed(number, period, on, link, subject="services-exports")

    def test_what_sbp_and_pbs_differ_by_is_no_slip(self) -> None:
        known = (
            self.prints("619.73", "2024-10", "one.example"),
            self.prints("619.94", "2025-10", "two.example"),
        )
        assert self.said("616.59", *known) is Verdict.CANNOT
        assert self.said("661.59", *known) is Verdict.WRONG

    def test_sums_of_months_do_not_tell(self) -> None:
        months = (
            self.prints("555", "2022-08", "a.example", "2022-07"),
            self.prints("575", "2022-09", "b.example", "2022-08"),
        )
        assert self.said("1.180 billion", *months, period="FY23-to-08", on="2022-09") is Verdict.CANNOT


def test_what_no_item_measures_cannot_be_judged() -> None:
    found = judged(claim("1.230 billion", "FY20", on="2020-07", subject="it-exports-pseb"), DECEMBER)
    assert (found.verdict, found.reason) == (Verdict.CANNOT, Reason.NO_MEASURE)
    assert "PSEB" in found.note
