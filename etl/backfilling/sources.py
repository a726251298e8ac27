"""Who kept past vintages, by the name that the command gives them.

Here: two lines a source. A source is imported when it is asked: each brings its own libraries.
"""

from typing import Literal

from etl.backfilling.values import Backfilled, Progress, Request

Source = Literal["wayback", "easydata"]


def backfill_from(name: Source, request: Request, progress: Progress) -> Backfilled:
    """Take past vintages from a source."""
    match name:
        case "wayback":
            from etl.backfilling import wayback

            return wayback.backfill(request, progress)
        case "easydata":
            from etl.backfilling import easydata

            return easydata.backfill(request, progress)
