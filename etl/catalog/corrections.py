"""Corrections: cells of release files that print something else than is meant, each with its reason.

Here: what a correction is, and the reading of its entry in `corrections/`. Not here: applying it; what is
landed stays as SBP printed it, and the models take the corrected figure in its place.
"""

import re
from pathlib import Path

import msgspec

from etl.common.errors import EtlError

_HELP = "etl/catalog/corrections/README.md says what an entry holds"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class CorrectionError(EtlError):
    """An entry that cannot be used; the message names the file, the key and the remedy."""


class Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One cell of one file: what it prints, what it should, why, and who says so."""

    id: str
    """The name of the entry's file."""
    release_id: str
    file_sha256: str
    sheet: str
    cell: str
    as_printed: str
    """Guards the entry: a file whose cell prints something else is not the one that was looked at."""
    should_be: float
    """In the unit of the print."""
    why: str
    said_by: str
    source_url: str


def load_corrections(folder: Path, release_ids: frozenset[str]) -> tuple[Correction, ...]:
    """Read and check every entry of a folder; none where there is no folder."""
    return tuple(_load(path, release_ids) for path in sorted(folder.glob("*.toml")))


def _load(path: Path, release_ids: frozenset[str]) -> Correction:
    try:
        entry = msgspec.toml.decode(path.read_bytes())
        correction = msgspec.convert(entry | {"id": path.stem}, type=Correction)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CorrectionError(f"{path.name}: {str(error).replace('$.', '')}; {_HELP}") from error
    wrong = {
        "release_id": correction.release_id not in release_ids and "a release of files in the catalogue",
        "file_sha256": not _SHA256.fullmatch(correction.file_sha256) and "the SHA-256 that `etl trace` shows",
        "why": not correction.why.strip() and "a reason",
        "said_by": not correction.said_by.strip() and "who says so",
        "source_url": not correction.source_url.startswith("https://") and "an https link to who says so",
    }
    for key, remedy in wrong.items():
        if remedy:
            raise CorrectionError(f"{path.name}: key `{key}` must be {remedy}; {_HELP}")
    return correction
