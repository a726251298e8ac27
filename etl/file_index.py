"""SBP's index of its files: what it lists, and which of that is a release.

Here: bytes and values in, values out; no network. It stands outside `etl/reading/`, because it says where
a file is and nothing of what is in one: a change here calls for no reading again. Not here: asking for the
index (`discovery.py`).

The shape, as recorded in July 2026: `{parent: {child: {frequency: {year: [entry]}}}}`, an entry being
`{title, date, attachment: {file_name, url}, commulative_archive: {file_name, url}}`, spelled so. Names come
with trailing spaces, in changing case, and as copies: `dt_1.xls`, `dt (1).xls`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

import msgspec

from etl.addresses import host_of, is_file_address
from etl.catalog import Discovery, Fetch

_PARTS = (("attachment", False), ("commulative_archive", True))
"""The files of an entry, and whether each is an archive."""
_MOST_ADDRESSES = 3
"""More names of one release than these are no copies but a misunderstanding, and each costs a request."""
_SAFE_IN_PATH = "/%()~!$&'+,;=:@"


class IndexShapeError(Exception):
    """The index is not shaped as it is known; the message says where."""


class Listed(NamedTuple):
    """A file that the index lists."""

    title: str
    file_name: str
    address: str
    is_archive: bool
    """Listed as the cumulative archive of its title, not as the current file."""


def read_index(content: bytes, address: str) -> tuple[Listed, ...]:
    """Give every file that an index lists, at whatever depth; `address` is the index's own, for those
    without a host.
    """
    try:
        document = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise IndexShapeError(f"it is no JSON that can be read ({error})") from error
    files = tuple(_files(document, address))
    if not files:
        raise IndexShapeError("no entry with an `attachment` is in it: its shape has changed")
    return files


def find(files: Sequence[Listed], rules: Fetch, discovery: Discovery) -> tuple[str, ...]:
    """Give the addresses of a release among the listed files, best first: by its file name, exact before
    alike; and if no name fits, by its title, where the index has one file of its format under it. Only
    addresses on a host of the release count.
    """
    hosts = rules.hosts

    def may_be_asked(file: Listed) -> bool:
        return host_of(file.address) in hosts and is_file_address(file.address)

    # Names first: they are seldom those of this release, and an address takes longer to look at.
    named = [(rank, file) for file in files if (rank := _rank(file, discovery)) is not None]
    ranked = [(rank, file.address) for rank, file in named if may_be_asked(file)]
    by_name = dict.fromkeys(address for _, address in sorted(ranked, key=lambda found: found[0]))
    if by_name:
        return tuple(by_name)[:_MOST_ADDRESSES]
    titled = [f for f in files if _has_title(f, discovery) and _may_be(f, rules, discovery)]
    by_title = {file.address for file in titled if may_be_asked(file)}
    return tuple(by_title) if len(by_title) == 1 else ()


def _files(node: object, index_address: str) -> Iterator[Listed]:
    """Walk down to the entries: what is above them (sectors, frequencies, years) tells nothing here."""
    if isinstance(node, list):
        for value in node:
            yield from _files(value, index_address)
    elif isinstance(node, dict):
        if not any(key in node for key, _ in _PARTS):
            for value in node.values():
                yield from _files(value, index_address)
        for key, is_archive in _PARTS:
            part = node.get(key)
            url = _text(part.get("url")) if isinstance(part, dict) else ""
            if isinstance(part, dict) and url:
                address = _address(url, index_address)
                name = _text(part.get("file_name")) or unquote(PurePosixPath(urlsplit(address).path).name)
                yield Listed(_text(node.get("title")), name, address, is_archive)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _address(url: str, index_address: str) -> str:
    """Give the complete address of a file, whose name may hold spaces; one that is none stays as it is and
    is on no host of a release.
    """
    try:
        parts = urlsplit(urljoin(index_address, url))
    except ValueError:
        return "not-an-address:"
    return parts._replace(path=quote(parts.path, safe=_SAFE_IN_PATH), fragment="").geturl()


def _rank(file: Listed, discovery: Discovery) -> tuple[int, int, bool] | None:
    """Tell how well a file's name fits: 0 exactly, 1 but for its case, 2 a copy; then by the order of the
    catalogue's names; of two alike the one under a title of the release. None where it does not fit.
    """
    for rank, alike in enumerate(_ALIKE):
        for place, name in enumerate(discovery.file_names):
            if alike(file.file_name) == alike(name):
                return rank, place, not _has_title(file, discovery)
    return None


@cache  # each release looks through all the names of an index
def _without_copy_mark(name: str) -> str:
    """Give a name without what a site or browser adds to a second file of the same name."""
    path = PurePosixPath(name.casefold())
    return re.sub(r"\s*(_\d|\(\d\))$", "", path.stem.strip()) + path.suffix


def _has_title(file: Listed, discovery: Discovery) -> bool:
    return _in_one_spelling(file.title) in {_in_one_spelling(title) for title in discovery.titles}


def _in_one_spelling(title: str) -> str:
    """Give the words of a title: the index writes some as `trade-in-services-detailed`."""
    return " ".join(re.findall(r"\w+", title.casefold().replace("_", " ")))


def _may_be(file: Listed, rules: Fetch, discovery: Discovery) -> bool:
    ending = PurePosixPath(file.file_name.casefold()).suffix.removeprefix(".")
    return ending in rules.formats and file.is_archive == discovery.is_archive


_ALIKE: tuple[Callable[[str], str], ...] = (str, str.casefold, _without_copy_mark)
"""Spellings in which two names of one file are the same, the strictest first."""
