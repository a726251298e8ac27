"""When a release file was last saved, as it says of itself.

Here: the one question for every format, and the dates of PDFs. Not here: the other clocks of a file (when
it was served, when it was first seen); landing chooses among them.
"""

import re
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pypdfium2

from etl.reading import workbook
from etl.reading.formats import detect_format

_KARACHI = ZoneInfo("Asia/Karachi")
_PDF_DATE = re.compile(
    r"(?:D:)?(?P<at>\d{14})(?:(?P<sign>[+-])(?P<hours>\d\d)'?(?P<minutes>\d\d)?|(?P<utc>Z))?"
)


def last_saved_on(content: bytes) -> date | None:
    """Give the day in Karachi on which a workbook or a PDF was last saved; None where it does not say."""
    if detect_format(content) != "pdf":
        return workbook.last_saved_on(content)
    try:
        with pypdfium2.PdfDocument(content) as document:
            stated = document.get_metadata_value("ModDate") or document.get_metadata_value("CreationDate")
        return _day_in_karachi(stated)
    except (
        pypdfium2.PdfiumError,
        ValueError,
        OverflowError,
    ):  # a damaged property is none: the file's other clocks do
        return None


def _day_in_karachi(stated: str) -> date | None:
    """Give the day of a date such as `D:20260416144804+05'00'`; without a zone it is taken as Karachi's."""
    match = _PDF_DATE.match(stated)
    if match is None:
        return None
    offset = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
    zone = timezone(-offset if match["sign"] == "-" else offset)
    at = datetime.strptime(match["at"], "%Y%m%d%H%M%S").replace(
        tzinfo=zone if match["sign"] or match["utc"] else _KARACHI
    )
    return at.astimezone(_KARACHI).date()
