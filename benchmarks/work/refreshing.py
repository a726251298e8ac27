"""One new file: a refresh through Dagster, against what else would bring it into the marts."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import comparing, homes
from benchmarks.bench import Bench, peer, step
from benchmarks.homes import REFRESH, Home
from benchmarks.measuring import Contender, Round, alternate, figures, peak_megabytes, time_run
from benchmarks.results import Figures
from etl.common.settings import PROJECT_ROOT

_OURS = """
select
    month, item_code, exports_usd_mn, imports_usd_mn,
    case when exports_mom_base_vintage_id like {ours} then exports_mom_pct end,
    case when imports_mom_base_vintage_id like {ours} then imports_mom_pct end,
    case when exports_yoy_base_vintage_id like {ours} then exports_yoy_pct end,
    case when imports_yoy_base_vintage_id like {ours} then imports_yoy_pct end,
    case when exports_fytd_vintage_id like {ours} then exports_fytd_usd_mn end,
    case when imports_fytd_vintage_id like {ours} then imports_fytd_usd_mn end
from first.marts.services_monthly
where exports_release_id = 'trade_in_services' or imports_release_id = 'trade_in_services'
""".format(ours="'%:trade_in_services:%'")
"""What the script builds, which knows the workbooks of one release and no print beside them."""
_TYPES = ("date", "varchar", *("decimal(18, 6)",) * 2, *("decimal(18, 4)",) * 4, *("decimal(18, 6)",) * 2)


def one_file(bench: Bench) -> dict[str, Figures]:
    """Measure whole processes from a new services file to published marts, and ours without imports."""
    folder, home = bench.made("one_file"), bench.new_file
    ours_copy, stock_copy, script_database = (
        folder / f"{name}.duckdb" for name in ("ours", "stock", "script")
    )
    ours = refresh_of(home, ours_copy)
    contenders = [
        ours,
        stock_dagster(home, stock_copy),
        _script(home, folder, script_database),
        step("refresh_warm", home, home.renew, lambda _: home.demand_published(2), says_seconds=True),
    ]
    rounds: list[Round] = []
    different, strays = set[str](), list[str]()
    for timed in alternate(bench.rounds(), contenders, folder):
        rounds.append(timed)
        different |= set(comparing.differences(ours_copy, stock_copy))
        script = "select * from second.services_monthly"
        strays += comparing.rows_that_differ(ours_copy, script_database, _OURS, script, _TYPES)
    stock_note = f"{', '.join(sorted(different))} differ" if different else "marts equal"
    script_note = f"differs, such as {strays[0]}" if strays else "services_monthly equal in what it builds"
    return {
        "one-file": figures(rounds, 0, 1, stock_note, is_comparable=not different),
        "one-file-script": figures(rounds, 0, 2, script_note, is_comparable=not strays),
        "one-file-warm": Figures([timed[3].seconds for timed in rounds]),
    }


def memory(bench: Bench) -> dict[str, Figures]:
    """Measure the peak memory of the same refresh, and of the stock layout."""
    folder, home = bench.made("memory"), bench.new_file
    both = [refresh_of(home, folder / "ours.duckdb"), stock_dagster(home, folder / "stock.duckdb")]
    peaks = [[peak_megabytes(contender, folder) for contender in both] for _ in range(bench.rounds())]
    return {"memory-refresh": Figures([ours for ours, _ in peaks], [stock for _, stock in peaks])}


def refresh_of(home: Home, copy: Path) -> Contender:
    """Return our refresh with one new file."""
    return Contender("etl refresh, one new file", REFRESH, home.environment, home.renew, _keeping(home, copy))


def stock_dagster(home: Home, copy: Path) -> Contender:
    """Return the stock layout on the same home."""
    command = [
        *(sys.executable, "-m", "dagster", "asset", "materialize", "--select", "*"),
        *("-m", "benchmarks.peers.stock_dagster.definitions"),
    ]
    environment = homes.as_stock(home).environment
    return Contender("stock dagster-dbt", command, environment, home.renew, _keeping(home, copy))


def _keeping(home: Home, copy: Path) -> Callable[[str], None]:
    """Return a check that keeps what a run published; a run that published nothing has failed."""

    def check(_: str) -> None:
        home.demand_published(2)
        copy.unlink(missing_ok=True)
        shutil.copyfile(home.settings.current_database, copy)

    return check


def _script(home: Home, folder: Path, database: Path) -> Contender:
    """Return the pandas script, which took the starter's editions in before."""
    before, new = folder / "before.duckdb", folder / "dt-2026-04.xls"
    new.write_bytes(homes.april())
    starter = sorted((PROJECT_ROOT / "etl" / "starter" / "trade_in_services").glob("*.xls"))
    prepared = peer("pandas_script", [before, *starter], home, has_packages=True)
    time_run(prepared, folder)

    def renew() -> None:
        shutil.copyfile(before, database)

    return peer("pandas_script", [database, new], home, renew, has_packages=True)
