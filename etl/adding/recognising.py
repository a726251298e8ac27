"""Which release a file is, told by its content alone: the readers decide.

Here: trying the layout of every release that comes in the file's format, and what is said where none or
several fit. Not here: the layouts (`reading/`), and what becomes of the file (`taking.py`).
"""

from collections.abc import Sequence
from typing import NamedTuple

from etl.catalog import Catalog, Release
from etl.known_rows import known_row_keys
from etl.reading.formats import detect_format
from etl.reading.values import NotUnderstood, Reading
from etl.reading_files import Reader, read_content


class Recognised(NamedTuple):
    """The releases whose layout a file has."""

    releases: tuple[Release, ...]
    """One where it is clear what the file is."""
    reason: str
    """Why it is not clear; empty where it is."""


class Recogniser:
    """Tells files apart; it knows the rows of all releases from the start, for many files."""

    def __init__(self, catalog: Catalog) -> None:
        layouts = {release.id: release.rules[2] for release in catalog.file_releases}
        self._readers = {id_: Reader(layout, known_row_keys(layout)) for id_, layout in layouts.items()}
        self._releases = catalog.file_releases

    def recognise(self, content: bytes) -> Recognised:
        """Tell which release a file is, else why it is none or may be several."""
        found = detect_format(content)
        fitting = [release for release in self._releases if found in release.rules[0].formats]
        if not fitting:
            formats = sorted({known for release in self._releases for known in release.rules[0].formats})
            what = "a web page" if found == "html" else f"of format {found}"
            return Recognised((), f"is no release file: it is {what}, and releases come as {_or(formats)}")
        readers = [self._readers[release.id] for release in fitting]
        # Which release it is its layout says; a workbook that does not add up is quarantined as that.
        results = read_content(content, readers, must_add_up=False)
        read = list(zip(fitting, results, strict=True))
        understood = _most_demanding([release for release, result in read if isinstance(result, Reading)])
        if len(understood) == 1:
            return Recognised(understood, "")
        if understood:
            ids = " and ".join(release.id for release in understood)
            return Recognised(understood, f"has the layouts of {ids}; say with `--release ID` which it is")
        return Recognised((), _why_not([(r.id, n) for r, n in read if isinstance(n, NotUnderstood)]))


def _most_demanding(releases: Sequence[Release]) -> tuple[Release, ...]:
    """Give those that ask for most periods: an archive may be laid out as the edition of one month is."""
    most = max((release.rules[2].at_least for release in releases), default=0)
    return tuple(release for release in releases if release.rules[2].at_least == most)


def _why_not(results: list[tuple[str, NotUnderstood]]) -> str:
    """Say what the nearest layout missed; once, where all say the same, such as for a damaged file."""
    keep = "; if it is one, `--release ID` keeps it in quarantine with this reason"
    texts = {str(result) for _, result in results}
    if len(texts) == 1:
        return f"is no release file: {texts.pop()}{keep}"
    nearest = max(result.nearness for _, result in results)
    if not nearest:
        tried = _or([release_id for release_id, _ in results])
        _, of_first = results[0]
        return f"is no release known here; it is not nearly {tried}: {of_first.found}{keep}"
    near = [f"{release_id}: {result}" for release_id, result in results if result.nearness == nearest]
    return (
        f"is no release known here; nearest is {near[0]}"
        + "".join(f"; or {text}" for text in near[1:2])
        + keep
    )


def _or(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" or {words[-1]}" if len(words) > 1 else words[0]
