"""When Dagster's first page counts as shown."""

import pytest

from benchmarks.first_page import has_group


def answer(*groups: str, status: str = "LOADED", kind: str = "RepositoryLocation") -> dict[str, object]:
    repository = {"assetGroups": [{"groupName": group} for group in groups]}
    location = {"__typename": kind, "repositories": [repository]}
    entry = {"loadStatus": status, "locationOrLoadError": location}
    return {"data": {"workspaceOrError": {"locationEntries": [entry]}}}


def test_a_project_is_shown_with_its_groups_and_an_empty_one_without() -> None:
    assert has_group(answer("raw", "marts"), "marts")
    assert not has_group(answer("raw"), "marts")
    assert has_group(answer(), "")


def test_a_location_that_loads_is_not_shown_yet_and_a_broken_one_is_an_error() -> None:
    assert not has_group(answer("marts", status="LOADING"), "marts")
    assert not has_group({"data": {"workspaceOrError": {"locationEntries": []}}}, "")
    with pytest.raises(RuntimeError, match="could not be loaded"):
        has_group(answer(kind="PythonError"), "marts")
