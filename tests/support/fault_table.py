"""The table of `docs/reliability.md`: one row a fault, from what a run of the bench saw."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

_BEGIN, _END = "<!-- written by `make torture` -->", "<!-- end -->"


class Tried(NamedTuple):
    """What became of one test of a fault: how often it was tried, and its outcome in pytest's word."""

    fault: str
    promise: str
    test: str
    tries: int
    outcome: str


def write_table(page: Path, seen: Iterable[Tried]) -> None:
    """Put the rows between the page's marks; rows of tests that this run did not have stay as they were."""
    text = page.read_text()
    before, rest = text.split(_BEGIN)
    old, after = rest.split(_END)
    rows = {_test_of(line): line for line in old.splitlines() if line.startswith("| ") and "`" in line}
    rows |= {row.test: _line(row) for row in _together(seen)}
    head = "| fault | promise | tries | outcome | test |\n|---|---|---|---|---|\n"
    table = head + "".join(f"{rows[test]}\n" for test in sorted(rows))
    page.write_text(f"{before}{_BEGIN}\n{table}{_END}{after}")


def _test_of(line: str) -> str:
    return line.rsplit("`", 2)[1]


def _line(row: Tried) -> str:
    return f"| {row.fault} | {row.promise} | {row.tries:,} | {row.outcome} | `{row.test}` |"


def _together(seen: Iterable[Tried]) -> Iterable[Tried]:
    """Add up the cases of one test; one that failed makes the row failed."""
    rows: dict[str, Tried] = {}
    for tried in seen:
        row = rows.get(tried.test, tried._replace(tries=0))
        outcome = tried.outcome if row.outcome == "passed" else row.outcome
        rows[tried.test] = row._replace(tries=row.tries + tried.tries, outcome=outcome)
    return rows.values()
