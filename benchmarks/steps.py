"""Single steps of a refresh as processes of their own, to be measured one by one.

`python -m benchmarks.steps STEP HOME`: `read` and `land` the services files of an archive, `model` what is
landed (after dbt has warmed up), `ask` what is published. Each prints one number.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from benchmarks.vintages import RELEASE
from etl import building, landing, warehouse
from etl.archive import Archive
from etl.catalog import Catalog
from etl.known_rows import known_row_keys
from etl.modelling.dbt import DbtWorker
from etl.reading_files import Reader, read_files
from etl.settings import Settings

_QUESTIONS = 20


def read(settings: Settings) -> float:
    """Read all files; gives the number of observations."""
    layout = Catalog.load().get(RELEASE).rules[2]
    files = Archive(settings.archive).files(RELEASE)
    parts = read_files(files, Reader(layout, known_row_keys(layout)))
    return sum(part.observations.num_rows for part in parts)


def land(settings: Settings) -> float:
    """Read and land all files; gives the number of observations."""
    catalog = Catalog.load()
    landing.prepare(settings.build_database, catalog, "benchmark")
    release = catalog.get(RELEASE)
    landed = landing.land_release(settings.build_database, release, Archive(settings.archive))
    return sum(file.observation_count for file in landed)


def model(settings: Settings) -> float:
    """Build and test all models; gives the seconds from telling dbt to its end."""
    with DbtWorker(settings) as worker:
        worker.wait_until_ready()
        started = time.perf_counter()
        bad = [result.unique_id for result in building.model(settings, worker) if not result.is_good]
        seconds = time.perf_counter() - started
    if bad:
        raise RuntimeError(f"{', '.join(bad)} failed")
    return seconds


def ask_the_mart(settings: Settings) -> float:
    """Ask for the history of item 9 as of many days, of the mart; gives the 95th percentile in ms."""
    return _percentile(settings, "from marts.services_monthly_as_of(?) where item_code = '9'", 1)


def ask_the_vintages(settings: Settings) -> float:
    """Ask for the same, of the vintages; gives the 95th percentile in ms."""
    question = (
        "select period, flow, value_usd_mn from marts.vintages"
        " where series = 'services' and code = '9' and period_type = 'month'"
        " and valid_from <= ? and (valid_to is null or valid_to > ?)"
    )
    return _percentile(settings, question, 2)


def _percentile(settings: Settings, question: str, days_asked: int) -> float:
    chosen = random.Random(9)  # noqa: S311 (nothing is secret)
    taken = []
    with warehouse.read(settings.current_database) as connection:
        for _ in range(_QUESTIONS):
            day = date(1975, 1, 1) + timedelta(days=chosen.randrange(50 * 365))
            started = time.perf_counter()
            rows = connection.execute(question, [day] * days_asked).fetchall()
            taken.append(1000 * (time.perf_counter() - started))
            if not rows:
                raise RuntimeError(f"nothing was known on {day}")
    return sorted(taken)[int(0.95 * _QUESTIONS)]


STEPS: dict[str, Callable[[Settings], float]] = {
    "read": read,
    "land": land,
    "model": model,
    "ask_the_mart": ask_the_mart,
    "ask_the_vintages": ask_the_vintages,
}

if __name__ == "__main__":
    print(STEPS[sys.argv[1]](Settings(home=Path(sys.argv[2]), polite_seconds=0.0)))
