"""The words that the dictionary adds to the descriptions: conventions, and how a column is named.

Here: what holds of every mart and is therefore said once. Not here: units (`etl.units`), and what holds of
one table or column.
"""

from typing import NamedTuple


class Convention(NamedTuple):
    """Something that holds of every mart; what stands in backquotes is code."""

    subject: str
    words: str


CONVENTIONS = (
    Convention(
        "Money",
        "Million US$, to the dollar (`decimal(18,6)`). Exports and imports are positive, also where SBP "
        "prints debits; only balances are signed, exports less imports.",
    ),
    Convention("Month", "`month` is its first day: 2026-03-01 is March 2026."),
    Convention(
        "Fiscal year",
        "SBP's: `FY26` is July 2025 to June 2026, `FY26-Q1` July to September 2025, `FY26-to-03` July 2025 "
        "to March 2026. Sort by the date beside it: `FY71` would come after `FY26`.",
    ),
    Convention(
        "Unknown",
        "Null is not known, never zero. A sum or an average of which a part is not known is null, and a "
        "change on a period that is not known is null.",
    ),
    Convention(
        "The figure that counts",
        "Where several sources give a figure, the newest print of the detail counts, else the newest of the "
        "others; `exports_is_superseded` marks one that a newer print elsewhere contradicts beyond rounding.",
    ),
    Convention(
        "Basis",
        "`published`: a cell of an archived file. `transcribed`: a print that quoted one. `derived`: a "
        "difference of cumulative columns. `sum_of_months`: added up here, as no source prints the period.",
    ),
    Convention("Status", "`provisional`, `revised` or `not_stated`, as printed; SBP never says final."),
    Convention(
        "Vintage",
        "One value that one source gave for one figure, once per change. Every figure joins to `vintages` by "
        "its `…_vintage_id`, and from there to its file, sheet and cell.",
    ),
    Convention(
        "As of a day",
        "`marts.<table>_as_of(day)` gives a mart as it was known at the end of that day in Pakistan. "
        "`valid_from` to `valid_to` says the same of a vintage.",
    ),
    Convention(
        "Revision",
        "A change beyond the rounding of the coarser of two prints. The same figure printed more exactly "
        "is none.",
    ),
)


class NamePart(NamedTuple):
    """A part of a column's name, and the convention behind it."""

    part: str
    means: str


NAME_PARTS = (
    NamePart("exports, imports, balance", "What flows: credits, debits, and exports less imports."),
    NamePart("mom", "On the month before."),
    NamePart("yoy", "On the same period of the year before."),
    NamePart("fytd", "Fiscal year to date: July to the row's month."),
    NamePart("12m", "The twelve months that end with the row's month."),
    NamePart("first_published", "The first print that is known."),
    NamePart("rounding", "Half a unit of the last printed digit: a smaller difference is none."),
    NamePart("share", "Part of all services (or of the total that the description names)."),
    NamePart("vintage_id", "The vintage behind the figure beside it."),
)
