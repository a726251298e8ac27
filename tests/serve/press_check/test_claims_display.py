"""Judgements in words and rows."""

from decimal import Decimal

from etl.serve.press_check import display
from etl.serve.press_check.evidence import Pool
from etl.serve.press_check.judge import check
from etl.serve.press_check.values import Judgement, Kind
from tests.support.witnesses import claim, in_file, printed

FILE = in_file("363.809971", "2026-02", "2026-03-17", is_first_print=True)
PRINT = printed("364", "2026-02", "2026-03", "one.example")


def judged(number: str, on: str = "2026-03", **options: str) -> Judgement:
    return check(claim(number, "2026-02", on=on, **options), Pool([FILE, PRINT]))


def test_a_wrong_claim_in_words() -> None:
    assert display.words(judged("365")) == (
        "wrong: it-exports exports_usd_mn, 2026-02: 365, printed on 2026-03\n"
        "should be 363.81 million US$\n"
        "1 file, 1 other print\n"
        "\n"
        "  363.81 (2026-03-17): sheet EBOPS, cell I59 of the file of 2026-03-17\n"
        "  364 (2026-03): one.example\n"
    )


def test_a_right_claim_says_whether_it_is_still_so() -> None:
    assert "today's figure is the same\n" in display.words(judged("364"))


def test_a_claim_that_cannot_be_judged_says_why() -> None:
    found = check(claim("1.23 billion", "FY20", on="2020-07", subject="it-exports-pseb"), Pool([]))
    assert "no such measure here: computer services and call centres" in display.words(found)


def test_a_row_is_for_programs() -> None:
    row = dict(zip(display.COLUMNS, display.row(judged("365")), strict=True))
    assert row["verdict"] == "wrong"
    assert row["should_be"] == Decimal("363.81")
    assert (row["files"], row["other_prints"], row["is_right_now"]) == (1, 1, False)
    assert row["link"] == "https://own.example/"


def test_a_rate_is_shown_as_one() -> None:
    known = [
        in_file("306", "2024-03", "2024-04-17", is_first_print=True),
        in_file("257", "2024-02", "2024-03-17", is_first_print=True),
    ]
    found = check(claim("4 %", "2024-03", on="2024-05", measure="exports_mom_pct"), Pool(known))
    assert "should be +19.07 %" in display.words(found)


def test_the_score_counts_each_claim_once_a_column() -> None:
    pool = Pool([FILE, PRINT])
    claims = [claim(number, "2026-02", on="2026-03") for number in ("364", "365", "370")]
    rows = display.score(claims, lambda one, kind: check(one, pool.of(kind) if kind else pool))
    found = {name: counts for name, *counts in rows}
    assert found["right for its day"] == [1, 1, 1]
    assert found["wrong"] == [2, 0, 2]
    assert found["cannot be judged"] == [0, 2, 0]
    assert found["- one print against another"] == [0, 2, 0]
    assert found["claims"] == [3, 3, 3]
    assert Kind.FILE in {witness.kind for witness in judged("364").evidence}
