"""Building the fiscal years alone whose inputs have changed gives row for row what building all gives."""

import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.common.settings import Settings
from etl.modelling import build_key
from etl.modelling.dbt import DbtWorker, NodeResult, ensure_manifest
from etl.warehouse import connect
from scripts.write_starter import services_workbook
from tests.support.editions import edition_of, relabelled, scaled
from tests.support.installation import Installation
from tests.support.landed import land_release, prepare
from tests.support.readings import SERVICES
from tests.support.releases import facts

FIRST_ARRIVAL = datetime(2026, 11, 1, tzinfo=UTC)
MODELS_ALONE = ["build", "--exclude-resource-type", "unit_test", "test"]


class Modelled:
    """A build database on which one worker builds the models again and again."""

    def __init__(self, settings: Settings, worker: DbtWorker, catalog: Catalog) -> None:
        self.database = settings.build_database
        self.worker, self.catalog = worker, catalog
        self.archive = Archive(settings.archive)

    def begin_again(self) -> None:
        """Begin again with no file and no table."""
        self.database.unlink(missing_ok=True)
        prepare(self.database, self.catalog, "key")
        shutil.rmtree(self.archive.folder, ignore_errors=True)

    def land(self, content: bytes, published_on: date) -> None:
        """Archive a file and land it."""
        self.archive.store(content, facts(content, first_seen_at=FIRST_ARRIVAL, published_on=published_on))
        land_release(self.database, self.catalog.get(SERVICES), self.archive)

    def take_away(self, content: bytes) -> None:
        """Leave a file out of archive and raw tables, as if it had never come."""
        sha256 = facts(content).sha256
        shutil.rmtree(self.archive.folder / SERVICES / sha256)
        for table in ("release_files", "printed_periods", SERVICES):
            self.execute(f"delete from raw.{table} where file_sha256 = '{sha256}'")

    def run(self, *select: str) -> list[NodeResult]:
        """Build all models, or some as a build does that ends after them."""
        selection = ["--select", *select] if select else []
        return list(self.worker._run([*MODELS_ALONE, *selection]))

    def execute(self, statement: str) -> None:
        with connect.write(self.database) as connection:
            connection.execute(statement)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with connect.read(self.database) as connection:
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
        prepare(settings.build_database, catalog, "key")
        yield Modelled(settings, worker, catalog)


@pytest.fixture(scope="module")
def models_in_order(modelled: Modelled) -> list[str]:
    """Name the seeds and models in the order in which they are built."""
    modelled.begin_again()
    return [result.unique_id.split(".")[-1] for result in modelled.run()]


@pytest.fixture(scope="module")
def files() -> list[tuple[bytes, date]]:
    """Give editions of five fiscal years, each with figures of its own; one that leaves figures out, two of
    one day, and one that says what another did.
    """
    months = [date(2021, 8, 1), date(2022, 3, 1), date(2022, 4, 1), date(2023, 12, 1), date(2025, 6, 1)]
    months += [date(2025, 7, 1), date(2026, 3, 1)]
    editions = [scaled(edition_of(month, has_parts=True), 1 + n / 100) for n, month in enumerate(months)]
    days = [month + timedelta(days=47) for month in months]
    editions += [edition_of(months[1]), scaled(editions[-1], 1.5), relabelled(editions[0])]
    days += [days[1] + timedelta(days=3), days[6], days[0] + timedelta(days=7)]
    return [(services_workbook(edition), day) for edition, day in zip(editions, days, strict=True)]


@hypothesis_settings(max_examples=3, derandomize=True, phases=[Phase.generate])
@given(order=st.permutations(range(10)), ends_after=st.integers(1, 11), gone=st.integers(0, 4))
def test_whatever_comes_and_goes_between_builds(
    modelled: Modelled,
    models_in_order: list[str],
    files: Sequence[tuple[bytes, date]],
    order: list[int],
    ends_after: int,
    gone: int,
) -> None:
    """Five files come, then two and a build that ends on its way; one more; one goes and another comes."""
    modelled.begin_again()
    for number in order[:5]:
        modelled.land(*files[number])
    modelled.run()
    for number in order[5:7]:
        modelled.land(*files[number])
    modelled.run(*models_in_order[: len(models_in_order) * ends_after // 12])
    modelled.land(*files[order[7]])
    modelled.run()
    modelled.take_away(files[order[gone]][0])
    modelled.land(*files[order[8]])
    modelled.run()
    found = modelled.tables()
    assert modelled.rows("select status, count(*) from raw.release_files group by 1") == [("landed", 8)]
    modelled.execute("delete from intermediate.built_years")
    modelled.run()
    wanted = modelled.tables()
    assert [table for table in wanted if found[table] != wanted[table]] == []


def test_a_year_is_built_again_only_where_its_inputs_or_the_models_have_changed(
    modelled: Modelled,
    files: Sequence[tuple[bytes, date]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    modelled.begin_again()
    for number in (0, 3, 4):
        modelled.land(*files[number])
    modelled.run()
    modelled.execute("update marts.vintages set sheet = 'another'")
    modelled.land(*files[6])
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
    modelled: Modelled, files: Sequence[tuple[bytes, date]]
) -> None:
    modelled.begin_again()
    modelled.land(*files[0])
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
