"""Locks of the living and the dead; hosts, clock and key, asked of servers of this machine."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.catalog.releases import Catalog
from etl.common.secrets import ApiKey
from etl.common.settings import Settings
from etl.monitor.doctor import installation
from etl.monitor.doctor.checks import Case, Finding
from etl.publish import locks
from tests.support.easydata import BALANCE, easydata_catalog, serve
from tests.support.easydata_server import EasyDataServer
from tests.support.loopback import loopback_catalog
from tests.support.sbp_server import SbpServer

HIDDEN = "s3cretXYZ"


@pytest.fixture
def portal() -> Iterator[EasyDataServer]:
    with EasyDataServer(HIDDEN) as server:
        serve(server, BALANCE)
        yield server


def case(settings: Settings, entries: Path) -> Case:
    """Return a case whose catalogue is that of a folder."""
    found = Case(settings)
    found.__dict__["catalog"] = Catalog.load(entries)
    return found


def verdicts(look: Callable[[Case], Iterable[Finding]], of: Case) -> set[str]:
    return {finding.verdict for finding in look(of)}


def test_a_lock_that_is_held_names_its_process_and_one_of_a_dead_run_is_told(settings: Settings) -> None:
    with locks.hold_build_lock(settings):
        (held,) = installation.locks(Case(settings))
    assert held.verdict == "ok"
    assert "turn.lock is held" in held.words
    dead = settings.build / "runs" / "0123456789.lock"
    dead.parent.mkdir(parents=True)
    dead.touch()
    told, nothing_held = installation.locks(Case(settings))
    assert (told.verdict, "01234567" in told.words) == ("warning", True)
    assert nothing_held == Finding("ok", "no lock is held")


def test_karachi_is_five_hours_from_utc(settings: Settings) -> None:
    assert verdicts(installation.time_zones, Case(settings)) == {"ok"}


def test_hosts_that_answer_are_well_and_the_others_warned_of(
    settings: Settings, server: SbpServer, tmp_path: Path
) -> None:
    found = case(settings, loopback_catalog(tmp_path / "releases", server))
    assert "ok" in verdicts(installation.hosts, found)
    assert verdicts(installation.hosts, replace(found, is_offline=True)) == {"ok"}


@pytest.mark.parametrize(("skew", "verdict"), [(0, "ok"), (3_600, "wrong"), (-3_600, "wrong")])
def test_a_clock_that_is_wrong_is_told(
    settings: Settings, skew: int, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "_date_at", lambda _: datetime.now(UTC) + timedelta(seconds=skew))
    (finding,) = installation.clock(Case(settings))
    assert finding.verdict == verdict
    assert ("behind" in finding.words) is (skew > 0)


def test_the_date_is_the_one_that_the_server_says(server: SbpServer) -> None:
    date = installation._date_at(server.url("/nothing"))
    assert date is not None
    assert abs((datetime.now(UTC) - date).total_seconds()) < 60
    assert installation._date_at("http://127.0.0.1:9/x") is None


def test_a_key_is_good_or_refused_and_shown_to_nobody(
    settings: Settings, portal: EasyDataServer, tmp_path: Path
) -> None:
    entries = easydata_catalog(tmp_path / "entries", portal.address)
    assert verdicts(installation.key, case(settings, entries)) == {"warning"}
    keyed = case(replace(settings, easydata_key=ApiKey(HIDDEN)), entries)
    assert verdicts(installation.key, keyed) == {"ok"}
    portal.is_expired = True
    (finding,) = installation.key(keyed)
    assert (finding.verdict, "has expired" in finding.words) == ("wrong", True)
    assert HIDDEN not in finding.words
    asked = len(portal.calls)
    assert verdicts(installation.key, replace_offline(keyed)) == {"ok"}
    assert len(portal.calls) == asked


def replace_offline(of: Case) -> Case:
    offline = replace(of, is_offline=True)
    offline.__dict__["catalog"] = of.catalog
    return offline
