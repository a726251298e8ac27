"""What leaves no doubt that a printed amount was wrong: the cases that no revision explains.

Here: agreement of numbers, witnesses that settle what was known on a day, how far revisions ever went. Not
here: verdicts (`judging`).

SBP revises, so a number that differs from another day's is no mistake. It is one where a file stood on that
day with another value; where two witnesses that do not rest on each other agree before and after it, or at
the time, and nothing else came between; where it is further from two such witnesses than revisions ever went;
or where its own print has a second number for the same figure, which is the one that others confirm.
"""

from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations

from etl.claims.numbers import Number
from etl.claims.pool import adds_up
from etl.claims.times import first_after, is_of_its_day, was_out
from etl.claims.values import Claim, Days, Figure, Kind, Witness

IT, SERVICES, EXPORTS = "9", "S", "exports"
_TWO_DIGITS = 10
_ROOM = Decimal("0.006")
"""Share by which prints of one figure differ though none is wrong: 183 and 184 for IT exports of May 2022;
887 (SBP) and 885.09 (PBS) for services of January 2026, 619.73 and 616.59 for August 2024."""
_BEYOND_REVISIONS = 2
"""A claim that is off by so many times the largest revision was not revised."""


def agrees(claimed: Number, known: Number) -> bool:
    """Tell whether two numbers can be the same, each rounded, or the claimed one cut off after two digits or
    more: `2 billion` for 2.9 is no cutting off.
    """
    return claimed.equals(known) or _is_cut(claimed, known)


def says(witness: Witness, number: Number) -> bool:
    """Tell whether a witness says a number; what it printed may be cut off too, what is worked out is not."""
    return agrees(number, witness.number) or (not witness.is_worked_out and _is_cut(witness.number, number))


def _is_cut(shorter: Number, longer: Number) -> bool:
    return abs(shorter.value) >= _TWO_DIGITS * 2 * shorter.half and shorter.is_cut_from(longer)


def is_near(number: Number, witness: Witness) -> bool:
    """Tell whether a claim is too near to a known number to be called another one.

    A file of item 9 leaves no room. Prints do: of one figure they differ by a million, revised or rounded,
    and totals of services are SBP's in one and PBS's in the other.
    """
    has_no_room = witness.kind is Kind.FILE and witness.figure.code != SERVICES
    room = Decimal(0) if has_no_room else _ROOM * abs(witness.number.value)
    return says(witness, number) or _is_within(room, number, witness.number)


def settled(figure: Figure, known: Iterable[Witness], printed: Days) -> tuple[Witness, ...]:
    """Give the witnesses that leave no doubt what was known on a day; none where there is doubt.

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


def never_so_far(number: Number, figure: Figure, known: Iterable[Witness]) -> tuple[Witness, ...]:
    """Give two witnesses that confirm each other, where a number is further from both than revisions ever
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
    """Give the witnesses that confirm another of the numbers that the claim's own print `said` for the same
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
    """Tell whether a file's value was certainly the known one all that day or month: it was out before it, or
    there was nothing before it, and no other took its place.
    """
    if witness.kind is not Kind.FILE or not is_of_its_day(witness, printed):
        return False
    if witness.replaced_on and witness.replaced_on <= printed.last:
        return False
    return witness.known.first <= printed.first or witness.is_first_print


def _confirm_each_other(one: Witness, other: Witness, figure: Figure) -> bool:
    """Tell whether two witnesses say the same and do not rest on each other."""
    if one.sources & other.sources or (one.is_worked_out and other.is_worked_out):
        return False
    room = _ROOM * abs(one.number.value) if figure.code == SERVICES else Decimal(0)
    return agrees(one.number, other.number) or _is_within(room, one.number, other.number)


def _is_within(room: Decimal, one: Number, other: Number) -> bool:
    return abs(one.value - other.value) < one.half + other.half + room


def _brackets(one: Witness, other: Witness, printed: Days) -> bool:
    """Tell whether one of two witnesses is of that day, or one is of before and one of after it.

    A file that came out in the month of a print may have come after it.
    """
    if any(item.kind is Kind.PRINT and is_of_its_day(item, printed) for item in (one, other)):
        return True
    is_before = [item.known.last < printed.first for item in (one, other)]
    is_after = [item.known.first > printed.last for item in (one, other)]
    return any(is_before) and any(is_after)


def _largest_revision(figure: Figure) -> Decimal | None:
    """Give how far a figure of this kind was ever revised, as a share; None for a balance, which can change
    sign.
    """
    if figure.flow == "balance":
        return None
    if figure.code == IT and figure.flow == EXPORTS:
        # June 2023: 236, then 224; July to November of FY25: 1,530, then 1,518.
        return Decimal("0.051") if figure.span.months == 1 else Decimal("0.008")
    # Services imports in July and August of FY23: 1,739, then 1,281.
    return Decimal("0.264")
