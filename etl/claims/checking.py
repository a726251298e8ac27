"""The press check: claims in, judgements out.

Here: which judge a claim goes to, and what is taken for the print of a claim without a link. Not here: how
anything is judged or read.
"""

from dataclasses import replace

from etl.claims.judging import judge
from etl.claims.judging_growth import judge_growth
from etl.claims.pool import Pool
from etl.claims.times import of_its_day
from etl.claims.values import Claim, Figure, Judgement, Kind, Measure, Reason, Verdict, Witness


def check(claim: Claim, pool: Pool) -> Judgement:
    """Judge a claim by all that is known but its own print.

    Where a claim has no link, a print of the same month that says the same may be its own; one such print is
    taken for it. So one print never confirms itself, and two confirm each other.
    """
    figure = claim.figure
    if figure is None:
        return Judgement(claim, Verdict.CANNOT, reason=Reason.NO_MEASURE, note=claim.why_not or "")
    judged = judge if figure.measure is Measure.AMOUNT else judge_growth
    if claim.source:
        return judged(claim, figure, pool)
    own = _own_print(claim, figure, pool)
    if own is None:
        return judged(claim, figure, pool)
    found = judged(replace(claim, source=min(own.sources)), figure, pool)
    taken = f"taken to be the print at {own.where} (add --link if it is another one)"
    note = "; ".join(part for part in (found.note, taken) if part)
    return replace(found, claim=claim, note=note)


def _own_print(claim: Claim, figure: Figure, pool: Pool) -> Witness | None:
    same = [
        witness
        for witness in of_its_day(pool.direct(figure), claim.printed)
        if witness.kind is Kind.PRINT and witness.number.value == claim.number.value
    ]
    return min(same, key=lambda witness: witness.where, default=None)
