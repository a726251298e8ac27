"""How many calls EasyData still allows: 250 an hour and 2,000 a day for a key, over all runs and processes.

Here: the ledger of calls, a small file that one process at a time changes. Not here: the calls.

A call is written down before it is made: a run that is killed has not made more calls than are counted.
The hour and the day are the last ones up to now, which is stricter than any clock of the server's.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from filelock import FileLock

from etl.errors import EtlError

_LOCK_SECONDS = 30


@dataclass(frozen=True)
class Limits:
    """What the portal's guide allows a key."""

    an_hour: int = 250
    a_day: int = 2_000


class _Ledger(msgspec.Struct):
    calls: list[float] = []
    """Seconds since 1970, oldest first."""
    closed_until: float = 0.0
    """The server said itself that there are too many."""


class QuotaError(EtlError):
    """The ledger cannot be used; the message says what to do."""


class Quota:
    """The calls of this installation."""

    def __init__(
        self,
        folder: Path,
        limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._path = folder / "calls.json"
        self._limits = limits or Limits()
        self._now = now

    def take(self) -> datetime | None:
        """Count a call; where none is left, count nothing and give the time at which one will be."""
        with self._locked():
            ledger, now = self._read(), self._now().timestamp()
            frees_at = self._frees_at(ledger, now)
            if frees_at > now:
                return datetime.fromtimestamp(frees_at, UTC)
            ledger.calls.append(now)
            self._write(ledger)
            return None

    def close_for(self, pause: timedelta) -> datetime:
        """Note that the server wants no more calls for now; gives until when none is made."""
        with self._locked():
            ledger = self._read()
            ledger.closed_until = max(ledger.closed_until, (self._now() + pause).timestamp())
            self._write(ledger)
            return datetime.fromtimestamp(ledger.closed_until, UTC)

    def _frees_at(self, ledger: _Ledger, now: float) -> float:
        frees_at = min(ledger.closed_until, now + timedelta(days=1).total_seconds())
        for limit, span in ((self._limits.an_hour, 3_600.0), (self._limits.a_day, 86_400.0)):
            recent = [call for call in ledger.calls if call > now - span]
            if len(recent) >= limit:
                frees_at = max(frees_at, recent[-limit] + span)
        return frees_at

    def _locked(self) -> FileLock:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(self._path.with_suffix(".lock"), timeout=_LOCK_SECONDS)

    def _read(self) -> _Ledger:
        """Read what still counts; a call that a clock set wrong put into the future is taken as of now."""
        try:
            ledger = msgspec.json.decode(self._path.read_bytes(), type=_Ledger)
        except FileNotFoundError:
            return _Ledger()
        except msgspec.MsgspecError as error:
            raise QuotaError(
                f"{self._path} is damaged ({error}); delete it if nobody called EasyData in the last 24 hours"
            ) from error
        now = self._now().timestamp()
        ledger.calls = sorted(min(call, now) for call in ledger.calls if call > now - 86_400)
        return ledger

    def _write(self, ledger: _Ledger) -> None:
        staged = self._path.with_suffix(f".{os.getpid()}")
        staged.write_bytes(msgspec.json.encode(ledger))
        staged.replace(self._path)
