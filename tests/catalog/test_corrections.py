"""Entries of corrections are checked when they are loaded, and a corrected figure is shown as one."""

import hashlib
import re
import shutil
from pathlib import Path

import pytest

from etl.catalog.corrections import CorrectionError, load_corrections
from etl.catalog.releases import RELEASES_FOLDER
from tests.support.cells import place
from tests.support.installation import Installation, installation
from tests.support.workbooks import april_services, services_grid

pytestmark = pytest.mark.slow

RELEASES = frozenset({"trade_in_services"})
ENTRY = {
    "release_id": "trade_in_services",
    "file_sha256": "a" * 64,
    "sheet": "EBOPS ",
    "cell": "I14",
    "as_printed": "16140.8",
    "should_be": 76140.8,
    "why": "The first digit was lost.",
    "said_by": "SBP, Statistics Department",
    "source_url": "https://www.sbp.org.pk/notice",
}


def write(folder: Path, name: str = "transport", **changes: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{key} = {value if isinstance(value, float) else repr(value)}"
        for key, value in (ENTRY | changes).items()
        if value is not None
    ]
    (folder / f"{name}.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_an_entry_is_called_as_its_file(tmp_path: Path) -> None:
    (correction,) = load_corrections(write(tmp_path), RELEASES)

    assert (correction.id, correction.cell, correction.should_be) == ("transport", "I14", 76140.8)


def test_without_a_folder_there_are_no_corrections(tmp_path: Path) -> None:
    assert load_corrections(tmp_path / "nowhere", RELEASES) == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"why": None}, "missing required field `why`"),
        ({"should_be": "76140,8"}, "Expected `float`"),
        ({"reason": "typo"}, "unknown field `reason`"),
        ({"release_id": "dt"}, "`release_id` must be a release of files in the catalogue"),
        ({"file_sha256": "abc"}, "`file_sha256` must be the SHA-256 that `etl trace` shows"),
        ({"said_by": " "}, "`said_by` must be who says so"),
        ({"source_url": "a friend"}, "`source_url` must be an https link"),
    ],
)
def test_an_entry_that_cannot_be_used_says_which_key_and_what_it_must_be(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(CorrectionError, match=re.escape(message)) as error:
        load_corrections(write(tmp_path, **changes), RELEASES)

    assert str(error.value).startswith("transport.toml: ")


@pytest.fixture(scope="module")
def misprint(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, Path, str]:
    """Return an installation whose newest file has lost a digit, its catalogue, and the file's hash."""
    april = april_services()
    content = services_grid(april).put("I14", 16140.8).xls()
    folder = tmp_path_factory.mktemp("catalogue")
    shutil.copytree(RELEASES_FOLDER, folder / "releases")
    (folder / "dt.xls").write_bytes(content)
    installed = installation(tmp_path_factory.mktemp("home"))
    added = installed.etl("add", str(folder / "dt.xls"), "--published-on", "2026-05-18")
    assert added.returncode == 0, added.stderr
    return installed, folder / "releases", hashlib.sha256(content).hexdigest()


def test_a_file_with_a_misprint_is_quarantined_until_it_is_corrected(
    misprint: tuple[Installation, Path, str],
) -> None:
    installed, catalogue, sha256 = misprint

    without = installed.etl("refresh", "--offline", "--strict", catalog=catalogue)
    assert without.returncode == 2
    assert "the figures do not add up at EBOPS , K14 ('3. Transport', 'Apr-26 (P)', Net)" in without.stdout

    credit = float(str(services_grid(april_services()).cells[place("I14")]))
    write(catalogue.parent / "corrections", file_sha256=sha256, should_be=credit)
    published = installed.etl("refresh", "--offline", catalog=catalogue)
    assert published.returncode == 0, published.stdout + published.stderr

    query = (
        "select round(value, 1), value_as_printed, correction_id from marts.vintages"
        " where code = '3' and flow = 'exports' and period = '2026-04' and release_id = 'trade_in_services'"
    )
    assert installed.rows(query) == [(round(credit, 1), "16140.8", "transport")]
    assert installed.value("select state from marts.corrections") == "in_force"
    raw = f"select value from raw.trade_in_services where file_sha256 = '{sha256}' and cell = 'I14'"
    assert installed.value(raw) == 16140.8, "what is landed stays as it is printed"
    traced = installed.etl("trace", "3", "2026-04").stdout
    assert "printed    16140.8 thousand US$" in traced
    assert "corrected  " in traced


def test_the_correction_expires_once_sbp_publishes_the_month_again(
    misprint: tuple[Installation, Path, str], tmp_path: Path
) -> None:
    installed, catalogue, _ = misprint
    april = april_services()
    (tmp_path / "dt.xls").write_bytes(services_grid(april).xls())
    installed.etl("add", str(tmp_path / "dt.xls"), "--published-on", "2026-05-20")

    stopped = installed.etl("refresh", "--offline", catalog=catalogue)
    assert stopped.returncode == 1
    assert "no_expired_corrections" in stopped.stdout + stopped.stderr
    assert installed.value("select count(*) from marts.corrections") == 1, "the last good marts are served"

    (catalogue.parent / "corrections" / "transport.toml").unlink()
    mended = installed.etl("refresh", "--offline", catalog=catalogue)
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert installed.value("select count(*) from marts.corrections") == 0
