"""Editions of the services release as small as its reader takes them."""

from dataclasses import replace
from datetime import date, timedelta

from etl.reading.labels import row_key
from etl.starter.write import ServicesEdition
from tests.support.readings import SERVICES, layout
from tests.support.workbooks import headed, services

REQUIRED = [row_key(label) for label in layout(SERVICES).required_rows]


def edition_of(latest: date) -> ServicesEdition:
    """Give an edition of a month with only the rows that it must have: March's figures under its headers."""
    previous = (latest - timedelta(days=1)).replace(day=1)
    year_ago = latest.replace(year=latest.year - 1)
    fiscal_year = latest.year + (latest.month > 6)
    march = services()
    rows = tuple(row for row in march.rows if row_key(row.label) in REQUIRED)
    return headed(
        replace(march, rows=rows),
        f"{year_ago:%b-%y} (R)",
        f"{previous:%b-%y} (R)",
        f"{latest:%b-%y} (P)",
        f"Jul-{latest:%b}, FY{fiscal_year - 2001:02d} (R)",
        f"Jul-{latest:%b}, FY{fiscal_year - 2000:02d} (P)",
    )


def with_first_figure(edition: ServicesEdition, value: float | str | None) -> ServicesEdition:
    """Give an edition with another figure in the first cell of its second row."""
    first, second, *rows = edition.rows
    changed = replace(second, values=(value, *second.values[1:]))
    return replace(edition, rows=(first, changed, *rows))


def relabelled(edition: ServicesEdition) -> ServicesEdition:
    """Give an edition that says the same with other spaces: other bytes, the same figures."""
    first, *rows = edition.rows
    return replace(edition, rows=(replace(first, label=f"{first.label} "), *rows))
