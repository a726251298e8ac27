"""The table of results: on the terminal, and in docs/performance.md between its marks."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from rich.table import Table

from benchmarks.goals import digits
from benchmarks.results import Measured
from benchmarks.rows import Row

BEGIN, END = "<!-- written by `make bench` -->", "<!-- end -->"
_HEADINGS = ("work", "etl", "instead", "result", "goal", "", "remarks", "measured on")


def lines(rows: Sequence[Row], results: Mapping[str, Measured]) -> Iterator[tuple[str, ...]]:
    """Return the cells of each row, those not measured yet included."""
    for row in rows:
        measured = results.get(row.name)
        if measured is None:
            yield row.work, "", row.peer, "", str(row.goal), "not measured", "", ""
            continue
        figures = measured.figures
        result = row.goal.result(figures.ours, figures.theirs)
        is_met = row.goal.is_met(result)
        verdict = ("met" if is_met else "missed") if figures.is_comparable else "not comparable"
        theirs = f"{row.peer}: {spread(figures.theirs, row.goal.unit)}" if figures.theirs else row.peer
        remarks = [*figures.notes, "" if is_met else row.if_missed]
        yield (
            row.work,
            spread(figures.ours, row.goal.unit),
            theirs,
            row.goal.shown(result),
            str(row.goal),
            verdict,
            "; ".join(filter(None, remarks)),
            f"{measured.measured_at:%Y-%m-%d}, {measured.setting.code}; took {measured.took_seconds:,.0f} s",
        )


def spread(values: Sequence[float], unit: str) -> str:
    """Return the median with the least and the greatest value."""
    if not values:
        return ""
    places = digits(unit)
    extremes = f" ({min(values):.{places}f} to {max(values):.{places}f}, n={len(values)})"
    return f"{median(values):.{places}f} {unit}" + extremes


def terminal(rows: Sequence[Row], results: Mapping[str, Measured]) -> Table:
    """Lay the rows out for a terminal; without when they were measured."""
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in _HEADINGS[:-1]:
        shown.add_column(heading, overflow="fold")
    for cells in lines(rows, results):
        shown.add_row(*cells[:-1])
    return shown


def write(page: Path, rows: Sequence[Row], results: Mapping[str, Measured]) -> None:
    """Put the table of what was measured into a page."""
    page.write_text(in_place(page.read_text(encoding="utf-8"), rows, results), encoding="utf-8")


def in_place(page: str, rows: Sequence[Row], results: Mapping[str, Measured]) -> str:
    """Return a page with the table between its marks, and under it the machines on which it was measured."""
    before, rest = page.split(BEGIN)
    after = rest.split(END, 1)[1]
    table = [_HEADINGS, ("---",) * len(_HEADINGS), *lines(rows, results)]
    text = "\n".join(f"| {' | '.join(cells)} |" for cells in table)
    machines = "\n".join(f"- {words}" for words in _machines(results))
    return f"{before}{BEGIN}\n{text}\n\nMeasured on:\n\n{machines}\n{END}{after}"


def _machines(results: Mapping[str, Measured]) -> dict[str, None]:
    return dict.fromkeys(
        ", ".join(f"{name} {value}" for name, value in measured.setting.machine.items())
        + f"; {measured.setting.count:,} vintages"
        for measured in results.values()
    )
