"""`etl report`: which file is written, and what is said where none can be."""

from datetime import date
from pathlib import Path

import pytest

from etl.common.settings import Settings
from etl.serve.report import page as writing
from etl.serve.report.page import ReportError
from etl.warehouse.connect import WarehouseError
from tests.serve.report.conftest import AS_OF, DECEMBER
from tests.support.installation import Installation


def test_the_command_writes_the_newest_month_with_detail_and_says_where(published: Installation) -> None:
    result = published.etl("report")
    path = published.settings.home / "reports" / "2026-03.html"
    assert (result.returncode, result.stdout) == (0, f"{path}\n"), result.stderr
    page = path.read_text(encoding="utf-8")
    assert '<a href="../published/current/dictionary.html">' in page


def test_as_of_a_day_the_file_says_so(published: Installation) -> None:
    path = writing.write(published.settings, DECEMBER, as_of=AS_OF)
    assert path.name == "2025-12-as-of-2026-01-20.html"


def test_elsewhere_the_page_names_the_dictionary_in_words(published: Installation, tmp_path: Path) -> None:
    page = writing.write(published.settings, output=tmp_path / "new" / "x.html").read_text(encoding="utf-8")
    assert "dictionary.html</code> beside the database" in page


def test_the_same_marts_give_the_same_page(published: Installation, tmp_path: Path) -> None:
    first, second = (writing.write(published.settings, output=tmp_path / name) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_an_unknown_month_says_which_there_are(published: Installation) -> None:
    result = published.etl("report", "--month", "2019-01")
    assert result.returncode == 1
    assert "no IT exports are known for January 2019" in result.stderr
    assert result.stderr.count("\n") == 1


def test_without_a_published_database_it_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(WarehouseError, match="run `etl refresh` first"):
        writing.write(settings, date(2026, 3, 1))


def test_a_path_that_cannot_be_written_is_one_line(published: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="give another path with --output"):
        writing.write(published.settings, output=tmp_path / "file" / "report.html")


def test_a_folder_is_no_file(published: Installation, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ReportError, match="cannot be written to"):
        writing.write(published.settings, output=tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"], "no half page is left"
