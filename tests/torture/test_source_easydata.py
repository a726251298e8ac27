"""EasyData misbehaves: calls go with a key, so nothing is followed; what was fetched before is kept for
the next run.
"""

import gzip
import hashlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from etl.archive.store import Archive
from etl.common.settings import Settings
from tests.support.easydata import RATES, serve
from tests.support.easydata_server import Answer, EasyDataServer
from tests.support.portal import KEY, RATE, Portal

_AN_HOUR = timedelta(hours=1)
Tries = Callable[[int, int], Iterator[int]]
STANDS = (
    "no file, what was fetched before is kept, the key is in no message, a line says why; "
    "the next run has the pull whole"
)


@dataclass
class Bench:
    """A portal that misbehaves at one series, and is well again."""

    portal: Portal

    def suffers(self, *answers: Answer, said: str, outcome: str = "unreachable") -> None:
        """Have a series answer so; then let it be well, and see that a pull is had."""
        before = self.portal.archive.hashes(RATES)
        self.portal.server.script(RATE, *answers)
        collected = self.portal.pull(RATES, is_forced=True)
        assert (collected.outcome, collected.has_failed) == (outcome, True), collected.reason
        assert said in str(collected.reason)
        assert str(collected.reason).isprintable()
        assert KEY not in str(collected.reason).replace("the key", "").replace("this key", "")
        assert self.portal.archive.hashes(RATES) == before
        self.portal.server.script(RATE)
        self.portal.now += _AN_HOUR
        collected = self.portal.pull(RATES, is_forced=True)
        assert collected.outcome in ("new", "unchanged"), collected.reason
        for file in self.portal.archive.files(RATES):
            assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.facts.sha256


@pytest.fixture
def bench(settings: Settings, archive: Archive) -> Iterator[Bench]:
    with EasyDataServer(KEY) as server:
        serve(server, RATES)
        yield Bench(Portal(server, settings, archive))


@pytest.mark.fault("EasyData answers 403, 408, 500, 503, or hangs up", promise=STANDS)
def test_no_answer(bench: Bench, tries: Tries) -> None:
    for number in tries(5, 15):
        status = (403, 408, 500, 503, 0)[number % 5]
        answer = Answer(status) if status else Answer(is_silent=True)
        bench.suffers(*[answer] * 3, said=f"answered {status}" if status else "could not be reached")


@pytest.mark.fault("EasyData answers 404, 206, 204 or 304 that nobody asked for", promise=STANDS)
def test_refused(bench: Bench, tries: Tries) -> None:
    for number in tries(4, 8):
        status = (404, 206, 204, 304)[number % 4]
        bench.suffers(Answer(status), said=f"answered {status}", outcome="rejected")


@pytest.mark.fault(
    "EasyData answers 429, with an absurd Retry-After",
    promise=f"no call for a quarter of an hour, over all runs; {STANDS}",
)
def test_too_many(bench: Bench, tries: Tries) -> None:
    for _ in tries(1, 4):
        answer = Answer(429, headers={"Retry-After": "9" * 200})
        bench.suffers(answer, said="the calls of this key are used up for now")


@pytest.mark.fault(
    "EasyData redirects: to itself, to another host, to file:, to an address of this machine",
    promise=f"never followed: the key would go along; {STANDS}",
)
def test_redirects(bench: Bench, tries: Tries) -> None:
    for number in tries(2, 8):
        with EasyDataServer(KEY) as victim:
            targets = (
                victim.address,
                bench.portal.server.address,
                "file:///etc/passwd",
                "http://2130706433/",
            )
            answer = Answer(302, headers={"Location": targets[number % 4]})
            bench.suffers(answer, said="a redirect, which is not followed", outcome="rejected")
            assert victim.calls == []


@pytest.mark.fault(
    "an answer of EasyData's cut off, of a wrong length, empty, no JSON, or gzip that is none",
    promise=STANDS,
)
def test_damaged_answers(bench: Bench, tries: Tries) -> None:
    cases = (
        (
            Answer(body=b'{"columns": [', headers={"Content-Length": "400"}),
            "could not be reached",
            "unreachable",
        ),
        (Answer(body=b'{"columns": ['), "JSON", "rejected"),
        (Answer(body=b""), "JSON", "rejected"),
        (Answer(body=b"<html>home</html>"), "JSON", "rejected"),
        (Answer(body=b"{}", headers={"Content-Encoding": "gzip"}), "could not be reached", "unreachable"),
        (
            Answer(body=gzip.compress(bytes(2**20)) * 25, headers={"Content-Encoding": "gzip"}),
            "sends an answer without end",
            "unreachable",
        ),
    )
    for number in tries(6, 12):
        answer, said, outcome = cases[number % len(cases)]
        bench.suffers(*[answer] * (3 if outcome == "unreachable" else 1), said=said, outcome=outcome)


@pytest.mark.fault("EasyData sets cookies", promise="none goes along with another call")
def test_cookies(bench: Bench, tries: Tries) -> None:
    for _ in tries(1, 2):
        answer = Answer(500, headers={"Set-Cookie": "a=b; Path=/"})
        bench.suffers(*[answer] * 3, said="answered 500")
        assert not any("Cookie" in headers for headers in bench.portal.server.headers)


@pytest.mark.fault(
    "EasyData's name resolves to an address inside", promise=f"the key is not sent there; {STANDS}"
)
def test_a_name_that_leads_inside(bench: Bench, tries: Tries, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in tries(1, 2):
        server = bench.portal.server
        here = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))
        with monkeypatch.context() as patched:
            patched.setattr(socket, "getaddrinfo", lambda *_, here=here, **__: [here])
            patched.setattr(
                EasyDataServer, "address", property(lambda s: f"https://easydata.example:{s.port}/api/v1")
            )
            collected = bench.portal.pull(RATES, is_forced=True)
        assert collected.outcome == "unreachable"
        assert "its name leads to 127.0.0.1, which is no public address" in str(collected.reason)
        assert server.calls == []
        assert not bench.portal.pull(RATES, is_forced=True).has_failed
        server.calls.clear()
