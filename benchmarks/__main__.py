"""`python -m benchmarks`: measure side by side, print one table against the goals, keep every figure.

Here: the command's arguments, and each group of rows saved as soon as it is measured. A goal that is missed
is said and ends with exit code 0; a run that did not do its work ends the measurement.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from rich.console import Console

from benchmarks import machine, results, table
from benchmarks.bench import Bench
from benchmarks.results import BENCH_FOLDER, KEPT, Measured, Setting
from benchmarks.rows import ROWS, Group, groups_of
from benchmarks.vintages import COUNT
from etl.common.settings import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "performance.md"
_QUICK_COUNT, _QUICK_MEGABYTES = 50, 50
_HOMES = BENCH_FOLDER / "homes"
"""On a disk, which a temporary folder often is not."""


def main() -> None:
    """Measure what is wanted; print and keep all that is known."""
    options = _options()
    out = options.out or (BENCH_FOLDER / "quick.json" if options.quick else KEPT)
    count = options.count or (_QUICK_COUNT if options.quick else COUNT)
    rounds = options.rounds or (1 if options.quick else 0)
    setting = Setting(*results.code(), machine.facts(), rounds, count)
    names = options.row or [row.name for row in ROWS]
    if options.resume:
        names = results.missing(results.load(out), names, setting)
    console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 220)
    console.print(", ".join(f"{name} {value}" for name, value in setting.machine.items()))
    megabytes = _QUICK_MEGABYTES if options.quick else 1000
    with _alone(), _emptied(_HOMES):
        measure(groups_of(names), Bench(_HOMES, rounds, count, megabytes), setting, out, console.print)
    known = results.load(out)
    console.print(table.terminal([row for row in ROWS if row.name in known], known))
    if not options.quick and not options.out:
        table.write(PAGE, ROWS, known)
    console.print(f"kept in {out}")


def measure(
    groups: Sequence[Group], bench: Bench, setting: Setting, out: Path, tell: Callable[[str], None]
) -> None:
    """Measure groups one after the other; what each gave is kept before the next begins."""
    for group in groups:
        names = ", ".join(row.name for row in group.rows)
        tell(f"measuring {names}")
        started = time.perf_counter()
        figures = group.measure(bench)
        took = time.perf_counter() - started
        now = datetime.now(UTC)
        measured = {name: Measured(each, setting, now, took) for name, each in figures.items()}
        results.save(out, results.load(out) | measured)
        tell(f"measured {names} in {took:.0f} s")
        _tidy(bench.folder, keep=("many", "new_file", "starter"))


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other measurements of this checkout out: each would measure the other."""
    BENCH_FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(BENCH_FOLDER / "running.lock", timeout=0):
            yield
    except Timeout:
        sys.exit(f"another measurement is running in {BENCH_FOLDER}; wait for it, or end it")


@contextmanager
def _emptied(folder: Path) -> Iterator[None]:
    """Return an empty folder for as long as the block runs; a run that was killed left its own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tidy(folder: Path, keep: Iterable[str]) -> None:
    """Delete what only the group before needed: several gigabytes."""
    for entry in folder.iterdir():
        if entry.name not in keep:
            shutil.rmtree(entry)


def _options() -> argparse.Namespace:
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument(
        "--row",
        action="append",
        choices=names,
        metavar="NAME",
        help=f"this row only, and those measured together with it; may be repeated: {', '.join(names)}",
    )
    parser.add_argument("--rounds", type=int, default=0, help="of every row (default 5, 21 of short ones)")
    parser.add_argument("--count", type=int, default=0, help=f"vintages (default {COUNT})")
    parser.add_argument("--quick", action="store_true", help="one round, few vintages: to see that it works")
    parser.add_argument("--resume", action="store_true", help="only rows not measured yet on this code so")
    parser.add_argument("--out", type=Path, help="JSON file (default: docs/performance.json)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
