"""Files are found in folders and zip archives, within bounds, and what is not taken has a reason."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from etl.fetch import by_hand
from etl.fetch.by_hand import GivenFile, single_files
from tests.support.workbooks import Grid

LARGEST = 50_000
WORKBOOK = Grid("Sheet1", {}).put("A1", "a").xlsx()


def zipped(*entries: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries:
            packed.writestr(name, content)
    return buffer.getvalue()


def encrypted(name: str, content: bytes) -> bytes:
    """Pack a file and say of it that it is encrypted, as the flag of its entry does."""
    packed = bytearray(zipped((name, content)))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


def found(path: Path) -> list[GivenFile]:
    return list(single_files([path], LARGEST))


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def reasons(path: Path) -> dict[str, str | None]:
    return {item.where.removeprefix(f"{path}"): item.refused_because for item in found(path)}


def test_a_folder_gives_its_files_and_those_of_its_folders_in_order(tmp_path: Path) -> None:
    for name in ("b/z.xls", "b/a.xls", "c.xls", "a/deep/er.xls"):
        write(tmp_path, name, name.encode())

    assert [item.where.removeprefix(f"{tmp_path}/") for item in found(tmp_path)] == [
        "c.xls",
        "a/deep/er.xls",
        "b/a.xls",
        "b/z.xls",
    ]


def test_hidden_files_are_passed_over_in_folders_and_archives(tmp_path: Path) -> None:
    write(tmp_path, ".DS_Store", b"x")
    write(tmp_path, ".git/config", b"x")
    write(tmp_path, "a.zip", zipped(("__MACOSX/._dt.xls", b"x"), ("dt.xls", b"y")))

    assert [(item.name, item.content) for item in found(tmp_path)] == [("dt.xls", b"y")]


def test_a_folder_that_leads_back_to_itself_ends(tmp_path: Path) -> None:
    write(tmp_path, "a/dt.xls", b"x")
    (tmp_path / "a" / "again").symlink_to(tmp_path)

    assert [item.name for item in found(tmp_path)] == ["dt.xls"]


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert reasons(tmp_path / "pipe") == {"": "is no regular file"}


def test_a_file_larger_than_any_release_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, "film.xls", bytes(LARGEST + 1))

    assert reasons(path) == {"": "has 50,001 bytes; the largest release has 50,000"}


def test_an_archive_may_be_larger_than_any_release(tmp_path: Path) -> None:
    entries = [(f"{n}.bin", os.urandom(30_000)) for n in range(3)]
    path = write(tmp_path, "a.zip", zipped(*entries))

    assert [(item.name, item.content) for item in found(path)] == entries


def test_a_workbook_is_a_file_and_no_archive_though_it_is_packed_as_one(tmp_path: Path) -> None:
    path = write(tmp_path, "dt.xlsx", WORKBOOK)

    assert found(path) == [GivenFile(str(path), "dt.xlsx", WORKBOOK)]


def test_an_archive_within_an_archive_is_opened_and_one_deeper_is_not(tmp_path: Path) -> None:
    inner = zipped(("dt.xls", b"x"))
    path = write(tmp_path, "a.zip", zipped(("b.zip", inner), ("c.zip", zipped(("d.zip", inner)))))

    assert reasons(path) == {
        ": b.zip: dt.xls": None,
        ": c.zip: d.zip": "is a zip archive two archives deep; unpack the outer one and add it again",
    }


def test_an_encrypted_entry_is_refused_and_the_others_are_taken(tmp_path: Path) -> None:
    path = write(tmp_path, "a.zip", zipped(("b.zip", encrypted("dt.xls", b"x")), ("plain.xls", b"y")))

    assert reasons(path) == {
        ": b.zip: dt.xls": "is encrypted; unpack it with its password and add the file",
        ": plain.xls": None,
    }


def test_no_name_in_an_archive_leads_anywhere(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    path = write(
        folder, "a.zip", zipped(("../../evil.xls", b"x"), ("/etc/evil.xls", b"y"), ("a\x1b[2J.xls", b"z"))
    )

    assert [item.name for item in found(path)] == ["evil.xls", "evil.xls", r"a\x1b[2J.xls"]
    assert all(item.where.isprintable() for item in found(path))
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.zip", "in"]


def test_an_entry_that_unpacks_to_more_than_any_release_is_not_unpacked(tmp_path: Path) -> None:
    path = write(tmp_path, "a.zip", zipped(("bomb.xls", bytes(LARGEST + 1))))

    assert reasons(path) == {": bomb.xls": "has 50,001 bytes; the largest release has 50,000"}


def test_an_entry_that_holds_more_than_it_says_is_damaged(tmp_path: Path) -> None:
    packed = bytearray(zipped(("dt.xls", bytes(40_000))))
    for place in (packed.index(b"PK\x03\x04") + 22, packed.index(b"PK\x01\x02") + 24):
        packed[place : place + 4] = (100).to_bytes(4, "little")
    path = write(tmp_path, "a.zip", bytes(packed))

    (reason,) = reasons(path).values()
    assert str(reason).startswith("cannot be unpacked (")


def test_an_archive_of_too_many_files_is_refused_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_hand, "_Budget", lambda: given_budget(entries=3))
    path = write(tmp_path, "a.zip", zipped(*((f"{n}.xls", b"x") for n in range(4))))

    assert reasons(path) == {"": "holds 4 files; at most 10,000 are taken from one archive"}


def test_what_an_archive_within_one_holds_counts_for_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_hand, "_Budget", lambda: given_budget(size=5_000))
    path = write(tmp_path, "a.zip", zipped(("b.zip", zipped(("dt.xls", bytes(4_950)))), ("c.xls", b"x")))

    assert reasons(path) == {
        ": b.zip": "unpacks to 4,950 bytes; at most 4,000,000,000 are taken from one archive",
        ": c.xls": None,
    }


given_budget = by_hand._Budget


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped(("dt.xls", bytes(40_000)))[:-30], "is a damaged zip archive ("),
        (b"PK\x03\x04 and no more", "is a damaged zip archive ("),
        (
            zipped(("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")),
            "is a document packed as zip",
        ),
    ],
    ids=["cut off", "only a beginning", "a letter"],
)
def test_an_archive_that_is_none_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (reason,) = reasons(write(tmp_path, "a.zip", content)).values()

    assert str(reason).startswith(said)


def test_a_damaged_entry_does_not_keep_the_others_out(tmp_path: Path) -> None:
    packed = bytearray(zipped(("a.xls", os.urandom(1_000)), ("b.xls", b"fine")))
    packed[200] ^= 0xFF
    path = write(tmp_path, "a.zip", bytes(packed))

    assert [(item.name, item.content) for item in found(path) if item.content is not None] == [
        ("b.xls", b"fine")
    ]
