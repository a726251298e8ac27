"""The dbt project as dbt sees it: everything is described, what is described is there, and the logic of
the models holds on small examples.
"""

from pathlib import Path

import pytest
import yaml

from etl.catalog.releases import Catalog
from etl.common.settings import DBT_PROJECT
from etl.modelling.dbt import MEMORY_LIMIT, DbtWorker, ensure_manifest
from etl.modelling.manifest import Manifest
from etl.warehouse import connect
from scripts import write_sources
from tests.support.installation import Installation

CONTRACT_MARTS = {
    "services_monthly",
    "it_exports_monthly",
    "services_fiscal_quarter",
    "services_fiscal_year",
    "services_fiscal_year_to_date",
    "services_share",
    "balance_of_payments_monthly",
    "balance_of_payments_fiscal_year",
    "vintages",
    "revisions",
    "headlines",
    "dim_item",
    "dim_month",
    "dim_release",
    "dim_release_file",
}


@pytest.fixture(scope="module")
def manifest(published: Installation) -> Manifest:
    return Manifest.load(ensure_manifest(published.settings))


def test_the_marts_of_the_contract_are_there(manifest: Manifest) -> None:
    marts = {node.name for node in manifest.built if node.schema == "marts"}
    assert marts >= CONTRACT_MARTS


def test_every_model_seed_source_and_column_is_described(manifest: Manifest) -> None:
    bare = [node.unique_id for node in manifest.nodes.values() if not node.description]
    bare += [
        f"{node.unique_id}.{column.name}"
        for node in manifest.nodes.values()
        for column in node.columns
        if not column.description
    ]
    assert bare == []


def test_the_columns_that_are_described_are_the_columns_that_are_there(
    manifest: Manifest, published: Installation
) -> None:
    with connect.read(published.settings.current_database) as connection:
        rows = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns"
            " order by ordinal_position"
        ).fetchall()
    there: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in rows:
        there.setdefault((schema, table), []).append(column)
    for node in manifest.nodes.values():
        described = [column.name for column in node.columns]
        assert described == there[node.schema, node.name], node.unique_id


def test_marts_are_tables_whose_columns_have_a_type(manifest: Manifest) -> None:
    for node in manifest.built:
        if node.schema == "marts":
            assert node.materialized == "table", node.name
            assert all(column.data_type for column in node.columns), node.name


def test_every_mart_has_a_test_of_its_key(manifest: Manifest) -> None:
    tested = {check.node for check in manifest.checks.values() if check.name.startswith("unique")}
    keyless = [n.name for n in manifest.built if n.schema == "marts" and n.unique_id not in tested]
    assert keyless == []


def test_models_are_in_the_schema_of_their_folder_and_layers_read_only_lower_ones(manifest: Manifest) -> None:
    may_read = {
        "staging": {"raw", "seeds"},
        "intermediate": {"staging", "intermediate", "seeds"},
        "marts": {"staging", "intermediate", "seeds", "marts"},
        "main": {"marts"},
    }
    for node in manifest.built:
        if node.kind == "model":
            path = next((DBT_PROJECT / "models").rglob(f"{node.name}.sql"))
            assert path.parent.name == node.schema
            parents = {manifest.nodes[parent].schema for parent in node.depends_on}
            assert parents <= may_read[node.schema], f"{node.name} reads {parents}"


def test_a_yaml_stands_beside_every_model_and_seed() -> None:
    files = [*(DBT_PROJECT / "models").rglob("*.sql"), *(DBT_PROJECT / "seeds").glob("*.csv")]
    assert [path.name for path in files if not path.with_suffix(".yml").exists()] == []


def test_the_sources_are_those_of_the_catalogue(catalog: Catalog) -> None:
    committed = write_sources.SOURCES_FILE.read_text(encoding="utf-8")
    assert committed == write_sources.render(catalog), "run `make sources`"


def test_every_release_of_files_has_its_staging_view(catalog: Catalog, manifest: Manifest) -> None:
    staging = {node.name for node in manifest.built if node.schema == "staging"}
    assert {f"stg_{release.id}" for release in catalog.releases} <= staging


def test_the_unit_tests_of_the_models_hold(published: Installation) -> None:
    with DbtWorker(published.settings) as worker:
        results = list(worker.test_units())
    assert len(results) >= 30
    assert [f"{result.unique_id}: {result.message}" for result in results if not result.is_good] == []


def test_no_package_of_a_hub_is_used() -> None:
    assert not list(Path(DBT_PROJECT).glob("packages*.yml"))


def test_dbt_takes_no_more_than_is_said_of_it() -> None:
    profile = yaml.safe_load((DBT_PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    for output in profile["sbp_warehouse"]["outputs"].values():
        options = output["config_options"]
        assert options["threads"] == 2
        assert options["memory_limit"] == f"{{{{ env_var('ETL_DBT_MEMORY', '{MEMORY_LIMIT}') }}}}"
