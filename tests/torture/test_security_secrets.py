"""No key, password, webhook or proxy's password is anywhere but where it is sent to.

Here: every command with every secret set, against servers of this machine that take them, refuse them, repeat
them or hang up; then all that was printed, every file below ETL_HOME, and what a list of processes showed
meanwhile are searched for pieces of them, also as they stand in addresses, in hexadecimal and in base64.
"""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.alerts import WebhookServer, mail_server
from tests.support.canaries import command_lines, leaking_files, leaks
from tests.support.easydata import BALANCE, RATES, serve
from tests.support.easydata_server import Answer, EasyDataServer
from tests.support.installation import Installation, installation
from tests.support.loopback import loopback_catalog
from tests.support.ports import closed_port
from tests.support.sbp_server import SbpServer

SECRETS = {
    "key": "kQ7xV2-canary&/+ %key",
    "password": "pW9zL4:canary@of#mail",
    "webhook": "T0cAnAry/B1/hOoKtOkEn55",
    "proxy": "pR0xYcanaryPa55",
}
COMMANDS = (
    ("refresh",),
    ("refresh", "--strict", "--release", RATES),
    ("backfill", "--from", "easydata", "--release", BALANCE),
    ("backfill", "--from", "wayback", "--release", "trade_in_services"),
    ("status",),
    ("doctor", "--send-test-alert", "--thorough"),
    ("sql", "from duckdb_settings()"),
    ("sql", "no query"),
    ("trace", "9", "2026-03"),
    ("brief",),
    ("report",),
    ("export", "--format", "csv"),
    ("check-claim", "it-exports", "2026-03", "414"),
    ("diff", "1", "1"),
    ("dictionary", "exports"),
    ("add", "nowhere.xls"),
    ("refresh", "--release", "nothing"),
)
SHORT = (0, 2, 3, 5)
"""Of the commands, in `make test`."""


@dataclass
class World:
    """The servers, the installation before them, and all that was seen of it."""

    installed: Installation
    catalog: Path
    easydata: EasyDataServer
    webhook: WebhookServer
    environment: dict[str, str]
    seen: list[bytes] = field(default_factory=list)

    def run(self, *arguments: str, **others: str) -> None:
        """Run a command to its end; keep what it printed and what a list of processes showed of it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.launcher", str(self.catalog), "--verbose", *arguments],
            env=os.environ | self.environment | others,
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(0.1):
                self.seen.append(command_lines(process.pid))

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        printed, _ = process.communicate(timeout=300)
        ended.set()
        watcher.join()
        self.seen.append(printed)

    def assert_silent(self) -> None:
        """Assert that nothing shows any part of a secret."""
        for shown in self.seen:
            assert leaks(SECRETS, shown) == [], shown.decode(errors="replace")
        assert list(leaking_files(SECRETS, self.installed.settings.home)) == []


@pytest.fixture
def world(published: Installation, tmp_path: Path) -> Iterator[World]:
    home = tmp_path / "home"
    shutil.copytree(published.settings.home, home, symlinks=True)
    with (
        EasyDataServer(SECRETS["key"]) as easydata,
        SbpServer() as sbp,
        WebhookServer() as webhook,
        mail_server() as mails,
    ):
        for release_id in (BALANCE, RATES):
            serve(easydata, release_id)
        mails.takes_login, webhook.status = False, 404
        catalog = loopback_catalog(tmp_path / "entries", sbp)
        for entry in catalog.rglob("*.toml"):
            text = entry.read_text(encoding="utf-8")
            entry.write_text(text.replace(sbp.url("/api/v1"), easydata.address), encoding="utf-8")
        environment = {
            "ETL_HOME": str(home),
            "ETL_POLITE_SECONDS": "0",
            "ETL_WAYBACK_POLITE_SECONDS": "0",
            "ETL_WAYBACK_ADDRESS": sbp.url(""),
            "EASYDATA_API_KEY": SECRETS["key"],
            "ETL_MAIL_TO": "a@example.org",
            "ETL_SMTP_HOST": f"127.0.0.1:{mails.port}",
            "ETL_SMTP_SECURITY": "none",
            "ETL_SMTP_USER": "etl",
            "ETL_SMTP_PASSWORD": SECRETS["password"],
            "ETL_WEBHOOK": webhook.url(f"/services/{SECRETS['webhook']}"),
        }
        yield World(installation(home), catalog, easydata, webhook, environment)
        assert mails.logins == [] or {password for _, password in mails.logins} == {SECRETS["password"]}


def expired(world: World) -> None:
    world.easydata.is_expired = True


def repeated(world: World) -> None:
    repeat = Answer(500, f"api_key={SECRETS['key']}".encode())
    for what in ("TS_GP_ER_FAERPKR_M", "TS_GP_BOP_BPM6SUM_M"):
        world.easydata.script(what, *[repeat] * 20)


def hung_up(world: World) -> None:
    for what in ("TS_GP_ER_FAERPKR_M", "TS_GP_BOP_BPM6SUM_M"):
        world.easydata.script(what, *[Answer(is_silent=True)] * 20)
    world.webhook.status = 302
    world.webhook.headers = {"Location": f"http://127.0.0.1:1/{SECRETS['webhook']}"}


FATES: tuple[Callable[[World], None], ...] = (expired, repeated, hung_up)


@pytest.mark.slow
@pytest.mark.fault(
    "every command with a key, a mail password and a webhook set, which servers refuse, repeat or hang up on",
    promise="no part of a secret is printed (also with --verbose), written below ETL_HOME, or in a list of "
    "processes",
)
def test_no_command_shows_a_secret(world: World, tries: Callable[[int, int], Iterator[int]]) -> None:
    for number in tries(1, len(FATES)):
        FATES[number](world)
        commands = COMMANDS if os.environ.get("TORTURE") == "1" else [COMMANDS[place] for place in SHORT]
        for arguments in commands:
            world.run(*arguments)
        assert world.easydata.calls, "the key was sent"
        assert world.webhook.posts, "the webhook was asked"
        world.assert_silent()


@pytest.mark.fault(
    "secrets put where they do not belong: a webhook that is no https address, a proxy or a server's address "
    "with a password in it",
    promise="what is complained of is the variable's name, and not its value",
)
def test_a_secret_in_the_wrong_place_is_not_repeated(
    world: World, tries: Callable[[int, int], Iterator[int]]
) -> None:
    port = closed_port()
    misplaced = [
        {"ETL_WEBHOOK": f"http://example.org/{SECRETS['webhook']}"},
        {"ETL_SMTP_HOST": f"etl:{SECRETS['password']}@mail.example.org"},
        {"ETL_WAYBACK_ADDRESS": f"https://etl:{SECRETS['password']}@example.org"},
        {"ETL_MAIL_FROM": f"etl:{SECRETS['password']}"},
        {"HTTP_PROXY": f"http://etl:{SECRETS['proxy']}@127.0.0.1:{port}"},
    ]
    for number in tries(len(misplaced), len(misplaced)):
        world.run("backfill", "--from", "easydata", "--release", RATES, **misplaced[number])
    world.assert_silent()


def test_pieces_of_a_secret_are_found_in_any_form() -> None:
    """What looks for leaks finds them."""
    import base64
    from urllib.parse import quote

    for secret in SECRETS.values():
        for shown in (
            secret,
            secret[3:13],
            quote(secret, safe=""),
            *(base64.b64encode(f"{'x' * pad}{secret} and more".encode()).decode() for pad in range(3)),
        ):
            assert leaks({"it": secret}, f"before {shown} after".encode()) == ["it"], shown
    assert leaks(SECRETS, b"nothing of the kind") == []
