"""Layout: under each period header a group of `Credit`, `Debit` and `Net` columns, rows told apart by
the codes in their labels. `dt.xls` (trade in services) is one.

Months are headed `Mar-26 (P)` or by a date cell; what names a fiscal year (`Jul-Mar, FY26`, and in July
`Jul, FY27`) is cumulative.
"""

from datetime import date

from etl.catalog.releases import Layout
from etl.readers import periods, plausibility, table
from etl.readers.values import Address, CellValue, LayoutChangedError, Observation, Period, Sheet, Unread


def read_sheet(
    sheet: Sheet, layout: Layout, known_rows: frozenset[str]
) -> tuple[list[Observation], tuple[Unread, ...]] | None:
    """Read a sheet; None where it has no such table at all."""
    flow_row = _find_flow_row(sheet, layout)
    if flow_row is None:
        return None
    columns = _columns(sheet, layout, flow_row)
    stub_column = _find_stub(sheet, layout, flow_row)
    first_row = flow_row + 1
    area = range(first_row, table.find_end(sheet, layout, stub_column, first_row, columns))
    plausibility.require_headers(sheet, area, stub_column, columns)
    columns = table.distinct_periods(sheet, columns, area)
    plausibility.check_columns(columns, layout)
    rows = table.table_rows(sheet, stub_column, area, by_path=False)
    table.require_rows(rows, layout, sheet)
    unit_label = table.find_unit(sheet, layout, first_row)
    observations = list(table.observe(sheet, rows, columns, unit_label, known_rows))
    return observations, table.unread_numbers(sheet, observations, range(flow_row - 1, first_row))


def _find_flow_row(sheet: Sheet, layout: Layout) -> int | None:
    """Find the row that repeats `Credit Debit Net`: the headers of periods stand right above it."""
    for row, cells in enumerate(sheet.rows):
        if any(table.is_text(cell, layout.flows[0]) for cell in cells) and row > 0:
            return row
    return None


def _columns(sheet: Sheet, layout: Layout, flow_row: int) -> list[table.PeriodColumn]:
    columns: list[table.PeriodColumn] = []
    starts = [c for c, cell in enumerate(sheet.rows[flow_row]) if table.is_text(cell, layout.flows[0])]
    for start in starts:
        group = [sheet.at(Address(flow_row, start + offset)) for offset in range(len(layout.flows))]
        if not all(table.is_text(cell, flow) for cell, flow in zip(group, layout.flows, strict=True)):
            raise LayoutChangedError(
                "a group of columns is not as known",
                sheet.where(Address(flow_row, start)),
                " ".join(layout.flows),
                " ".join(table.header_text(cell) or "(empty)" for cell in group),
            )
        address = Address(flow_row - 1, start)
        header = sheet.at(address)
        period, label = _period(header, sheet, address), table.header_text(header)
        columns += [
            table.PeriodColumn(start + offset, period, label, flow, sheet.where(address))
            for offset, flow in enumerate(layout.flows)
        ]
    return columns


def _period(header: CellValue, sheet: Sheet, address: Address) -> Period:
    if isinstance(header, date):
        return periods.month_of(header)
    parsed = periods.parse_header(header) if isinstance(header, str) else None
    if parsed is None:
        raise LayoutChangedError(
            "a period header is not understood",
            sheet.where(address),
            "a period like 'Mar-26 (P)', 'Jul-Mar, FY26 (P)' or a date",
            repr(header),
        )
    is_cumulative = parsed.is_fiscal and periods.begins_fiscal_year(parsed.period)
    return periods.as_fiscal_year_to_date(parsed.period) if is_cumulative else parsed.period


def _find_stub(sheet: Sheet, layout: Layout, flow_row: int) -> int:
    for row in (flow_row - 1, flow_row):
        for column, cell in enumerate(sheet.rows[row]):
            if table.is_text(cell, layout.stub):
                return column
    raise LayoutChangedError(
        "the header of the labels is missing",
        f"sheet {sheet.name!r}, rows {flow_row} and {flow_row + 1}",
        repr(layout.stub),
        ", ".join(repr(cell) for cell in sheet.rows[flow_row - 1] if cell is not None) or "nothing",
    )
