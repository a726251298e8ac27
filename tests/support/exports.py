"""Exported files, read back."""

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

WORKBOOK = "sbp-warehouse.xlsx"


def descriptor_of(folder: Path) -> dict[str, Any]:
    """Read what an export says of itself."""
    descriptor: dict[str, Any] = json.loads((folder / "datapackage.json").read_bytes())
    return descriptor


def rows_of_csv(path: Path) -> list[dict[str, str]]:
    """Read a CSV file row by row, as text."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def open_workbook(folder: Path, *, is_quick: bool) -> Workbook:
    """Open the workbook: quickly, with values alone, or with notes, formats and links too."""
    return openpyxl.load_workbook(folder / WORKBOOK, read_only=is_quick)


def names_of_sheets(folder: Path) -> list[str]:
    """Return the names of the workbook's sheets."""
    return open_workbook(folder, is_quick=True).sheetnames
