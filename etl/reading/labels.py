"""Labels as printed, and the key under which one is recognised.

Here: what makes two printed labels the same label. Not here: what a label means (an item code, a
balance-of-payments line): the seeds of `dbt_project` say that.
"""

import re
from functools import lru_cache

PATH_SEPARATOR = " > "

_SPACE = re.compile(r"\s+")
_FOOTNOTE_MARKS = "*@"


@lru_cache(maxsize=4096)
def row_key(label: str) -> str:
    """Give the key of a printed row label: ` 9.  Telecommunications,  Computer*` becomes
    `9. telecommunications, computer`.

    SBP's labels differ between editions by non-breaking, doubled and trailing spaces, by case and by
    the footnote stars at their end; none of these carries meaning, everything else does.
    """
    collapsed = _SPACE.sub(" ", label).strip()
    return collapsed.rstrip(_FOOTNOTE_MARKS + " ").casefold()


def path_key(labels: list[str]) -> str:
    """Give the key of a row that is told apart only by the rows it stands under.

    The balance-of-payments summary prints `General Government` three times; the path
    `financial account > other investment > ... > general government` names one of them.
    """
    return PATH_SEPARATOR.join(row_key(label) for label in labels)
