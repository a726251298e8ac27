"""The server that is asked, in a process of its own, and the catalogue that points to it.

Here: `serving`, which starts it (it is the one of the tests), and `catalogue`, which rewrites addresses.
`python -m benchmarks.loopback` serves the newest starter file of each release until standard input ends.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from etl.catalog import RELEASES_FOLDER, Catalog
from etl.collecting import STARTER_FOLDER

SAVED_AT = datetime(2026, 4, 17, 9, tzinfo=UTC)


@contextmanager
def serving() -> Iterator[str]:
    """Give the address of a running server, such as `http://127.0.0.1:1234`."""
    command = [sys.executable, "-m", "benchmarks.loopback"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the server has no pipes")
        try:
            address = process.stdout.readline().strip()
            if not address:
                raise RuntimeError("the server did not start")
            yield address
        finally:
            process.stdin.close()


def catalogue(address: str, folder: Path) -> Path:
    """Copy the catalogue's entries with every host replaced by the server."""
    folder.mkdir(parents=True)
    for path in RELEASES_FOLDER.glob("*.toml"):
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    for release in Catalog.load().file_releases:
        entry = folder / f"{release.id}.toml"
        text = entry.read_text(encoding="utf-8")
        for url in release.rules[0].addresses:
            text = text.replace(f'"{url}"', f'"{address}{urlsplit(url).path}"')
        entry.write_text(text, encoding="utf-8")
    return folder


def main() -> None:
    """Serve until standard input ends."""
    from tests.support.sbp_server import SbpServer

    with SbpServer() as server:
        for release in Catalog.load().file_releases:
            newest = max((STARTER_FOLDER / release.id).glob("*.xls"))
            for url in release.rules[0].addresses:
                server.serve(urlsplit(url).path, newest.read_bytes(), last_modified=SAVED_AT)
        print(server.url(""), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
