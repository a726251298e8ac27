"""The rows that are known: the labels seeds of `dbt_project`, as the readers need them.

Here: which seed a layout's labels are in, and their keys. Not here: what a label means; the models join
the same seed for that, so that reading and modelling can never know different rows.
"""

import csv

from etl.catalog import CatalogError, Layout, labels_seed


def known_row_keys(layout: Layout) -> frozenset[str]:
    """Give the row keys that the labels seed of a layout lists."""
    path = labels_seed(layout)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return frozenset(row["row_key"] for row in csv.DictReader(file))
    except (FileNotFoundError, KeyError) as error:
        raise CatalogError(
            f"`layout.rows_seed` is {layout.rows_seed!r}, but {path} has no column `row_key`; "
            "docs/adding-a-release.md says what it holds"
        ) from error
