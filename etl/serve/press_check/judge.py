"""Whether a printed amount was right: its number against every witness but its own print.

Here: verdicts on amounts. Not here: growth rates (`judging_growth`), finding witnesses (`pool`), what makes
doubt or none (`doubt`).

A claim is right where a number that was known on its day can be the same, each rounded as it is. It is wrong
only where no revision explains it (`doubt`). So a genuine first print that was revised later is never wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from etl.serve.press_check.evidence import (
    Pool,
    adds_up,
    around,
    first_after,
    is_before,
    is_of_its_day,
    newest,
    of_its_day,
    was_out,
)
from etl.serve.press_check.values import (
    Claim,
    ClaimedFigure,
    Days,
    Judgement,
    Kind,
    Measure,
    Number,
    Reason,
    Verdict,
    Witness,
    growth,
)

IT, SERVICES, EXPORTS = "9", "S", "exports"
_TWO_DIGITS = 10
_ROOM = Decimal("0.006")
"""Share by which prints of one figure differ though none is wrong: 183 and 184 for IT exports of May 2022;
887 (SBP) and 885.09 (PBS) for services of January 2026, 619.73 and 616.59 for August 2024."""
_BEYOND_REVISIONS = 2
"""A claim that is off by so many times the largest revision was not revised."""


def agrees(claimed: Number, known: Number) -> bool:
    """Whether two numbers can be the same, each rounded, or the claimed one cut off after two digits or
    more: `2 billion` for 2.9 is no cutting off.
    """
    return claimed.equals(known) or _is_cut(claimed, known)


def says(witness: Witness, number: Number) -> bool:
    """Whether a witness says a number; what it printed may be cut off too, what is worked out is not."""
    return agrees(number, witness.number) or (not witness.is_worked_out and _is_cut(witness.number, number))


def _is_cut(shorter: Number, longer: Number) -> bool:
    return abs(shorter.value) >= _TWO_DIGITS * 2 * shorter.half and shorter.is_cut_from(longer)


def is_near(number: Number, witness: Witness) -> bool:
    """Whether a claim is too near to a known number to be called another one.

    A file of item 9 leaves no room. Prints do: of one figure they differ by a million, revised or rounded,
    and totals of services are SBP's in one and PBS's in the other.
    """
    has_no_room = witness.kind is Kind.FILE and witness.figure.code != SERVICES
    room = Decimal(0) if has_no_room else _ROOM * abs(witness.number.value)
    return says(witness, number) or _is_within(room, number, witness.number)


def settled(figure: ClaimedFigure, known: Iterable[Witness], printed: Days) -> tuple[Witness, ...]:
    """Return the witnesses that leave no doubt what was known on a day; none where there is doubt.

    A file that stood then is enough. Of prints it takes two, one of them at the time or one on each side of
    it, and the first number after that day must not be another one: it may be the revision.
    """
    known = [item for item in known if was_out(item, printed) or not item.may_be_older]
    direct = [witness for witness in known if not witness.is_worked_out]
    files = tuple(witness for witness in direct if _stood(witness, printed))
    if files:
        return files
    after = first_after(direct, printed)
    for pair in combinations(known if adds_up(figure) else direct, 2):
        is_undisturbed = not after or any(says(next_one, one.number) for one in pair for next_one in after)
        if is_undisturbed and _brackets(*pair, printed) and _confirm_each_other(*pair, figure):
            return pair
    return ()


def never_so_far(number: Number, figure: ClaimedFigure, known: Iterable[Witness]) -> tuple[Witness, ...]:
    """Return two witnesses that confirm each other, where a number is further from both than revisions ever
    went; none where there are no two.
    """
    bound = _largest_revision(figure)
    if bound is None:
        return ()
    far = [
        witness
        for witness in known
        if abs(number.value - witness.number.value)
        > _BEYOND_REVISIONS * bound * abs(witness.number.value) + number.half
    ]
    pairs = combinations(far, 2)
    return next((pair for pair in pairs if _confirm_each_other(*pair, figure)), ())


def contradicted_by_itself(
    claim: Claim, said: Iterable[Witness], known: Iterable[Witness]
) -> tuple[Witness, ...]:
    """Return the witnesses that confirm another of the numbers that the claim's own print `said` for the same
    figure: a file, or two prints.

    They say which of its two numbers is the slip; that the figure was revised since is then no excuse. The
    print is evidence against itself here, never for itself.
    """
    known = list(known)
    for own in said:
        if not agrees(claim.number, own.number):
            confirming = tuple(witness for witness in known if says(witness, own.number))
            if any(witness.kind is Kind.FILE for witness in confirming) or len(confirming) > 1:
                return confirming
    return ()


def _stood(witness: Witness, printed: Days) -> bool:
    """Whether a file's value was certainly the known one all that day or month: it was out before it, or
    there was nothing before it, and no other took its place.
    """
    if witness.kind is not Kind.FILE or not is_of_its_day(witness, printed):
        return False
    if witness.replaced_on and witness.replaced_on <= printed.last:
        return False
    return witness.known.first <= printed.first or witness.is_first_print


def _confirm_each_other(one: Witness, other: Witness, figure: ClaimedFigure) -> bool:
    """Whether two witnesses say the same and do not rest on each other."""
    if one.sources & other.sources or (one.is_worked_out and other.is_worked_out):
        return False
    room = _ROOM * abs(one.number.value) if figure.code == SERVICES else Decimal(0)
    return agrees(one.number, other.number) or _is_within(room, one.number, other.number)


def _is_within(room: Decimal, one: Number, other: Number) -> bool:
    return abs(one.value - other.value) < one.half + other.half + room


def _brackets(one: Witness, other: Witness, printed: Days) -> bool:
    """Whether one of two witnesses is of that day, or one is of before and one of after it.

    A file that came out in the month of a print may have come after it.
    """
    if any(item.kind is Kind.PRINT and is_of_its_day(item, printed) for item in (one, other)):
        return True
    is_before = [item.known.last < printed.first for item in (one, other)]
    is_after = [item.known.first > printed.last for item in (one, other)]
    return any(is_before) and any(is_after)


def _largest_revision(figure: ClaimedFigure) -> Decimal | None:
    """Return how far a figure of this kind was ever revised, as a share; None for a balance, which can change
    sign.
    """
    if figure.flow == "balance":
        return None
    if figure.code == IT and figure.flow == EXPORTS:
        # June 2023: 236, then 224; July to November of FY25: 1,530, then 1,518.
        return Decimal("0.051") if figure.span.months == 1 else Decimal("0.008")
    # Services imports in July and August of FY23: 1,739, then 1,281.
    return Decimal("0.264")


CUT = "cut off, not rounded"


def judge(claim: Claim, figure: ClaimedFigure, pool: Pool) -> Judgement:
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
    """Return the worked out numbers that can save a claim from what stands against it: those that do not
    agree with that too, nor are sums of numbers from before the print, which whoever stands against it knew.
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
    """Return the witnesses that say the same."""
    return [witness for witness in witnesses if says(witness, number)]


