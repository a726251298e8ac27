"""Marts of many vintages: from scratch, with one more vintage, rebuilt in a replay, and asked as of a day."""

import shutil
import sys
from collections.abc import Callable
from statistics import median

from benchmarks import comparing, homes, vintages
from benchmarks.bench import Bench, peer, step
from benchmarks.homes import REFRESH, Home
from benchmarks.measuring import Contender, alternate, figures, peak_megabytes, time_run
from benchmarks.results import Figures


def from_scratch(bench: Bench) -> dict[str, Figures]:
    """Measure all models and their tests on what is landed, against their SQL in bare DuckDB."""
    folder = bench.made("models")
    landed = homes.landed_only(bench.many, folder / "landed")
    database, work = folder / "bare" / "warehouse.duckdb", folder / "models.json"
    database.parent.mkdir()

    def renew() -> None:
        database.unlink(missing_ok=True)
        shutil.copyfile(landed.template / "build" / "warehouse.duckdb", database)
        shutil.copyfile(landed.settings.build / "models.json", work)

    contenders = [
        step("model", landed, landed.renew, says_seconds=True),
        peer("bare_duckdb", [database, work], landed, renew, says_seconds=True),
    ]
    rounds = list(alternate(bench.rounds(), contenders, folder))
    different = comparing.differences(landed.settings.build_database, database)
    note = f"{', '.join(different)} differ" if different else "marts equal"
    return {"models": figures(rounds, 0, 1, note, is_comparable=not different)}


def one_more(bench: Bench) -> dict[str, Figures]:
    """Measure a refresh with one new file among many, of the next month and of the oldest once more, and in a
    warehouse of the starter's three.
    """
    folder = bench.made("one_more")
    contenders = [
        Contender(name, REFRESH, home.environment, home.renew, _published_twice(home))
        for name, home in {
            "the next month": homes.with_one_more(bench.many, bench.count),
            "the oldest month": homes.with_one_more(bench.many, vintages.MONTHS),
            "in an empty warehouse": bench.new_file,
        }.items()
    ]
    rounds = list(alternate(bench.rounds(), contenders, folder))
    return {"one-more": figures(rounds, 0, 2), "one-more-oldest": figures(rounds, 1, 2)}


def as_of(bench: Bench) -> dict[str, Figures]:
    """Measure what is asked of a day, by the mart's macro and by a WHERE on the vintages."""
    folder, home = bench.made("as_of"), bench.many
    home.renew()
    names = ("ask_the_mart", "ask_the_vintages", "ask_the_vintages_for_arrow")
    contenders = [step(name, home, says_seconds=True) for name in names]
    rounds = list(alternate(bench.rounds(), contenders, folder))
    as_arrow = [arrow.seconds for _, _, arrow in rounds]
    return {
        "as-of-mart": Figures([mart.seconds for mart, _, _ in rounds]),
        "as-of-vintages": Figures(
            [vintages.seconds for _, vintages, _ in rounds],
            notes=[f"as an Arrow table {median(as_arrow):.1f} ms"],
            more={"as_arrow_ms": as_arrow},
        ),
    }


def replay(bench: Bench) -> dict[str, Figures]:
    """Measure the peak memory of a replay, which rebuilds every table and compares it; and once its time."""
    folder, home = bench.made("replay"), bench.many
    home.renew()
    command = [sys.executable, "-m", "etl", "replay"]
    contender = Contender("etl replay", command, home.environment, check=_demand_equal)
    peaks = [peak_megabytes(contender, folder) for _ in range(bench.rounds())]
    seconds = time_run(contender, folder).seconds
    return {"memory-replay": Figures(peaks, notes=[f"takes {seconds:.0f} s"], more={"seconds": [seconds]})}


def _published_twice(home: Home) -> Callable[[str], None]:
    def check(_: str) -> None:
        home.demand_published(2)

    return check


def _demand_equal(output: str) -> None:
    if "equal row for row" not in output:
        raise RuntimeError(f"the replay did not compare:\n{output}")
