"""What the workbook says about itself: the texts of its first two sheets.

Here: words. Not here: cells.
"""

from collections.abc import Iterator

from etl.exporting.origin import LICENCE, TITLE, Origin
from etl.exporting.tables import Mart


def about(origin: Origin) -> Iterator[tuple[str, list[str]]]:
    """Give what the workbook is and where its figures come from: a label and its lines."""
    yield "What it is", [f"{TITLE}: the marts that analysts query, a sheet each."]
    yield "State", [f"{origin.version[0].upper()}{origin.version[1:]}."]
    yield "Licence", [LICENCE]
    yield "Citation", [origin.citation]
    yield "Units", ["The end of a column's name says its unit; the sheet Columns says it in words."]
    yield (
        "Way back",
        ["A column that ends in vintage_id names the row of vintages with the file and cell of its figure."],
    )
    yield (
        "Sources",
        [
            f"{source.title}: {source.address}" if source.address else source.title
            for source in origin.sources
        ],
    )


def columns_of(mart: Mart) -> Iterator[tuple[str, ...]]:
    """Give each column of a mart: mart, name, unit, type, what it is."""
    for column in mart.columns:
        yield mart.name, column.name, column.unit or "", column.field_type, column.description
