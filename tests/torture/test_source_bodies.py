"""The file comes, and not as it should: slowly, in part, damaged, in disguise, or without end."""

import gzip
import random
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from etl.archive.results import Fetched, Rejected, Unreachable
from tests.support.asking import PATH, WORKBOOK, fetch, release
from tests.support.bad_nights import IMPATIENT, Night
from tests.support.sbp_server import Reply, SbpServer

Nights = Callable[..., Iterator[Night]]
NOTHING_HALF = (
    "nothing half is archived, the marts stand, a line says how far it came, the next refresh has the file"
)
BOUNDED = f"given up at the deadline; {NOTHING_HALF}"
_SHAPES = ({}, {"declares_length": False}, {"is_chunked": True})
_GIGABYTES_5 = 5 * 2**30
_PEAK_BYTES = 70 * 2**20
"""What may be read of a release is 20 MB, held twice at most."""


@pytest.mark.fault("one byte a second: with a length, without, in chunks", promise=BOUNDED)
def test_a_drip(nights: Nights) -> None:
    for night in nights(1, 6):
        reply = Reply(WORKBOOK, bytes_at_once=1, seconds_between=0.04, **_SHAPES[night.number % 3])
        night.suffers(reply, said="is too slow: ", outcome="unreachable", limits=IMPATIENT)


@pytest.mark.fault("silence in the middle of a body", promise=BOUNDED)
def test_silence(nights: Nights) -> None:
    impatient = IMPATIENT.__class__(read_seconds=0.3, answer_seconds=5, attempts=2)
    for night in nights(1, 6):
        reply = Reply(WORKBOOK, bytes_at_once=30_000, seconds_between=30, **_SHAPES[night.number % 3])
        night.suffers(reply, said="fell silent for 0.3 s after", outcome="unreachable", limits=impatient)


@pytest.mark.fault("a body cut off: with a length, without, in chunks", promise=NOTHING_HALF)
def test_a_truncated_body(nights: Nights) -> None:
    for night in nights(3, 30):
        shape, at = _SHAPES[night.number % 3], random.Random(night.number).randrange(1, len(WORKBOOK))
        told = night.suffers(Reply(WORKBOOK, breaks_off_after=at, **shape), said="broke off after")
        assert f"after {at:,} bytes" in told.line()
        assert "run `etl add FILE`" in told.line()


@pytest.mark.fault("a Content-Length of less than the file, or of more", promise=NOTHING_HALF)
def test_a_wrong_length(nights: Nights) -> None:
    for night in nights(3, 12):
        length, said = (
            (len(WORKBOOK) - 512, "is damaged: it ends after"),
            (len(WORKBOOK) + 1, "broke off after"),
            (0, "it is a stub"),
            (30_000, "is damaged: it ends after"),
        )[night.number % 4]
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length
        night.suffers(Reply(raw=lambda head=head: [head, WORKBOOK]), said=said)


@pytest.mark.fault(
    "gzip that is none, is cut off, is of a file cut off, or has a head without end", promise=BOUNDED
)
def test_bad_gzip(nights: Nights) -> None:
    cut_before = gzip.compress(WORKBOOK[:30_000])
    endless = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08" + bytes(4) + b"\0\0"
    cases = (
        (Reply(WORKBOOK, headers={"Content-Encoding": "gzip"}), "is not compressed as its headers say"),
        (Reply(cut_before, headers={"Content-Encoding": "gzip"}), "is damaged: it ends after 30,000 bytes"),
        (Reply(gzip.compress(WORKBOOK)[:9_000], headers={"Content-Encoding": "gzip"}), "is damaged: "),
        (Reply(raw=lambda: _forever(endless, b"name" * 1_000)), "is too slow"),
    )
    for night in nights(4, 12):
        reply, said = cases[night.number % 4]
        is_endless = reply.raw is not None
        outcome = "unreachable" if is_endless else "rejected"
        night.suffers(reply, said=said, outcome=outcome, **({"limits": IMPATIENT} if is_endless else {}))


