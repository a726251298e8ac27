"""What a column's name says of its unit: one table that every description of the warehouse goes by.

Here: the parts of a name that stand for a unit or a kind of value. Not here: what a column holds; its
description says that.
"""

import re
from typing import NamedTuple


class Unit(NamedTuple):
    """A unit or kind of value, and how a column's name says it."""

    mark: str
    """The part of the name as people write it; `…` stands for the rest."""
    pattern: str
    name: str
    means: str
    is_measure: bool = True
    """It counts or measures something; else it says when or whether."""


UNITS = (
    Unit("…_usd_mn", r"_usd_mn$", "million US$", "Money: exports and imports are positive, balances signed."),
    Unit("…_thousand_usd", r"_thousand_usd$", "thousand US$", "Money, as the services workbook prints it."),
    Unit("…_pkr_mn", r"_pkr_mn$", "million rupees", "Money in Pakistan rupees."),
    Unit("…_pkr", r"_pkr$", "rupees", "Pakistan rupees per unit of a currency."),
    Unit("…_pct", r"_pct$", "per cent", "A change or a share: 12.5 is 12.5 %."),
    Unit("…_pp", r"_pp$", "percentage points", "A difference of two percentages."),
    Unit("…_ratio", r"_ratio$", "times", "How many times as large: 1.2 is 1.2 times."),
    Unit("…_rank", r"_rank$|_rank_", "rank", "1 is the highest; equals rank alike."),
    Unit("…_bytes", r"_bytes$", "bytes", "Size of a file."),
    Unit(
        "…_days, days_…", r"_days$|^days_", "days", "Days, of the calendar unless the name says working days."
    ),
    Unit("…_months, months_…", r"_months$|^months_|_months_", "months", "How many months."),
    Unit(
        "…_count, …_known, files_…, figures_…, times_…",
        r"_count$|_known$|^files_|^figures_|^times_",
        "count",
        "How many there are.",
    ),
    Unit("…_on", r"_on$", "date", "A day in Pakistan.", is_measure=False),
    Unit("…_at", r"_at$", "timestamp", "A moment, in UTC.", is_measure=False),
    Unit("is_…, …_is_…", r"^is_|_is_", "yes or no", "Null where it is not known.", is_measure=False),
)


def unit_of(column: str) -> Unit | None:
    """Return the unit that a column's name says; None where it says none."""
    return next((unit for unit in UNITS if re.search(unit.pattern, column)), None)
