"""Rows of a query for people and programs: a table, CSV or JSON.

Here: printing rows. Not here: anything else a command shows (`terminal`).
"""

import csv
import json
import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from etl.plain import exact, harmless

if TYPE_CHECKING:
    from rich.console import Console

Row = tuple[object, ...]
_WIDTH_OF_NO_TERMINAL = 10_000


def print_rows(names: Sequence[str], rows: Sequence[Row], style: str, *, is_dense: bool = False) -> None:
    """Print rows to standard output; `style` is table, csv or json. A dense table leaves less space."""
    if style == "csv":
        writer = csv.writer(exact(sys.stdout), lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
    elif style == "json":
        document = [dict(zip(names, row, strict=True)) for row in rows]
        exact(sys.stdout).write(json.dumps(document, default=_as_json, indent=2, ensure_ascii=False) + "\n")
    else:
        _print_table(names, rows, is_dense=is_dense)


def _print_table(names: Sequence[str], rows: Sequence[Row], *, is_dense: bool) -> None:
    """Print a table at its full width; on a terminal that is too narrow, one row below the other:
    numbers are never broken.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = _wide_console()
    padding = (0, 1, 0, 0) if is_dense else (0, 1)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=not is_dense, padding=padding)
    for column, name in enumerate(names):
        is_number = any(isinstance(row[column], int | float | Decimal) for row in rows)
        table.add_column(Text(harmless(name)), justify="right" if is_number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(_shown(value)) for value in row))
    full = console.measure(table, options=console.options.update(max_width=_WIDTH_OF_NO_TERMINAL)).maximum
    if full <= console.width:
        console.print(table)
        return
    widest = max(len(name) for name in names)
    for number, row in enumerate(rows, 1):
        console.print(f"row {number}", markup=False)
        for name, value in zip(names, row, strict=True):
            console.print(f"  {name.ljust(widest)}  {_shown(value)}", markup=False, soft_wrap=True)


def _wide_console() -> "Console":
    """Give a console that breaks no line where its output is read by a program or a file."""
    from etl.console import PlainConsole

    is_terminal = sys.stdout.isatty()
    return PlainConsole(soft_wrap=False, width=None if is_terminal else _WIDTH_OF_NO_TERMINAL)


def _shown(value: object) -> str:
    return "" if value is None else harmless(str(value))


def _as_json(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else str(value)
