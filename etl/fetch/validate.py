"""Whether what a server sends with status 200 is the release: type, length, wholeness, size and format.

Here: the checks, from headers and bytes alone. Not here: how these are had (`fetching.py`), and whether
the workbook has the right layout (`reading/`).

SBP's answers earn this: since May 2026 its old addresses answer 200 with the home page.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Self

from etl.archive.results import LastSeen
from etl.catalog.releases import Release
from etl.common.addresses import host_of
from etl.common.formats import Found, detect_format, is_whole_pdf
from etl.common.terminal import printable


@dataclass(frozen=True)
class FetchLimits:
    """How long is waited and how often is tried."""

    probe_seconds: float = 4.0
    """To connect to all hosts, once, at the start: so soon is known that SBP is out of reach. Two hosts
    that let only the probe through take `connect_seconds` more each."""
    connect_seconds: float = 2.5
    """To connect and to agree on TLS."""
    read_seconds: float = 20.0
    """Silence after which an answer is given up."""
    answer_seconds: float = 120.0
    """For a whole answer, headers included: one byte a second is no silence and would never end."""
    host_seconds: float = 600.0
    """That failed questions to one host may take in one run: where every address costs minutes, the night
    would not do for all."""
    attempts: int = 3
    """Requests for one address where the next one may bring more than the last."""
    redirects: int = 5
    retry_after_seconds: float = 60.0
    """The longest wait that a server may ask for."""


@dataclass(frozen=True)
class Expected:
    """What a response must be, and what a person is told where it is not."""

    id: str
    """A release's, or the name under which the log has what is no release (an index, a listing)."""
    formats: tuple[Found, ...]
    min_bytes: int
    max_bytes: int
    if_absent: str
    """What to do where the address has no such file."""
    if_larger: str
    """What to do where the file is larger than it may be."""

    @classmethod
    def of(cls, release: Release) -> Self:
        """Return what a release's entry in the catalogue asks for."""
        rules, _, _ = release.rules
        entry = f"etl/catalog/releases/{release.id}.toml"
        return cls(
            id=release.id,
            formats=rules.formats,
            min_bytes=rules.min_bytes,
            max_bytes=rules.max_bytes,
            if_absent="look up where SBP publishes the file now and put that address first in "
            f"`fetch.addresses` of {entry}",
            if_larger=f"if it has grown, raise `fetch.max_bytes` of {entry}",
        )


@dataclass(frozen=True)
class FetchRequest:
    """One address, to be asked for one thing."""

    wanted: Expected
    address: str
    hosts: frozenset[str] = field(default_factory=frozenset)
    """Hosts that a redirect may lead to besides the address's own."""
    seen: LastSeen | None = None
    """What the archive last had from the address: asked is then only for something else."""
    attempts: int | None = None
    """Requests that it is worth at most; None where the fetcher's limit does."""

    def may_lead_to(self, address: str) -> bool:
        """Whether a redirect may lead to the host of this address."""
        return host_of(address) in self.hosts | {host_of(self.address)}


def hosts(names: Iterable[str]) -> frozenset[str]:
    """Return hosts in the spelling in which they are compared."""
    return frozenset(host_of(f"https://{name}") for name in names)


_WEB_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_IF_IT_STAYS = "; if it stays so, download it in a browser and run `etl add FILE`"


class InvalidResponseError(Exception):
    """What came is not the release; the message says why and what a person can do."""

    def __init__(self, reason: str, *, may_pass: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_pass = may_pass
        """The next attempt may bring all of it."""


@dataclass(frozen=True)
class ResponseCheck:
    """A body as its headers announce it, to be checked before, while and after it comes."""

    wanted: Expected
    host: str
    content_type: str | None
    length: int | None
    """As declared; None where the server did not say."""
    ends_surely: bool
    """The transport tells a whole body from a broken one: by length or by chunks."""

    def check_headers(self) -> None:
        """Refuse a body that need not be read."""
        media_type = (self.content_type or "").partition(";")[0].strip().lower()
        if media_type in _WEB_PAGES:
            raise self._web_page(self.length)
        if self.length is not None:
            self.check_size(self.length)

    def check_size(self, size: int) -> None:
        """Refuse a body that is, or will be, larger than the release may be."""
        largest = self.wanted.max_bytes
        if size > largest:
            raise InvalidResponseError(
                f"{self.host} sends {size:,} bytes or more, and {self.wanted.id} may have {largest:,}; "
                f"{self.wanted.if_larger}"
            )

    def check_body(self, body: bytes) -> Found:
        """Refuse a whole body that is not the release; returns its format."""
        wanted = self.wanted
        found = detect_format(body)
        if found == "html":
            raise self._web_page(len(body))
        is_whole = _is_whole(body, found)
        if not is_whole and not self.ends_surely:
            raise self.broken_off(len(body))
        if len(body) < wanted.min_bytes:
            raise InvalidResponseError(
                f"{self.host} sent {len(body):,} bytes, and {wanted.id} has at least {wanted.min_bytes:,}: "
                "it is a stub or an error message; open the address in a browser to see which"
            )
        if found not in wanted.formats:
            formats = " or ".join(wanted.formats)
            raise InvalidResponseError(
                f"{self.host} sent a file of format {found}, not {formats}; {wanted.if_absent}"
            )
        if not is_whole:
            # A length or a compression that is of less than the file: the sender cut it short.
            raise self._damaged(f"it ends after {len(body):,} bytes, as was announced, and is not whole")
        return found

    def broken_off(self, size: int) -> InvalidResponseError:
        """Return the refusal of a body that ended too early."""
        of_all = "" if self.length is None else f" of {self.length:,}"
        return InvalidResponseError(
            f"the file from {self.host} broke off after {size:,} bytes{of_all}{_IF_IT_STAYS}", may_pass=True
        )

    def garbled(self, size: int) -> InvalidResponseError:
        """Return the refusal of a body that is not compressed in the way that its headers say."""
        return self._damaged(f"after {size:,} bytes it is not compressed as its headers say")

    def _damaged(self, how: str) -> InvalidResponseError:
        return InvalidResponseError(
            f"the file from {self.host} is damaged: {how}{_IF_IT_STAYS}", may_pass=True
        )

    def _web_page(self, size: int | None) -> InvalidResponseError:
        about = [printable(self.content_type or "of no stated type")]
        if size is not None:
            about.append(f"{size:,} bytes")
        return InvalidResponseError(
            f"{self.host} answered with a web page ({', '.join(about)}) instead of the file, as SBP does for "
            f"addresses that it has given up; {self.wanted.if_absent}"
        )


def _is_whole(body: bytes, found: Found) -> bool:
    """Whether a file is complete by itself.

    The transport tells it often, and not surely: a length may be of less than the file, and what was cut
    short before it was compressed came whole. A PDF has its end mark, and without it opens with the pages
    that came. A zip has its directory at the end, without which it is not even recognised as xlsx. In an old
    workbook the sectors point at each other: one byte less in SBP's files, and olefile misses it. A broken
    file that was accepted would stay: the next question to its address is answered with 304.
    """
    if found == "pdf":
        return is_whole_pdf(body)
    if found != "xls":
        return found != "zip"
    import olefile  # only where a new file has come; `etl status` does without

    try:
        with olefile.OleFileIO(BytesIO(body), raise_defects=olefile.DEFECT_INCORRECT) as workbook:
            for stream in workbook.listdir():
                workbook.openstream(stream).read()
    except OSError:
        return False
    return True
