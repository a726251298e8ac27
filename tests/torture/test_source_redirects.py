"""Redirects: followed to the release's own hosts over https, and to nowhere else."""

from collections.abc import Callable, Iterator

import pytest

from etl.common.addresses import is_file_address, may_answer
from tests.support.bad_nights import Night
from tests.support.nights import NEW_SITE
from tests.support.sbp_server import Reply, SbpServer

Nights = Callable[..., Iterator[Night]]
NOT_FOLLOWED = (
    "nothing is asked there; a line names the target; the archive gains nothing, the marts stand, "
    "the next refresh has the file"
)
_TARGETS = (
    "http://127.0.0.1:{port}/dt.xls",  # another port of this machine is another host
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "http://2130706433:{port}/dt.xls",
    "ftp://127.0.0.1:{port}/dt.xls",
    "data:application/vnd.ms-excel;base64,0M8R4KGxGuE=",
    "http://localhost:{port}/dt.xls",
    "http://[::1]:{port}/dt.xls",
    "http://[::ffff:127.0.0.1]:{port}/dt.xls",
    "http://[::ffff:7f00:1]:{port}/dt.xls",
    "http://[fe80::1%25eth0]/dt.xls",
    "http://0x7f000001:{port}/dt.xls",
    "http://0177.0.0.1:{port}/dt.xls",
    "http://127.1:{port}/dt.xls",
    "http://0:{port}/dt.xls",
    "http://10.0.0.5/dt.xls",
    "https://192.168.1.1/dt.xls",
    "https://www.elsewhere.example/dt.xls",
    "https://127.0.0.1.nip.example/dt.xls",
    "//127.0.0.1:{port}/dt.xls",
    "http://{own}@127.0.0.1:{port}/dt.xls",
    "http://{own}\\@127.0.0.1:{port}/dt.xls",
    "http://{own}#@127.0.0.1:{port}/dt.xls/../..",
    "http://user:secret@{own}/dt.xls",
    "gopher://127.0.0.1:{port}/dt.xls",
    "javascript:alert(1)",
    "https://www.elsewhere.example/[/red][bold]x[/]",
)


@pytest.mark.fault(
    "redirects to another host, to file:, ftp:, data:, to loopback, private and link-local addresses, in "
    "decimal, octal, hexadecimal and IPv6 forms, with names and passwords in front",
    promise=NOT_FOLLOWED,
)
def test_elsewhere(nights: Nights) -> None:
    for night in nights(8, len(_TARGETS)):
        with SbpServer() as victim:
            victim.serve("/dt.xls", b"inside")
            target = _TARGETS[night.number].format(port=victim.port, own=night.sbp.host)
            night.suffers(Reply(status=302, headers={"Location": target}), said=" redirects to ")
            assert victim.requests == ()


@pytest.mark.fault("redirects in circles", promise=f"ended after five; {NOT_FOLLOWED}")
def test_circles(nights: Nights) -> None:
    for night in nights(1, 4):
        to = (NEW_SITE, "/a/1.xls")[night.number % 2]
        night.sbp.redirect("/a/1.xls", "/a/2.xls")
        night.sbp.redirect("/a/2.xls", "/a/1.xls")
        night.suffers(Reply(status=302, headers={"Location": to}), said="was redirected more than 5 times")


@pytest.mark.fault(
    "a name that resolves to any address that is not public, as resolvers and notations give them",
    promise="a connection to it is closed before anything is sent",
)
def test_every_private_network(tries: Callable[[int, int], Iterator[int]]) -> None:
    inside = (
        *("127.0.0.1", "127.8.9.1", "10.0.0.5", "172.16.0.1", "172.31.255.254", "192.168.1.1", "0.1.2.3"),
        *("169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "240.0.0.1"),
        *(
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.5",
        ),
        *("64:ff9b::7f00:1", "64:ff9b::a00:5", "2002:7f00:1::", "2002:a00:5::1", "2001:db8::1"),
    )
    public = ("104.18.2.3", "8.8.8.8", "2606:4700::6812:203", "64:ff9b::808:808", "::ffff:8.8.8.8")
    for _ in tries(1, 1):
        for host in ("www.sbp.org.pk", "2130706433", "0x7f.1", "localhost.example"):
            assert not [peer for peer in inside if may_answer(host, peer)]
            assert all(may_answer(host, peer) for peer in public)
        assert not is_file_address("http://2130706433/dt.xls")
        assert may_answer("localhost", "127.0.0.1")
        assert not may_answer("localhost", "8.8.8.8")
        assert may_answer("127.0.0.1", "127.0.0.1")
        assert not may_answer("127.0.0.1", "127.0.0.2")
