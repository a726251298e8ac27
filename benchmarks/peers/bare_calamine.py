"""The floor of reading: python-calamine and Arrow alone, on all cores, with nothing found out or checked.

`python -m benchmarks.peers.bare_calamine FOLDER [DATABASE]` reads every .xls file below a folder into one
Arrow table of numbers with their words (file, cell, label, header, flow, text), puts it into a DuckDB table
where a database is named, and prints how many there are. Where the table stands on the sheet is written down
here, and the bytes are trusted.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from string import ascii_uppercase

import duckdb
import pyarrow as pa
from python_calamine import CalamineWorkbook

_HEADERS, _FLOWS, _FIRST_ROW, _LAST_ROW = 6, 7, 8, 96
_STUB, _FIRST_COLUMN, _LAST_COLUMN = 1, 2, 17
_FILES_IN_ONE_GO = 25


def read(paths: list[Path]) -> pa.Table:
    """Read files into a table, an observation a row."""
    return pa.concat_tables([_table(path) for path in paths])


def _table(path: Path) -> pa.Table:
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    rows = sheet.to_python(skip_empty_area=False)
    header = ""
    columns = []
    for number in range(_FIRST_COLUMN, _LAST_COLUMN):
        header = str(rows[_HEADERS][number] or header)
        columns.append((number, ascii_uppercase[number], header, rows[_FLOWS][number]))
    cells, labels, headers, flows, values, texts = [], [], [], [], [], []
    for row in range(_FIRST_ROW, _LAST_ROW):
        label = rows[row][_STUB]
        for number, letter, header, flow in columns:
            value = rows[row][number]
            cells.append(f"{letter}{row + 1}")
            labels.append(label)
            headers.append(header)
            flows.append(flow)
            values.append(value if isinstance(value, float) else None)
            texts.append(str(value))
    return pa.table(
        {
            "file": pa.array([path.stem] * len(cells)),
            "sheet": pa.array([sheet.name] * len(cells)),
            "cell": pa.array(cells),
            "row_label": pa.array(labels),
            "column_label": pa.array(headers),
            "flow_label": pa.array(flows),
            "value": pa.array(values, pa.float64()),
            "value_as_printed": pa.array(texts),
        }
    )


def batches(folder: Path) -> list[list[Path]]:
    """Return the .xls files below a folder in batches that are worth sending to another process."""
    paths = sorted(folder.rglob("*.xls"))
    return [paths[first : first + _FILES_IN_ONE_GO] for first in range(0, len(paths), _FILES_IN_ONE_GO)]


def main() -> None:
    """Read a folder, land it if asked, and print the number of observations."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        observations = pa.concat_tables(list(pool.map(read, batches(Path(sys.argv[1]))))).combine_chunks()
    if len(sys.argv) > 2:
        with duckdb.connect(sys.argv[2]) as connection:
            connection.execute("create table observations as from observations")
    print(observations.num_rows)


if __name__ == "__main__":
    main()
