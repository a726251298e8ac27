"""`python -m benchmarks.run`: measure side by side, print one table against the goals, save JSON.

Here: the rows and their goals. Not here: what comes of a thousand vintages (`benchmarks.run_vintages`).
"""

import argparse
import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from benchmarks import comparing, homes, loopback, machine
from benchmarks.measuring import Contender, alternate, peak_megabytes
from benchmarks.report import Row, console, show_and_save, timed_row
from etl.archive import Archive
from etl.catalog import Catalog


def nothing_new(folder: Path, rounds: int) -> Row:
    """Measure a refresh that finds nothing new against a bare script that asks the same."""
    with loopback.serving() as address:
        home = homes.with_nothing_new(folder, address)
        state = folder / "state.json"
        releases = Catalog.load(folder / "releases").file_releases
        saved = format_datetime(loopback.SAVED_AT, usegmt=True)
        questions = [{"url": r.rules[0].addresses[0], "last_modified": saved} for r in releases]
        state.write_text(json.dumps(questions), encoding="utf-8")

        def check(output: str) -> None:
            asked = list(Archive(home.settings.archive).fetches())[-len(questions) :]
            if "nothing new" not in output or any(record.status != 304 for record in asked):
                raise RuntimeError(f"the refresh was not asked for nothing new:\n{output}")

        ours = Contender(
            "etl refresh, nothing new",
            [sys.executable, "-m", "benchmarks.launcher", "refresh"],
            home.environment,
            home.renew,
            check,
        )
        bare = Contender(
            "bare requests",
            [sys.executable, "-m", "benchmarks.peers.bare_requests", str(state)],
            home.environment,
            home.renew,
            lambda output: None,
        )
        pairs = list(alternate(rounds, ours, bare, folder))
    return timed_row("nothing new", pairs, "bare requests script", 2.0)


def new_file(folder: Path, rounds: int, memory_rounds: int) -> list[Row]:
    """Measure one new services file to published marts against the stock layout, and the memory."""
    home = homes.with_a_new_file(folder)
    stock_home = homes.as_stock(home)
    ours = Contender(
        "etl refresh, one new file",
        [sys.executable, "-m", "etl.cli", "refresh", "--offline"],
        home.environment,
        home.renew,
        lambda output: _keep_published(home, folder / "ours.duckdb"),
    )
    stock = Contender(
        "stock dagster-dbt",
        [
            *(sys.executable, "-m", "dagster", "asset", "materialize", "--select", "*"),
            *("-m", "benchmarks.peers.stock_dagster.definitions"),
        ],
        stock_home.environment,
        home.renew,
        lambda output: _keep_published(home, folder / "theirs.duckdb"),
    )
    pairs, different = [], set[str]()
    for pair in alternate(rounds, ours, stock, folder):
        pairs.append(pair)
        different |= set(comparing.differences(folder / "ours.duckdb", folder / "theirs.duckdb"))
    remark = f"not comparable: {', '.join(sorted(different))} differ" if different else "marts equal"
    memory = [(peak_megabytes(ours, folder), peak_megabytes(stock, folder)) for _ in range(memory_rounds)]
    return [
        timed_row("one new file", pairs, "stock dagster-dbt", 0.55, remark),
        Row(
            "its peak memory",
            [a for a, _ in memory],
            [b for _, b in memory],
            "MB",
            "stock dagster-dbt",
            700.0,
            is_ratio=False,
        ),
    ]


def _keep_published(home: homes.Home, copy: Path) -> None:
    """Keep what a run published; a run that published nothing has failed."""
    if home.settings.current_database.resolve().parent.name != "2":
        raise RuntimeError("the new file was not published")
    copy.unlink(missing_ok=True)
    shutil.copyfile(home.settings.current_database, copy)


def main() -> None:
    """Measure everything, print, save."""
    parser = argparse.ArgumentParser(prog="benchmarks.run", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "out", nargs="?", type=Path, help="JSON file to write (default: data/bench/<time>.json)"
    )
    parser.add_argument("--rounds", type=int, default=5, help="of the new file, A B each (default 5)")
    parser.add_argument("--quick-rounds", type=int, default=21, help="of nothing new (default 21)")
    parser.add_argument("--memory-rounds", type=int, default=5, help="of the memory (default 5)")
    options = parser.parse_args()
    started = datetime.now(UTC)
    console().print(", ".join(f"{name} {value}" for name, value in machine.facts().items()))
    with tempfile.TemporaryDirectory(prefix="etl-bench-") as name:
        folder = Path(name)
        rows = [nothing_new(_made(folder / "nothing_new"), options.quick_rounds)]
        rows += new_file(_made(folder / "new_file"), options.rounds, options.memory_rounds)
    show_and_save(rows, options.out, started)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()
