"""The bench of faults: how often each is tried, and what came of it.

Each test here names its fault and the promise that must hold, `@pytest.mark.fault("killed while it lands",
promise="the archive is whole")`, and takes its tries from the fixture `tries`. `make test` tries each a few
times; `make torture` (`TORTURE=1`) as often as it says, and writes `docs/reliability.md` from what it saw;
`TORTURE=short` writes it from a few tries.
"""

import os
import shutil
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.bad_nights import Night, night_at
from tests.support.fault_table import Tried, write_table
from tests.support.installation import Installation
from tests.support.loopback import loopback_catalog
from tests.support.sbp_server import SbpServer

_IS_FULL = os.environ.get("TORTURE") == "1"
_IS_WRITTEN = _IS_FULL or os.environ.get("TORTURE") == "short"
_PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
_seen: list[Tried] = []


@pytest.fixture
def tries(request: pytest.FixtureRequest) -> Callable[[int, int], Iterator[int]]:
    """Return the numbers of the tries, `few` in `make test` and `many` in `make torture`; each that was
    finished counts.
    """

    def numbers(few: int, many: int) -> Iterator[int]:
        for number in range(many if _IS_FULL else few):
            yield number
            request.node.user_properties.append(("tried", 1))

    return numbers


@pytest.fixture(scope="session")
def asked_home(published: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an installation that may be asked to refresh where that publishes nothing."""
    home = tmp_path_factory.mktemp("asked") / "home"
    shutil.copytree(published.settings.home, home, symlinks=True)
    return home


@pytest.fixture
def nights(
    tries: Callable[[int, int], Iterator[int]],
    asked_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Iterator[Night]]:
    """Return nights at a source, one a try; the first of a full run ends with a publication."""

    def give(few: int, many: int, tls: ssl.SSLContext | None = None) -> Iterator[Night]:
        for number in tries(few, many):
            home, is_whole = asked_home, _IS_FULL and number == 0
            if is_whole:
                home = tmp_path / "home"
                shutil.copytree(asked_home, home, symlinks=True)
            with SbpServer(tls=tls) as sbp:
                entries = loopback_catalog(tmp_path / f"{number}" / "releases", sbp)
                night = night_at(home, sbp, entries, monkeypatch, capsys)
                yield replace(night, number=number, is_whole=is_whole)

    return give


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Put the fault and its promise into the report, which also a worker process hands on."""
    report = yield
    marker = item.get_closest_marker("fault")
    if marker is not None and call.when == "call":
        report.user_properties.append(("fault", (marker.args[0], marker.kwargs["promise"])))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what became of a fault."""
    properties = report.user_properties
    for fault, promise in (value for name, value in properties if name == "fault"):
        tried = sum(1 for name, _ in properties if name == "tried") or 1
        _seen.append(Tried(fault, promise, report.nodeid.split("[")[0], tried, report.outcome))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the table of a run that was asked for it."""
    if _IS_WRITTEN and not hasattr(session.config, "workerinput"):
        write_table(_PAGE, _seen)
