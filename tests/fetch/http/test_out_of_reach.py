"""A host that cannot be reached, directly or through a proxy, is known soon and named."""

import socket
import threading

import pytest

from etl.archive.results import Fetched, Unreachable
from etl.fetch.http import Fetcher
from etl.fetch.politeness import Hosts
from etl.fetch.validate import FetchLimits
from tests.support.asking import OLD_PATH, PATH, WORKBOOK, fetch, fetch_in_real_time, release, unreachability
from tests.support.ports import closed_port, port_that_vanishes
from tests.support.sbp_server import SbpServer


def test_a_host_that_refuses_is_not_asked_and_the_reason_names_it() -> None:
    host = f"127.0.0.1:{closed_port()}"

    outcomes = fetch(release(f"http://{host}{PATH}", f"http://{host}{OLD_PATH}"))

    for outcome in outcomes:
        assert unreachability(outcome) == f"{host} could not be reached: it refused the connection"
        assert outcome.facts.status is None
        assert outcome.facts.final_address is None
    assert len(outcomes) == 2


def test_a_dead_host_is_tried_once_in_a_run_and_others_are_still_asked(
    server: SbpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.serve(PATH, WORKBOOK)
    dead = closed_port()
    tried: list[int] = []
    connect = socket.create_connection

    def counted(address: tuple[str, int], *args: object, **options: object) -> socket.socket:
        tried.append(address[1])
        return connect(address, *args, **options)

    monkeypatch.setattr(socket, "create_connection", counted)
    wanted = release(f"http://127.0.0.1:{dead}{PATH}", server.url(PATH))

    with Fetcher([wanted], polite_seconds=0) as fetcher:
        assert not tried, "nothing is asked before the first fetch"
        for _ in range(2):
            assert [type(outcome) for outcome in fetcher.fetch(wanted, {})] == [Unreachable, Fetched]

    assert tried.count(dead) == 1


def test_a_host_that_goes_away_during_the_run_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hosts, "probe", lambda self, addresses: None)
    host = f"127.0.0.1:{closed_port()}"

    first, second = fetch(release(f"http://{host}{PATH}", f"http://{host}{OLD_PATH}"))

    assert unreachability(first) == f"{host} could not be reached: it refused the connection"
    assert f"{host} is not asked again in this run" in unreachability(second)


def test_hosts_whose_packets_vanish_cost_one_short_wait_for_all_of_them() -> None:
    with port_that_vanishes() as one, port_that_vanishes() as other:
        wanted = release(*(f"http://127.0.0.1:{port}{PATH}" for port in (one, other, one)))
        outcomes, seconds = fetch_in_real_time(wanted, FetchLimits(probe_seconds=0.3))

    assert len(outcomes) == 3
    for outcome in outcomes:
        assert "could not be reached" in unreachability(outcome)
    assert seconds < 0.6


def test_name_resolution_that_hangs_costs_one_short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(*_: object, **__: object) -> None:
        released.wait(10)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    wanted = release(f"https://www.sbp.example{PATH}", f"https://archive.sbp.example{PATH}")
    try:
        outcomes, seconds = fetch_in_real_time(wanted, FetchLimits(probe_seconds=0.2))
    finally:
        released.set()

    reasons = [unreachability(outcome) for outcome in outcomes]
    assert reasons[0] == "www.sbp.example could not be reached: no connection within 0.2 s"
    assert "archive.sbp.example" in reasons[1]
    assert seconds < 0.6


def test_a_name_that_cannot_be_resolved_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    (outcome,) = fetch(release(f"https://www.sbp.example{PATH}"))

    assert unreachability(outcome) == ("www.sbp.example could not be reached: its name could not be resolved")


@pytest.mark.parametrize("host", [f"{'a' * 70}.example", "www..example"])
def test_a_name_that_no_host_can_have_is_an_outcome_and_no_exception(host: str) -> None:
    (outcome,) = fetch(release(f"https://{host}{PATH}"))

    assert unreachability(outcome) == f"{host} could not be reached: its name could not be resolved"


def test_a_port_that_no_host_can_have_is_an_outcome_and_no_exception() -> None:
    (outcome,) = fetch(release(f"https://www.sbp.example:99999{PATH}"))

    assert "could not be reached" in unreachability(outcome)


def test_a_host_is_reached_at_its_second_address_where_the_first_one_leads_nowhere(
    server: SbpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.serve(PATH, WORKBOOK)
    with port_that_vanishes() as vanishing:

        def two_addresses(*_: object, **__: object) -> list[tuple[object, ...]]:
            ports = (vanishing, int(server.host.partition(":")[2]))
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]

        monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
        limits = FetchLimits(probe_seconds=0.6, connect_seconds=0.1)
        (outcome,) = fetch(release(f"http://localhost{PATH}"), limits=limits)

    assert isinstance(outcome, Fetched)


def test_with_its_own_limits_sbp_out_of_reach_is_known_within_ten_seconds() -> None:
    limits = FetchLimits()

    # Where only the probe comes through: one handshake each for the two hosts of SBP.
    assert limits.probe_seconds + 2 * limits.connect_seconds <= 10


def test_a_server_without_tls_is_unreachable_over_https_and_asked_once(server: SbpServer) -> None:
    addresses = [f"https://{server.host}{path}" for path in (PATH, OLD_PATH)]

    first, second = fetch(release(*addresses))

    assert "no TLS connection could be agreed" in unreachability(first)
    assert "is not asked again in this run" in unreachability(second)


def test_a_handshake_that_is_not_answered_ends_with_the_timeout_of_the_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}{PATH}"
        (first, second), seconds = fetch_in_real_time(
            release(address, address + "x"), FetchLimits(connect_seconds=0.2)
        )

    assert "no TLS connection within 0.2 s" in unreachability(first)
    assert "is not asked again in this run" in unreachability(second)
    assert seconds < 0.6


def test_the_proxy_of_the_environment_is_used_and_not_bypassed(
    server: SbpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{server.host}")
    server.serve(PATH, WORKBOOK)

    (outcome,) = fetch(release(f"http://127.0.0.1:{closed_port()}{PATH}"))

    assert isinstance(outcome, Fetched)
    assert server.paths_asked() == (PATH,)


def test_a_proxy_out_of_reach_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = f"127.0.0.1:{closed_port()}"
    monkeypatch.setenv("https_proxy", f"http://someone:secret@{proxy}")

    (outcome,) = fetch(release(f"https://www.sbp.example{PATH}"))

    assert unreachability(outcome) == (
        f"www.sbp.example could not be reached: through the proxy {proxy}: it refused the connection"
    )


def test_a_proxy_that_refuses_a_host_is_an_outcome(
    server: SbpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"http://someone:secret@{server.host}")

    (outcome,) = fetch(release(f"https://www.sbp.example{PATH}"))

    reason = unreachability(outcome)
    assert "www.sbp.example could not be reached through the proxy" in reason
    assert "403" in reason
    assert "secret" not in reason
