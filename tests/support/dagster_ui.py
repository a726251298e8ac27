"""Dagster's web server on an installation, on a free port of this machine.

Here: started, waited for, ended. Not its daemon: tests look at runs that were made, and start none.
"""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.installation import Installation
from tests.support.ports import closed_port

_SECONDS = 120


@contextmanager
def dagster_ui(installed: Installation, log: Path) -> Iterator[str]:
    """Start it, and give its address when it answers; what it says is in `log`."""
    address = f"http://127.0.0.1:{closed_port()}"
    environment = os.environ | {
        "ETL_HOME": str(installed.settings.home),
        "DAGSTER_HOME": str(installed.settings.dagster_home),
        "EASYDATA_API_KEY": "",
    }
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "dagster_webserver", "-w", "workspace.yaml"),
                *("-h", "127.0.0.1", "-p", address.rpartition(":")[2]),
            ],
            env=environment,
            cwd=Path(__file__).parents[2],
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for(f"{address}/server_info", server, log)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise AssertionError(
        f"Dagster did not answer in {_SECONDS} seconds: {log.read_text(errors='replace')[-2000:]}"
    )
