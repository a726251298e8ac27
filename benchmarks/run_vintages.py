"""`python -m benchmarks.run_vintages`: what a thousand vintages cost; one table against the goals, and JSON.

Here: the rows and their goals. A run takes half an hour.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import homes, machine
from benchmarks.homes import Home
from benchmarks.measuring import Contender, alternate, peak_megabytes, time_run
from benchmarks.report import Row, console, show_and_save, timed_row
from benchmarks.vintages import COUNT, RELEASE

_OBSERVATIONS_IN_A_FILE = 1320


def reading_and_landing(home: Home, folder: Path, rounds: int) -> list[Row]:
    """Measure reading, and reading with landing, against calamine and Arrow that find nothing out."""
    files = str(home.path / "archive" / RELEASE)
    theirs = folder / "bare.duckdb"
    ours_only = _step(home, "read", home.path)
    bare_only = _bare("calamine and Arrow", home, files)
    scratch = folder / "landed"

    def renew() -> None:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        (scratch / "archive").symlink_to(home.path / "archive", target_is_directory=True)

    ours_landed = _step(home, "land", scratch, renew)
    bare_landed = _bare(
        "calamine, Arrow, DuckDB", home, files, str(theirs), lambda: theirs.unlink(missing_ok=True)
    )
    return [
        timed_row("read", list(alternate(rounds, ours_only, bare_only, folder)), bare_only.name, 1 / 0.5),
        timed_row(
            "read and land",
            list(alternate(rounds, ours_landed, bare_landed, folder)),
            bare_landed.name,
            1 / 0.6,
        ),
        timed_row(
            "the same, nothing landed instead",
            list(alternate(rounds, ours_landed, bare_only, folder)),
            bare_only.name,
            1 / 0.6,
        ),
    ]


def replaying(home: Home, folder: Path, rounds: int) -> list[Row]:
    """Measure `etl replay` against reading alone, and its memory."""
    replay = Contender(
        "etl replay",
        [sys.executable, "-m", "etl.cli", "replay"],
        home.environment,
        _nothing,
        lambda output: _demand("equal row for row" in output, output),
    )
    pairs = list(alternate(rounds, replay, _step(home, "read", home.path), folder))
    peak = peak_megabytes(replay, folder)
    return [
        timed_row("replay", pairs, "our reading alone", 1 / 0.5),
        Row("its peak memory", [peak], [], "MB", "", 1000.0, is_ratio=False),
    ]


def modelling(home: Home, folder: Path, rounds: int) -> Row:
    """Measure all models and their tests, from what is landed."""
    step = _step(home, "model", home.path, check=_nothing_to_check)
    seconds = [float(time_run(step, folder).output.split()[-1]) for _ in range(rounds)]
    return Row("marts from scratch", seconds, [], "s", "", 8.0, is_ratio=False)


def one_more(thousand: Home, empty: Home, folder: Path, rounds: int) -> Row:
    """Measure a refresh with one new file in a warehouse of a thousand and in one of the starter's three."""

    def refresh(home: Home, name: str) -> Contender:
        command = [sys.executable, "-m", "etl.cli", "refresh", "--offline"]
        return Contender(name, command, home.environment, home.renew, lambda output: _is_second(home))

    pairs = alternate(rounds, refresh(thousand, "in a thousand"), refresh(empty, "in an empty one"), folder)
    return timed_row("one more vintage", list(pairs), "the same, empty warehouse", 1.3)


def asking(home: Home, folder: Path, rounds: int) -> list[Row]:
    """Measure what is asked of a day, by the mart's macro and by a WHERE on the vintages."""
    rows = []
    for name, step in {
        "as of, by the mart": "ask_the_mart",
        "as of, by vintages": "ask_the_vintages",
    }.items():
        contender = _step(home, step, home.path, check=_nothing_to_check)
        taken = [float(time_run(contender, folder).output.split()[-1]) for _ in range(rounds)]
        rows.append(Row(f"{name}, 95 %", taken, [], "ms", "", 10.0, is_ratio=False))
    return rows


def _step(
    home: Home,
    step: str,
    path: Path,
    prepare: Callable[[], None] | None = None,
    check: Callable[[str], None] | None = None,
) -> Contender:
    command = [sys.executable, "-m", "benchmarks.steps", step, str(path)]
    return Contender(step, command, home.environment, prepare or _nothing, check or _counted)


def _bare(
    name: str, home: Home, folder: str, database: str = "", prepare: Callable[[], None] | None = None
) -> Contender:
    command = [sys.executable, "-m", "benchmarks.peers.bare_calamine", folder, *filter(None, [database])]
    return Contender(name, command, home.environment, prepare or _nothing, _counted)


def _nothing() -> None:
    """Prepare nothing."""


def _nothing_to_check(output: str) -> None:
    """Leave it to the exit code."""


def _counted(output: str) -> None:
    count = int(float(output.split()[-1]))
    _demand(count >= _OBSERVATIONS_IN_A_FILE and count % _OBSERVATIONS_IN_A_FILE == 0, output)


def _is_second(home: Home) -> None:
    published = home.settings.current_database.resolve().parent.name
    _demand(published == "2", f"snapshot {published}")


def _demand(is_so: bool, output: str) -> None:
    if not is_so:
        raise RuntimeError(f"the run did not do its work:\n{output}")


def main() -> None:
    """Measure everything, print, save."""
    parser = argparse.ArgumentParser(prog="benchmarks.run_vintages", description=__doc__.partition("\n")[0])
    parser.add_argument("out", nargs="?", type=Path, help="JSON file (default: data/bench/<time>.json)")
    parser.add_argument("--count", type=int, default=COUNT, help=f"vintages (default {COUNT})")
    parser.add_argument("--rounds", type=int, default=5, help="of each row (default 5)")
    options = parser.parse_args()
    started = datetime.now(UTC)
    console().print(", ".join(f"{name} {value}" for name, value in machine.facts().items()))
    with tempfile.TemporaryDirectory(prefix="etl-bench-") as name:
        folder = Path(name)
        empty = homes.with_a_new_file(folder / "empty")
        thousand = homes.with_a_thousand(folder / "thousand", options.count)
        rows = reading_and_landing(thousand, folder, options.rounds)
        rows += replaying(thousand, folder, options.rounds)
        rows.append(modelling(thousand, folder, options.rounds))
        thousand.renew()  # what was published is what is asked
        rows += asking(thousand, folder, options.rounds)
        more = homes.with_one_more(thousand, options.count)
        rows.append(one_more(more, empty, folder, options.rounds))
    show_and_save(rows, options.out, started)


if __name__ == "__main__":
    main()
