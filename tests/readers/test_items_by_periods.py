"""Archives in every shape that they may have: each gives what the usual layout gives."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from etl.catalog.labels import row_key
from tests.support import workbooks
from tests.support.archives import (
    ARCHIVE,
    HEADLINE,
    MONTHS,
    QUARTERS,
    Cube,
    Head,
    LayOut,
    PeriodHead,
    Written,
    across,
    crossed,
    down,
    fiscal_year,
    headline_cube,
    month,
    quarter,
    quarter_months,
    quarters_cube,
    services_cube,
    summary_cube,
    without,
    years,
)
from tests.support.cells import Value, place
from tests.support.readings import SERVICES, SUMMARY, Figure, figures
from tests.support.readings import understood_as_shape as understood
from tests.support.workbooks import Grid

each_way_of_writing = pytest.mark.parametrize("written", ["merged", "first", "each"])
each_month_head = pytest.mark.parametrize(
    "head",
    [
        pytest.param(lambda day: (month(day),), id="Jul-04"),
        pytest.param(lambda day: (day,), id="dates"),
        pytest.param(lambda day: (fiscal_year(day), f"{day:%b}"), id="FY05 over Jul"),
        pytest.param(lambda day: (float(day.year), f"{day:%B}"), id="2004 over July"),
        pytest.param(lambda day: (f"{day:%b}", fiscal_year(day)), id="Jul over FY05"),
    ],
)
both_quarter_names = pytest.mark.parametrize("quarter_name", [quarter, quarter_months])


def usual(cube: Cube) -> dict[Figure, float | None]:
    """Return what the reader of the usual layout reads."""
    return figures(understood(SERVICES if cube.flows else SUMMARY, cube.usual))


@each_way_of_writing
@each_month_head
def test_months_across_over_credit_debit_and_net(head: PeriodHead, written: Written) -> None:
    cube = services_cube()

    reading = understood(ARCHIVE, across(cube, head, written).xls())

    assert figures(reading) == usual(cube)
    assert reading.unread == ()
    assert reading.latest_period_ends_on == date(2006, 6, 30)


def test_an_archive_may_be_laid_out_as_the_current_edition_with_its_footnotes_and_contacts() -> None:
    services_, summary_ = services_cube(), summary_cube()

    assert figures(understood(ARCHIVE, services_.usual)) == usual(services_)
    assert figures(understood(MONTHS, summary_.usual)) == usual(summary_)


@each_way_of_writing
@each_month_head
def test_months_down_and_items_over_credit_debit_and_net(head: PeriodHead, written: Written) -> None:
    cube = services_cube()

    reading = understood(ARCHIVE, down(cube, head, written).xlsx())

    assert figures(reading) == usual(cube)
    assert reading.unread == ()


@each_way_of_writing
def test_flows_may_stand_over_months(written: Written) -> None:
    cube = services_cube()
    places = [(p, f) for f in range(3) for p in range(len(cube.periods))]
    heads: list[Head] = [(cube.flows[f], month(cube.periods[p])) for p, f in places]
    stub: list[Head] = [(label,) for label in cube.labels]

    printed = crossed(stub, heads, lambda r, k: cube.value(r, *places[k]), cube.unit, written=written)

    assert figures(understood(ARCHIVE, printed.xls())) == usual(cube)


@each_way_of_writing
@pytest.mark.parametrize("is_outer", [True, False])
@pytest.mark.parametrize("is_down", [True, False])
def test_flows_may_stand_beside_items(is_down: bool, is_outer: bool, written: Written) -> None:
    cube = services_cube()
    places = [(r, f) for r in range(len(cube.rows)) for f in range(3)]
    if is_outer:
        places.sort(key=lambda of: of[1])
    stub: list[Head] = [
        (cube.flows[f], cube.labels[r]) if is_outer else (cube.labels[r], cube.flows[f]) for r, f in places
    ]
    heads: list[Head] = [(day,) for day in cube.periods]

    def value(k: int, p: int) -> Value | None:
        return cube.value(places[k][0], p, places[k][1])

    printed = (
        crossed(heads, stub, lambda p, k: value(k, p), cube.unit, written=written)
        if is_down
        else crossed(stub, heads, value, cube.unit, written=written)
    )

    assert figures(understood(ARCHIVE, printed.xlsx())) == usual(cube)


@pytest.mark.parametrize("lay_out", [across, down])
def test_a_sheet_may_have_one_flow_which_its_name_says(lay_out: LayOut) -> None:
    cube = services_cube()
    sheets = []
    for number, flow in enumerate(cube.flows):
        rows = tuple(replace(row, values=row.values[number::3]) for row in cube.rows)
        sheets.append(replace(lay_out(replace(cube, rows=rows, flows=())), sheet=f"{flow} (Jul04-Jun06)"))

    assert figures(understood(ARCHIVE, workbooks.xlsx(*sheets))) == usual(cube)


@pytest.mark.parametrize("write", [workbooks.xls, workbooks.xlsx])
def test_sheets_hold_some_years_each(write: Callable[..., bytes]) -> None:
    cube = services_cube()
    first, second = (across(years(cube, n, n + 12), sheet=f"FY0{5 + n // 12} ") for n in (0, 12))
    notes = Grid("Notes", {(0, 0): "Services", (1, 0): "Transport is as in BPM6", (2, 3): 4711.0})

    reading = understood(ARCHIVE, write(first, notes, second))

    assert figures(reading) == usual(cube)
    assert {o.sheet for o in reading.observations} == {"FY05 ", "FY06 "}


def test_tables_may_stand_below_one_another() -> None:
    cube = services_cube()
    first, second = (across(years(cube, n, n + 12)) for n in (0, 12))
    below = second.moved(len(cube.rows) + 8, 0)
    both = Grid("Archive", first.cells | below.cells, {}, first.merged + below.merged)

    assert figures(understood(ARCHIVE, both.xls())) == usual(cube)


@each_way_of_writing
@each_month_head
@pytest.mark.parametrize("lay_out", [across, down])
def test_rows_of_the_balance_of_payments_are_told_apart_without_indents(
    lay_out: LayOut, head: PeriodHead, written: Written
) -> None:
    cube = summary_cube()

    assert figures(understood(MONTHS, lay_out(cube, head, written).xlsx())) == usual(cube)


@each_way_of_writing
@both_quarter_names
@pytest.mark.parametrize("lay_out", [across, down])
def test_fiscal_years_stand_over_quarters(
    lay_out: LayOut, quarter_name: Callable[[date], str], written: Written
) -> None:
    cube = quarters_cube()

    def head(day: date) -> Head:
        return fiscal_year(day), quarter_name(day)

    assert figures(understood(QUARTERS, lay_out(cube, head, written).xlsx())) == usual(cube)


@pytest.mark.parametrize("is_down", [True, False])
def test_a_fiscal_year_in_a_line_of_its_own_heads_the_quarters_after_it(is_down: bool) -> None:
    cube = quarters_cube()
    line = [("FY14", None), *((quarter(day), p) for p, day in enumerate(cube.periods))]
    line.insert(5, ("FY15", None))
    stub: list[Head] = [(label,) for label in cube.labels]
    heads: list[Head] = [(word,) for word, _ in line]

    def value(row: int, k: int) -> Value | None:
        period = line[k][1]
        return None if period is None else cube.value(row, period)

    printed = (
        crossed(heads, stub, lambda k, row: value(row, k), cube.unit)
        if is_down
        else crossed(stub, heads, value, cube.unit)
    )
    reading = understood(QUARTERS, printed.xlsx())

    assert figures(reading) == usual(cube)
    assert reading.observations[0].column_label == "FY14 Q1"


def test_totals_of_fiscal_years_may_stand_beside_the_quarters() -> None:
    cube = quarters_cube()
    heads: list[Head] = [("FY14", quarter(day)) for day in cube.periods[:4]]
    heads += [("FY14", "Total"), *(("FY15", quarter(day)) for day in cube.periods[4:]), ("FY15", "")]
    stub: list[Head] = [(label,) for label in cube.labels]
    columns = (0, 1, 2, 3, 7, 4, 5, 6, 7, 3)  # a total has here the figures of another column

    printed = crossed(stub, heads, lambda row, k: cube.value(row, columns[k]), cube.unit, written="each")
    reading = understood(QUARTERS, without(printed, "L5").put("L6", "FY15 (P)").xlsx())

    by_column = {o.cell.rstrip("0123456789"): o for o in reading.observations}
    years = {column: o for column, o in by_column.items() if o.period_type == "fiscal_year"}
    assert {column: o.period_ends_on.year for column, o in years.items()} == {"G": 2014, "L": 2015}
    assert years["L"].status_mark == "P"


@pytest.mark.parametrize("lay_out", [across, down])
def test_the_blocks_of_the_headline_table_are_told_apart_by_their_totals(
    lay_out: LayOut,
) -> None:
    cube = headline_cube()
    blocks = ["exports"] * 13 + ["imports"] * 13

    reading = understood(HEADLINE, lay_out(cube).xls())

    keys = [f"{block} > {row_key(label)}" for block, label in zip(blocks, cube.labels, strict=True)]
    july = {o.row_key: o.value for o in reading.observations if o.period_starts_on == date(2010, 7, 1)}
    assert july == {key: cube.value(row, 0) for row, key in enumerate(keys)}


def test_a_cell_is_where_it_stands_in_the_file_whichever_way_the_table_lies() -> None:
    cube = services_cube()
    for printed in (across(cube), down(cube)):
        reading = understood(ARCHIVE, printed.xlsx())
        assert all(
            printed.cells[place(o.cell)] in (o.value, o.value_as_printed) for o in reading.observations
        )
        assert all(o.row_number == place(o.cell)[0] + 1 for o in reading.observations)


@pytest.mark.parametrize(
    ("head", "label"),
    [
        (lambda day: (f"{month(day)} (R)",), "Jul-13 (R)"),
        (lambda day: (f"{fiscal_year(day)}R", f"{day:%b}"), "FY14R Jul"),
        (lambda day: (fiscal_year(day), f"{day:%b} (R)"), "FY14 Jul (R)"),
        (lambda day: (month(day), "R"), "Jul-13 R"),
    ],
)
@pytest.mark.parametrize("lay_out", [across, down])
def test_marks_may_stand_beside_the_month_or_in_a_line_of_their_own(
    lay_out: LayOut, head: PeriodHead, label: str
) -> None:
    cube = summary_cube()

    reading = understood(MONTHS, lay_out(cube, head, "each").xlsx())

    assert {o.status_mark for o in reading.observations} == {"R"}
    assert reading.observations[0].column_label == label
    assert figures(reading) == usual(cube)


def test_a_mark_holds_for_its_own_month_only() -> None:
    cube = summary_cube()
    last = len(cube.periods) - 1
    printed = across(cube, lambda day: (month(day), "P" if day == cube.periods[last] else ""))

    reading = understood(MONTHS, printed.xlsx())

    marks = {o.period_ends_on: o.status_mark for o in reading.observations}
    assert marks.pop(date(2015, 6, 30)) == "P"
    assert set(marks.values()) == {None}


@pytest.mark.parametrize("lay_out", [across, down])
def test_a_month_that_is_not_available_is_landed_as_absent(lay_out: LayOut) -> None:
    cube = summary_cube()
    rows = tuple(replace(row, values=(*row.values[:-1], "-")) for row in cube.rows if None not in row.values)

    reading = understood(MONTHS, lay_out(replace(cube, rows=rows)).xlsx())

    june = {o.value_as_printed for o in reading.observations if o.period_ends_on == date(2015, 6, 30)}
    assert june == {"-"}
    assert reading.latest_period_ends_on == date(2015, 6, 30)


def test_a_month_that_is_missing_is_none() -> None:
    cube = summary_cube()
    months = [p for p in range(len(cube.periods)) if p != 7]
    rows = tuple(replace(row, values=tuple(row.values[p] for p in months)) for row in cube.rows)
    gap = replace(cube, rows=rows, periods=tuple(cube.periods[p] for p in months))

    reading = understood(MONTHS, across(gap).xlsx())

    assert len({o.period_ends_on for o in reading.observations}) == 23


def test_what_two_sheets_say_alike_is_landed_once_and_reported() -> None:
    cube = summary_cube()
    first, second = (across(years(cube, n, n + 12), sheet=str(n)) for n in (0, 11))

    reading = understood(MONTHS, workbooks.xlsx(first, second))

    assert len({o.period_ends_on for o in reading.observations}) == 23
    assert {(cell.sheet, cell.cell.rstrip("0123456789")) for cell in reading.unread} == {("11", "C")}


def test_numbers_outside_the_table_are_reported() -> None:
    printed = across(summary_cube()).put("AB8", 4711.0).put("C120", 1.0)

    reading = understood(MONTHS, printed.xlsx())

    assert [(cell.cell, cell.value_as_printed) for cell in reading.unread] == [("AB8", "4711"), ("C120", "1")]
