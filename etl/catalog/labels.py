"""Labels as printed, and the key under which one is recognised.

Here: what makes two printed labels the same label. Not here: what a label means (an item code, a
balance-of-payments line): the seeds of `dbt_project` say that.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from etl.catalog.releases import CatalogError, Layout, Release, labels_seed

PATH_SEPARATOR = " > "

_SPACE = re.compile(r"\s+")
_FOOTNOTE_MARKS = "*@"


@lru_cache(maxsize=4096)
def row_key(label: str) -> str:
    """Return the key of a printed row label: ` 9.  Telecommunications,  Computer*` becomes
    `9. telecommunications, computer`.

    SBP's labels differ between editions by non-breaking, doubled and trailing spaces, by case and by
    the footnote stars at their end; none of these carries meaning, everything else does.
    """
    collapsed = _SPACE.sub(" ", label).strip()
    return collapsed.rstrip(_FOOTNOTE_MARKS + " ").casefold()


def path_key(labels: list[str]) -> str:
    """Return the key of a row that is told apart only by the rows it stands under.

    The balance-of-payments summary prints `General Government` three times; the path
    `financial account > other investment > ... > general government` names one of them.
    """
    return PATH_SEPARATOR.join(row_key(label) for label in labels)


def known_row_keys(layout: Layout) -> frozenset[str]:
    """Return the row keys that the labels seed of a layout lists; for series, those its templates make."""
    try:
        if layout.series:
            return frozenset(row_key(key) for key in _series_keys(layout, layout.series))
        return frozenset(row["row_key"] for row in _seed_rows(layout))
    except (FileNotFoundError, KeyError) as error:
        raise _unusable(layout) from error


def requested_series(release: Release) -> tuple[str, ...]:
    """Return the keys of the series that make a pull of a release, and those that check it, in the order of
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
