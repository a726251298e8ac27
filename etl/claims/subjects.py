"""What claims are about, by the names that the press and analysts use.

Here: names, the items they mean, and names of things that no item is. Not here: the items (`dim_item`).
"""

import re
from typing import NamedTuple

from etl.claims.values import Measure
from etl.errors import EtlError

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
    """Give what a name or an EBOPS code means.

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
    """Give a subject, with the flow of the measure, and the measure: `exports_usd_mn`, `imports_yoy_pct` and
    so on, as the marts call them; without one the amount.

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
