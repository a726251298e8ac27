"""Single steps of a refresh as processes of their own, to be measured one by one.

`python -m benchmarks.steps STEP HOME`: `land` the services files of an archive, or `land_all`; `model` what
is landed, after dbt has warmed up; `publish` it; ask what is published; `refresh_warm`. Each prints a number.
"""

import json
import math
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.vintages import RELEASE
from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.common.settings import DBT_PROJECT, Settings
from etl.landing import land as landing
from etl.modelling import build_key
from etl.modelling.dbt import DbtWorker, ensure_manifest, manifest_path
from etl.modelling.manifest import Manifest
from etl.publish import build
from etl.publish import publish as publishing
from etl.warehouse import connect

_QUESTIONS, _LONGEST_SECONDS = 200, 10.0
"""How often is asked: so often, or as long, but at least a tenth of it."""


def land(settings: Settings) -> float:
    """Read and land all services files; returns the number of observations."""
    catalog = Catalog.load()
    with landing.ready(settings.build_database, catalog, build_key.raw_key(catalog)) as connection:
        landed = landing.land_releases(connection, [catalog.get(RELEASE)], Archive(settings.archive))
    return sum(file.observation_count for file in landed)


def land_all(settings: Settings) -> float:
    """Land everything, and let dbt read its project; returns the number of files."""
    catalog, archive = Catalog.load(), Archive(settings.archive)
    files = sum(len(build.land(settings, catalog, archive, release)) for release in catalog.file_releases)
    build.land_bookkeeping(settings, catalog, archive)
    ensure_manifest(settings)
    return files


def model(settings: Settings) -> float:
    """Build and test all models; returns the seconds from telling dbt to its end. The SQL goes to
    `models.json` beside the database, for the peer that runs it bare.
    """
    with DbtWorker(settings) as worker:
        worker.wait_until_ready()
        started = time.perf_counter()
        bad = [result.unique_id for result in build.model(settings, worker) if not result.is_good]
        seconds = time.perf_counter() - started
        if bad:
            raise RuntimeError(f"{', '.join(bad)} failed")
        work = {"seeds": list(_seeds(settings)), "models": list(_models(settings, worker))}
    (settings.build / "models.json").write_text(json.dumps(work), encoding="utf-8")
    return seconds


def _seeds(settings: Settings) -> Iterator[dict[str, object]]:
    """Return each seed with the types that dbt gave its columns."""
    query = "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ?"
    with connect.read(settings.build_database) as connection:
        for node in Manifest.load(manifest_path(settings)).built:
            if node.kind == "seed":
                columns = dict(connection.execute(query, [node.schema, node.name]).fetchall())
                path = str(DBT_PROJECT / "seeds" / f"{node.name}.csv")
                yield {"schema": node.schema, "name": node.name, "path": path, "columns": columns}


def _models(settings: Settings, worker: DbtWorker) -> Iterator[dict[str, object]]:
    """Return each model in the order in which it was built."""
    nodes = {node.name: node for node in Manifest.load(manifest_path(settings)).built}
    for name, compiled in worker.compiled.items():
        kind = nodes[name].materialized
        yield {"schema": compiled.schema, "name": name, "materialized": kind, "sql": compiled.sql}


def publish(settings: Settings) -> float:
    """Publish what was tested; returns the seconds. One snapshot is kept, so that each publication also
    deletes the one before.
    """
    started = time.perf_counter()
    publishing.publish(Settings(home=settings.home, snapshots_kept=1))
    return time.perf_counter() - started


def refresh_warm(settings: Settings) -> float:
    """Refresh with all imports made before; returns the seconds. dbt has read its project as well, which a
    whole process does while Dagster is imported.
    """
    import etl.modelling.dbt
    import etl.orchestration.assemble
    import etl.orchestration.assets
    import etl.orchestration.instance
    from etl.orchestration.refresh import refresh
    from etl.publish.progress import Progress

    with DbtWorker(settings) as worker:
        worker.wait_until_ready()
        etl.modelling.dbt.DbtWorker = lambda _: worker
        started = time.perf_counter()
        refresh(settings, Catalog.load(), (), on_answer=lambda _: None, progress=Progress())
        return time.perf_counter() - started


def evaluate(settings: Settings) -> float:
    """Evaluate what Dagster evaluates by the clock, all imported; returns the seconds of the longest."""
    import dagster as dg

    from etl.orchestration.instance import open_instance
    from etl.orchestration.resources import Context
    from etl.orchestration.schedules import build_sensor, hourly_when_due

    context = Context.of(settings, Catalog.load())
    with open_instance(settings) as instance:
        sensor, schedule = build_sensor(context), hourly_when_due(context)
        started = time.perf_counter()
        sensor.evaluate_tick(dg.build_sensor_context(instance))
        half = time.perf_counter()
        schedule.evaluate_tick(dg.build_schedule_context(instance))
        return max(half - started, time.perf_counter() - half)


def ask_the_mart(settings: Settings) -> float:
    """Ask for the history of item 9 as of many days, of the mart; returns the 95th percentile in ms."""
    return _percentile(settings, "from marts.services_monthly_as_of(?) where item_code = '9'", 1)


_OF_THE_VINTAGES = (
    "select period, flow, value_usd_mn from marts.vintages"
    " where series = 'services' and code = '9' and period_type = 'month'"
    " and valid_from <= ? and (valid_to is null or valid_to > ?)"
)


def ask_the_vintages(settings: Settings) -> float:
    """Ask for the same, of the vintages; returns the 95th percentile in ms."""
    return _percentile(settings, _OF_THE_VINTAGES, 2)


def ask_the_vintages_for_arrow(settings: Settings) -> float:
    """Ask the same, and take the answer as an Arrow table, without making values of Python of it."""
    return _percentile(settings, _OF_THE_VINTAGES, 2, lambda answer: answer.to_arrow_table())


def _percentile(
    settings: Settings,
    question: str,
    days_asked: int,
    take: Callable[[connect.Connection], object] = lambda answer: answer.fetchall(),
) -> float:
    """Ask after one question that does not count."""
    chosen = random.Random(9)  # noqa: S311 (nothing is secret)
    taken: list[float] = []
    with connect.read(settings.current_database) as connection:
        until = time.perf_counter() + _LONGEST_SECONDS
        while len(taken) <= _QUESTIONS / 10 or (len(taken) <= _QUESTIONS and time.perf_counter() < until):
            day = date(1975, 1, 1) + timedelta(days=chosen.randrange(50 * 365))
            started = time.perf_counter()
            take(connection.execute(question, [day] * days_asked))
            taken.append(1000 * (time.perf_counter() - started))
    return percentile(taken[1:], 0.95)


def percentile(values: list[float], share: float) -> float:
    """Return the least value that at least such a share of the values does not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


STEPS: dict[str, Callable[[Settings], float]] = {
    "land": land,
    "land_all": land_all,
    "model": model,
    "publish": publish,
    "refresh_warm": refresh_warm,
    "evaluate": evaluate,
    "ask_the_mart": ask_the_mart,
    "ask_the_vintages": ask_the_vintages,
    "ask_the_vintages_for_arrow": ask_the_vintages_for_arrow,
}

if __name__ == "__main__":
    print(STEPS[sys.argv[1]](Settings(home=Path(sys.argv[2]), polite_seconds=0.0)))
