"""Rows of measurements: one table against the goals, and the same as JSON.

Here: how a result is shown and saved. Not here: what is measured. A goal that is missed is said and is no
error: times belong to a machine and a day.
"""

import json
import sys
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks import machine
from benchmarks.measuring import Timed
from etl.settings import PROJECT_ROOT

BENCH_FOLDER = PROJECT_ROOT / "data" / "bench"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    ours: list[float]
    theirs: list[float]
    unit: str
    peer: str
    goal: float
    is_ratio: bool = True
    """Whether the goal is about ours / theirs, or about ours alone."""
    remark: str = ""
    more: dict[str, list[float]] = field(default_factory=dict)

    @property
    def result(self) -> float:
        """Give what the goal is about."""
        return median(self.ours) / median(self.theirs) if self.is_ratio else median(self.ours)


def timed_row(name: str, pairs: list[tuple[Timed, Timed]], peer: str, goal: float, remark: str = "") -> Row:
    """Make the row of runs that were timed in pairs."""
    ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    processor = median(run.cpu_seconds for run in ours) / median(run.cpu_seconds for run in theirs)
    remarks = [f"processor time {processor:.2f} x", remark]
    return Row(
        name,
        [run.seconds for run in ours],
        [run.seconds for run in theirs],
        "s",
        peer,
        goal,
        remark="; ".join(filter(None, remarks)),
        more={
            "ours_cpu_seconds": [run.cpu_seconds for run in ours],
            "theirs_cpu_seconds": [run.cpu_seconds for run in theirs],
        },
    )


def _spread(values: list[float], unit: str) -> str:
    if not values:
        return ""
    digits = 0 if unit == "MB" else 2
    low, high = min(values), max(values)
    return f"{median(values):.{digits}f} {unit} ({low:.{digits}f}-{high:.{digits}f}, n={len(values)})"


def table(rows: list[Row]) -> Table:
    """Lay the rows out."""
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", "etl", "instead", "", "result", "goal", ""):
        shown.add_column(heading, overflow="fold")
    for row in rows:
        unit = " x" if row.is_ratio else f" {row.unit}"
        digits = 2 if row.is_ratio else 0
        verdict = "met" if row.result <= row.goal else "missed"
        shown.add_row(
            row.name,
            _spread(row.ours, row.unit),
            _spread(row.theirs, row.unit),
            row.peer,
            f"{row.result:.{digits}f}{unit}",
            f"<= {row.goal:g}{unit}",
            f"{verdict}; {row.remark}" if row.remark else verdict,
        )
    return shown


def console() -> Console:
    """Give a console that leaves lines whole where no terminal has a width."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 180)


def show_and_save(rows: list[Row], out: Path | None, started: datetime) -> None:
    """Print the table and save all that was measured; by default into `data/bench/<time>.json`."""
    shown = console()
    shown.print(table(rows))
    path = out or BENCH_FOLDER / f"{started:%Y%m%dT%H%M%SZ}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    saved = [asdict(row) | {"result": row.result} for row in rows]
    document = {"started_at": started.isoformat(), "machine": machine.facts(), "rows": saved}
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    shown.print(f"saved {path}")
