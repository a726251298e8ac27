"""Layout: one column a period, its header in two or three rows (`Mar` over `FY26P`; in older editions
`P` below that), rows that repeat their labels and are told apart by what they are indented under, or by
the block that they stand in. `Balancepayment_BPM6.xls` is one, `ExportsImports-Goods.pdf` another.

Which columns there are changes with the month: years, the month of last year, completed quarters, the
months of the current one, and at the right end the fiscal year to date, last year's and this year's.
"""

from dataclasses import replace

from etl.catalog.releases import Layout
from etl.readers import periods, plausibility, table
from etl.readers.values import Address, LayoutChangedError, Observation, Period, Sheet, Unread


def read_sheet(
    sheet: Sheet, layout: Layout, known_rows: frozenset[str]
) -> tuple[list[Observation], tuple[Unread, ...]] | None:
    """Read a sheet; None where it has no such table at all."""
    stub = _find_stub(sheet, layout)
    if stub is None:
        return None
    first_row = _first_data_row(sheet, stub)
    columns = _columns(sheet, range(stub.row, first_row), stub.column)
    area = range(first_row, table.find_end(sheet, layout, stub.column, first_row, columns))
    plausibility.require_headers(sheet, area, stub.column, columns)
    columns = table.distinct_periods(sheet, columns, area)
    plausibility.check_columns(columns, layout)
    rows = table.table_rows(sheet, stub.column, area, by_path=not layout.blocks)
    if layout.blocks:
        rows = table.in_blocks(rows, layout.blocks)
    table.require_rows(rows, layout, sheet)
    unit_label = table.find_unit(sheet, layout, first_row)
    observations = list(table.observe(sheet, rows, columns, unit_label, known_rows))
    return observations, table.unread_numbers(sheet, observations, range(stub.row, first_row))


def _find_stub(sheet: Sheet, layout: Layout) -> Address | None:
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            if table.is_text(cell, layout.stub):
                return Address(row, column)
    return None


def _first_data_row(sheet: Sheet, stub: Address) -> int:
    """Find the first label below the stub's header; the rows between belong to the header."""
    for row in range(stub.row + 1, len(sheet.rows)):
        if isinstance(sheet.at(Address(row, stub.column)), str):
            return row
    raise LayoutChangedError("the table is empty", f"sheet {sheet.name!r}", "rows below the header", "none")


def _columns(sheet: Sheet, header_rows: range, stub_column: int) -> list[table.PeriodColumn]:
    columns: list[table.PeriodColumn] = []
    for number in range(stub_column + 1, sheet.width):
        texts = [table.header_cell(sheet, Address(row, number)) for row in header_rows]
        label = " ".join(text for text in texts if text)
        if not label:
            continue
        parsed = periods.parse_header(label)
        if parsed is None:
            raise LayoutChangedError(
                "a period header is not understood",
                sheet.where(Address(header_rows.start, number)),
                "a period like 'Mar FY26P' or 'Jul-Mar FY26P'",
                repr(label),
            )
        where = sheet.where(Address(header_rows.start, number))
        columns.append(table.PeriodColumn(number, parsed.period, label, None, where))
    return _with_cumulative_pair(columns)


def _with_cumulative_pair(columns: list[table.PeriodColumn]) -> list[table.PeriodColumn]:
    """Read the last two columns as fiscal year to date where they are the same months from July on of
    two years running: in September their header is that of a quarter, in July that of a month.
    """
    if len(columns) < 2:
        return columns
    last_year, this_year = (column.period for column in columns[-2:])
    if not (_is_year_before(last_year, this_year) and periods.begins_fiscal_year(this_year)):
        return columns
    earlier = {(column.period.type, column.period.ends_on) for column in columns[:-2]}
    is_pair = this_year.type != "month" or (this_year.type, this_year.ends_on) in earlier
    if not is_pair:
        return columns
    return columns[:-2] + [
        replace(column, period=periods.as_fiscal_year_to_date(column.period)) for column in columns[-2:]
    ]


def _is_year_before(first: Period, second: Period) -> bool:
    return (
        first.type == second.type
        and first.starts_on.year + 1 == second.starts_on.year
        and first.ends_on.month == second.ends_on.month
        and first.starts_on.month == second.starts_on.month
    )
