"""The page of liquid foreign exchange reserves, drawn as SBP prints it.

Figures are SBP's own, retyped from `forex.pdf` of 16 April 2026: a few of its rows.
"""

from collections.abc import Mapping, Sequence

from tests.support.drawn import Text, drawn, width

Row = tuple[str, str, str, str]

TITLES = ("Domestic Markets & Monetary Management Department", "LIQUID FOREIGN EXCHANGE RESERVES")
ROWS: tuple[Row | str, ...] = (
    ("2023-24R", "9,389.6", "4,606.7", "13,996.3"),
    ("2024-25R", "14,506.1", "4,763.4", "19,269.5"),
    "MONTH-END LEVELS1/",
    ("Feb 25 R", "11,249.5", "4,147.8", "15,397.3"),
    ("Mar 25", "10,638.9", "4,375.1", "15,014.0"),
    "WEEK-END LEVELS1/",
    ("6-Mar-26", "16,341.1", "5,257.2", "21,598.3"),
    ("13-Mar-26", "16,353.7", "5,350.5", "21,704.2"),
    ("19-Mar-26", "16,375.8", "5,360.2", "21,736.0"),
    ("27-Mar-26", "16,381.7", "5,407.9", "21,789.6"),
    ("3-Apr-26", "16,400.3", "5,494.6", "21,894.9"),
    ("10-Apr-26", "15,079.5", "5,445.0", "20,524.5"),
)
HEADERS = (("NET RESERVES WITH", "SBP"), ("NET RESERVES WITH", "BANKS"), ("TOTAL LIQUID", "FX RESERVES"))
_RIGHT_EDGES = (297, 413, 510)
_APART = 3
"""Points between digits that are drawn apart: wider than between glyphs, narrower than between cells."""


def reserves(
    rows: Sequence[Row | str] = ROWS,
    headers: Sequence[tuple[str, str]] = HEADERS,
    unit: str = "(MILLION US$)",
    stub: str = "END PERIOD",
    apart: Mapping[str, int] | None = None,
    notes: Sequence[str] = ("1/ Provisonal", "R Revised", "Phone +9221-9999-9999"),
) -> bytes:
    """Return the page; `apart` says of numbers after how many characters they are drawn in two pieces."""
    texts = [Text(303, 790 - 20 * n, line, align="centre") for n, line in enumerate((*TITLES, unit))]
    for edge, (upper, lower) in zip(_RIGHT_EDGES, headers, strict=True):
        texts += [Text(edge - 40, 720, upper, 8, "centre"), Text(edge - 40, 704, lower, 8, "centre")]
    texts.append(Text(106, 712, stub, 8))
    y = 690.0
    for row in rows:
        y -= 16
        if isinstance(row, str):
            texts.append(Text(303, y, row, align="centre"))
            continue
        texts.append(Text(91, y, row[0]))
        for edge, number in zip(_RIGHT_EDGES, row[1:], strict=False):
            texts += _number(edge, y, number, (apart or {}).get(number))
    texts += [Text(90, y - 20 - 12 * n, note, 8) for n, note in enumerate(notes)]
    return drawn(texts)


def _number(right: float, y: float, number: str, cut: int | None) -> list[Text]:
    if cut is None:
        return [Text(right, y, number, align="right")]
    last = Text(right, y, number[cut:], align="right")
    return [Text(right - width(number[cut:], 10) - _APART, y, number[:cut], align="right"), last]


def with_row(old: str, new: Row) -> tuple[Row | str, ...]:
    """Return the rows with another one in the place of the row of a period."""
    return tuple(new if row[0] == old else row for row in ROWS)
