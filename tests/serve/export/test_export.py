"""What `etl export` writes, and what it says where it writes nothing."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from etl.serve.export.export import export
from etl.serve.export.workbook import sheet_name
from tests.support.exports import descriptor_of, names_of_sheets, rows_of_csv
from tests.support.installation import Installation, installation


def marts_of(published: Installation) -> list[str]:
    query = "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
    return [row[0] for row in published.rows(query)]


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_every_mart_is_there_in_every_format(published: Installation, exported: Path) -> None:
    marts = marts_of(published)

    assert sorted(path.stem for path in (exported / "csv").iterdir()) == marts
    assert sorted(path.stem for path in (exported / "parquet").iterdir()) == marts
    assert names_of_sheets(exported) == ["About", "Columns", *map(sheet_name, marts)]
    described = {resource["path"] for resource in descriptor_of(exported)["resources"]}
    assert described == files_of(exported).keys() - {"datapackage.json"}


def test_each_file_has_the_hash_and_size_that_the_package_says(exported: Path) -> None:
    files = files_of(exported)

    for resource in descriptor_of(exported)["resources"]:
        content = files[resource["path"]]
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)


def test_the_same_snapshot_gives_the_same_bytes(
    published: Installation, exported: Path, tmp_path: Path
) -> None:
    export(published.settings, tmp_path / "again")

    assert files_of(tmp_path / "again") == files_of(exported)


def test_as_of_a_day_the_files_hold_what_was_known_and_say_the_day(
    published: Installation, tmp_path: Path
) -> None:
    result = published.etl(
        "export", str(tmp_path / "day"), "--as-of=2024-12-20", "--mart=services_monthly", "--format=csv"
    )
    assert result.returncode == 0, result.stderr

    (november,) = [
        row
        for row in rows_of_csv(tmp_path / "day" / "csv" / "services_monthly.csv")
        if (row["item_code"], row["month"]) == ("9", "2024-11-01")
    ]
    descriptor = descriptor_of(tmp_path / "day")
    assert november["exports_usd_mn"] == "324.000000"
    assert descriptor["as_of"] == "2024-12-20"
    assert "as known on 2024-12-20" in descriptor["citation"]
    assert "as known on 2024-12-20" in result.stdout


def test_an_export_to_no_folder_goes_to_the_installation_and_replaces_the_one_there(
    published: Installation,
) -> None:
    for mart in ("dim_item", "dim_month"):
        result = published.etl("export", "--mart", mart, "--format", "parquet")
        assert result.returncode == 0, result.stderr
        assert f"exported 1 mart to {published.settings.exports}" in result.stdout
        assert files_of(published.settings.exports).keys() == {
            "datapackage.json",
            f"parquet/{mart}.parquet",
        }


def test_an_unknown_mart_is_bad_usage_and_says_which_there_are(
    published: Installation, tmp_path: Path
) -> None:
    result = published.etl("export", str(tmp_path / "exports"), "--mart", "services_weekly")

    assert result.returncode == 64
    assert "there is no mart 'services_weekly'; there are balance_of_payments_fiscal_year" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_one_line_and_leaves_nothing(
    published: Installation, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")

    for target in (tmp_path / "file", tmp_path / "file" / "below"):
        result = published.etl("export", str(target))
        assert result.returncode == 1
        assert result.stderr == f"etl: {tmp_path / 'file'} is a file; give a folder\n"
    assert files_of(tmp_path) == {"file": b"mine"}


@pytest.mark.parametrize("style", ["parquet", "csv", "excel"])
def test_a_format_that_fails_half_way_leaves_nothing(
    published: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, style: Any
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("etl.serve.export.datapackage.write", fail)

    with pytest.raises(OSError, match="No space left"):
        export(published.settings, tmp_path / "exports", marts=["dim_item"], formats=[style])

    assert list(tmp_path.iterdir()) == []


def test_before_the_first_refresh_it_says_what_to_run(tmp_path: Path) -> None:
    result = installation(tmp_path).etl("export")

    assert result.returncode == 1
    assert "run `etl refresh` first" in result.stderr


def test_items_carry_the_codes_of_the_balance_of_payments_manual(published: Installation) -> None:
    """The twelve main items are SA to SL in their order; what is SBP's own has none."""
    main = published.rows("select bpm6_code from marts.dim_item where is_main_item order by sort_order")
    assert [code for (code,) in main] == [f"S{letter}" for letter in "ABCDEFGHIJKL"]

    codes = dict(published.rows("select item_code, bpm6_code from marts.dim_item"))
    assert (codes["S"], codes["9.1"], codes["9.2"], codes["9.3"]) == ("S", "SI1", "SI2", "SI3")
    assert codes["9.2.5"] is None
    orphans = published.rows(
        """
        select child.item_code from marts.dim_item as child
        inner join marts.dim_item as parent on child.parent_item_code = parent.item_code
        where child.bpm6_code is not null and not starts_with(child.bpm6_code, parent.bpm6_code)
        """
    )
    assert orphans == []


def test_the_published_keys_are_those_of_the_tests(published: Installation) -> None:
    keys = json.loads((published.settings.current_database.with_name("keys.json")).read_bytes())

    assert keys["services_monthly"]["primary"] == ["month", "item_code"]
    assert keys["vintages"]["unique"] == ["vintage_id"]
    assert {"column": "file_sha256", "mart": "dim_release_file", "mart_column": "file_sha256"} in keys[
        "vintages"
    ]["foreign"]
