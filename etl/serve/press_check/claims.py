"""Claims from words: one at a time, or a CSV of them.

Here: reading and refusing. Not here: judging.
"""

import csv
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from etl.common.errors import EtlError
from etl.serve.press_check.values import (
    Claim,
    ClaimedFigure,
    Days,
    Measure,
    NumberError,
    Span,
    SpanError,
    parse,
)

FLOWS = ("exports", "imports", "balance")
_CODE = re.compile(r"S|\d{1,2}(\.\d{1,2}){0,3}")


class SubjectError(EtlError):
    """A subject or measure that is not known."""


class Subject(NamedTuple):
    """A name with what it means."""

    code: str | None
    """The EBOPS item, S for all services; None where it is no item."""
    flow: str = "exports"
    why_not: str | None = None
    """Why it is no item."""


SUBJECTS = {
    "it-exports": Subject("9"),
    "it-imports": Subject("9", "imports"),
    "it-balance": Subject("9", "balance"),
    "services-exports": Subject("S"),
    "services-imports": Subject("S", "imports"),
    "services-balance": Subject("S", "balance"),
    "telecom-services": Subject("9.1"),
    "call-centres": Subject("9.1.1"),
    "computer-services": Subject("9.2"),
    "hardware-consultancy": Subject("9.2.1"),
    "software-consultancy": Subject("9.2.2"),
    "computer-maintenance": Subject("9.2.3"),
    "computer-software": Subject("9.2.4"),
    "freelance-computer-services": Subject("9.2.5"),
    "other-computer-services": Subject("9.2.6"),
    "information-services": Subject("9.3"),
    "freelance-remittances": Subject(
        None, why_not="remittances of freelancers before SBP's item 9.2.5, or as others count them"
    ),
    "it-exports-ministry": Subject(
        None, why_not="software and IT services as the ministry counted them until 2013, a part of item 9"
    ),
    "it-exports-pseb": Subject(
        None, why_not="computer services and call centres, as PSEB counted IT exports until 2020"
    ),
    "it-exports-with-freelancers": Subject(
        None, why_not="item 9 with freelancers' remittances on top, a part of which item 9 holds already"
    ),
    "telecom-and-computer-imports": Subject(None, "imports", why_not="item 9 without information services"),
}
"""Subjects by name; an EBOPS code such as 9.2.5 is one too."""


def subject(name: str) -> Subject:
    """Return what a name or an EBOPS code means.

    Raises `SubjectError` with the names there are.
    """
    known = SUBJECTS.get(name.strip().lower())
    if known is not None:
        return known
    if _CODE.fullmatch(name.strip().upper()):
        return Subject(name.strip().upper())
    raise SubjectError(
        f"there is no subject {name!r}; write an item such as 9.2.5 or one of {', '.join(SUBJECTS)}"
    )


def measured(name: str, measure: str | None) -> tuple[Subject, Measure]:
    """Return a subject, with the flow of the measure, and the measure: `exports_usd_mn`, `imports_yoy_pct`
    and so on, as the marts call them; without one the amount.

    Raises `SubjectError` for a measure that there is not, or of another flow than the subject's.
    """
    found = subject(name)
    if not measure:
        return found, Measure.AMOUNT
    flow, _, kind = measure.strip().partition("_")
    if flow not in FLOWS or kind not in tuple(Measure):
        known = ", ".join(f"exports_{kind}" for kind in Measure)
        raise SubjectError(
            f"there is no measure {measure!r}; write {known}, or the same of imports or balance"
        )
    if name in SUBJECTS and flow != found.flow:
        raise SubjectError(f"{name} is of {found.flow}, {measure} is of {flow}; name the item by its code")
    return found._replace(flow=flow), Measure(kind)


PRESS = Path(__file__).with_name("press_claims.csv")
"""What newspapers, ministries and brokerages printed, with the link of each print; see README.md."""
COLUMNS = ("subject", "measure", "period", "number", "printed_on", "link")
_NEEDED = ("subject", "period", "number", "printed_on")
_DAY = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")


class ClaimError(EtlError):
    """A claim that cannot be read; the message says where and what to write."""


def claim(
    subject: str,
    period: str,
    number: str,
    *,
    printed_on: str,
    measure: str | None = None,
    link: str | None = None,
) -> Claim:
    """Read a claim from its words.

    Raises `ClaimError` where a part cannot be read, a measure and a unit do not go together, or the print is
    older than the period.
    """
    try:
        about, kind = measured(subject, measure)
        span, printed = Span.parse(period), _days(printed_on)
        found = parse(number)
    except (SubjectError, SpanError, NumberError) as error:
        raise ClaimError(str(error)) from error
    if found.is_pct is not None and found.is_pct != (kind is not Measure.AMOUNT):
        unit = "a growth rate in per cent" if found.is_pct else "an amount"
        fitting = f"{about.flow}_{Measure.ON_YEAR if found.is_pct else Measure.AMOUNT}"
        raise ClaimError(f"{number!r} is {unit}; add the measure, such as {fitting}")
    if kind is Measure.ON_MONTH and span.months > 1:
        raise ClaimError(f"{period} is no month, so nothing grew on the month; write {about.flow}_yoy_pct")
    if printed.last <= span.ends_on:
        raise ClaimError(f"printed on {printed_on}, before {period} was over on {span.ends_on}")
    return Claim(
        subject.strip(),
        ClaimedFigure(about.code, about.flow, kind, span) if about.code else None,
        found.number,
        printed,
        link or None,
        canonical(link) if link else None,
        about.why_not,
        (f"{about.flow}_{kind}", period.strip(), number.strip(), printed_on.strip()),
    )


def read(path: Path) -> list[Claim]:
    """Read a CSV of claims: columns subject, period, number, printed_on, and if known measure and link.

    Raises `ClaimError` with the file and line of what cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return list(_claims(lines, path))
    except UnicodeDecodeError as error:
        raise ClaimError(f"{path} is no CSV in UTF-8; save it as such") from error


def _claims(lines: Iterable[str], path: Path) -> Iterator[Claim]:
    reader = csv.DictReader(lines)
    missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise ClaimError(
            f"{path} has no column {', '.join(missing)}; its first line names {', '.join(COLUMNS)}"
        )
    for row in reader:
        try:
            yield claim(
                row["subject"] or "",
                row["period"] or "",
                row["number"] or "",
                printed_on=row["printed_on"] or "",
                measure=row.get("measure"),
                link=row.get("link"),
            )
        except ClaimError as error:
            raise ClaimError(f"{path}, line {reader.line_num}: {error}") from error


def canonical(link: str) -> str:
    """Return a link in one spelling: a page is the same print with www or without, with https or http."""
    parts = urlsplit(link.strip())
    host = (parts.hostname or "").removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}" if host else link.strip()


def _days(text: str) -> Days:
    found = _DAY.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        year, month = int(found[1]), int(found[2])
        if found[3]:
            day = date(year, month, int(found[3]))
            return Days(day, day)
        return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    except ValueError:
        raise ClaimError(
            f"{text!r} is no day of print; write 2026-01-20, or 2026-01 where no day is known"
        ) from None
