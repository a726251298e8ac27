"""The workbook, read back by another library: values, formats and notes; on small marts, one that is longer
than a sheet and texts that look like formulas.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from etl.serve.export import tables, workbook
from etl.serve.export.export import export
from etl.serve.export.tables import Origin
from etl.warehouse import connect
from etl.warehouse.connect import Connection
from tests.support.exports import open_workbook
from tests.support.installation import Installation

ORIGIN = Origin(3, "key", datetime(2026, 11, 24, 9, tzinfo=UTC), None, ())


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with connect.write(tmp_path / "warehouse.duckdb") as connection:
        connection.execute("create schema marts")
        yield connection


def sheets_of(connection: Connection, path: Path, rows_per_sheet: int = 100) -> dict[str, list[tuple]]:
    """Write the marts of a warehouse and read the sheets back; the first two say what the others hold."""
    workbook.write(
        connection,
        tables.marts(connection, {}),
        ORIGIN,
        path,
        is_sorted=False,
        rows_per_sheet=rows_per_sheet,
    )
    book = openpyxl.load_workbook(path)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


@pytest.mark.parametrize("mart", ["services_monthly", "vintages", "dim_release", "dim_release_file"])
def test_a_sheet_holds_the_rows_of_its_mart(published: Installation, exported: Path, mart: str) -> None:
    def as_cell(value: object) -> object:
        match value:
            case Decimal() | float():
                return pytest.approx(float(value), rel=1e-15, abs=0)
            case date() if not isinstance(value, datetime):
                return datetime(value.year, value.month, value.day)
            case list():
                return json.dumps(value, separators=(",", ":"))
            case _:
                return value

    _, *rows = open_workbook(exported, is_quick=True)[mart].iter_rows(values_only=True)

    assert rows == [tuple(map(as_cell, row)) for row in published.rows(f"from marts.{mart}")]


@pytest.fixture(scope="module")
def book(published: Installation, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """Return a workbook of one mart, with notes, formats and links."""
    folder = tmp_path_factory.mktemp("exports") / "one"
    export(published.settings, folder, marts=["services_monthly"], formats=["excel"])
    return open_workbook(folder, is_quick=False)


def test_a_sheet_has_a_frozen_header_a_filter_notes_and_formats(book: Workbook) -> None:
    sheet = book["services_monthly"]
    header = [cell.value for cell in sheet[1]]
    last = sheet[sheet.max_row]
    money, change, month = (header.index(name) for name in ("exports_usd_mn", "exports_yoy_pct", "month"))

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet[1][money].comment.text.endswith("million US$")
    assert [last[place].number_format for place in (money, change, month)] == [
        "#,##0.0",
        '0.0" %"',
        "yyyy-mm-dd",
    ]


def test_the_front_sheets_say_what_it_is_and_what_each_column_is(book: Workbook) -> None:
    about = list(book["About"].iter_rows())
    columns = [row[:4] for row in book["Columns"].iter_rows(values_only=True)]

    labels = [row[0].value for row in about if row[0].value]
    assert labels == [
        "What it is",
        "State",
        "Licence",
        "Citation",
        "Units",
        "Way back",
        "Sources",
        "sheet",
        "services_monthly",
    ]
    assert "states no licence" in about[2][1].value
    assert about[-1][0].hyperlink.location == "'services_monthly'!A1"
    assert ("services_monthly", "exports_usd_mn", "million US$", "number") in columns
    assert len(columns) == 1 + book["services_monthly"].max_column


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        (0, [0]),
        (1, [1]),
        (250, [250]),
        (251, [250, 1]),
        (500, [250, 250]),
        (777, [250, 250, 250, 27]),
    ],
)
def test_a_mart_longer_than_a_sheet_goes_on_in_the_next(
    connection: Connection, tmp_path: Path, rows: int, parts: list[int]
) -> None:
    connection.execute(f"create table marts.long as select i from range({rows}) rows(i)")

    _about, _columns, *sheets = sheets_of(connection, tmp_path / "book.xlsx", rows_per_sheet=250).items()

    assert [name for name, _ in sheets] == ["long", "long (2)", "long (3)", "long (4)"][: len(parts)]
    assert [len(content) - 1 for _, content in sheets] == parts
    assert all(content[0] == ("i",) for _, content in sheets)
    assert [row[0] for _, content in sheets for row in content[1:]] == list(range(rows))


def test_the_sheets_are_listed_with_their_rows(connection: Connection, tmp_path: Path) -> None:
    connection.execute("create table marts.long as select i from range(12) rows(i)")

    about = sheets_of(connection, tmp_path / "book.xlsx", rows_per_sheet=10)["About"]

    assert [(row[0], row[2]) for row in about[-2:]] == [("long", "10"), ("long (2)", "2")]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum(a1)", "{=1}", "https://www.sbp.org.pk", "12"])
def test_text_stays_text(connection: Connection, tmp_path: Path, text: str) -> None:
    connection.execute("create table marts.words as select ? as word", [text])
    sheets_of(connection, tmp_path / "book.xlsx")

    cell = openpyxl.load_workbook(tmp_path / "book.xlsx")["words"]["A2"]

    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_lists_and_structs_are_json_and_dates_and_truths_are_themselves(
    connection: Connection, tmp_path: Path
) -> None:
    connection.execute(
        """
        create table marts.kinds as select
            ['a', 'b'] as list, [{'name': 'x', 'value': 1.25}] as numbers, {'a': 1} as struct,
            date '2026-03-01' as day, timestamp '2026-04-17 01:02:03' as seen_at,
            true as is_so, null::date as none, 373.528077::decimal(18, 6) as exports_usd_mn
        """
    )

    _, row = sheets_of(connection, tmp_path / "book.xlsx")["kinds"]

    assert row == (
        '["a","b"]',
        '[{"name":"x","value":1.25}]',
        '{"a":1}',
        datetime(2026, 3, 1),
        datetime(2026, 4, 17, 1, 2, 3),
        True,
        None,
        373.528077,
    )


def test_it_was_made_when_its_snapshot_was_published(connection: Connection, tmp_path: Path) -> None:
    connection.execute("create table marts.words as select 'a' as word")
    sheets_of(connection, tmp_path / "book.xlsx")

    properties = openpyxl.load_workbook(tmp_path / "book.xlsx").properties

    assert properties.created == datetime(2026, 11, 24, 9)


def test_names_are_cut_to_what_excel_allows() -> None:
    assert workbook.sheet_name("services_monthly") == "services_monthly"
    assert workbook.sheet_name("foreign_exchange_reserves_weekly") == "foreign_exchange_reserves_weekl"
    assert workbook.sheet_name("foreign_exchange_reserves_weekly", 12) == "foreign_exchange_reserves_ (12)"
    assert len(workbook.sheet_name("foreign_exchange_reserves_weekly", 12)) == 31
