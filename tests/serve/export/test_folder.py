"""The folder of an export: replaced whole or not at all, and only where nothing of anyone else's is in it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from etl.serve.export.export import FolderError, replaced


def export(folder: Path, *names: str) -> None:
    """Write an export of some files."""
    with replaced(folder) as filled:
        for name in names:
            (filled / name).write_text(name, encoding="utf-8")
        descriptor = {"name": "sbp-warehouse", "resources": [{"path": name} for name in names]}
        (filled / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_export_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "exports"
    export(folder, "a.csv", "b.csv")
    export(folder, "b.csv", "c.csv")

    assert names(folder) == ["b.csv", "c.csv", "datapackage.json"]
    assert names(folder.parent) == ["exports"]


def test_an_empty_folder_and_a_link_to_one_are_filled(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    link = tmp_path / "link"
    link.symlink_to(real)

    export(link, "a.csv")

    assert link.is_symlink()
    assert names(real) == ["a.csv", "datapackage.json"]


def test_where_writing_fails_everything_is_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    export(folder, "a.csv")

    with pytest.raises(FileNotFoundError, match="not there"):
        export(folder, "half.csv", "not there/b.csv")

    assert names(folder) == ["a.csv", "datapackage.json"]
    assert names(tmp_path) == ["exports"]


def test_what_a_killed_export_left_is_removed_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    export(folder, "a.csv")
    program = (
        "import os, sys, pathlib; from etl.serve.export.export import replaced\n"
        "with replaced(pathlib.Path(sys.argv[1])) as filled:\n"
        "    (filled / 'half.csv').write_text('half'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], check=False)
    assert names(folder) == ["a.csv", "datapackage.json"]
    assert len(names(tmp_path)) == 2

    export(folder, "b.csv")

    assert names(tmp_path) == ["exports"]
    assert names(folder) == ["b.csv", "datapackage.json"]


def test_another_export_that_runs_keeps_what_it_writes(tmp_path: Path) -> None:
    theirs = tmp_path / f".exports.new-{os.getppid()}"
    theirs.mkdir()

    export(tmp_path / "exports", "a.csv")

    assert theirs.exists()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"notes.txt": "mine"}, "holds notes.txt, which no export wrote"),
        ({"deep/er/notes.txt": "mine"}, "holds deep/er/notes.txt, which no export wrote"),
        ({"datapackage.json": '{"name": "other", "resources": []}'}, "holds the data package 'other'"),
        ({"datapackage.json": "{"}, "datapackage.json is of no export"),
        (
            {"datapackage.json": '{"name": "sbp-warehouse", "resources": [{"path": "a"}]}', "a": "", "b": ""},
            "holds b, which no export wrote",
        ),
    ],
)
def test_a_folder_that_holds_anything_else_is_refused(
    tmp_path: Path, files: dict[str, str], words: str
) -> None:
    for name, text in files.items():
        (tmp_path / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "mine" / name).write_text(text, encoding="utf-8")

    with pytest.raises(FolderError, match=words):
        export(tmp_path / "mine", "a.csv")

    for name, text in files.items():
        assert (tmp_path / "mine" / name).read_text(encoding="utf-8") == text


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("mine", encoding="utf-8")

    with pytest.raises(FolderError, match="is a file; give a folder"):
        export(tmp_path / "exports", "a.csv")


def test_the_folder_that_the_shell_is_in_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")

    for folder in (tmp_path, tmp_path / "below"):
        with pytest.raises(FolderError, match="give another one"):
            export(folder, "a.csv")
