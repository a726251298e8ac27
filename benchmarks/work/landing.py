"""Reading and landing many files: against calamine and Arrow, against dlt, and ten times as many."""

import shutil
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks import vintages
from benchmarks.bench import TIMES_MORE, Bench, peer, step
from benchmarks.homes import Home
from benchmarks.measuring import Contender, alternate, figures
from benchmarks.results import Figures

_OBSERVATIONS_IN_A_FILE = 1320


def land(bench: Bench) -> dict[str, Figures]:
    """Measure whole processes over the same files: ours, bare, bare without DuckDB, dlt."""
    folder = bench.made("land")
    files = vintages.archive(bench.count)
    home = _home(folder / "ours", files)
    bare, loaded = folder / "bare.duckdb", folder / "dlt" / "loaded.duckdb"
    contenders = [
        _ours(home, bench.count, files),
        peer("bare_calamine", [files, bare], home, _gone(bare), _counted(bench.count)),
        peer("bare_calamine", [files], home, check=_counted(bench.count)),
        peer(
            "dlt_arrow",
            [files, loaded],
            home,
            _emptied(loaded.parent),
            _counted(bench.count),
            has_packages=True,
        ),
    ]
    rounds = list(alternate(bench.rounds(), contenders, folder))
    cores = f"{median(timed[0].cores for timed in rounds):.1f} cores at work on average"
    return {
        "land": figures(rounds, 0, 1, cores),
        "land-unlanded": figures(rounds, 0, 2),
        "land-dlt": figures(rounds, 0, 3),
    }


def linear(bench: Bench) -> dict[str, Figures]:
    """Measure the same for so many files and for ten times as many."""
    folder = bench.made("linear")
    sizes = bench.count * TIMES_MORE, bench.count
    contenders = []
    for size in sizes:
        files = vintages.archive(size)
        contenders.append(_ours(_home(folder / str(size), files), size, files))
    return {"land-linear": figures(list(alternate(bench.rounds(), contenders, folder)), 0, 1)}


def _home(folder: Path, files: Path) -> Home:
    """Return a home that is no more than a folder with an archive."""
    home = Home(folder / "template", folder / "home", {"ETL_HOME": str(folder / "home")})
    home.path.mkdir(parents=True)
    home.settings.archive.symlink_to(files, target_is_directory=True)
    return home


def _ours(home: Home, count: int, files: Path) -> Contender:
    return step("land", home, lambda: shutil.rmtree(home.settings.build, ignore_errors=True), _counted(count))


def _gone(path: Path) -> Callable[[], None]:
    return lambda: path.unlink(missing_ok=True)


def _emptied(folder: Path) -> Callable[[], None]:
    def prepare() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()

    return prepare


def _counted(files: int) -> Callable[[str], None]:
    """Return a check that every observation of so many files was had."""

    def check(output: str) -> None:
        if int(float(output.split()[-1])) != files * _OBSERVATIONS_IN_A_FILE:
            raise RuntimeError(f"these are not the observations of {files:,} files:\n{output}")

    return check
