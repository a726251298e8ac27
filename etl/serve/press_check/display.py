"""Judgements for people and programs.

Here: words, rows and the score. Not here: judging anything.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from etl.serve.press_check.values import (
    Claim,
    Days,
    Judgement,
    Kind,
    Measure,
    Number,
    Reason,
    Verdict,
    Witness,
)

COLUMNS = (
    "verdict",
    "subject",
    "measure",
    "period",
    "number",
    "printed_on",
    "should_be",
    "is_right_now",
    "files",
    "other_prints",
    "why",
    "evidence",
    "link",
)
SHORT = ("verdict", "subject", "measure", "period", "number", "printed_on", "should_be", "why")
SCORE = ("verdict", "against_files", "against_other_prints", "against_both")


def row(judgement: Judgement) -> tuple[object, ...]:
    """Return a judgement as a row of `COLUMNS`; `should_be` is in million US$ or per cent."""
    claim = judgement.claim
    files, prints = _counted(judgement)
    return (
        judgement.verdict.value,
        claim.subject,
        *claim.text,
        judgement.should_be and judgement.should_be.known_digits,
        judgement.is_right_now,
        files,
        prints,
        why(judgement),
        "; ".join(map(_evidence, _first_by_source(judgement.evidence))),
        claim.link,
    )


def short(full: Sequence[object]) -> tuple[object, ...]:
    """Return the columns of a row that a table on a screen has room for."""
    named = dict(zip(COLUMNS, full, strict=True))
    return tuple(named[name] for name in SHORT)


def why(judgement: Judgement) -> str:
    """Say in words what a verdict rests on."""
    if judgement.reason is Reason.NO_MEASURE:
        return f"{judgement.reason}: {judgement.note}"
    files, prints = _counted(judgement)
    sources = [_number_of(files, "file"), _number_of(prints, "other print")]
    counted = ", ".join(part for part in sources if part)
    return "; ".join(part for part in (judgement.reason or counted, judgement.note) if part)


def words(judgement: Judgement) -> str:
    """Say a judgement in plain text: the verdict, what the number should be, and the evidence."""
    claim = judgement.claim
    measure, period, number, printed_on = claim.text
    lines = [f"{judgement.verdict}: {claim.subject} {measure}, {period}: {number}, printed on {printed_on}"]
    if judgement.should_be is not None:
        was = "should be" if judgement.verdict is Verdict.WRONG else "known on that day"
        lines.append(f"{was} {shown(judgement.should_be, claim)}")
    if judgement.verdict is Verdict.RIGHT and judgement.is_right_now is not None:
        lines.append("today's figure is the same" if judgement.is_right_now else "today's figure is another")
    lines.append(why(judgement))
    if judgement.evidence:
        lines.append("")
    lines += [f"  {_evidence(witness)}" for witness in _first_by_source(judgement.evidence)]
    return "\n".join(lines) + "\n"


def shown(number: Number, claim: Claim) -> str:
    """Write a number as exactly as it is known, with its unit."""
    is_amount = claim.figure is None or claim.figure.measure is Measure.AMOUNT
    return f"{number.known_digits:,} million US$" if is_amount else f"{number.known_digits:+} %"


def score(
    claims: Sequence[Claim], judge: Callable[[Claim, Kind | None], Judgement]
) -> list[tuple[object, ...]]:
    """Count verdicts against files alone, other prints alone and both, then why claims cannot be judged."""
    columns = [[judge(claim, kind) for claim in claims] for kind in (Kind.FILE, Kind.PRINT, None)]
    verdicts = [Counter(judgement.verdict for judgement in column) for column in columns]
    reasons = [Counter(judgement.reason for judgement in column) for column in columns]
    return [
        *((verdict.value, *(count[verdict] for count in verdicts)) for verdict in Verdict),
        *((f"- {reason.value}", *(count[reason] for count in reasons)) for reason in Reason),
        ("claims", *(len(claims) for _ in columns)),
    ]


def _counted(judgement: Judgement) -> tuple[int, int]:
    """Count the files and the other prints of the evidence; a sum counts by what it adds up."""
    by_kind: dict[Kind, set[str]] = {kind: set() for kind in Kind}
    for witness in judgement.evidence:
        by_kind[witness.kind] |= witness.sources
    return len(by_kind[Kind.FILE]), len(by_kind[Kind.PRINT])


def _number_of(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count > 1 else ''}" if count else ""


def _first_by_source(evidence: Iterable[Witness]) -> list[Witness]:
    """Return one witness for each set of sources: what was said before what was worked out."""
    ordered = sorted(evidence, key=lambda witness: witness.is_worked_out)
    return list({witness.sources: witness for witness in reversed(ordered)}.values())[::-1]


def _evidence(witness: Witness) -> str:
    said = f"{witness.number.known_digits:,}"
    if witness.is_worked_out:
        return f"{said} = {witness.where}"
    return f"{said} ({_day(witness.known)}): {witness.where}"


def _day(days: Days) -> str:
    return f"{days.first}" if days.first == days.last else f"{days.first:%Y-%m}"
