"""The server that is asked, in a process of its own, and the catalogue that points to it.

Here: `serving`, which starts it (it is the one of the tests), and `catalogue`, which rewrites addresses.
`python -m benchmarks.loopback` serves every release of the catalogue, and an index of about as many files as
SBP's that lists them, until standard input ends.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from etl.catalog.releases import INDEX_FILE, RELEASES_FOLDER, Catalog, Release
from etl.fetch.collect import STARTER_FOLDER

SAVED_AT = datetime(2026, 4, 17, 9, tzinfo=UTC)
_OTHER_FILES_IN_THE_INDEX = 140


@contextmanager
def serving() -> Iterator[str]:
    """Return the address of a running server, such as `http://127.0.0.1:1234`."""
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
    """Copy the catalogue's entries with every host replaced by the server; small files are believed."""
    hosts = {f"https://{urlsplit(url).netloc}" for r in asked() for url in r.rules[0].addresses}
    (folder / INDEX_FILE).parent.mkdir(parents=True)
    for entry in RELEASES_FOLDER.rglob("*.toml"):
        text = re.sub(r"^min_bytes = .*", "min_bytes = 1_000", entry.read_text(encoding="utf-8"), flags=re.M)
        for host in hosts:
            text = text.replace(host, address)
        (folder / entry.relative_to(RELEASES_FOLDER)).write_text(text, encoding="utf-8")
    return folder


def asked() -> tuple[Release, ...]:
    """Return the releases that are asked for without a key."""
    return tuple(release for release in Catalog.load().file_releases if release.easydata is None)


def main() -> None:
    """Serve until standard input ends."""
    from tests.support.sbp_server import SbpServer

    files = _files()
    with SbpServer() as server:
        for release in asked():
            for url in release.rules[0].addresses:
                server.serve(urlsplit(url).path, files[release.id], last_modified=SAVED_AT)
        for url in Catalog.load().index_addresses:
            index = json.dumps(_index(server.url(""))).encode()
            server.serve(urlsplit(url).path, index, last_modified=SAVED_AT, content_type="application/json")
        print(server.url(""), flush=True)
        sys.stdin.read()


def _files() -> dict[str, bytes]:
    """Return a file of each release in a layout that is understood: the starter's, else the tests'."""
    from tests.support import archives, printed, reserves, tables_down, workbooks

    def starter(release: str) -> bytes:
        return max((STARTER_FOLDER / release).glob("*.xls")).read_bytes()

    headline = archives.across(archives.headline_cube())
    return {
        "trade_in_services": starter("trade_in_services"),
        "balance_of_payments_summary": starter("balance_of_payments_summary"),
        "trade_in_services_archive": archives.across(archives.services_cube()).xls(),
        "balance_of_payments_monthly_archive": archives.across(archives.summary_cube()).xlsx(),
        "balance_of_payments_quarterly_archive": archives.across(
            archives.quarters_cube(), lambda day: (archives.fiscal_year(day), archives.quarter(day))
        ).xlsx(),
        "services_headline_archive": headline.xls(),
        "exchange_rates": tables_down.rates_file(),
        "goods_trade": tables_down.goods().xls(),
        "foreign_exchange_reserves": reserves.reserves(),
        "trade_in_services_pdf": printed.printed(printed.services_table(workbooks.services())),
        "services_headline": printed.printed(printed.headline_table(workbooks.services())),
    }


def _index(address: str) -> object:
    """Return an index in the shape of SBP's: the current file of each release, and files of others."""
    ours = [urlsplit(release.rules[0].addresses[0]).path for release in asked()]
    others = [f"/assets/document/other-{number}.pdf" for number in range(_OTHER_FILES_IN_THE_INDEX)]
    entries = [
        {
            "title": Path(path).stem,
            "date": "2026-04-17",
            "attachment": {"file_name": Path(path).name, "url": f"{address}{path}"},
        }
        for path in [*ours, *others]
    ]
    return {"economicData": {"externalSector": {"monthly": {"2026": entries}}}}


if __name__ == "__main__":
    main()
