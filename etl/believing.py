"""Whether what a server sends with status 200 is the release: type, length, wholeness, size and format.

Here: the checks, from headers and bytes alone. Not here: how these are had (`fetching.py`), and whether
the workbook has the right layout (`reading/`).

SBP's answers earn this: since May 2026 its old addresses answer 200 with the home page.
"""

from dataclasses import dataclass
from io import BytesIO

from etl.politeness import printable
from etl.questions import Wanted
from etl.reading.formats import Found, detect_format, is_whole_pdf

_WEB_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_IF_IT_STAYS = "; if it stays so, download it in a browser and run `etl add FILE`"


class DisbelievedError(Exception):
    """What came is not the release; the message says why and what a person can do."""

    def __init__(self, reason: str, *, may_pass: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_pass = may_pass
        """The next attempt may bring all of it."""


@dataclass(frozen=True)
class Announced:
    """A body as its headers announce it, to be checked before, while and after it comes."""

    wanted: Wanted
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
            raise DisbelievedError(
                f"{self.host} sends {size:,} bytes or more, and {self.wanted.id} may have {largest:,}; "
                f"{self.wanted.if_larger}"
            )

    def check_body(self, body: bytes) -> Found:
        """Refuse a whole body that is not the release; give its format."""
        wanted = self.wanted
        found = detect_format(body)
        if found == "html":
            raise self._web_page(len(body))
        is_whole = _is_whole(body, found)
        if not is_whole and not self.ends_surely:
            raise self.broken_off(len(body))
        if len(body) < wanted.min_bytes:
            raise DisbelievedError(
                f"{self.host} sent {len(body):,} bytes, and {wanted.id} has at least {wanted.min_bytes:,}: "
                "it is a stub or an error message; open the address in a browser to see which"
            )
        if found not in wanted.formats:
            formats = " or ".join(wanted.formats)
            raise DisbelievedError(
                f"{self.host} sent a file of format {found}, not {formats}; {wanted.if_absent}"
            )
        if not is_whole:
            # A length or a compression that is of less than the file: the sender cut it short.
            raise self._damaged(f"it ends after {len(body):,} bytes, as was announced, and is not whole")
        return found

    def broken_off(self, size: int) -> DisbelievedError:
        """Give the refusal of a body that ended too early."""
        of_all = "" if self.length is None else f" of {self.length:,}"
        return DisbelievedError(
            f"the file from {self.host} broke off after {size:,} bytes{of_all}{_IF_IT_STAYS}", may_pass=True
        )

    def garbled(self, size: int) -> DisbelievedError:
        """Give the refusal of a body that is not compressed in the way that its headers say."""
        return self._damaged(f"after {size:,} bytes it is not compressed as its headers say")

    def _damaged(self, how: str) -> DisbelievedError:
        return DisbelievedError(f"the file from {self.host} is damaged: {how}{_IF_IT_STAYS}", may_pass=True)

    def _web_page(self, size: int | None) -> DisbelievedError:
        about = [printable(self.content_type or "of no stated type")]
        if size is not None:
            about.append(f"{size:,} bytes")
        return DisbelievedError(
            f"{self.host} answered with a web page ({', '.join(about)}) instead of the file, as SBP does for "
            f"addresses that it has given up; {self.wanted.if_absent}"
        )


def _is_whole(body: bytes, found: Found) -> bool:
    """Tell whether a file is complete by itself.

    The transport tells it often, and not surely: a length may be of less than the file, and what was cut
    short before it was compressed came whole. A PDF has its end mark, and without it opens with the pages
    that came. A zip has its directory at the end, without which it is not even recognised as xlsx. In an old
    workbook the sectors point at each other: one byte less in SBP's files, and olefile misses it. A broken
    file that was believed would stay: the next question to its address is answered with 304.
    """
    if found == "pdf":
        return is_whole_pdf(body)
    if found != "xls":
        return found != "zip"
    import olefile  # only where a new file has come

    try:
        with olefile.OleFileIO(BytesIO(body), raise_defects=olefile.DEFECT_INCORRECT) as workbook:
            for stream in workbook.listdir():
                workbook.openstream(stream).read()
    except OSError:
        return False
    return True
