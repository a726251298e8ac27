"""Units of columns, which their names say.

Here: the ends of names and the units they stand for. Not here: units that differ from row to row, which stand
in a column of their own (`unit`).
"""

from typing import Literal

Kind = Literal["money", "per cent", "other"]

_UNITS: tuple[tuple[str, str, Kind], ...] = (
    ("_usd_mn", "million US$", "money"),
    ("_pkr_mn", "million rupees", "money"),
    ("_pkr", "rupees", "money"),
    ("_pct", "per cent", "per cent"),
    ("_pp", "percentage points", "per cent"),
    ("_bytes", "bytes", "other"),
    ("_days", "days", "other"),
)


def unit_of(column: str) -> str | None:
    """Give the unit that a column's name says, in words; None where it says none."""
    return next((unit for end, unit, _ in _UNITS if column.endswith(end)), None)


def kind_of(column: str) -> Kind:
    """Tell whether a column holds money, per cent or something else."""
    return next((kind for end, _, kind in _UNITS if column.endswith(end)), "other")
