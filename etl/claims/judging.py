"""Whether a printed amount was right: its number against every witness but its own print.

Here: verdicts on amounts. Not here: growth rates (`judging_growth`), finding witnesses (`pool`), what makes
doubt or none (`doubt`).

A claim is right where a number that was known on its day can be the same, each rounded as it is. It is wrong
only where no revision explains it (`doubt`). So a genuine first print that was revised later is never wrong.
"""

from collections.abc import Iterable, Sequence

from etl.claims.doubt import contradicted_by_itself, is_near, never_so_far, says, settled
from etl.claims.numbers import Number
from etl.claims.pool import Pool, adds_up
from etl.claims.times import around, is_before, is_of_its_day, newest, of_its_day, was_out
from etl.claims.values import Claim, Days, Figure, Judgement, Kind, Reason, Verdict, Witness

CUT = "cut off, not rounded"


def judge(claim: Claim, figure: Figure, pool: Pool) -> Judgement:
    """Judge a claim of an amount by every witness of a pool but its own print."""
    number, printed = claim.number, claim.printed
    others = pool.without(claim.source)
    direct = others.direct(figure)
    worked_out = others.worked_out(figure, printed)
    known = [*direct, *worked_out]
    if not known:
        return Judgement(claim, Verdict.CANNOT, reason=Reason.NO_EVIDENCE)
    candidates = around(direct, printed)
    firm = (
        settled(figure, known, printed)
        or never_so_far(number, figure, known)
        or contradicted_by_itself(claim, pool.said_by(claim.source, figure), known)
    )
    against = () if agreeing_with(number, firm) else firm
    is_against = bool(against) and not any(is_near(number, item) for item in against)
    now = newest(direct) or newest(worked_out)
    is_now = bool(agreeing_with(number, now))

    if is_against and not is_now and adds_up(figure) and _is_of_files(against):
        # A slip is copied: however many prints have it, the file that they quote has not.
        return _wrong(claim, against, known)
    is_late = is_now and bool(of_its_day(direct, printed))
    agreeing = agreeing_with(number, dict.fromkeys([*candidates, *firm])) or agreeing_with(
        number, _telling(worked_out, against, printed, only_then=is_late)
    )
    if agreeing:
        return right(claim, agreeing, is_now=is_now)
    if is_now:
        return Judgement(claim, Verdict.RIGHT_NOW, best(candidates), evidence=tuple(now), is_right_now=True)
    if is_against:
        return _wrong(claim, against, known)
    reason = Reason.TOO_NEAR if against else _reason(direct or worked_out, printed)
    evidence = against or tuple(candidates or worked_out)
    return Judgement(claim, Verdict.CANNOT, reason=reason, evidence=evidence, is_right_now=False)


def _telling(
    worked_out: list[Witness], against: Sequence[Witness], printed: Days, *, only_then: bool
) -> list[Witness]:
    """Give the worked out numbers that can save a claim from what stands against it: those that do not agree
    with that too, nor are sums of numbers from before the print, which whoever stands against it knew.
    `only_then` leaves out those of after the day as well.
    """
    return [
        item
        for item in worked_out
        if (is_of_its_day(item, printed) or not (only_then or (against and is_before(item, printed))))
        and not agreeing_with(item.number, against)
    ]


def _wrong(claim: Claim, firm: tuple[Witness, ...], known: list[Witness]) -> Judgement:
    """Judge a claim wrong, with all that agree on what it should be as evidence."""
    should_be = best(firm)
    others = agreeing_with(should_be, known) if should_be else []
    evidence = tuple(dict.fromkeys([*firm, *others]))
    return Judgement(claim, Verdict.WRONG, should_be, evidence=evidence, is_right_now=False)


def _is_of_files(witnesses: Iterable[Witness]) -> bool:
    return any(witness.kind is Kind.FILE for witness in witnesses)


def right(claim: Claim, agreeing: list[Witness], *, is_now: bool | None) -> Judgement:
    """Judge a claim right, and say where its digits were cut off instead of rounded."""
    is_rounded = any(claim.number.equals(witness.number) for witness in agreeing)
    note = "" if is_rounded else CUT
    return Judgement(claim, Verdict.RIGHT, evidence=tuple(agreeing), is_right_now=is_now, note=note)


def agreeing_with(number: Number, witnesses: Iterable[Witness]) -> list[Witness]:
    """Give the witnesses that say the same."""
    return [witness for witness in witnesses if says(witness, number)]


def best(witnesses: Sequence[Witness]) -> Number | None:
    """Give the most trustworthy number: a file's, one that was said and not worked out, the most exact."""
    found = min(
        witnesses,
        key=lambda item: (item.kind is not Kind.FILE, item.is_worked_out, item.number.half),
        default=None,
    )
    return found.number if found else None


def _reason(known: list[Witness], printed: Days) -> Reason:
    if of_its_day(known, printed):
        return Reason.ONE_WORD
    out = [was_out(witness, printed) for witness in known]
    if not any(out):
        return Reason.LATER_ONLY
    return Reason.EARLIER_ONLY if all(out) else Reason.IN_REVISION
