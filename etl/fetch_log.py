"""The log of fetches: how an outcome becomes a line of it, whoever asked and whatever for.

Here: the one way from an `Outcome` to a `FetchRecord`. Not here: where the log lies (`archive.py`).
"""

from etl.archive import FetchRecord, LoggedOutcome
from etl.outcomes import Outcome, Rejected, Unreachable


def fetch_record(
    outcome: Outcome,
    came_to: LoggedOutcome,
    asked_by: str,
    *,
    sha256: str | None = None,
    digest: str | None = None,
    reason: str | None = None,
) -> FetchRecord:
    """Give the line for an outcome; `came_to` says what it meant for the archive, and `reason` why an
    answer that came was not understood.
    """
    facts = outcome.facts
    return FetchRecord(
        asked_at=facts.asked_at,
        release_id=facts.release_id,
        address=facts.address,
        outcome=came_to,
        asked_by=asked_by,
        reason=outcome.reason if isinstance(outcome, Unreachable | Rejected) else reason,
        status=facts.status,
        final_address=facts.final_address,
        last_modified=facts.last_modified,
        etag=facts.etag,
        content_type=facts.content_type,
        content_length=facts.content_length,
        elapsed_seconds=round(facts.elapsed_seconds, 3),
        sha256=sha256,
        digest=digest,
    )
