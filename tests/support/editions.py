"""Editions of the services release as small as its reader takes them: total services and its twelve items."""

from dataclasses import replace
from datetime import date, timedelta

from etl.catalog.labels import row_key
from scripts.write_starter import ServicesEdition, StarterRow
from tests.support.readings import SERVICES, layout
from tests.support.workbooks import headed, scaled, services

REQUIRED = [row_key(label) for label in layout(SERVICES).required_rows]


def edition_of(latest: date, *, has_parts: bool = False, figures_of: str = "2026-03") -> ServicesEdition:
    """Return an edition of a month, with the parts of item 9 or without: March's figures under its headers,
    in another size for each month, as no two months have the same figures.
    """
    previous = (latest - timedelta(days=1)).replace(day=1)
    year_ago = latest.replace(year=latest.year - 1)
    fiscal_year = latest.year + (latest.month > 6)
    march = services(figures_of)
    rows = tuple(row for row in march.rows if _is_shown(row, has_parts))
    size = 1 + 0.0003 * (12 * latest.year + latest.month - 24315)
    return headed(
        scaled(replace(march, rows=rows), size),
        f"{year_ago:%b-%y} (R)",
        f"{previous:%b-%y} (R)",
        f"{latest:%b-%y} (P)",
        f"Jul-{latest:%b}, FY{fiscal_year - 2001:02d} (R)",
        f"Jul-{latest:%b}, FY{fiscal_year - 2000:02d} (P)",
    )


def _is_shown(row: StarterRow, has_parts: bool) -> bool:
    code = row.label.split()[0].rstrip(".")
    return row_key(row.label) in REQUIRED or code.isdigit() or (has_parts and code in ("9.1", "9.2", "9.3"))


def relabelled(edition: ServicesEdition) -> ServicesEdition:
    """Return an edition that says the same with other spaces: other bytes, the same figures."""
    first, *rows = edition.rows
    return replace(edition, rows=(replace(first, label=f"{first.label} "), *rows))