@pytest.mark.fault("a gzip bomb of 5 GB", promise=f"stopped at the release's largest size; {NOTHING_HALF}")
def test_a_bomb(nights: Nights) -> None:
    member = gzip.compress(bytes(10 * 2**20))
    for night in nights(1, 2):
        bomb = Reply(member * (_GIGABYTES_5 // (10 * 2**20)), headers={"Content-Encoding": "gzip"})
        with _peak_below(_PEAK_BYTES):
            night.suffers(bomb, said="bytes or more, and trade_in_services may have 20,000,000")


@pytest.mark.fault(
    "a body of 5 GB: with a length, without, in chunks",
    promise=f"stopped at the release's largest size, in less than 70 MB of memory; {NOTHING_HALF}",
)
def test_five_gigabytes(nights: Nights) -> None:
    piece = bytes(2**20)
    heads = (
        b"Connection: close\r\n\r\n",
        b"Content-Length: %d\r\n\r\n" % _GIGABYTES_5,
        b"Transfer-Encoding: chunked\r\n\r\n",
    )
    for night in nights(3, 6):
        head = b"HTTP/1.1 200 OK\r\n" + heads[night.number % 3]
        chunk = b"%x\r\n%b\r\n" % (len(piece), piece) if night.number % 3 == 2 else piece
        reply = Reply(raw=lambda head=head, chunk=chunk: _times(head, chunk, _GIGABYTES_5 // 2**20))
        with _peak_below(_PEAK_BYTES):
            told = night.suffers(reply, said="bytes or more, and trade_in_services may have 20,000,000")
        assert "raise `fetch.max_bytes`" in told.line()


@pytest.mark.fault(
    "chunks that are damaged, sizes that are none or negative, trailers without end", promise=BOUNDED
)
def test_damaged_chunks(nights: Nights) -> None:
    # It hangs up after each answer and says so: else the next question may go out on what is about to close,
    # for with the tests' clock no polite wait lies between two questions.
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    first = b"7530\r\n" + WORKBOOK[:30_000] + b"\r\n"
    whole = b"%x\r\n" % len(WORKBOOK) + WORKBOOK + b"\r\n"
    cases: tuple[tuple[Callable[[], Iterator[bytes]], str, bool], ...] = (
        (lambda: iter([head, first, b"zz\r\n", WORKBOOK[30_000:]]), "broke off after", False),
        (lambda: iter([head, first, b"-5\r\n", WORKBOOK[30_000:]]), "broke off after", False),
        (lambda: iter([head, first, b"FFFFFFFFFFFF\r\n", WORKBOOK[30_000:]]), "broke off after", False),
        (lambda: _forever(head + whole + b"0\r\n", b"X: y\r\n" * 500), "is too slow", True),
        (lambda: iter([head, first, b"0\r\n\r\n"]), "is damaged: it ends after 30,000 bytes", False),
    )
    for night in nights(5, 15):
        raw, said, is_endless = cases[night.number % 5]
        outcome = "unreachable" if is_endless else "rejected"
        how = {"limits": IMPATIENT} if is_endless else {}
        night.suffers(Reply(raw=raw), said=said, outcome=outcome, **how)


@pytest.mark.fault("HTTP/1.0: the end of the connection is that of the file", promise="it is had whole")
def test_old_http(nights: Nights) -> None:
    head = b"HTTP/1.0 200 OK\r\nContent-Type: application/vnd.ms-excel\r\n\r\n"
    for night in nights(1, 3):
        reply = Reply(raw=lambda: [head, WORKBOOK])
        night.sbp.script("/assets/document/dt.xls", reply)
        told = night.refresh()
        assert (told.code, told.line()) == (0, "  trade_in_services: unchanged")
        night.recovers()


@pytest.mark.fault(
    "an answer with bytes turned, lost or doubled at random",
    promise="an outcome and never an exception; what is accepted is the file, byte for byte",
)
def test_random_damage(server: SbpServer, tries: Callable[[int, int], Iterator[int]]) -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.ms-excel\r\nLast-Modified: Fri, 17 Apr 2026 "
        b'07:40:00 GMT\r\nETag: "v1"\r\nContent-Length: %d\r\n\r\n' % len(WORKBOOK)
    )
    for number in tries(60, 5_000):
        damaged = _damaged(head, random.Random(number))
        server.script(PATH, Reply(raw=lambda damaged=damaged: [damaged, WORKBOOK]))
        (outcome,) = fetch(release(server.url(PATH)), limits=IMPATIENT.__class__(attempts=1, read_seconds=1))
        if isinstance(outcome, Fetched):
            assert outcome.body == WORKBOOK, damaged
        else:
            assert isinstance(outcome, Rejected | Unreachable)
            assert outcome.reason.isprintable(), damaged


def _damaged(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(damaged))
        match chance.randrange(3):
            case 0:
                damaged[at] = chance.randrange(256)
            case 1:
                del damaged[at : at + chance.randint(1, 6)]
            case _:
                damaged[at:at] = damaged[at : at + chance.randint(1, 30)]
    return bytes(damaged)


def _forever(head: bytes, piece: bytes) -> Iterator[bytes]:
    yield head
    while True:
        yield piece


def _times(head: bytes, piece: bytes, times: int) -> Iterator[bytes]:
    yield head
    for _ in range(times):
        yield piece


class _peak_below:
    """Fail where the block held more memory than this at once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit

    def __enter__(self) -> None:
        tracemalloc.start()

    def __exit__(self, *error: object) -> None:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < self._limit, f"{peak:,} bytes"
