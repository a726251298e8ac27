"""How many altered release files are quarantined, read as the original, or published wrong.

`python -m tests.torture.mutants` tries some hundreds of mutants of each release and shows the table;
with `--write` it writes the table into docs/reliability.md. Outside the fast suite: it takes some minutes.

Each mutant is landed beside the edition before it (services) or the file that it was made of, as a person
would meet it. What spans files is for the models, and is not counted here.
"""

import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from etl.archive.store import Archive, FileFacts
from etl.catalog.releases import Catalog, Release
from etl.common.settings import PROJECT_ROOT
from etl.landing import land as landing
from etl.readers.read import read_release
from etl.readers.values import NotUnderstood, Reading
from etl.warehouse import connect
from tests.support.cells import Value, name
from tests.support.readings import known_rows
from tests.support.releases import facts
from tests.support.remittances import remittances
from tests.support.reserves import ROWS, reserves
from tests.support.reserves import Row as ReservesRow
from tests.support.tables_down import goods_of_a_year, rates_of_a_winter
from tests.support.workbooks import Grid, services, services_grid, summary_grid, xls

KINDS = ("header", "unit", "factor", "label", "cell", "row")
_FACTORS = (0.001, 0.1, 1.1, 2.0, 10.0, 1000.0)
_BEGIN, _END = "<!-- written by `tests.torture.mutants` -->", "<!-- end of the table of mutants -->"
_CELLS_OF_EACH = 8
Figures = dict[tuple[object, ...], float | None]
Mutant = tuple[str, bytes]
"""Its kind and its bytes."""


@dataclass(frozen=True)
class Subject:
    """A release, a file of it, what was landed before, and mutants of the file."""

    release_id: str
    original: bytes
    before: bytes
    mutants: Callable[[random.Random], Iterator[Mutant]]
    format: str = "xls"
    day: date = date(2026, 4, 17)


def _of_grid(
    grid: Grid, headers: dict[str, tuple[Value, ...]], unit: str, stub: int, write: Callable[[Grid], bytes]
) -> Callable[[random.Random], Iterator[Mutant]]:
    """Return the mutants of a sheet whose periods stand in `headers` and whose labels stand in a column."""

    def mutants(chance: random.Random) -> Iterator[Mutant]:
        for cell, others in headers.items():
            for other in others:
                yield "header", write(grid.put(cell, other))
        words = str(grid.cells[next(at for at in grid.cells if name(at) == unit)])
        for place in range(len(words)):
            for letter in ("", "\x02", chance.choice("9x$")):
                yield "unit", write(grid.put(unit, words[:place] + letter + words[place + 1 :]))
        first = min(int(re.sub(r"\D", "", cell)) for cell in headers)
        numbers = {
            at: value
            for at, value in grid.cells.items()
            if isinstance(value, float) and at[1] > stub and at[0] >= first
        }
        for factor in _FACTORS:
            scaled = {at: value * factor for at, value in numbers.items()}
            yield "factor", write(Grid(grid.sheet, grid.cells | scaled, grid.indents, grid.merged))
        for at in chance.sample(sorted(at for at, value in numbers.items() if value), _CELLS_OF_EACH):
            value = numbers[at]
            for other in (value * 10, value * 1.5, -value, 2.1e16, -4e-207, "#REF!"):
                yield "cell", write(grid.put(name(at), other))
        yield from _rows(grid, sorted({at[0] for at in numbers}), stub, chance, write)

    return mutants


