"""The data package, as frictionless judges it."""

from pathlib import Path

import frictionless

from etl.serve.export.export import export
from tests.support.exports import descriptor_of
from tests.support.installation import Installation


def errors_of(folder: Path) -> set[str]:
    """Return the kinds of errors that frictionless finds in an export."""
    return {row[0] for row in frictionless.validate(folder / "datapackage.json").flatten(["type"])}


def test_frictionless_finds_the_package_valid(published: Installation, exported: Path) -> None:
    report = frictionless.validate(exported / "datapackage.json")

    assert report.valid, report.flatten(["type", "message"])
    tables = {task.name for task in report.tasks if task.type == "table"}
    assert tables == {path.stem for path in (exported / "csv").iterdir()}
    rows = {r["name"]: r["rows"] for r in descriptor_of(exported)["resources"] if r["name"] in tables}
    assert rows["vintages"] == published.value("select count(*) from marts.vintages")


def test_frictionless_sees_a_figure_that_was_changed_and_a_key_that_leads_nowhere(
    published: Installation, tmp_path: Path
) -> None:
    marts = ["services_monthly", "dim_item", "dim_month"]
    folder = export(published.settings, tmp_path / "exports", marts=marts, formats=["csv"]).folder
    assert errors_of(folder) == set()

    for mart, old, new in (("services_monthly", "413.622892", "413.622893"), ("dim_item", "\n9,", "\n99,")):
        file = folder / "csv" / f"{mart}.csv"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    assert errors_of(folder) == {"hash-count", "byte-count", "foreign-key"}


def test_a_mart_is_described_as_the_published_file_describes_it(
    published: Installation, exported: Path
) -> None:
    schemas = {r["name"]: r.get("schema") for r in descriptor_of(exported)["resources"]}
    schema = schemas["services_monthly"]
    fields = {field["name"]: field for field in schema["fields"]}
    comment = published.value(
        "select comment from duckdb_columns() where schema_name = 'marts'"
        " and table_name = 'services_monthly' and column_name = 'exports_usd_mn'"
    )

    assert fields["exports_usd_mn"] == {
        "name": "exports_usd_mn",
        "type": "number",
        "description": comment,
        "unit": "million US$",
    }
    assert fields["exports_yoy_pct"]["unit"] == "per cent"
    assert fields["month"]["type"] == "date"
    assert fields["month"]["constraints"] == {"required": True}
    assert schema["primaryKey"] == ["month", "item_code"]
    reference = {"resource": "vintages", "fields": "vintage_id"}
    assert {"fields": "exports_vintage_id", "reference": reference} in schema["foreignKeys"]
    assert schemas["services_monthly.parquet"] is None, "it is described once"


def test_the_package_states_no_licence_and_how_to_cite(exported: Path) -> None:
    descriptor = descriptor_of(exported)
    (licence,) = descriptor["licenses"]

    assert licence["name"] == "notspecified"
    assert "states no licence" in licence["title"]
    assert descriptor["citation"].startswith("State Bank of Pakistan, external-sector releases")
    assert "Trade in services by item" in {source["title"] for source in descriptor["sources"]}


def test_a_mart_as_parquet_alone_is_described_in_full_and_refers_to_no_other(
    published: Installation, tmp_path: Path
) -> None:
    folder = export(published.settings, tmp_path / "exports", marts=["revisions"], formats=["parquet"]).folder

    (resource,) = descriptor_of(folder)["resources"]
    assert (resource["name"], resource["path"]) == ("revisions", "parquet/revisions.parquet")
    assert resource["row_count"] == published.value("select count(*) from marts.revisions")
    assert resource["schema"]["primaryKey"]
    assert "foreignKeys" not in resource["schema"]
    assert errors_of(folder) == set()
