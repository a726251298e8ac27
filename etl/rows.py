"""Rows of a query for people and programs: a table, CSV or JSON.

Here: printing rows. Not here: anything else a command shows (`terminal`).
"""

import csv
import json
import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

Row = tuple[object, ...]


def print_rows(names: Sequence[str], rows: Sequence[Row], style: str) -> None:
    """Print rows to standard output; `style` is table, csv or json."""
    if style == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
    elif style == "json":
        document = [dict(zip(names, row, strict=True)) for row in rows]
        sys.stdout.write(json.dumps(document, default=_as_json, indent=2, ensure_ascii=False) + "\n")
    else:
        _print_table(names, rows)


def _print_table(names: Sequence[str], rows: Sequence[Row]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column, name in enumerate(names):
        is_number = any(isinstance(row[column], int | float | Decimal) for row in rows)
        table.add_column(Text(name), justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    Console(highlight=False).print(table)


def _as_json(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else str(value)