def _rows(
    grid: Grid, rows: list[int], stub: int, chance: random.Random, write: Callable[[Grid], bytes]
) -> Iterator[Mutant]:
    for one, other in pairwise(rows):
        if chance.random() > 30 / len(rows):
            continue
        cells = dict(grid.cells)
        labels = grid.cells.get((one, stub)), grid.cells.get((other, stub))
        if isinstance(labels[0], str) and isinstance(labels[1], str):
            exchanged = {(one, stub): labels[1], (other, stub): labels[0]}
            yield "label", write(Grid(grid.sheet, cells | exchanged, grid.indents, grid.merged))
        moved = {at: value for at, value in cells.items() if at[0] not in (one, other) or at[1] <= stub}
        for at, value in cells.items():
            if at[0] in (one, other) and at[1] > stub:
                moved[other if at[0] == one else one, at[1]] = value
        yield "row", write(Grid(grid.sheet, moved, grid.indents, grid.merged))
        emptied = {at: v for at, v in cells.items() if at[0] != one or at[1] <= stub}
        yield "row", write(Grid(grid.sheet, emptied, grid.indents, grid.merged))


def _months(day: date) -> tuple[Value, ...]:
    """Return a date cell left at other months and years."""
    days = [day.replace(day=15) - timedelta(days=30), day.replace(day=15) + timedelta(days=30)]
    return (*days, *(day.replace(year=day.year + years, day=15) for years in (-40, -2, -1, 1, 40)))


def _of_services() -> Subject:
    grid = services_grid()
    headers: dict[str, tuple[Value, ...]] = {
        "C7": (*_months(date(2025, 3, 31)), "Mar-24 (R)", "Feb-25 (R)"),
        "F7": (*_months(date(2026, 2, 28)), "Jan-26 (R)", "Feb-25 (R)"),
        "I7": (*_months(date(2026, 3, 31)), "Feb-26 (P)", "Mar-25 (P)", "Apr-26 (P)"),
        "L7": ("Jul-Feb, FY25 (R)", "Jul-Mar, FY24 (R)", "Jul-Mar, FY62", "Jul-Apr, FY25"),
        "O7": ("Jul-Feb, FY26 (P)", "Jul-Mar, FY25 (P)", "Jul-Mar, FY27", "Jul-Apr, FY26"),
    }
    mutants = _of_grid(grid, headers, "L6", 1, Grid.xls)
    return Subject("trade_in_services", grid.xls(), services_grid(services("2026-02")).xls(), mutants)


def _of_summary() -> Subject:
    grid = summary_grid()
    years = ("FY24", "FY25R", "FY26R", "FY25", "FY62", "FY27P")
    columns = "CDEFGHIJKL"
    headers: dict[str, tuple[Value, ...]] = {
        f"{column}6": tuple(year for year in years if year != grid.cells[5, number])
        for number, column in enumerate(columns, start=2)
    }
    months = {"D5": ("Feb", "Apr"), "H5": ("Jan", "Dec"), "I5": ("Feb", "Apr"), "F5": ("Oct-Dec", "Apr-Jun")}
    write = Grid.xls
    mutants = _of_grid(grid, headers | months, "L4", 1, write)
    return Subject("balance_of_payments_summary", grid.xls(), grid.xlsx(), mutants)


def _of_goods() -> Subject:
    grid = goods_of_a_year()
    dates = sorted(at for at, value in grid.cells.items() if at[1] == 0 and isinstance(value, date))
    headers: dict[str, tuple[Value, ...]] = {
        name(at): _months(found) for at in dates[::-1][:8] if isinstance(found := grid.cells[at], date)
    }
    return Subject("goods_trade", grid.xls(), grid.xlsx(), _of_grid(grid, headers, "K3", 1, Grid.xls))


def _of_rates() -> Subject:
    average, dollars, month_end, _ = rates_of_a_winter()

    def write(sheet: Grid) -> bytes:
        return xls(sheet, dollars, month_end)

    def mutants(chance: random.Random) -> Iterator[Mutant]:
        rows = sorted(at for at, value in average.cells.items() if at[1] == 1 and isinstance(value, float))[
            -12:
        ]
        headers: dict[str, tuple[Value, ...]] = {
            name(at): tuple(float(str(average.cells[at])) + years for years in (-40.0, -1.0, 1.0, 40.0))
            for at in rows
        }
        for kind, content in _of_grid(average, headers, "A6", 1, write)(chance):
            if kind != "factor":
                yield kind, content
        for factor in _FACTORS:
            yield "factor", xls(*(_scaled(sheet, factor) for sheet in (average, dollars, month_end)))

    return Subject("exchange_rates", write(average), xls(average, dollars, month_end, Grid("-", {})), mutants)


