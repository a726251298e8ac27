"""Editions of the services release as small as its reader takes them: total services and its twelve items."""

from dataclasses import replace
from datetime import date, timedelta

from etl.catalog.labels import row_key
from scripts.write_starter import ServicesEdition, StarterRow
from tests.support.readings import SERVICES, layout
from tests.support.workbooks import headed, services

REQUIRED = [row_key(label) for label in layout(SERVICES).required_rows]


def edition_of(latest: date, *, has_parts: bool = False) -> ServicesEdition:
    """Return an edition of a month, March's figures under its headers, with the parts of item 9 or
    without.
    """
    previous = (latest - timedelta(days=1)).replace(day=1)
    year_ago = latest.replace(year=latest.year - 1)
    fiscal_year = latest.year + (latest.month > 6)
    march = services()
    rows = tuple(row for row in march.rows if _is_shown(row, has_parts))
    return headed(
        replace(march, rows=rows),
        f"{year_ago:%b-%y} (R)",
        f"{previous:%b-%y} (R)",
        f"{latest:%b-%y} (P)",
        f"Jul-{latest:%b}, FY{fiscal_year - 2001:02d} (R)",
        f"Jul-{latest:%b}, FY{fiscal_year - 2000:02d} (P)",
    )


def _is_shown(row: StarterRow, has_parts: bool) -> bool:
    code = row.label.split()[0].rstrip(".")
    return row_key(row.label) in REQUIRED or code.isdigit() or (has_parts and code in ("9.1", "9.2", "9.3"))


def scaled(edition: ServicesEdition, factor: float) -> ServicesEdition:
    """Return an edition with every figure so many times as large: it still adds up."""
    rows = (
        replace(row, values=tuple(v if isinstance(v, str) else factor * v for v in row.values))
        for row in edition.rows
    )
    return replace(edition, rows=tuple(rows))


def relabelled(edition: ServicesEdition) -> ServicesEdition:
    """Return an edition that says the same with other spaces: other bytes, the same figures."""
    first, *rows = edition.rows
    return replace(edition, rows=(replace(first, label=f"{first.label} "), *rows))
