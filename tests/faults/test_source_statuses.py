"""The source answers, and not with the file: statuses, waits asked for, redirects without end."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.bad_nights import Night
from tests.support.sbp_server import Reply

Nights = Callable[..., Iterator[Night]]
STANDS = "the archive gains nothing, the marts stand, the line says what the server answered; the next refresh has the file"


@pytest.mark.fault(
    "SBP answers 403", promise="asked once more after a long rest, then left alone for the run"
)
def test_forbidden(nights: Nights) -> None:
    for night in nights(1, 5):
        told = night.suffers(Reply(status=403), said="answered 403 (Forbidden)", outcome="unreachable")
        assert "is not asked again in this run" in told.line()


@pytest.mark.fault("SBP answers 404", promise=STANDS)
def test_missing(nights: Nights) -> None:
    for night in nights(1, 5):
        told = night.suffers(Reply(status=404), said="answered 404 (Not Found)")
        assert "look up where SBP publishes the file now" in told.line()
