"""The press check on a terminal: claims judged and printed.

Here: which claims are printed, and how verdicts are counted. Not here: the command's options (`query`), and
judging (`etl.serve.press_check`).
"""

import sys
from collections.abc import Sequence

from etl.cli.display import print_rows
from etl.common.location import Database
from etl.serve.press_check import display, evidence
from etl.serve.press_check.claims import PRESS, read
from etl.serve.press_check.evidence import Pool
from etl.serve.press_check.judge import check
from etl.serve.press_check.values import Claim, Judgement, Verdict

VERDICTS = {
    "right": Verdict.RIGHT,
    "right-now": Verdict.RIGHT_NOW,
    "wrong": Verdict.WRONG,
    "cannot": Verdict.CANNOT,
}
"""Verdicts by what `--only` calls them."""


def check_claims(database: Database, claims: Sequence[Claim], style: str, *, only: str | None = None) -> bool:
    """Judge claims and print them; `only` is a key of `VERDICTS`. Return whether none is wrong."""
    judged = _judge(database, claims)
    kept = [item for item in judged if only is None or item.verdict is VERDICTS[only]]
    if style == "table" and len(claims) == 1 and only is None:
        sys.stdout.write(display.words(judged[0]))
    elif style == "table":
        print_rows(display.SHORT, [display.short(display.row(item)) for item in kept], style, is_dense=True)
    else:
        print_rows(display.COLUMNS, [display.row(item) for item in kept], style)
    return all(item.verdict is not Verdict.WRONG for item in judged)


def print_score(database: Database, claims: Sequence[Claim], style: str) -> bool:
    """Count verdicts against files, against other prints, and against both. Return whether none is wrong."""
    pool = _pool(database, claims)
    rows = display.score(claims, lambda claim, kind: check(claim, pool.of(kind) if kind else pool))
    print_rows(display.SCORE, rows, style)
    return all(row[-1] == 0 for row in rows if row[0] == Verdict.WRONG.value)


def _judge(database: Database, claims: Sequence[Claim]) -> list[Judgement]:
    pool = _pool(database, claims)
    return [check(claim, pool) for claim in claims]


def _pool(database: Database, claims: Sequence[Claim]) -> Pool:
    """Return all there is to know of some claims; they are prints themselves, and evidence for each other."""
    return Pool(evidence.witnesses(database, claims, [*read(PRESS), *claims]))
