"""Where a figure stands in its file, in words.

Here: sheet and cell, or what takes their place in a PDF or a data set, as a person reads them. Not here: the
file itself, whose name each report says in its own way.
"""

import re

_CELL = re.compile(r"[A-Z]{1,3}[0-9]+")


def place(sheet: str, cell: str) -> str:
    """Say `sheet EBOPS, cell F9`; a page with its line and a data set with its series read as they are.

    A name with space around it is quoted: an entry that corrects a cell has to repeat it.
    """
    if _CELL.fullmatch(cell):
        return f"sheet {sheet if sheet == sheet.strip() else repr(sheet)}, cell {cell}"
    return f"{sheet}, {cell}"
