"""What a figure is held against.

Here: the kinds of goals, and whether one is met. Not here: the rows that have them (`rows.py`). A goal that
is missed is said and is no error: times belong to a machine and a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

_FORMS = {
    "times": ("{:.2f} ×", "≤ {:g} ×"),
    "speed": ("{:.2f} × its speed", "≥ {:g} × its speed"),
    "more": ("{:+.2f} {unit}", "≤ {:+g} {unit}"),
    "value": ("{:.{digits}f} {unit}", "≤ {:g} {unit}"),
}


@dataclass(frozen=True)
class Goal:
    """A limit for the medians of two contenders, or of ours alone."""

    kind: Literal["times", "speed", "more", "value"]
    """`times`: ours / theirs, at most. `speed`: theirs / ours, at least. `more`: ours - theirs, at most.
    `value`: ours, at most."""
    limit: float
    unit: str = "s"

    def result(self, ours: Sequence[float], theirs: Sequence[float]) -> float:
        """Return what the goal is about."""
        own = median(ours)
        match self.kind:
            case "times":
                return own / median(theirs)
            case "speed":
                return median(theirs) / own
            case "more":
                return own - median(theirs)
            case "value":
                return own

    def is_met(self, result: float) -> bool:
        """Whether a result is within the limit."""
        return result >= self.limit if self.kind == "speed" else result <= self.limit

    def shown(self, result: float) -> str:
        """Return a result as the table has it."""
        return _FORMS[self.kind][0].format(result, unit=self.unit, digits=digits(self.unit))

    def __str__(self) -> str:
        return _FORMS[self.kind][1].format(self.limit, unit=self.unit)


def digits(unit: str) -> int:
    """Return how many decimals a figure of this unit is shown with."""
    return {"MB": 0, "ms": 1}.get(unit, 2)
