"""What SBP serves in the nights that the tests of the main job tell of."""

from datetime import UTC, datetime

from scripts.write_starter import services_workbook
from tests.support import workbooks
from tests.support.installation import Installation

NEW_SITE = "/assets/document/dt.xls"
MIRROR = "/ecodata/dt.xls"
EXTERNAL_INDEX = "/assets/dt_collection_75160/econmicExternoaSectorData.json"
SUMMARY = "/assets/document/Balancepayment_BPM6.xls"
MAY_2026 = datetime(2026, 5, 18, tzinfo=UTC)


def april_edition() -> bytes:
    """Return the services file of April 2026, made up."""
    return services_workbook(workbooks.april_services())


def newest_month(installed: Installation) -> str:
    month = installed.value(
        "select max(month)::varchar from marts.services_monthly"
        " where item_code = '9' and exports_basis = 'published'"
    )
    return str(month)
