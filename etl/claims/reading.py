"""Claims from words: one at a time, or a CSV of them.

Here: reading and refusing. Not here: judging.
"""

import csv
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from etl.claims.numbers import NumberError, parse
from etl.claims.spans import Span, SpanError
from etl.claims.subjects import SubjectError, measured
from etl.claims.values import Claim, Days, Figure, Measure
from etl.errors import EtlError

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
        Figure(about.code, about.flow, kind, span) if about.code else None,
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
    """Give a link in one spelling: a page is the same print with www or without, with https or http."""
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
