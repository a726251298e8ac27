"""Calls of the API: what each status means, and that the key is in the request and nowhere else."""

import logging
import traceback
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from etl.common.secrets import ApiKey
from etl.fetch.easydata_client import Connection, NoAnswerError, Patience
from tests.support.easydata_server import Answer, Dataset, EasyDataServer

KEY = "s3cret&key+/=%"
SERIES = "TS_GP_ER_FAERPKR_M.E00220"
PATIENCE = Patience(connect_seconds=2, read_seconds=0.5, retry_seconds=7)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[EasyDataServer]:
    with EasyDataServer(KEY) as server:
        server.datasets["TS_GP_ER_FAERPKR_M"] = Dataset(
            "PKR", "2026-11-10", {SERIES: {"2026-10-31": "281.5"}}
        )
        yield server


class Asked:
    """A connection, how often a call was counted and how long was waited."""

    def __init__(self, server: EasyDataServer, key: str = KEY) -> None:
        self.taken = 0
        self.waited: list[float] = []
        self.address = f"{server.address}/series/{SERIES}/data"
        self._connection = Connection(
            ApiKey(key), polite_seconds=0.0, patience=PATIENCE, sleep=self.waited.append
        )

    def take(self) -> None:
        self.taken += 1

    def ask(self) -> bytes:
        parameters = {"start_date": "2026-01-01", "end_date": "2026-11-24", "format": "json"}
        return self._connection.ask(self.address, parameters, self.take)

    def refusal(self) -> NoAnswerError:
        with pytest.raises(NoAnswerError) as caught:
            self.ask()
        return caught.value


def test_an_answer_comes_as_it_is(server: EasyDataServer) -> None:
    server.script(SERIES, Answer(body=b"\x00 as it is \xff"))

    assert Asked(server).ask() == b"\x00 as it is \xff"


def test_the_key_is_percent_encoded_and_arrives_whole(server: EasyDataServer) -> None:
    Asked(server).ask()

    (call,) = server.calls
    assert parse_qs(urlsplit(call).query)["api_key"] == [KEY]
    assert "api_key=s3cret%26key%2B%2F%3D%25" in call


@pytest.mark.parametrize("status", [400, 401])
def test_a_refused_key_says_where_to_get_a_new_one(server: EasyDataServer, status: int) -> None:
    server.script(SERIES, Answer(status, f"no such key: {KEY}".encode()))
    asked = Asked(server)

    error = asked.refusal()

    assert error.reason == (
        f"{asked.address.split('/')[2]} answered {status}: the key in EASYDATA_API_KEY is wrong or has "
        "expired (a key is good for 90 days); generate a new one at https://easydata.sbp.org.pk under My "
        "Data Basket, Login, My Account, Generate API Key (guide: "
        "https://easydata.sbp.org.pk/apex/f?p=10:22) and put it into EASYDATA_API_KEY"
    )
    assert (error.is_of_key, error.is_refusal, asked.taken) == (True, True, 1)


@pytest.mark.parametrize(
    ("status", "words", "is_refusal", "calls"),
    [
        (302, "a redirect, which is not followed: the key would go along", True, 1),
        (403, "it turns programs away for a while; try again later", False, 1),
        (404, "it has no such series or dataset", True, 1),
        (418, "answered 418", True, 1),
        (429, "the calls of this key are used up for now", False, 1),
        (500, "answered 500", False, 3),
        (503, "answered 503", False, 3),
    ],
)
def test_a_status_is_put_into_words_and_tried_again_where_that_may_help(
    server: EasyDataServer, status: int, words: str, is_refusal: bool, calls: int
) -> None:
    location = {"Location": "https://elsewhere.example/"} if status == 302 else {}
    server.script(SERIES, *[Answer(status, b"some page", location)] * 3)
    asked = Asked(server)

    error = asked.refusal()

    assert words in error.reason
    assert (error.is_of_key, error.is_refusal) == (False, is_refusal)
    assert (asked.taken, len(server.calls)) == (calls, calls)


def test_waits_grow_between_attempts_and_the_third_may_succeed(server: EasyDataServer) -> None:
    server.script(SERIES, Answer(503), Answer(is_silent=True), Answer(body=b"at last"))
    asked = Asked(server)

    assert asked.ask() == b"at last"
    assert asked.waited == [7, 14]
    assert asked.taken == 3


def test_an_answer_that_repeats_the_key_is_not_kept(server: EasyDataServer) -> None:
    for body in (KEY.encode(), b"api_key=s3cret%26key%2B%2F%3D%25&"):
        server.script(SERIES, Answer(body=b'{"columns": "' + body + b'"}'))

        error = Asked(server).refusal()

        assert error.reason.endswith("repeats the key in its answer, which is therefore not kept")
        assert error.is_refusal


def test_a_host_out_of_reach_is_asked_nothing(server: EasyDataServer) -> None:
    asked = Asked(server)
    asked.address = "http://127.0.0.1:9/api/v1/series/x/data"

    error = asked.refusal()

    assert error.reason == "127.0.0.1:9 could not be reached: it refused the connection"
    assert (error.status, error.is_refusal, asked.taken) == (None, False, 0)


def hang_up(server: EasyDataServer) -> None:
    server.script(SERIES, *[Answer(is_silent=True)] * 3)


def fall_silent(server: EasyDataServer) -> None:
    server.script(SERIES, *[Answer(headers={"Content-Length": "100000"})] * 3)


def break_off(server: EasyDataServer) -> None:
    server.script(SERIES, *[Answer(body=b"half", headers={"Content-Length": "9", "Connection": "close"})] * 3)


def refuse(server: EasyDataServer) -> None:
    server.is_expired = True


def redirect(server: EasyDataServer) -> None:
    server.script(SERIES, Answer(302, headers={"Location": f"/api/v1/?api_key={KEY}"}))


def repeat_the_key(server: EasyDataServer) -> None:
    server.script(SERIES, Answer(body=KEY.encode()))


def fail(server: EasyDataServer) -> None:
    server.script(SERIES, *[Answer(500, KEY.encode(), {"Retry-After": KEY, "Content-Type": KEY})] * 3)


@pytest.mark.parametrize(
    "misfortune", [hang_up, fall_silent, break_off, refuse, redirect, repeat_the_key, fail]
)
def test_no_failure_says_the_key(
    server: EasyDataServer,
    misfortune: Callable[[EasyDataServer], None],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """In no text of the error or of its causes, no traceback, no log down to the finest level."""
    caplog.set_level(logging.DEBUG)
    misfortune(server)

    error = Asked(server).refusal()

    told = ["".join(traceback.format_exception(error)), caplog.text, *capfd.readouterr()]
    cause: BaseException | None = error
    while cause is not None:
        told += [repr(cause), str(cause), repr(vars(cause))]
        request = getattr(cause, "request", None)
        told += [repr(request and vars(request))]
        cause = cause.__cause__ or cause.__context__
    assert server.calls
    assert not [text for text in told if "s3cret" in text]
    assert "urllib3" in caplog.text, "the finest log is on"


def test_a_key_shows_itself_to_nobody() -> None:
    key = ApiKey(KEY)

    assert "s3cret" not in f"{key} {key!r} {[key]} {key:}"
    with pytest.raises(TypeError):
        key.__reduce__()


def test_a_key_that_cannot_stand_in_a_request_is_not_quoted(server: EasyDataServer) -> None:
    asked = Asked(server, key="s3cret\nwith a line break, ключ")

    assert "wrong or has expired" in asked.refusal().reason
    assert len(server.calls) == 1
