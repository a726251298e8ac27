"""Workers' remittances as the data portal exports them.

Figures are SBP's own, retyped from the portal: August 2026, some countries, the emirates, the total.
"""

import csv
import io

from tests.support.easydata import PORTAL_COLUMNS

AUGUST = (
    ("WR0010", "I. Cash Flow", "3656.33767"),
    ("WR0020", "......1 USA", "308.8795715"),
    ("WR0040", "......3 Saudi Arabia", "873.4537536"),
    ("WR0050", "......4 U.A.E.", "749.8368421"),
    ("WR0060", "............. Dubai", "634.6138927"),
    ("WR0070", "............. Abu Dhabi", "91.12565433"),
    ("WR0080", "............. Sharjah", "13.21109315"),
    ("WR0090", "............. Others", "10.88620196"),
    ("WR0340", ". Total (I+II)", "3656.33767"),
)


def remittances(day: str = "31-Aug-2026") -> bytes:
    """Return the export: every field quoted, names indented by dots."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(PORTAL_COLUMNS)
    for place, (code, name, value) in enumerate(AUGUST, start=1):
        key = f"TS_GP_BOP_WR_M.{code}"
        told = ("Country-wise Workers' Remittances", day, key, name, value, "Million USD", "Normal", "")
        writer.writerow((*told, str(10 * place), f"Workers' remittances: {name}"))
    return text.getvalue().encode()