def _scaled(sheet: Grid, factor: float) -> Grid:
    numbers = {
        at: value * factor for at, value in sheet.cells.items() if isinstance(value, float) and at[1] > 1
    }
    return Grid(sheet.sheet, sheet.cells | numbers, sheet.indents, sheet.merged)


def _times(row: ReservesRow, factor: float, *places: int) -> ReservesRow:
    """Return a row of reserves with some of its numbers so many times as large."""
    cells = list(row)
    for place in places:
        cells[place] = f"{float(row[place].replace(',', '')) * factor:,.1f}"
    return cells[0], cells[1], cells[2], cells[3]


def _other_digits(label: str) -> Iterator[str]:
    for place, letter in enumerate(label):
        for digit in "0123456789" if letter.isdigit() else "":
            if digit != letter:
                yield label[:place] + digit + label[place + 1 :]


def _of_one_row(number: int, row: ReservesRow) -> Iterator[Mutant]:
    def with_row(changed: ReservesRow) -> bytes:
        return reserves([*ROWS[:number], changed, *ROWS[number + 1 :]])

    for label in _other_digits(row[0]):
        yield "header", with_row((label, *row[1:]))
    for factor in (10.0, 0.1, 1e9):
        for place in (1, 2, 3):
            yield "cell", with_row(_times(row, factor, place))
    yield "cell", with_row(_times(row, 1e9, 1, 2, 3))


def _of_reserves() -> Subject:
    def mutants(chance: random.Random) -> Iterator[Mutant]:
        for number, row in enumerate(ROWS):
            if not isinstance(row, str):
                yield from _of_one_row(number, row)
        words = "(MILLION US$)"
        for place in range(len(words)):
            for letter in ("", chance.choice("9x")):
                yield "unit", reserves(unit=words[:place] + letter + words[place + 1 :])
        for factor in _FACTORS:
            rows = [row if isinstance(row, str) else _times(row, factor, 1, 2, 3) for row in ROWS]
            yield "factor", reserves(rows)

    before = reserves(notes=("1/ Provisonal", "R Revised"))
    return Subject("foreign_exchange_reserves", reserves(), before, mutants, "pdf")


def _of_remittances() -> Subject:
    original = remittances()

    def mutants(chance: random.Random) -> Iterator[Mutant]:
        for day in ("31-Aug-2066", "31-Aug-2056", "30-Sep-2026", "31-Aug-1926", "31-Aug-1966", "31-Dec-2026"):
            yield "header", remittances(day)
        for letter in ("\\x02", "9", "x", ""):
            yield "unit", original.replace(b"Million USD", f"Millio{letter} USD".encode())
            yield (
                "unit",
                original.replace(
                    b"Million USD", f"{letter}Million USD{letter}".encode() if letter else b"USD"
                ),
            )
        numbers = re.findall(rb'"(\d+\.\d+)"', original)
        for factor in _FACTORS:
            parts = re.split(rb'"(\d+\.\d+)"', original)
            parts[1::2] = [b'"%.8f"' % (float(number) * factor) for number in numbers]
            yield "factor", b"".join(parts)
        for number in dict.fromkeys(numbers):
            for factor in (10, -1, 1e12, 1.5):
                yield "cell", original.replace(b'"' + number + b'"', b'"%.8f"' % (float(number) * factor), 1)

    return Subject(
        "workers_remittances",
        original,
        remittances().replace(b"\r\n", b"\n"),
        mutants,
        "csv",
        date(2026, 9, 10),
    )


