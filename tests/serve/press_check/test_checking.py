"""Which print a claim without a link is."""

from etl.serve.press_check.evidence import Pool
from etl.serve.press_check.judge import check
from etl.serve.press_check.values import Reason, Verdict
from tests.support.witnesses import claim, printed

ONE = printed("366", "2025-11", "2026-01", "one.example")
TWO = printed("366", "2025-11", "2026-01", "two.example")


def test_the_one_print_of_its_month_that_says_the_same_is_taken_for_its_own() -> None:
    found = check(claim("366", link=None), Pool([ONE]))
    assert (found.verdict, found.reason) == (Verdict.CANNOT, Reason.NO_EVIDENCE)
    assert "taken to be the print at one.example (add --link" in found.note
    assert found.claim.link is None


def test_of_two_such_prints_one_is_evidence() -> None:
    found = check(claim("366", link=None), Pool([ONE, TWO]))
    assert (found.verdict, found.evidence) == (Verdict.RIGHT, (TWO,))


def test_with_the_link_of_another_print_both_are() -> None:
    found = check(claim("366", link="three.example"), Pool([ONE, TWO]))
    assert (found.evidence, found.note) == ((ONE, TWO), "")


def test_a_print_of_another_month_is_never_its_own() -> None:
    found = check(claim("366", on="2026-05", link=None), Pool([ONE]))
    assert (found.verdict, found.note) == (Verdict.RIGHT, "")
