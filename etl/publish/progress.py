"""What a run reports to whoever started it.

Here: the three things that are reported. Not here: how they are shown; the terminal and Dagster each do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # DuckDB and Arrow take 60 ms to import; a refresh with nothing new needs neither
    from etl.landing.land import LandedFile
    from etl.modelling.dbt import NodeResult


def _nothing(_: object) -> None:
    """Report to nobody."""


@dataclass(frozen=True)
class Progress:
    """Whom to report to; by default nobody."""

    step: Callable[[str], None] = _nothing
    """A step begins, in words."""
    landed: "Callable[[LandedFile], None]" = _nothing
    """A file was landed or quarantined."""
    node: "Callable[[NodeResult], None]" = _nothing
    """dbt has finished a model, seed or test."""
