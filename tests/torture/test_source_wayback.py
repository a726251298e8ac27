"""The web archive misbehaves: listings and captures are believed as SBP's answers are, and what was not had
is asked again by the same command.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from etl.archive.store import Archive
from etl.common.settings import Settings
from etl.fetch import wayback
from etl.fetch.backfill_values import Backfilled, BackfillProgress, Request
from etl.fetch.validate import FetchLimits
from etl.fetch.wayback import listing_address
from tests.support.backfills import NOW, OLD, services
from tests.support.readings import SERVICES
from tests.support.releases import MARCH
from tests.support.sbp_server import HOME_PAGE, Reply, SbpServer
from tests.support.wayback_server import WaybackServer

STANDS = "nothing half is taken, a line says what was not had and why; the same command goes on there"
_CAPTURE = f"/web/20260418090000id_/{OLD}"
_IMPATIENT = FetchLimits(attempts=2, read_seconds=1, answer_seconds=0.4)


@dataclass
class Bench:
    """A web archive with one capture, and an archive that has nothing."""

    server: WaybackServer
    settings: Settings
    number: int

    @property
    def archive(self) -> Archive:
        return Archive(self.settings.archive)

    def take(self) -> Backfilled:
        """Run the backfill."""
        return wayback.backfill(Request(self.settings, self.archive, (services(),), None), BackfillProgress())

    def suffers(self, path: str, reply: Reply, said: str) -> None:
        """Have a path answer so; then let it be well, and see that the capture is had."""
        self.server.script(path, reply)
        backfilled = self.take()
        assert any(said in sentence for sentence in backfilled.unfinished), backfilled
        assert all(sentence.isprintable() for sentence in backfilled.unfinished)
        self.server.forget(path)
        assert self.take().unfinished == ()
        (file,) = self.archive.files(SERVICES)
        assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.facts.sha256
        assert file.read() == MARCH.read_bytes()


Benches = Callable[[int, int], Iterator[Bench]]


@pytest.fixture
def benches(
    tries: Callable[[int, int], Iterator[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Benches:
    monkeypatch.setattr(wayback, "_LIMITS", _IMPATIENT)

    def give(few: int, many: int) -> Iterator[Bench]:
        for number in tries(few, many):
            with WaybackServer() as server:
                server.keep("20260418090000", OLD, MARCH.read_bytes())
                settings = Settings(
                    tmp_path / str(number), wayback_address=server.service, wayback_polite_seconds=0
                )
                yield Bench(server, settings, number)

    return give


@pytest.mark.fault(
    "a listing of the web archive that is 403, 429, 503, cut off, slow, a web page, no table, or a gzip bomb",
    promise=STANDS,
)
def test_a_bad_listing(benches: Benches) -> None:
    listing = listing_address("", OLD, None)
    rows = b'[["timestamp", "original", "digest"], ["20260418'
    bomb = gzip.compress(bytes(10 * 2**20)) * 8
    cases = (
        (Reply(status=429, headers={"Retry-After": "99999999"}), "answered 429"),
        (Reply(rows + b'"]]', breaks_off_after=20), "broke off after"),
        (Reply(rows, content_type="application/json"), "no table in JSON"),
        (Reply(rows * 50, bytes_at_once=1, seconds_between=0.04), "is too slow"),
        (Reply(HOME_PAGE, content_type="text/html"), "answered with a web page"),
        (Reply(bomb, headers={"Content-Encoding": "gzip"}), "bytes or more, and wayback_listing may have"),
        (Reply(status=503), "answered 503"),
        (Reply(b'[["timestamp", "original", "digest"], ["x", "file:///etc/passwd", "y"]]'), "is no capture"),
    )
    for bench in _without_rests(benches(8, 16)):
        reply, said = cases[bench.number % len(cases)]
        bench.suffers(listing, reply, said)


@pytest.mark.fault(
    "a capture that breaks off, drips, is 403 or 503, or is compressed and damaged", promise=STANDS
)
def test_a_bad_capture(benches: Benches) -> None:
    content = MARCH.read_bytes()
    cases = (
        (Reply(content, breaks_off_after=30_000), "broke off after 30,000 bytes"),
        (Reply(content, bytes_at_once=1, seconds_between=0.04), "is too slow"),
        (Reply(status=403), "answered 403"),
        (Reply(content, headers={"Content-Encoding": "gzip"}), "is not compressed as its headers say"),
        (Reply(gzip.compress(content[:30_000]), headers={"Content-Encoding": "gzip"}), "is damaged"),
        (Reply(status=503), "answered 503"),
    )
    for bench in _without_rests(benches(6, 12)):
        reply, said = cases[bench.number % len(cases)]
        bench.suffers(_CAPTURE, reply, said)


@pytest.mark.fault(
    "the web archive redirects to another host, to file:, to an address of this machine",
    promise="nothing is asked there; the capture is refused with the target named",
)
def test_redirects(benches: Benches) -> None:
    for bench in benches(2, 8):
        with SbpServer() as victim:
            targets = (victim.url("/dt.xls"), "file:///etc/passwd", f"http://2130706433:{victim.port}/dt.xls")
            bench.server.redirect(_CAPTURE, targets[bench.number % 3])
            (step,) = bench.take().steps
            assert step.outcome == "refused"
            assert "redirects to" in str(step.reason)
            assert victim.requests == ()
            assert bench.archive.hashes(SERVICES) == ()


@pytest.mark.fault(
    "a listing that names other hosts and schemes as originals",
    promise="only the web archive itself is asked, whatever a listing says",
)
def test_a_listing_that_lies(benches: Benches) -> None:
    for bench in benches(1, 3):
        with SbpServer() as victim:
            row = f'["20260418090000", "{victim.url("/dt.xls")}", "{"A" * 32}"]'
            body = f'[["timestamp", "original", "digest"], {row}]'.encode()
            bench.server.script(listing_address("", NOW, None), Reply(body, content_type="application/json"))
            bench.take()
            assert victim.requests == ()
            assert any("/web/20260418090000id_/http://127" in path for path in bench.server.paths_asked())


def _without_rests(benches: Iterator[Bench]) -> Iterator[Bench]:
    """Let rests that a server asks for pass at once."""
    real = wayback.Fetcher
    for bench in benches:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(wayback, "Fetcher", lambda *a, **k: real(*a, **k, sleep=lambda _: None))
            yield bench
