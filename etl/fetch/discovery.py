"""Discovery: where SBP's own index says that a release's file is now.

Here: asking the index, at most once a run and only when a release first needs it, and what is logged of
that. Not here: its shape and the search in it (`file_index.py`).

An index that is gone, is a web page or has another shape is a line in the log of fetches with its reason,
and no more: releases are then asked for at the addresses of the catalogue.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

import msgspec

from etl.archive.results import Fetched, Unreachable, fetch_record
from etl.archive.store import FetchRecord, LoggedOutcome
from etl.catalog.releases import Fetch, IndexSearch, Release
from etl.common.addresses import host_of, is_file_address
from etl.fetch.validate import Expected, FetchRequest

if TYPE_CHECKING:
    from etl.fetch.http import Fetcher


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
    """Return every file that an index lists, at whatever depth; `address` is the index's own, for those
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


def find(files: Sequence[Listed], rules: Fetch, discovery: IndexSearch) -> tuple[str, ...]:
    """Return the addresses of a release among the listed files, best first: by its file name, exact before
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
    """Return the complete address of a file, whose name may hold spaces; one that is none stays as it is and
    is on no host of a release.
    """
    try:
        parts = urlsplit(urljoin(index_address, url))
    except ValueError:
        return "not-an-address:"
    return parts._replace(path=quote(parts.path, safe=_SAFE_IN_PATH), fragment="").geturl()


def _rank(file: Listed, discovery: IndexSearch) -> tuple[int, int, bool] | None:
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
    """Return a name without what a site or browser adds to a second file of the same name."""
    path = PurePosixPath(name.casefold())
    return re.sub(r"\s*(_\d|\(\d\))$", "", path.stem.strip()) + path.suffix


def _has_title(file: Listed, discovery: IndexSearch) -> bool:
    return _in_one_spelling(file.title) in {_in_one_spelling(title) for title in discovery.titles}


def _in_one_spelling(title: str) -> str:
    """Return the words of a title: the index writes some as `trade-in-services-detailed`."""
    return " ".join(re.findall(r"\w+", title.casefold().replace("_", " ")))


def _may_be(file: Listed, rules: Fetch, discovery: IndexSearch) -> bool:
    ending = PurePosixPath(file.file_name.casefold()).suffix.removeprefix(".")
    return ending in rules.formats and file.is_archive == discovery.is_archive


_ALIKE: tuple[Callable[[str], str], ...] = (str, str.casefold, _without_copy_mark)
"""Spellings in which two names of one file are the same, the strictest first."""


INDEX_ID = "sbp_index"
"""Under which the log of fetches has the index."""
_WHERE = "etl/catalog/releases/discovery/sbp_index.toml"
_SMALLEST, _LARGEST = 2, 20_000_000


class SbpIndex:
    """The index during one run."""

    def __init__(self, fetcher: "Fetcher", addresses: Sequence[str], asked_by: str) -> None:
        """Take the addresses of the index in the order in which they are asked; nothing is asked yet."""
        self._fetcher = fetcher
        self._left = list(addresses)
        self._asked_by = asked_by
        self._had: list[tuple[Listed, ...]] = []
        self._records: list[FetchRecord] = []

    def addresses_of(self, release: Release) -> tuple[str, ...]:
        """Return where the index has a release's file, best first; empty where it has it nowhere."""
        rules, _, _ = release.rules
        if rules.discovery is None:
            return ()
        for files in self._indexes():
            found = find(files, rules, rules.discovery)
            if found:
                return found
        return ()

    def take_records(self) -> list[FetchRecord]:
        """Return the lines for the log of what was asked since the last call."""
        records, self._records = self._records, []
        return records

    def _indexes(self) -> Iterator[tuple[Listed, ...]]:
        """Return the indexes that were had, then ask for the others one by one."""
        yield from tuple(self._had)
        while self._left:
            self._had.append(self._ask(self._left.pop(0)))
            yield self._had[-1]

    def _ask(self, address: str) -> tuple[Listed, ...]:
        wanted = Expected(
            id=INDEX_ID,
            formats=("json",),
            min_bytes=_SMALLEST,
            max_bytes=_LARGEST,
            if_absent=f"look up where SBP has it now and mend {_WHERE}; until then the addresses of the "
            "catalogue serve",
            if_larger="until it is mended the addresses of the catalogue serve",
        )
        # One attempt: it is asked by the way, and no release depends on it.
        outcome = self._fetcher.ask(FetchRequest(wanted, address, attempts=1))
        files: tuple[Listed, ...] = ()
        reason = None
        if isinstance(outcome, Fetched):
            try:
                files = read_index(outcome.body, address)
            except IndexShapeError as error:
                reason = f"{address}: {error}; {wanted.if_absent}"
        is_out = isinstance(outcome, Unreachable)
        if is_out:
            # A second 403 would close the host for the run: the releases matter more.
            self._left.clear()
        came_to: LoggedOutcome = "answered" if files else "unreachable" if is_out else "rejected"
        self._records.append(fetch_record(outcome, came_to, self._asked_by, reason=reason))
        return files
