"""Where the dictionary is: a file beside the published database, with an address for each search and column.

Here: its name and addresses. Not here: the page; who only asks where it is loads nothing of it.
"""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from etl.errors import EtlError

FILE_NAME = "dictionary.html"


class NoDictionaryError(EtlError):
    """Nothing was published yet, so there is no dictionary."""


def address(documents: Path, words: Sequence[str] = ()) -> str:
    """Give the address of the dictionary among the documents of a snapshot: of a search for words, or of
    a table or column where the one word is its full name.

    Raises `NoDictionaryError` where there is none.
    """
    path = documents / FILE_NAME
    if not path.exists():
        raise NoDictionaryError(f"{path} is not there; run `etl refresh` first")
    if not words:
        return path.as_uri()
    is_name = len(words) == 1 and f' id="{words[0]}"' in path.read_text(encoding="utf-8")
    return f"{path.as_uri()}#{words[0] if is_name else 'q=' + quote(' '.join(words))}"
