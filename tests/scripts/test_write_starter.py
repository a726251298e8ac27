"""The starter archive is what its figures say: written again, it is the same in every cell."""

import csv
import tomllib
from pathlib import Path

import pytest
import xlrd

from scripts.write_starter import FIGURES_FOLDER, STARTER_FOLDER, write_archive
from tests.support.releases import sha256_of

FILES = tuple(sorted(path.relative_to(STARTER_FOLDER) for path in STARTER_FOLDER.glob("*/*.xls")))
Cell = tuple[str, str, object, int, bool, str]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("starter")
    write_archive(folder)
    return folder


def cells(path: Path) -> list[Cell]:
    """Return sheet, address, value, indent, boldness and number format of every cell that holds something."""
    book = xlrd.open_workbook(str(path), formatting_info=True)
    found = []
    for sheet in book.sheets():
        for row in range(sheet.nrows):
            for column, cell in enumerate(sheet.row(row)):
                if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                    continue
                style = book.xf_list[cell.xf_index]
                is_bold = bool(book.font_list[style.font_index].bold)
                number_format = book.format_map[style.format_key].format_str
                address = xlrd.cellname(row, column)
                found.append(
                    (sheet.name, address, cell.value, style.alignment.indent_level, is_bold, number_format)
                )
    return found


def shape(path: Path) -> list[tuple[str, list[tuple[int, int, int, int]]]]:
    book = xlrd.open_workbook(str(path), formatting_info=True)
    return [(sheet.name, sorted(sheet.merged_cells)) for sheet in book.sheets()]


def test_the_same_files_are_written(written: Path) -> None:
    assert tuple(sorted(path.relative_to(written) for path in written.glob("*/*"))) == FILES
    assert len(FILES) == 3


@pytest.mark.parametrize("name", FILES, ids=str)
def test_every_cell_is_the_same(written: Path, name: Path) -> None:
    again = cells(written / name)

    assert again == cells(STARTER_FOLDER / name)
    assert sum(isinstance(value, float) for _, _, value, *_ in again) > 800
    assert shape(written / name) == shape(STARTER_FOLDER / name)


@pytest.mark.parametrize("name", FILES, ids=str)
def test_the_same_figures_give_the_same_bytes(written: Path, name: Path) -> None:
    assert sha256_of(written / name) == sha256_of(STARTER_FOLDER / name)


def test_the_list_of_the_starter_names_exactly_these_files() -> None:
    entries = tomllib.loads((STARTER_FOLDER / "starter.toml").read_text(encoding="utf-8"))["file"]

    assert sorted(entry["path"] for entry in entries) == [str(name) for name in FILES]
    assert all(entry["path"].startswith(f"{entry['release']}/") for entry in entries)


@pytest.mark.parametrize("name", ["trade_in_services", "balance_of_payments_summary"])
def test_each_figure_stands_in_one_line_and_each_edition_in_a_file(name: str) -> None:
    with (FIGURES_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))

    per_column = [
        (x["edition"], x["sheet_row"], x["column_label"], x.get("flow"), x.get("fiscal_year_label"))
        for x in lines
    ]
    assert len(set(per_column)) == len(lines)
    assert {line["edition"] for line in lines} == {
        path.stem[-7:] for path in FILES if path.parent.name == name
    }
