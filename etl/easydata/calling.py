"""One call after the other, each counted before it is made, and each answer believed only when it is what
was asked for.

Here: what becomes of a call: its answer, or the end of the pull. Not here: requests (`connection.py`),
the count (`quota.py`), and which calls a pull makes (`pulling.py`).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from etl.catalog import Release
from etl.easydata.connection import Connection, NoAnswerError
from etl.easydata.quota import Quota
from etl.outcomes import NotAsked, Rejected, Unreachable
from etl.reading import easydata_rows, easydata_series
from etl.reading.labels import row_key
from etl.reading.values import LayoutChangedError
from etl.settings import TIME_ZONE

_TOO_MANY, _NOT_FOUND = 429, 404
_AFTER_TOO_MANY = timedelta(minutes=15)
_LONGEST_WAIT = timedelta(hours=1, minutes=5)
_TRIES = 4
"""For one call, where a pull that waits is told that there were too many."""


class StoppedError(Exception):
    """A pull cannot go on now: it comes to an outcome of this kind."""

    def __init__(
        self,
        kind: type[Unreachable] | type[Rejected] | type[NotAsked],
        reason: str,
        *,
        status: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.status = status
        """With which the portal refused; None where something else stops the pull. The alert of a key that
        expired goes by it.
        """


@dataclass(frozen=True)
class Waiting:
    """What is done where the calls of this hour are used up: by default nothing, the pull stops."""

    is_allowed: bool = False
    """Wait for the next hour's."""
    tell: Callable[[str], None] = field(default=lambda _: None)
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class Asking:
    """The calls of one run."""

    def __init__(self, connection: Connection, quota: Quota, waiting: Waiting | None = None) -> None:
        self._connection = connection
        self._quota = quota
        self._waiting = waiting or Waiting()
        self._refused: StoppedError | None = None

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def series(
        self, release: Release, key: str, since: date, until: date, known_rows: frozenset[str]
    ) -> bytes:
        """Give the answer for a series, or nothing where the portal has none of one that may be missing.

        Raises `StoppedError` where there is none, or another than was asked for.
        """
        rules, _, layout = release.rules
        is_optional = key.partition(".")[2] in release.by_series.may_be_missing
        parameters = {"start_date": since.isoformat(), "end_date": until.isoformat(), "format": "json"}
        address = f"{rules.addresses[0]}/series/{key}/data"
        try:
            body = self._answer(address, parameters)
            rows = easydata_rows.of_answer(body, f"the answer for {key}")
            if rows:
                strangers = {row.key for row in rows if row_key(row.key) != row_key(key)}
                if strangers:
                    raise StoppedError(Rejected, f"EasyData was asked for {key} and sent {min(strangers)}")
                easydata_series.observe(rows, layout, known_rows)
                return body
        except NoAnswerError as error:
            if error.status != _NOT_FOUND or not is_optional:
                raise self._stopped(error, key) from error
        except LayoutChangedError as error:
            raise StoppedError(Rejected, str(error.explanation)) from error
        if is_optional:
            return b""
        reason = f"EasyData's answer for {key} from {since} to {until} is empty, as it is for an expired key"
        raise StoppedError(Rejected, reason)

    def ask(self, address: str, parameters: dict[str, str], what: str) -> bytes:
        """Give an answer; raises `StoppedError` where there is none."""
        try:
            return self._answer(address, parameters)
        except NoAnswerError as error:
            raise self._stopped(error, what) from error

    def _answer(self, address: str, parameters: dict[str, str]) -> bytes:
        if self._refused is not None:
            raise self._refused
        for _ in range(_TRIES):
            try:
                return self._connection.ask(address, parameters, self._take)
            except NoAnswerError as error:
                if error.status != _TOO_MANY:
                    raise
                self._wait(self._quota.close_for(_AFTER_TOO_MANY), error.reason)
        raise StoppedError(Unreachable, f"EasyData answered {_TOO_MANY} {_TRIES} times; try again tomorrow")

    def _take(self) -> None:
        """Count a call, and where none is left, wait or stop."""
        while (frees_at := self._quota.take()) is not None:
            self._wait(frees_at, "the calls that EasyData allows are used up (250 an hour, 2,000 a day)")

    def _wait(self, until: datetime, reason: str) -> None:
        pause = until - self._waiting.now()
        at = f"{until.astimezone(ZoneInfo(TIME_ZONE)):%d %b %H:%M}"
        if not self._waiting.is_allowed or pause > _LONGEST_WAIT:
            raise StoppedError(Unreachable, f"{reason}; a run after {at} goes on")
        self._waiting.tell(f"{reason}; going on at {at}")
        self._waiting.sleep(max(0.0, pause.total_seconds()))

    def _stopped(self, error: NoAnswerError, what: str) -> StoppedError:
        kind: type[Rejected] | type[Unreachable] = Rejected if error.is_refusal else Unreachable
        if error.is_of_key:
            self._refused = StoppedError(kind, error.reason, status=error.status)
            return self._refused
        about = f" ({what})" if what not in error.reason else ""
        return StoppedError(kind, error.reason + about, status=error.status)
