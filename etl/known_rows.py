"""The rows that are known: the labels seeds of `dbt_project`, as the readers need them.

Here: which seed a layout's labels are in, and their keys. Not here: what a label means; the models join
the same seed for that, so that reading and modelling can never know different rows.
"""

import csv
import re
from collections.abc import Iterable, Iterator

from etl.catalog import CatalogError, Layout, Release, labels_seed
from etl.reading.labels import row_key


def known_row_keys(layout: Layout) -> frozenset[str]:
    """Give the row keys that the labels seed of a layout lists; for series, those its templates make."""
    try:
        if layout.series:
            return frozenset(row_key(key) for key in _series_keys(layout, layout.series))
        return frozenset(row["row_key"] for row in _seed_rows(layout))
    except (FileNotFoundError, KeyError) as error:
        raise _unusable(layout) from error


def asked_series(release: Release) -> tuple[str, ...]:
    """Give the keys of the series that make a pull of a release, and those that check it, in the order of
    its rows.
    """
    _, _, layout = release.rules
    try:
        asked = list(_series_keys(layout, release.by_series.asked))
    except (FileNotFoundError, KeyError) as error:
        raise _unusable(layout) from error
    checks = [f"{layout.dataset}.{code}" for identity in layout.identities for code in identity]
    return tuple(dict.fromkeys([*asked, *checks]))


def _series_keys(layout: Layout, templates: Iterable[str]) -> Iterator[str]:
    for row in _seed_rows(layout):
        for template in templates:
            yield f"{layout.dataset}.{template.format_map(row)}"


def _seed_rows(layout: Layout) -> list[dict[str, str]]:
    with labels_seed(layout).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if layout.only_rows is None:
        return rows
    column, pattern = layout.only_rows
    return [row for row in rows if re.fullmatch(pattern, row[column])]


def _unusable(layout: Layout) -> CatalogError:
    columns = f"the columns of {', '.join(layout.series)}" if layout.series else "no column `row_key`"
    return CatalogError(
        f"`layout.rows_seed` is {layout.rows_seed!r}, but {labels_seed(layout)} "
        f"{'lacks ' if layout.series else 'has '}{columns}; docs/adding-a-release.md says what it holds"
    )
