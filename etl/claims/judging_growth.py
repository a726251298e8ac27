"""Whether a printed growth rate was right: other prints of the rate, and every pair of known amounts.

Here: verdicts on growth rates. Not here: amounts (`judging`).

A growth rate depends on which vintage of the base it counts from. So it is right where another print of its
day says the same, or where amounts that were known on that day give it; and wrong only where both amounts
were settled on that day and no pair of vintages of any day, nor anything between them, gives it.
"""

from collections.abc import Sequence

from etl.claims.doubt import settled
from etl.claims.judging import agreeing_with, best, right
from etl.claims.numbers import Number, growth
from etl.claims.pool import Pool
from etl.claims.times import around, newest, of_its_day
from etl.claims.values import Claim, Days, Figure, Judgement, Kind, Reason, Verdict, Witness


def judge_growth(claim: Claim, figure: Figure, pool: Pool) -> Judgement:
    """Judge a claim of a growth rate by every witness of a pool but its own print."""
    number, printed = claim.number, claim.printed
    others = pool.without(claim.source)
    said = others.direct(figure)
    amounts = _known(others, figure.amount, printed)
    bases = _known(others, figure.base, printed)
    pairs = _grown(figure, amounts, bases, every=True)
    if not pairs and not said:
        return Judgement(claim, Verdict.CANNOT, reason=Reason.NO_EVIDENCE)

    now = _grown(figure, _newest(amounts), _newest(bases))
    is_now = bool(agreeing_with(number, now)) if now else None
    firm_amounts = settled(figure.amount, amounts, printed)
    firm_bases = settled(figure.base, bases, printed)
    firm = _grown(figure, firm_amounts, firm_bases)
    of_day = _grown(
        figure, [*_around(amounts, printed), *firm_amounts], [*_around(bases, printed), *firm_bases]
    )
    plain = _grown(figure, *(_said(_around(known, printed)) for known in (amounts, bases)))
    agreeing = agreeing_with(number, [*of_its_day(said, printed), *plain]) or agreeing_with(number, of_day)
    if agreeing:
        return right(claim, agreeing, is_now=is_now)
    if is_now:
        evidence = tuple(agreeing_with(number, now))
        return Judgement(claim, Verdict.RIGHT_NOW, best(firm), evidence=evidence, is_right_now=True)
    if firm and not _is_between(number, [*pairs, *said]):
        return Judgement(claim, Verdict.WRONG, best(firm), evidence=tuple(firm), is_right_now=False)
    evidence = tuple(of_day or said)
    return Judgement(
        claim, Verdict.CANNOT, reason=Reason.BASE_UNKNOWN, evidence=evidence, is_right_now=is_now
    )


def _known(pool: Pool, amount: Figure, printed: Days) -> list[Witness]:
    return [*pool.direct(amount), *pool.worked_out(amount, printed)]


def _around(known: list[Witness], printed: Days) -> list[Witness]:
    """Give what can have been known on that day: what was said, and where little was, what follows too."""
    said = _said(known)
    found = around(said, printed)
    if len(of_its_day(said, printed)) < 2:
        found += [witness for witness in known if witness.is_worked_out]
    return found


def _newest(known: list[Witness]) -> list[Witness]:
    return newest(_said(known)) or newest(known)


def _said(known: list[Witness]) -> list[Witness]:
    return [witness for witness in known if not witness.is_worked_out]


def _grown(
    figure: Figure, amounts: Sequence[Witness], bases: Sequence[Witness], *, every: bool = False
) -> list[Witness]:
    """Give the growth to each amount from what it counts from, or from every base; none from or to a balance
    that is no surplus.
    """
    return [
        _pair(figure, amount, base)
        for amount in amounts
        for base in (bases if every else _bases_of(amount, bases))
        if amount.number.low > 0 and base.number.low > 0
    ]


def _bases_of(amount: Witness, bases: Sequence[Witness]) -> Sequence[Witness]:
    """Give what an amount grew from: a file that has the base as well counts from its own."""
    own = [base for base in bases if amount.kind is Kind.FILE and base.sources == amount.sources]
    return own or bases


def _pair(figure: Figure, amount: Witness, base: Witness) -> Witness:
    is_of_files = amount.kind is base.kind is Kind.FILE
    return Witness(
        figure,
        growth(amount.number, base.number),
        Days(max(amount.known.first, base.known.first), max(amount.known.last, base.known.last)),
        Kind.FILE if is_of_files else Kind.PRINT,
        amount.sources | base.sources,
        f"{base.number.known_digits:,} ({base.where}) to {amount.number.known_digits:,} ({amount.where})",
        is_worked_out=True,
    )


def _is_between(number: Number, known: list[Witness]) -> bool:
    """Tell whether a rate is one of the known ones or lies between two of them."""
    if agreeing_with(number, known):
        return True
    least = min(witness.number.low for witness in known)
    most = max(witness.number.high for witness in known)
    return least <= number.high and number.low <= most
