"""An installation before EasyData's portal, for pulls one run after the other."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from etl.archive.store import Archive
from etl.common.secrets import ApiKey
from etl.common.settings import Settings
from etl.fetch.collect import Collected, collect, last_seen
from etl.fetch.easydata import Manner, Puller
from etl.fetch.easydata_client import Asking, Connection, Patience, Quota, QuotaLimits, Waiting
from tests.support.easydata import api_json, release_at
from tests.support.easydata_server import Answer, EasyDataServer

KEY = "key"
SCM00, SNM009, FREELANCE = (f"TS_GP_BOP_TRDSER_M.{code}" for code in ("SCM00", "SNM009", "SDM0926"))
RATE = "TS_GP_ER_FAERPKR_M.E00220"
EMPTY = Answer(body=json.dumps(api_json([])).encode())


@dataclass
class Portal:
    """An installation before the portal: each pull is a run of its own."""

    server: EasyDataServer
    settings: Settings
    archive: Archive
    now: datetime = datetime(2026, 11, 18, 2, 0, tzinfo=ZoneInfo("Asia/Karachi"))
    limits: QuotaLimits = field(default_factory=QuotaLimits)
    told: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    key: str = KEY

    def pull(self, *release_ids: str, may_wait: bool = False, **manner: object) -> Collected:
        """Pull releases in one run; returns what the last came to."""
        connection = Connection(
            ApiKey(self.key),
            polite_seconds=0,
            patience=Patience(connect_seconds=2, read_seconds=2),
            sleep=self.slept.append,
        )
        waiting = Waiting(may_wait, self.told.append, self.sleep, lambda: self.now)
        asking = Asking(connection, Quota(self.settings.easydata, self.limits, lambda: self.now), waiting)
        made = Manner(tell=self.told.append, **manner)
        puller = Puller(self.settings, self.archive, asking, manner=made, now=lambda: self.now)
        try:
            releases = [release_at(self.server.address, name) for name in release_ids]
            seen = last_seen(self.archive, releases)
            found = [collect(r, puller, self.archive, "command", seen[r.id]) for r in releases]
        finally:
            puller.close()
        return found[-1]

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def asked(self) -> list[str]:
        """Return what was asked since this was last looked at."""
        asked = self.server.asked
        self.server.calls.clear()
        return asked

    def files(self, release_id: str) -> int:
        return len(self.archive.hashes(release_id))
