"""Claims and witnesses in few words, for tests that judge."""

from datetime import date
from decimal import Decimal

from etl.serve.press_check.claims import claim as read_claim
from etl.serve.press_check.values import (
    Claim,
    ClaimedFigure,
    Days,
    Kind,
    Measure,
    Number,
    Span,
    Witness,
    parse,
)


def claim(
    number: str,
    period: str = "2025-11",
    *,
    on: str = "2026-01",
    link: str | None = "own.example",
    measure: str | None = None,
    subject: str = "it-exports",
) -> Claim:
    """Return a claim, by default of IT exports in November 2025, printed in January 2026."""
    return read_claim(
        subject, period, number, printed_on=on, measure=measure, link=link and f"https://{link}/"
    )


def figure(
    period: str, measure: Measure = Measure.AMOUNT, *, code: str = "9", flow: str = "exports"
) -> ClaimedFigure:
    return ClaimedFigure(code, flow, measure, Span.parse(period))


def printed(
    number: str,
    period: str,
    on: str,
    link: str,
    *,
    measure: str | None = None,
    subject: str = "it-exports",
) -> Witness:
    """Return what another print says, dated by its month or day."""
    said = claim(number, period, on=on, link=link, measure=measure, subject=subject)
    assert said.figure
    return Witness(said.figure, said.number, said.printed, Kind.PRINT, frozenset({link}), link)


def in_file(
    number: str,
    period: str,
    on: str,
    *,
    until: str | None = None,
    is_first_print: bool = False,
    may_be_older: bool = False,
    code: str = "9",
) -> Witness:
    """Return what a file says, from the day it was out to the day on which another changed it."""
    day = date.fromisoformat(on)
    return Witness(
        figure(period, code=code),
        Number(parse(number).number.value, Decimal(0)),
        Days(day, day),
        Kind.FILE,
        frozenset({f"dt.xls of {on}"}),
        f"sheet EBOPS, cell I59 of the file of {on}",
        replaced_on=date.fromisoformat(until) if until else None,
        is_first_print=is_first_print,
        may_be_older=may_be_older,
    )
