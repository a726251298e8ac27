"""The file of a pull: every answer byte for byte, the same file for the same answers."""

import io
import zipfile
from datetime import date

import pytest

from etl.common.formats import detect_format
from etl.readers.easydata import Asked, Pull, pack, unpack
from etl.readers.values import LayoutChangedError

ASKED = Asked(dataset="D", since=date(2005, 7, 1), until=date(2026, 4, 30), series=("D.B", "D.A"))
PULL = Pull(ASKED, b'{"about": "D"}', {"D.A": b"\x00\xff a", "D.B": b"\r\n b"})


def test_what_is_put_together_is_taken_apart_byte_for_byte() -> None:
    pull = unpack(pack(PULL))

    assert pull == PULL
    assert list(pull.answers) == ["D.B", "D.A"]


def test_the_same_answers_make_the_same_file() -> None:
    again = Pull(ASKED, PULL.description, dict(reversed(PULL.answers.items())))

    assert pack(again) == pack(PULL)


def test_a_pull_is_told_by_its_content() -> None:
    assert detect_format(pack(PULL)) == "easydata"


def test_a_file_of_a_pull_can_be_opened_with_any_zip_program() -> None:
    with zipfile.ZipFile(io.BytesIO(pack(PULL))) as archive:
        assert archive.namelist() == ["pull.json", "dataset.json", "series/D.B.json", "series/D.A.json"]
        assert archive.read("series/D.A.json") == b"\x00\xff a"


def changed(name: str, content: bytes | None) -> bytes:
    """Return the file with an entry left out, replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pack(PULL))) as source, zipfile.ZipFile(target, "w") as archive:
        for entry in source.namelist():
            if entry != name:
                archive.writestr(entry, source.read(entry))
        if content is not None:
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        changed("series/D.A.json", None),
        changed("dataset.json", None),
        changed("pull.json", b"{}"),
        changed("pull.json", b'{"dataset": "D"'),
        pack(PULL)[:-30],
        b"",
    ],
)
def test_a_file_that_is_not_whole_is_refused(content: bytes) -> None:
    with pytest.raises(LayoutChangedError) as caught:
        unpack(content)

    assert caught.value.explanation.reason == "the pull cannot be opened"


def test_a_byte_that_was_altered_is_noticed() -> None:
    content = bytearray(pack(PULL))
    content[content.index(b"series/D.A.json") + len("series/D.A.json") + 3] ^= 0xFF

    with pytest.raises(LayoutChangedError):
        unpack(bytes(content))


def test_a_file_with_more_than_it_says_is_refused() -> None:
    with pytest.raises(LayoutChangedError) as caught:
        unpack(changed("series/D.C.json", b"{}"))

    assert caught.value.explanation.found == "series/D.C.json"
