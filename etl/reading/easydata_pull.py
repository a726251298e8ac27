"""The file that a pull from EasyData is kept as: a zip with every answer byte for byte as it came.

    pull.json               what was asked: dataset, first day, last day, series
    dataset.json            what the portal says of the dataset: when it was last refreshed, which series
    series/<SERIES KEY>.json    the answer for a series

Here: putting these together and taking them apart, with the same bytes for the same answers. Not here:
what an answer says (`easydata_series`), and the asking (`etl.easydata`).
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from etl.reading.values import LayoutChangedError

MANIFEST = "pull.json"
_DESCRIPTION = "dataset.json"
_FOLDER, _ENDING = "series/", ".json"
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` and msgspec raise where bytes are not as they were packed: one turned bit can say that an
entry is encrypted (RuntimeError) or begins before the file (ValueError).
"""
_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can say: when a pull was made stands beside it, and not in it."""


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a pull asked for."""

    dataset: str
    since: date
    until: date
    series: tuple[str, ...]
    """Keys of all series that were had, in the order of the release's rows."""


@dataclass(frozen=True)
class Pull:
    """A pull, taken apart."""

    asked: Asked
    description: bytes
    """The answer for the dataset itself; empty where none was had."""
    answers: Mapping[str, bytes]


def pack(pull: Pull) -> bytes:
    """Give the file of a pull."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        _add(archive, MANIFEST, msgspec.json.format(msgspec.json.encode(pull.asked), indent=2) + b"\n")
        _add(archive, _DESCRIPTION, pull.description)
        for key in pull.asked.series:
            _add(archive, f"{_FOLDER}{key}{_ENDING}", pull.answers[key])
    return target.getvalue()


def unpack(content: bytes) -> Pull:
    """Take the file of a pull apart; raises `LayoutChangedError` where it is not whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            asked = msgspec.json.decode(archive.read(MANIFEST), type=Asked)
            description = archive.read(_DESCRIPTION)
            answers = {key: archive.read(f"{_FOLDER}{key}{_ENDING}") for key in asked.series}
            extra = set(archive.namelist()) - {MANIFEST, _DESCRIPTION}
            extra -= {f"{_FOLDER}{key}{_ENDING}" for key in answers}
    except _DAMAGED as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise LayoutChangedError("the pull cannot be opened", "the file", "a whole pull", said) from error
    if extra:
        names = ", ".join(sorted(extra))
        raise LayoutChangedError("the pull holds more than it says", MANIFEST, "its series", names)
    return Pull(asked, description, answers)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o444 << 16
    archive.writestr(entry, content, compresslevel=9)
