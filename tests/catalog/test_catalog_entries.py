"""The catalogue that there is, and what belongs to each entry."""

import csv
from collections import Counter

import pytest
import yaml

from etl.catalog.labels import known_row_keys, labels_seed
from etl.catalog.releases import RELEASES_FOLDER, Catalog, Release
from etl.common.settings import DBT_PROJECT

RELEASES = Catalog.load().releases
FILE_RELEASES = Catalog.load().file_releases
each_release = pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.id)
each_file_release = pytest.mark.parametrize("release", FILE_RELEASES, ids=lambda release: release.id)


def test_the_catalogue_that_there_is_can_be_loaded(catalog: Catalog) -> None:
    entries = {path.stem for path in RELEASES_FOLDER.glob("*.toml")}

    assert {release.id for release in catalog.releases} == entries
    assert len(catalog.file_releases) >= 2


@each_file_release
def test_a_release_of_files_has_a_seed_that_knows_its_required_rows(release: Release) -> None:
    layout = release.rules[2]

    assert labels_seed(layout).with_suffix(".yml").is_file()
    assert set(layout.required_rows) <= known_row_keys(layout)
    assert {row for row, _, _ in layout.plausible} <= known_row_keys(layout)


@each_release
def test_a_release_has_a_staging_view_and_its_description(release: Release) -> None:
    view = DBT_PROJECT / "models" / "staging" / f"stg_{release.id}.sql"

    assert view.is_file()
    described = yaml.safe_load(view.with_suffix(".yml").read_text(encoding="utf-8"))
    assert [model["name"] for model in described["models"]] == [f"stg_{release.id}"]


@each_file_release
def test_a_release_of_files_is_declared_to_dbt(release: Release) -> None:
    (source,) = yaml.safe_load((DBT_PROJECT / "models" / "sources.yml").read_text(encoding="utf-8"))[
        "sources"
    ]

    (table,) = [table for table in source["tables"] if table["name"] == release.id]
    assert table["description"].startswith(release.title)


@pytest.mark.parametrize("release", [r for r in RELEASES if r.kind == "transcribed"], ids=lambda r: r.id)
def test_a_transcribed_release_has_its_figures_in_a_described_seed(release: Release) -> None:
    seed = DBT_PROJECT / "seeds" / f"{release.seed}.csv"

    with seed.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file))
    assert seed.with_suffix(".yml").is_file()


@each_release
def test_only_what_is_read_from_files_counts_as_published(release: Release) -> None:
    assert release.source.basis == ("published" if release.kind == "file" else "transcribed")


def test_but_for_services_one_release_decides_in_a_series(catalog: Catalog) -> None:
    """Services have one table in several formats: as a workbook, printed, and as EasyData's series."""
    deciding = Counter(release.series for release in catalog.releases if release.source.tier == 1)

    assert deciding.pop("services") > 1
    assert set(deciding.values()) == {1}
