"""What the published warehouse knows, as witnesses for the press check.

Here: the one place of the press check that reads marts, and the prints that come with the project. Not here:
what they prove.

Most of the past is known to the warehouse only from prints (`basis = 'transcribed'`), each with its link. So
a print is one witness by its link, whether the warehouse holds it or the list of claims does.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from etl import warehouse
from etl.claims.numbers import Number
from etl.claims.reading import ClaimError, canonical
from etl.claims.spans import Span
from etl.claims.values import Claim, Days, Figure, Kind, Measure, Witness
from etl.lake.place import Database
from etl.report.places import place

_VINTAGES = """
select
    code,
    flow,
    period_starts_on,
    period_ends_on,
    value_usd_mn,
    coalesce(rounding_usd_mn, 0),
    coalesce(files.original_name, vintages.release_id),
    vintages.sheet,
    vintages.cell,
    vintages.source_url,
    valid_from,
    vintages.published_on,
    valid_to,
    is_first_print,
    vintages.published_on_is
from marts.vintages
left join marts.dim_release_file as files
    on vintages.file_sha256 = files.file_sha256 and vintages.release_id = files.release_id
where
    series = 'services'
    and code in (select unnest(?))
    and value_usd_mn is not null
    and period_type <> 'week'
    and basis <> 'derived'
order by vintages.vintage_id
"""


# The day of these is when a file was found or served: it may have been published before.
_UPPER_BOUNDS = ("http_last_modified", "first_seen", "capture_date", "seen_by_this_day")


def witnesses(database: Database, claims: Sequence[Claim], prints: Sequence[Claim]) -> list[Witness]:
    """Give every witness for the items of some claims: the vintages of the published warehouse and `prints`.

    Months that the warehouse derives from cumulative columns are left out: the same sums are made here, of
    what was known on each claim's day. Raises `ClaimError` for an item that there is not.
    """
    codes = sorted({claim.figure.code for claim in claims if claim.figure})
    with warehouse.read(database) as connection:
        items = {code for (code,) in connection.execute("select item_code from marts.dim_item").fetchall()}
        rows = connection.execute(_VINTAGES, [codes]).fetchall()
    if unknown := set(codes) - items:
        raise ClaimError(f"there is no item {', '.join(sorted(unknown))}; items are in marts.dim_item")
    found = [_of_vintage(_Vintage(*row)) for row in rows]
    known = {
        (witness.figure, source, witness.number.value) for witness in found for source in witness.sources
    }
    return found + [
        witness
        for witness in map(_of_print, _distinct(prints))
        if witness and (witness.figure, min(witness.sources), witness.number.value) not in known
    ]


def _distinct(prints: Iterable[Claim]) -> list[Claim]:
    return list({(item.figure, item.source, item.number): item for item in prints}.values())


def _of_print(claim: Claim) -> Witness | None:
    if claim.figure is None or claim.source is None or claim.link is None:
        return None
    sources = frozenset({claim.source})
    return Witness(claim.figure, claim.number, claim.printed, Kind.PRINT, sources, claim.link)


class _Vintage(NamedTuple):
    """A row of `_VINTAGES`."""

    code: str
    flow: str
    starts_on: date
    ends_on: date
    value_usd_mn: Decimal
    rounding_usd_mn: float
    name: str
    sheet: str | None
    cell: str | None
    link: str
    valid_from: date
    published_on: date
    valid_to: date | None
    is_first_print: bool
    published_on_is: str


def _of_vintage(row: _Vintage) -> Witness:
    figure = Figure(row.code, row.flow, Measure.AMOUNT, Span.of(row.starts_on, row.ends_on))
    number = Number(row.value_usd_mn, Decimal(repr(row.rounding_usd_mn)))
    if row.cell is None:
        days = Days(row.published_on, row.published_on)
        return Witness(figure, number, days, Kind.PRINT, frozenset({canonical(row.link)}), row.link)
    return Witness(
        figure,
        number,
        Days(row.valid_from, row.valid_from),
        Kind.FILE,
        frozenset({f"{row.name} of {row.published_on}"}),
        f"{place(row.sheet or '', row.cell)} of {row.name}",
        replaced_on=row.valid_to,
        may_be_older=row.published_on_is in _UPPER_BOUNDS,
        is_first_print=row.is_first_print,
    )
