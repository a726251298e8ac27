"""The tables of a file as one, where there are several: the parts of an archive, or average rates on one
sheet and those of the month's end on another.

Here: the rule that no two tables may disagree, how much makes an archive, and which tables there must be.
Not here: the reading of a table.
"""

from collections.abc import Iterable

from etl.catalog import Layout
from etl.reading.values import LayoutChangedError, Observation, Unread


def joined(
    tables: Iterable[tuple[list[Observation], tuple[Unread, ...]]], layout: Layout
) -> tuple[list[Observation], tuple[Unread, ...]]:
    """Put the tables of a file together. What one repeats of another is reported as unread; where they
    disagree about a figure the file is refused, since nothing in it says which is newer.
    """
    kept: dict[tuple[object, ...], Observation] = {}
    unread: list[Unread] = []
    for observations, of_table in tables:
        unread += of_table
        for observation in observations:
            first = kept.setdefault(_figure(observation), observation)
            if first is observation:
                continue
            if first.value_as_printed != observation.value_as_printed:
                raise _disagreement(first, observation)
            unread.append(Unread(observation.sheet, observation.cell, observation.value_as_printed))
    _require_enough(kept.values(), layout)
    _require_titles(kept.values(), layout)
    return list(kept.values()), tuple(unread)


def _figure(o: Observation) -> tuple[object, ...]:
    """Give what a number is about; `Credit` and `credit` are one flow."""
    return (
        o.row_key,
        o.flow_label and o.flow_label.casefold(),
        o.period_type,
        o.period_starts_on,
        o.period_ends_on,
    )


def _disagreement(first: Observation, second: Observation) -> LayoutChangedError:
    return LayoutChangedError(
        "two tables disagree about one figure",
        f"{first.sheet!r} {first.cell} and {second.sheet!r} {second.cell}",
        f"one number for {first.row_label.strip()!r}, {first.column_label!r}",
        f"{first.value_as_printed} and {second.value_as_printed}",
    )


def _require_enough(observations: Iterable[Observation], layout: Layout) -> None:
    """See that the file is an archive: a current edition has the same words and few periods."""
    found = {o.period_ends_on for o in observations if o.period_type == layout.holds}
    if len(found) < layout.at_least:
        kind = layout.holds.replace("_", " ")
        raise LayoutChangedError(
            "too few periods for an archive",
            "the file",
            f"at least {layout.at_least} {kind}s",
            f"{len(found)}",
        )


def _require_titles(observations: Iterable[Observation], layout: Layout) -> None:
    """See that all tables are there that the layout names by their titles."""
    found = {o.flow_label for o in observations}
    for title in layout.titles:
        if title not in found:
            there = ", ".join(sorted(repr(flow) for flow in found))
            raise LayoutChangedError("a table is missing", "the file", repr(title), there)