def measure(subject: Subject, catalog: Catalog) -> dict[str, Counter[str]]:
    """Return for each kind of mutant how many had which outcome."""
    release = catalog.get(subject.release_id)
    layout = release.rules[2]
    found: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        original = read_release(subject.original, layout, known_rows(subject.release_id))
        assert isinstance(original, Reading), str(original)
        right = _of_reading(original)
        database = _land(base / "before", release, subject, [subject.before])
        seen: set[bytes] = {subject.original, subject.before}
        for number, (kind, content) in enumerate(subject.mutants(random.Random(20))):
            if content in seen:
                continue
            seen.add(content)
            # What the reader refuses or reads as the original needs no landing, which starts a process.
            read = read_release(content, layout, known_rows(subject.release_id))
            if isinstance(read, NotUnderstood):
                found[kind]["quarantined"] += 1
                continue
            if _of_reading(read) == right:
                found[kind]["as the original"] += 1
                continue
            copy = base / "build" / str(number)
            copy.mkdir(parents=True)
            (copy / "warehouse.duckdb").write_bytes(database.read_bytes())
            archive = Archive(copy / "archive")
            for each, hours in ((subject.before, 0), (content, 1)):
                archive.store(each, _facts(subject, each, hours))
            with connect.write(copy / "warehouse.duckdb") as connection:
                (landed,) = landing.land_releases(connection, [release], archive)
            if landed.quarantine is not None:
                found[kind]["quarantined"] += 1
            else:
                found[kind]["published wrong"] += 1
    return found


def _facts(subject: Subject, content: bytes, hours: int) -> FileFacts:
    seen = datetime(subject.day.year, subject.day.month, subject.day.day, 6 + hours, tzinfo=UTC)
    kind = "xlsx" if content.startswith(b"PK") else subject.format
    return facts(content, subject.release_id, format=kind, first_seen_at=seen, published_on=subject.day)


def _land(folder: Path, release: Release, subject: Subject, contents: list[bytes]) -> Path:
    folder.mkdir()
    archive, database = Archive(folder / "archive"), folder / "warehouse.duckdb"
    for content in contents:
        archive.store(content, _facts(subject, content, 0))
    with landing.ready(database, Catalog.load(), "key") as connection:
        for landed in landing.land_releases(connection, [release], archive):
            assert landed.quarantine is None, str(landed.quarantine)
    return database


def _of_reading(reading: Reading) -> Figures:
    return {
        (o.row_key, o.flow_label, o.period_type, o.period_starts_on, o.period_ends_on): o.value
        for o in reading.observations
    }


def table(results: dict[str, dict[str, Counter[str]]]) -> str:
    """Return the results as a table of Markdown."""
    lines = [
        "| release | mutants of | tried | quarantined | as the original | published wrong |",
        "|---" * 6 + "|",
    ]
    for release_id, kinds in results.items():
        for kind, counts in kinds.items():
            if counts:
                cells = [counts[word] for word in ("quarantined", "as the original", "published wrong")]
                shown = " | ".join(f"{cell:,}" for cell in (sum(cells), *cells))
                lines.append(f"| `{release_id}` | {kind}s | {shown} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Try every mutant, show what became of them, and write it down where asked to."""
    catalog = Catalog.load()
    subjects = [
        make() for make in (_of_services, _of_summary, _of_goods, _of_rates, _of_reserves, _of_remittances)
    ]
    asked = [word for word in arguments if not word.startswith("-")]
    results: dict[str, dict[str, Counter[str]]] = {}
    for subject in subjects:
        if not asked or subject.release_id in asked:
            results[subject.release_id] = measure(subject, catalog)
            print(table({subject.release_id: results[subject.release_id]}), flush=True)
    if "--write" in arguments:
        page = PROJECT_ROOT / "docs" / "reliability.md"
        before, rest = page.read_text(encoding="utf-8").split(_BEGIN)
        text = f"{before}{_BEGIN}\n{table(results)}\n{_END}{rest.split(_END)[1]}"
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
