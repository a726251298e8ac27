"""A server on this machine that answers as EasyData's API does, for tests that may not use the network.

What it does was read in the code of the API's clients: the key in the query, `columns` and `rows` with
values as text, newest first; 401 for a wrong key, 400 for an expired one, 404 for an unknown series, 429
beyond its limits. What else happens (no rows, silence, a refresh in the middle of a pull) is scripted.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qs, urlsplit

from tests.support.loopback import LoopbackHandler, LoopbackServer

COLUMNS = [
    "Dataset Name",
    "Series Key",
    "Series Name",
    "Observation Date",
    "Observation Value",
    "Unit",
    "Observation Status",
    "Status Comments",
]
META_COLUMNS = [
    "Reference Dataset Name",
    "Series Code",
    "Series Name",
    "Series Description",
    "Data Frequency",
    "Unit",
    "Variable Type",
    "Available Since",
    "Available Upto",
    "Last Refresh Date",
]


@dataclass(frozen=True)
class Answer:
    """What the server answers once, whatever was asked; `silent` hangs up."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    is_silent: bool = False


@dataclass
class Dataset:
    """A dataset: its unit, its last refresh, and the figures of each series by day, newest last."""

    unit: str
    refreshed_on: str
    series: dict[str, dict[str, str]]


class EasyDataServer(LoopbackServer):
    """Serves on 127.0.0.1 while it is entered; records what it is asked."""

    def __init__(self, key: str = "key") -> None:
        super().__init__(_Handler)
        self.key = key
        self.is_expired = False
        self.datasets: dict[str, Dataset] = {}
        self.limit: int | None = None
        """Calls after which it answers 429."""
        self.before_call: Callable[[int], None] = lambda _: None
        """Called with the number of each call before it is answered."""
        self.calls: list[str] = []
        """Path and query of each call, the key included."""
        self.headers: list[dict[str, str]] = []
        """Of each call."""
        self._scripted: dict[str, list[Answer]] = {}
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """The API's address."""
        return self.url("/api/v1")

    @property
    def asked(self) -> list[str]:
        """What was asked: datasets and series keys, in order."""
        return [urlsplit(call).path.split("/")[4] for call in self.calls]

    def script(self, key: str, *answers: Answer) -> None:
        """Answer so for a series or dataset, one after the other, before what it holds is answered."""
        self._scripted[key] = list(answers)

    def answer(self, target: str) -> Answer:
        """Record a call and give its answer."""
        parts = urlsplit(target)
        _, _, _, kind, what, _ = parts.path.split("/")
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with self._lock:
            self.calls.append(target)
            self.before_call(len(self.calls))
            scripted = self._scripted.get(what)
            if scripted:
                return scripted.pop(0)
            if self.limit is not None and len(self.calls) > self.limit:
                return Answer(429, b"Too Many Requests")
        if given.get("api_key") != self.key:
            return Answer(401, f"invalid api_key={given.get('api_key')}".encode())
        if self.is_expired:
            return Answer(400, f"api key {self.key} has expired".encode())
        dataset = self.datasets.get(what.partition(".")[0])
        if dataset is None or (kind == "series" and what not in dataset.series):
            return Answer(404, b"not found")
        return Answer(body=_meta(what, dataset) if kind == "dataset" else _data(what, dataset, given))


def _meta(code: str, dataset: Dataset) -> bytes:
    rows = []
    for key, figures in dataset.series.items():
        days = sorted(figures) or ["", ""]
        description = "line one\nline <b>two</b>\twith a tab"
        of_series = [code, key, f"name of {key}", description, "Monthly", dataset.unit, "Flow"]
        rows.append([*of_series, days[0], days[-1], dataset.refreshed_on])
    text = json.dumps({"columns": META_COLUMNS, "rows": rows})
    # Control characters stand raw in SBP's text: what a strict parser refuses.
    return text.replace("\\n", "\n").replace("\\t", "\t").encode()


def _data(key: str, dataset: Dataset, given: dict[str, str]) -> bytes:
    first, last = given.get("start_date", "9999"), given.get("end_date", "9999")
    code = key.partition(".")[0]
    rows = [
        [f"name of {code}", key, f"name of {key}", day, value, dataset.unit, _status(value), ""]
        for day, value in sorted(dataset.series[key].items(), reverse=True)
        if date.fromisoformat(first) <= date.fromisoformat(day) <= date.fromisoformat(last)
    ]
    return json.dumps({"columns": COLUMNS, "rows": rows}).encode()


def _status(value: str) -> str:
    return "Normal" if value else "Missing value"


class _Handler(LoopbackHandler):
    def do_GET(self) -> None:
        """Answer."""
        self.owner.headers.append(dict(self.headers.items()))
        answer = self.owner.answer(self.path)
        if answer.is_silent:
            self.hang_up()
            return
        self.send_response(answer.status)
        for name, value in ({"Content-Length": str(len(answer.body))} | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
