"""No answer comes, or none that is HTTP: connections, names, certificates, headers."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from tests.support.bad_nights import IMPATIENT, Night
from tests.support.ports import port_that_vanishes
from tests.support.sbp_server import Reply

Nights = Callable[..., Iterator[Night]]
OUT_OF_REACH = (
    "known in seconds, and said in a line with what to do; nothing is archived, the marts stand, "
    "the next refresh has the file"
)
AGAIN = "the next refresh asks again"


@pytest.mark.fault("the connection is refused", promise=OUT_OF_REACH)
def test_refused(nights: Nights) -> None:
    for night in nights(1, 5):
        with night.sbp.gone():
            told = night.endures("it refused the connection", outcome="unreachable")
            assert AGAIN in told.line()
            assert "download SBP's file in a browser and run `etl add FILE`" in told.out
        night.recovers()


@pytest.mark.fault("packets of the connection vanish", promise=OUT_OF_REACH)
def test_no_connection(nights: Nights) -> None:
    for night in nights(1, 3):
        with night.sbp.gone() as port, port_that_vanishes(port):
            told = night.endures("could not be reached", outcome="unreachable", limits=IMPATIENT)
            assert AGAIN in told.line()
        night.recovers()


@pytest.mark.fault("the name cannot be resolved", promise=OUT_OF_REACH)
def test_no_name(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    for night in nights(1, 5):
        night.moves_to(f"http://localhost:{night.sbp.port}")
        with monkeypatch.context() as patched:
            patched.setattr(socket, "getaddrinfo", _raising(socket.gaierror(-2, "Name or service not known")))
            night.endures("its name could not be resolved", outcome="unreachable")
        night.recovers()


@pytest.mark.fault(
    "the name resolves to a private or loopback address, in IPv4, IPv6 or both",
    promise=f"nothing is sent there; {OUT_OF_REACH}",
)
def test_a_name_that_leads_inside(nights: Nights, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The good night after it takes this machine for a public one: tests may reach no other."""
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("www.sbp.example").configure_cert(tls)
    bundle = _bundle(authority, tmp_path)
    for night in nights(1, 3, tls):
        here = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", night.sbp.port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, here=here, **__: [here])
        night.moves_to(f"https://www.sbp.example:{night.sbp.port}")
        said = "its name leads to 127.0.0.1, which is no public address"
        night.endures(said, outcome="unreachable", REQUESTS_CA_BUNDLE=bundle)
        assert night.sbp.requests == ()
        with monkeypatch.context() as patched:
            patched.setattr("etl.common.addresses.is_public", lambda _: True)
            environment = {"REQUESTS_CA_BUNDLE": bundle}
            night.is_whole = False  # a process of its own would not know these names
            night.recovers(**environment)


@pytest.mark.fault(
    "a TLS certificate that is expired, not valid yet, of another name, of nobody known or self-signed",
    promise=f"nothing is accepted, and the likely cause on this machine is named; {OUT_OF_REACH}",
)
def test_a_bad_certificate(nights: Nights, tmp_path: Path) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    own, past, future = "127.0.0.1", datetime(2020, 1, 1, tzinfo=UTC), datetime(2990, 1, 1, tzinfo=UTC)
    good, bundle = authority.issue_cert(own), _bundle(authority, tmp_path)
    kinds = (
        (authority.issue_cert(own, not_before=past, not_after=past.replace(month=3)), "clock right?"),
        (authority.issue_cert("www.other.example"), "IP address mismatch"),
        (None, "name its certificates in REQUESTS_CA_BUNDLE"),
        (stranger.issue_cert(own), "name its certificates in REQUESTS_CA_BUNDLE"),
        (authority.issue_cert(own, not_before=future, not_after=future.replace(month=3)), "clock right?"),
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    good.configure_cert(tls)
    for night in nights(5, 15, tls):
        bad, said = kinds[night.number % len(kinds)]
        _present(bad, stranger, tls, tmp_path)
        told = night.endures(said, outcome="unreachable", REQUESTS_CA_BUNDLE=bundle)
        assert "its TLS certificate is not valid (" in told.line()
        assert night.sbp.requests == ()
        good.configure_cert(tls)
        night.recovers(REQUESTS_CA_BUNDLE=bundle)


@pytest.mark.fault("it takes the question and says nothing", promise=OUT_OF_REACH)
def test_silence(nights: Nights) -> None:
    for night in nights(1, 3):
        reply, limits = Reply(silent_seconds=30), IMPATIENT.__class__(read_seconds=0.3)
        night.suffers(reply, said="did not answer within 0.3 s", outcome="unreachable", limits=limits)


@pytest.mark.fault(
    "headers at a byte a second, headers without end, `100 Continue` for ever", promise=OUT_OF_REACH
)
def test_headers_without_end(nights: Nights) -> None:
    cases = (
        (b"HTTP/1.1 200 OK\r\nX: ", b"y", 0.02, "its headers were not whole after 0.4 s"),
        (b"", b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" * 300, 0.0, "its headers were not whole after 0.4 s"),
        (b"", b"H", 0.02, "its headers were not whole after 0.4 s"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 300, 0.0, "broke off the connection"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y" * 70_000, 0.0, "broke off the connection"),
    )
    for night in nights(5, 15):
        head, piece, pause, said = cases[night.number % len(cases)]
        reply = Reply(raw=lambda head=head, piece=piece: _forever(head, piece), seconds_between=pause)
        night.suffers(reply, said=said, outcome="unreachable", limits=IMPATIENT)


@pytest.mark.fault("it hangs up, or answers what is no HTTP", promise=OUT_OF_REACH)
def test_no_http(nights: Nights) -> None:
    for night in nights(2, 12):
        noise = (b"", b"\0\xff" * 40, b"SSH-2.0-OpenSSH\r\n", b"\r\n" * 9)[night.number % 4]
        reply = Reply(raw=lambda noise=noise: [noise]) if noise else Reply(silent_seconds=-1)
        night.suffers(reply, said="broke off the connection before it answered", outcome="unreachable")


def _present(bad: trustme.LeafCert | None, stranger: trustme.CA, tls: ssl.SSLContext, folder: Path) -> None:
    """Present a certificate from now on; None is one that an authority signed for itself."""
    if bad is not None:
        bad.configure_cert(tls)
        return
    own = folder / "self-signed.pem"
    own.write_bytes(stranger.cert_pem.bytes() + stranger.private_key_pem.bytes())
    tls.load_cert_chain(own)


def _bundle(authority: trustme.CA, folder: Path) -> str:
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def _raising(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def _forever(head: bytes, piece: bytes) -> Iterator[bytes]:
    yield head
    while True:
        yield piece
