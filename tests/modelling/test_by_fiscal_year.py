"""Building the fiscal years alone whose inputs have changed gives row for row what building all gives."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from etl import build_key, landing, warehouse
from etl.archive import Archive
from etl.catalog import Catalog
from etl.modelling.dbt import DbtWorker, NodeResult, ensure_manifest
from etl.settings import Settings
from etl.starter.write import services_workbook
from tests.support.editions import edition_of, relabelled, with_first_figure
from tests.support.installation import Installation
from tests.support.readings import SERVICES
from tests.support.releases import facts

FIRST_ARRIVAL = datetime(2026, 11, 1, tzinfo=UTC)
MODELS_ALONE = ["build", "--exclude-resource-type", "unit_test", "test"]

Step = tuple[str, int]
"""What happens: a file `comes` or `goes`, by its number, or a build `ends` before its so manieth model."""


class Modelled:
    """A build database on which one worker builds the models again and again."""

    def __init__(self, settings: Settings, worker: DbtWorker, catalog: Catalog) -> None:
        self.database = settings.build_database
        self.worker, self.catalog = worker, catalog
        self.archive = Archive(settings.archive)

    def empty(self) -> None:
        """Begin again with no file and no table."""
        self.database.unlink(missing_ok=True)
        landing.prepare(self.database, self.catalog, "key")

    def land(self, content: bytes, published_on: date, seen_at: datetime) -> None:
        release = self.catalog.get(SERVICES)
        assert release is not None
        self.archive.store(content, facts(content, first_seen_at=seen_at, published_on=published_on))
        landing.land_release(self.database, release, self.archive)

    def run(self, *select: str) -> list[NodeResult]:
        """Build all models, or some as a build does that ends after them."""
        selection = ["--select", *select] if select else []
        return list(self.worker._run([*MODELS_ALONE, *selection]))

    def execute(self, statement: str) -> None:
        with warehouse.write(self.database) as connection:
            connection.execute(statement)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with warehouse.read(self.database) as connection:
            return connection.execute(query).fetchall()

    def tables(self) -> dict[str, tuple[object, ...]]:
        """Give of every table of the models how many rows it has, and a hash of them in whatever order."""
        names = self.rows(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where schema_name in ('intermediate', 'marts') order by 1"
        )
        return {
            str(name): self.rows(f"select count(*), sum(hash(t)::hugeint) from {name} as t")[0]
            for (name,) in names
        }


@pytest.fixture(scope="module")
def modelled(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Iterator[Modelled]:
    settings = Settings(home=tmp_path_factory.mktemp("by_fiscal_year"), polite_seconds=0)
    with DbtWorker(settings) as worker:
        landing.prepare(settings.build_database, catalog, "key")
        yield Modelled(settings, worker, catalog)


@pytest.fixture(scope="module")
def models_in_order(modelled: Modelled) -> list[str]:
    """Name the seeds and models in the order in which they are built."""
    modelled.empty()
    return [result.unique_id.split(".")[-1] for result in modelled.run()]


@pytest.fixture(scope="module")
def files() -> list[tuple[bytes, date]]:
    """Give editions of five fiscal years, each with a figure of its own; one that leaves a figure out, two of
    one day, and one that says what another did.
    """
    months = [date(2021, 8, 1), date(2022, 3, 1), date(2022, 4, 1), date(2023, 12, 1), date(2025, 6, 1)]
    months += [date(2025, 7, 1), date(2026, 3, 1)]
    editions = [with_first_figure(edition_of(month), 100.0 + n) for n, month in enumerate(months)]
    days = [month + timedelta(days=47) for month in months]
    editions += [
        with_first_figure(edition_of(months[1]), None),
        with_first_figure(edition_of(months[-1]), 7.0),
    ]
    editions += [relabelled(editions[0])]
    days += [days[1] + timedelta(days=3), days[6], days[0] + timedelta(days=7)]
    return [(services_workbook(edition), day) for edition, day in zip(editions, days, strict=True)]


steps = st.lists(
    st.tuples(st.sampled_from(["comes", "comes", "comes", "goes", "ends"]), st.integers(0, 9)),
    min_size=2,
    max_size=5,
)


@hypothesis_settings(max_examples=3, derandomize=True)
@given(first=st.sets(st.integers(0, 9), min_size=2, max_size=6), then=steps)
def test_whatever_comes_and_goes_between_builds(
    modelled: Modelled,
    models_in_order: list[str],
    files: Sequence[tuple[bytes, date]],
    first: set[int],
    then: list[Step],
) -> None:
    modelled.empty()
    modelled.archive = Archive(modelled.database.with_name(f"archive-{len(first)}-{hash(tuple(then))}"))
    for number in first:
        modelled.land(*files[number], FIRST_ARRIVAL)
    modelled.run()
    for what, number in then:
        happens(modelled, models_in_order, files, what, number)
    modelled.run()
    found = modelled.tables()
    modelled.execute("delete from intermediate.built_years")
    modelled.run()
    wanted = modelled.tables()
    assert [table for table in wanted if found[table] != wanted[table]] == []
    assert wanted["marts.vintages"] != (0, None)


def happens(
    modelled: Modelled,
    models_in_order: Sequence[str],
    files: Sequence[tuple[bytes, date]],
    what: str,
    number: int,
) -> None:
    if what == "comes":
        modelled.land(*files[number], FIRST_ARRIVAL + timedelta(days=number))
        modelled.run()
    elif what == "goes":
        sha256 = facts(files[number][0]).sha256
        for table in ("release_files", "printed_periods", SERVICES):
            modelled.execute(f"delete from raw.{table} where file_sha256 = '{sha256}'")
    else:
        modelled.run(*models_in_order[: len(models_in_order) * (number + 1) // 12])


def test_a_year_is_built_again_only_where_its_inputs_or_the_models_have_changed(
    modelled: Modelled,
    files: Sequence[tuple[bytes, date]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    modelled.empty()
    modelled.archive = Archive(tmp_path / "archive")
    for number in (0, 3, 4):
        modelled.land(*files[number], FIRST_ARRIVAL)
    modelled.run()
    modelled.execute("update marts.vintages set sheet = 'another'")
    modelled.land(*files[6], FIRST_ARRIVAL)
    modelled.run()
    kept = "select count(*) from marts.vintages where sheet = 'another' and period_ends_on between"
    assert modelled.rows(f"{kept} '2020-07-01' and '2024-06-30'") != [(0,)]
    assert modelled.rows(f"{kept} '2024-07-01' and '2026-06-30'") == [(0,)]
    monkeypatch.setattr(build_key, "models_key", lambda: "other models")
    settings = Settings(home=modelled.database.parents[1], polite_seconds=0)
    with DbtWorker(settings) as worker:
        Modelled(settings, worker, modelled.catalog).run()
    assert modelled.rows("select count(*) from marts.vintages where sheet = 'another'") == [(0,)]


def test_a_year_that_failed_a_test_is_tested_again(
    modelled: Modelled, files: Sequence[tuple[bytes, date]], tmp_path: Path
) -> None:
    modelled.empty()
    modelled.archive = Archive(tmp_path / "archive")
    modelled.land(*files[0], FIRST_ARRIVAL)
    modelled.run()
    modelled.execute("insert into marts.vintages from marts.vintages")
    for _ in range(2):
        failed = [result.unique_id for result in modelled.worker.build() if result.status == "fail"]
        assert any("unique_vintages_vintage_id" in unique_id for unique_id in failed)


def test_what_such_a_table_reads_is_by_fiscal_year_or_hashed_or_made_of_seeds(
    published: Installation,
) -> None:
    """Else a year would stay as it is though what it is made of has changed."""
    nodes = json.loads(ensure_manifest(published.settings).read_text(encoding="utf-8"))["nodes"]
    models = {unique_id: node for unique_id, node in nodes.items() if node["resource_type"] == "model"}

    def reads(unique_id: str) -> set[str]:
        parents = set(models[unique_id]["depends_on"]["nodes"])
        return parents.union(*(reads(parent) for parent in parents & models.keys()))

    def is_by_year(unique_id: str) -> bool:
        config = models[unique_id]["config"]
        return "day" in config["meta"] and config["materialized"] in ("by_fiscal_year", "view")

    hashed = reads("model.sbp_warehouse.int_fiscal_years")
    unwatched = [
        (model["name"], parent)
        for unique_id, model in models.items()
        if is_by_year(unique_id) and unique_id not in hashed
        for parent in set(model["depends_on"]["nodes"]) & models.keys()
        if not is_by_year(parent)
        and parent not in hashed
        and models[parent]["name"] not in ["int_fiscal_years", *model["config"]["meta"].get("rows_of", [])]
        and any(not ancestor.startswith(("seed.", "model.")) for ancestor in reads(parent))
    ]
    assert unwatched == []