def best(witnesses: Sequence[Witness]) -> Number | None:
    """Return the most trustworthy number: a file's, one that was said and not worked out, the most exact."""
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


def judge_growth(claim: Claim, figure: ClaimedFigure, pool: Pool) -> Judgement:
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


def _known(pool: Pool, amount: ClaimedFigure, printed: Days) -> list[Witness]:
    return [*pool.direct(amount), *pool.worked_out(amount, printed)]


def _around(known: list[Witness], printed: Days) -> list[Witness]:
    """Return what can have been known on that day: what was said, and where little was, what follows too."""
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
    figure: ClaimedFigure, amounts: Sequence[Witness], bases: Sequence[Witness], *, every: bool = False
) -> list[Witness]:
    """Return the growth to each amount from what it counts from, or from every base; none from or to a
    balance that is no surplus.
    """
    return [
        _pair(figure, amount, base)
        for amount in amounts
        for base in (bases if every else _bases_of(amount, bases))
        if amount.number.low > 0 and base.number.low > 0
    ]


def _bases_of(amount: Witness, bases: Sequence[Witness]) -> Sequence[Witness]:
    """Return what an amount grew from: a file that has the base as well counts from its own."""
    own = [base for base in bases if amount.kind is Kind.FILE and base.sources == amount.sources]
    return own or bases


def _pair(figure: ClaimedFigure, amount: Witness, base: Witness) -> Witness:
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
    """Whether a rate is one of the known ones or lies between two of them."""
    if agreeing_with(number, known):
        return True
    least = min(witness.number.low for witness in known)
    most = max(witness.number.high for witness in known)
    return least <= number.high and number.low <= most


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


def _own_print(claim: Claim, figure: ClaimedFigure, pool: Pool) -> Witness | None:
    same = [
        witness
        for witness in of_its_day(pool.direct(figure), claim.printed)
        if witness.kind is Kind.PRINT and witness.number.value == claim.number.value
    ]
    return min(same, key=lambda witness: witness.where, default=None)
