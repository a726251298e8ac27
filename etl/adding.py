"""Adding: release files that a person gives, brought into the archive.

Here: telling by its content which release a file is, and what is said where it is none. Not here: asking
SBP (`collecting`) and how files are kept (`archive`).
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from etl.archive import Archive, FileFacts
from etl.catalog import Catalog, Release
from etl.known_rows import known_row_keys
from etl.reading.formats import detect_format
from etl.reading.read import read_release
from etl.reading.values import NotUnderstood, Reading
from etl.settings import TIME_ZONE


@dataclass(frozen=True)
class Added:
    """What became of one file given by hand."""

    path: Path
    release_id: str | None
    is_new: bool
    reason: str | None
    """Why it was refused; None where it is in the archive."""
    ignored_date: date | None = None
    """A date of publication that came too late: what is archived is never changed."""


def add_file(
    path: Path, catalog: Catalog, archive: Archive, release_id: str | None, published_on: date | None
) -> Added:
    """Take a release file by hand: tell by its content which release it is, and archive it.

    With `release_id` the file is archived as that release even where it is not understood (it will be
    shown as quarantined); without, a file that no layout understands is refused.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        return Added(path, None, is_new=False, reason=f"cannot be read: {error.strerror}")
    found = detect_format(content)
    if published_on is not None and published_on > datetime.now(ZoneInfo(TIME_ZONE)).date():
        return Added(path, None, is_new=False, reason=f"cannot have been published on {published_on}")
    recognised, reasons = recognise(content, catalog)
    release = catalog.get(release_id) if release_id else recognised
    if release is None:
        return Added(path, None, is_new=False, reason=reasons)
    if recognised is not None and recognised.id != release.id:
        return Added(path, release.id, is_new=False, reason=f"is {recognised.id}, not {release.id}")
    if found not in release.rules[0].formats:
        wanted = " or ".join(release.rules[0].formats)
        return Added(path, release.id, is_new=False, reason=f"is {found}; {release.id} comes as {wanted}")
    facts = FileFacts(
        release_id=release.id,
        sha256=hashlib.sha256(content).hexdigest(),
        format=found,
        size_bytes=len(content),
        via="by_hand",
        original_name=path.name,
        source_address=None,
        first_seen_at=datetime.now(UTC),
        published_on=published_on,
        published_on_is="given_by_hand" if published_on else None,
    )
    is_new = archive.store(content, facts).is_new
    return Added(path, release.id, is_new, reason=None, ignored_date=None if is_new else published_on)


def recognise(content: bytes, catalog: Catalog) -> tuple[Release | None, str]:
    """Tell which release a file is by trying the layouts of those that come in its format; else why it is
    none of them.

    Those that demand most periods come first: an archive may be laid out as the edition of one month is.
    """
    found = detect_format(content)
    takers = [release for release in catalog.file_releases if found in release.rules[0].formats]
    reasons = []
    for release in sorted(takers, key=lambda release: -release.rules[2].at_least):
        _, _, layout = release.rules
        result = read_release(content, layout, known_row_keys(layout))
        if isinstance(result, Reading):
            return release, ""
        reasons.append((release.id, result))
    if not takers:
        formats = sorted({name for release in catalog.file_releases for name in release.rules[0].formats})
        return None, f"is no release file: releases come as {', '.join(formats)}, and this is {found}"
    return None, _why_not(reasons)


def _why_not(reasons: list[tuple[str, NotUnderstood]]) -> str:
    """Say it once where all layouts agree, such as for a workbook that cannot be opened."""
    texts = {str(result) for _, result in reasons}
    keep = "; if it is one, `--release ID` keeps it in quarantine with this reason"
    if len(texts) == 1:
        return f"is no release file: {texts.pop()}{keep}"
    named = "; ".join(f"as {name}: {result}" for name, result in reasons)
    return f"is no release known here; {named}{keep}"
