"""What a check found, in words that say where to look, and what each check promises."""

import re

from etl.modelling.dbt import ensure_manifest
from etl.modelling.manifest import Manifest, ModelTest
from tests.support.installation import Installation


def test_a_check_with_words_of_its_own_says_them_and_the_query() -> None:
    check = ModelTest(
        "test.x",
        "sources_agree",
        "sources_agree",
        "model.x",
        None,
        {},
        is_blocking=False,
        finding="sources that differ",
        see="from x",
    )

    assert check.in_words(1230, "reconciliations") == (
        'sources that differ: 1,230 in reconciliations; see `etl sql "from x"`'
    )


def test_a_check_without_says_its_name_and_arguments() -> None:
    arguments = {"columns": ["month"]}
    check = ModelTest("test.x", "unique_key", "unique_key", "model.x", None, arguments, is_blocking=True)

    assert check.in_words(2, "services_monthly") == (
        "rows that fail the check unique_key (columns: ['month']): 2 in services_monthly"
    )


def test_every_check_of_the_project_says_what_it_promises(published: Installation) -> None:
    manifest = Manifest.load(ensure_manifest(published.settings))
    of_dbt = {"unique", "not_null", "relationships", "accepted_values"}
    assert {check.kind for check in manifest.checks.values()} - of_dbt <= manifest.promises.keys()
    assert all(re.fullmatch(r"[A-Z].{20,}\.", promise) for promise in manifest.promises.values())


def test_a_unit_test_is_an_example_of_its_model(published: Installation) -> None:
    manifest = Manifest.load(ensure_manifest(published.settings))
    examples = manifest.examples["model.sbp_warehouse.int_services_changes"]
    assert "changes_over_a_missing_month_are_unknown" in examples
