"""`etl backfill --from easydata`: pulls now, whatever the calendar says, and says what came of it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from etl.archive.store import Archive
from etl.common.errors import EtlError
from etl.common.secrets import ApiKey
from etl.common.settings import Settings
from etl.fetch.backfill import backfill_from
from etl.fetch.backfill_values import BackfillProgress, Request, Step
from tests.support.easydata import BALANCE, RATES, easydata_catalog, release_at, serve
from tests.support.easydata_server import EasyDataServer
from tests.support.installation import installation
from tests.support.releases import release_at as file_release_at

KEY = "key"


@pytest.fixture
def server() -> Iterator[EasyDataServer]:
    with EasyDataServer(KEY) as server:
        for release_id in (BALANCE, RATES):
            serve(server, release_id)
        yield server


def request(server: EasyDataServer, home: Path, key: str | None = KEY, since: date | None = None) -> Request:
    settings = Settings(home, polite_seconds=0, easydata_key=ApiKey(key) if key else None)
    releases = (
        file_release_at("https://www.sbp.org.pk/assets/document/dt.xls"),
        release_at(server.address, BALANCE),
        release_at(server.address, RATES),
    )
    return Request(settings, Archive(settings.archive), releases, since)


def test_every_release_of_the_portal_is_pulled_and_no_other_is_asked(
    server: EasyDataServer, tmp_path: Path
) -> None:
    done: list[Step] = []

    backfilled = backfill_from("easydata", request(server, tmp_path), BackfillProgress(done=done.append))

    assert backfilled.unfinished == ()
    assert list(backfilled.steps) == done
    assert [(step.release_id, step.outcome) for step in done] == [(BALANCE, "taken"), (RATES, "taken")]
    assert done[1].what == "TS_GP_ER_FAERPKR_M since 1947-08-01"


def test_it_pulls_again_where_nothing_is_due_and_finds_that_it_had_it(
    server: EasyDataServer, tmp_path: Path
) -> None:
    backfill_from("easydata", request(server, tmp_path), BackfillProgress())
    before = len(server.calls)

    backfilled = backfill_from("easydata", request(server, tmp_path), BackfillProgress())

    assert [step.outcome for step in backfilled.steps] == ["had", "had"]
    assert len(server.calls) == 2 * before


def test_nothing_older_than_a_day_is_asked_for(server: EasyDataServer, tmp_path: Path) -> None:
    backfilled = backfill_from(
        "easydata", request(server, tmp_path, since=date(2026, 9, 1)), BackfillProgress()
    )

    assert backfilled.steps[0].what == "TS_GP_BOP_BPM6SUM_M since 2026-09-01"
    assert all("start_date=2026-09-01" in call for call in server.calls if "/series/" in call)


def test_a_refused_key_is_a_refusal_of_each_release(server: EasyDataServer, tmp_path: Path) -> None:
    backfilled = backfill_from("easydata", request(server, tmp_path, key="another"), BackfillProgress())

    assert [step.outcome for step in backfilled.steps] == ["refused", "refused"]
    assert all("is wrong or has expired" in str(step.reason) for step in backfilled.steps)


def test_what_could_not_be_had_is_left_for_the_next_run(server: EasyDataServer, tmp_path: Path) -> None:
    address = release_at("http://127.0.0.1:9/api/v1", RATES)
    asked = request(server, tmp_path)

    backfilled = backfill_from(
        "easydata", Request(asked.settings, asked.archive, (address,), None), BackfillProgress()
    )

    assert backfilled.steps == ()
    assert backfilled.unfinished == (
        f"{RATES}: 127.0.0.1:9 could not be reached: it refused the connection (TS_GP_ER_FAERPKR_M)",
    )


def test_without_a_key_it_says_where_to_get_one(server: EasyDataServer, tmp_path: Path) -> None:
    with pytest.raises(EtlError, match="EASYDATA_API_KEY is not set; get a key at https://easydata"):
        backfill_from("easydata", request(server, tmp_path, key=None), BackfillProgress())

    assert server.calls == []


def test_the_command_backfills(server: EasyDataServer, tmp_path: Path) -> None:
    entries = easydata_catalog(tmp_path / "entries", server.address)
    installed = installation(tmp_path / "home")
    arguments = ("backfill", "--from", "easydata", "--release", RATES, "--since", "2026-09-01")

    result = installed.etl(*arguments, catalog=entries, EASYDATA_API_KEY=KEY)

    assert result.returncode == 0, result.stderr
    assert f"{RATES}: took TS_GP_ER_FAERPKR_M since 2026-09-01" in result.stdout
    assert "run `etl refresh` to land and publish" in result.stdout
    without = installed.etl(*arguments, catalog=entries, EASYDATA_API_KEY="")
    assert without.returncode == 1
    assert without.stderr.count("\n") == 1
    assert "EASYDATA_API_KEY is not set" in without.stderr
