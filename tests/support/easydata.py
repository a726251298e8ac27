"""EasyData in tests: the catalogue's releases at a server of this machine, and figures that add up.

The figures are made up, and told apart by item, flow and month; net is credit less debit.
"""

import csv
from functools import cache
from pathlib import Path

import msgspec

from etl.catalog.labels import requested_series
from etl.catalog.releases import RELEASES_FOLDER, SEEDS_FOLDER, Catalog, Release
from tests.support.easydata_server import COLUMNS, Dataset, EasyDataServer

API = "https://easydata.sbp.org.pk/api/v1"
SERVICES = "easydata_trade_in_services"
BALANCE = "easydata_balance_of_payments"
RATES = "easydata_exchange_rates"
MONTHS = ("2026-08-31", "2026-09-30", "2026-10-31")
PORTAL_COLUMNS = (
    "Dataset Name",
    "Observation Date",
    "Series Key",
    "Series Display Name",
    "Observation Value",
    "Unit",
    "Observation Status",
    "Observation Status Comment",
    "Sequence No.",
    "Series name",
)
API_CSV_COLUMNS = (
    "Dataset",
    "Series Key",
    "Series",
    "Observation Date",
    "Observation Value",
    "Unit",
    "Observation Status",
    "Observation Status Comment",
)


def release_at(address: str, release_id: str) -> Release:
    """Return a release of the catalogue whose API is at this address."""
    release = Catalog.load().get(release_id)
    fetch = msgspec.structs.replace(release.rules[0], addresses=(address,))
    return msgspec.structs.replace(release, fetch=fetch)


def easydata_catalog(folder: Path, address: str) -> Path:
    """Write the entries of the real catalogue with EasyData's address replaced; returns their folder."""
    folder.mkdir(parents=True)
    for entry in RELEASES_FOLDER.glob("*.toml"):
        text = entry.read_text(encoding="utf-8").replace(API, address)
        (folder / entry.name).write_text(text, encoding="utf-8")
    return folder


def serve(server: EasyDataServer, release_id: str, refreshed_on: str = "2026-11-17") -> Dataset:
    """Serve a release's dataset: every series that is asked, three months each."""
    release = Catalog.load().get(release_id)
    unit = {SERVICES: "Thousand USD", BALANCE: "Million USD", RATES: "PKR"}[release_id]
    codes = [key.partition(".")[2] for key in requested_series(release)]
    series = {
        f"{release.rules[2].dataset}.{code}": {day: figure(code, number) for number, day in enumerate(MONTHS)}
        for code in codes
    }
    dataset = server.datasets[release.rules[2].dataset] = Dataset(unit, refreshed_on, series)
    return dataset


def figure(code: str, month: int) -> str:
    """Return a series' figure for the month of this number; sums are those of their terms."""
    return _text(_number(code, month))


@cache
def _terms() -> dict[str, list[tuple[str, int]]]:
    """Return the lines of the balance of payments that are sums, with their terms and signs."""
    terms: dict[str, list[tuple[str, int]]] = {}
    path = SEEDS_FOLDER / "balance_of_payments_identities.csv"
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        terms.setdefault(row["line_code"], []).append((row["term_code"], int(row["sign"])))
    return terms


def _number(code: str, month: int) -> float:
    if code.startswith("SNM"):
        return _number(f"SCM{code[3:]}", month) - _number(f"SDM{code[3:]}", month)
    if code in _terms():
        return sum(sign * _number(term, month) for term, sign in _terms()[code])
    seed = sum(ord(letter) * (place + 7) for place, letter in enumerate(code))
    return seed * 10 + month + 0.25


def _text(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def csv_of(columns: tuple[str, ...], rows: list[dict[str, str]], *, ends_with: str = "\n") -> bytes:
    """Return a CSV file with every field quoted, as both the API and the portal quote them."""
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    text = ends_with.join(",".join(f'"{field}"' for field in line) for line in lines)
    return (text + ends_with).encode()


def api_json(rows: list[list[str]]) -> dict[str, object]:
    """Return an answer of the API as it is before it is written."""
    return {"columns": COLUMNS, "rows": rows}


def suffixes() -> dict[str, str]:
    """Return the end of each item's series keys."""
    path: Path = SEEDS_FOLDER / "ebops_items.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["item_code"]: row["easydata_suffix"] for row in csv.DictReader(file)}
