"""What readers meet: the publication, the light commands, Dagster's first page."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks import first_page, first_run, homes
from benchmarks.bench import Bench, peer, step
from benchmarks.homes import Home
from benchmarks.measuring import Contender, alternate, figures
from benchmarks.results import Figures
from benchmarks.server import Server, offline
from etl.common.settings import PROJECT_ROOT

_LIGHT = {
    "light-sql": ("sql", "select month, exports_usd_mn from it_exports order by month desc limit 12"),
    "light-brief": ("brief",),
    "light-status": ("status",),
}
_HEAVY = ("dagster", "dbt", "pyarrow", "pandas", "numpy", "requests", "altair", "xlsxwriter", "pypdfium2")


def publication(bench: Bench) -> dict[str, Figures]:
    """Measure the publication of a large database against a copy of the same file."""
    folder = bench.made("publication")
    home = bench.starter
    home.renew()
    homes.enlarge_build(home, bench.megabytes)
    source = home.settings.build_database
    contenders = [
        step("publish", home, os.sync, says_seconds=True),
        peer("plain_copy", [source, folder / "copy.duckdb"], home, os.sync, says_seconds=True),
    ]
    rounds = list(alternate(bench.rounds(), contenders, folder))
    return {"publish": figures(rounds, 0, 1, f"{source.stat().st_size / 1e6:,.0f} MB")}


def light(bench: Bench) -> dict[str, Figures]:
    """Measure the commands that only read, and what Python and DuckDB take alone."""
    folder, home = bench.made("light"), bench.starter
    home.renew()
    floor = Contender("import duckdb", [sys.executable, "-c", "import duckdb"], home.environment)
    commands = [
        Contender(f"etl {arguments[0]}", [sys.executable, "-m", "etl", *arguments], home.environment)
        for arguments in _LIGHT.values()
    ]
    rounds = list(alternate(bench.rounds(21), [*commands, floor], folder))
    return {
        name: figures(rounds, place, len(_LIGHT), _imports(home, arguments))
        for place, (name, arguments) in enumerate(_LIGHT.items())
    }


def _imports(home: Home, arguments: tuple[str, ...]) -> str:
    """Return which heavy packages a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "etl", *arguments],
        cwd=PROJECT_ROOT,
        env=home.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    tried = set(
        re.findall(r"\| +(\w+)$", done.stderr, re.MULTILINE)
    )  # DuckDB tries pandas, which is not there
    found = [name for name in _HEAVY if name in tried and find_spec(name) is not None]
    return f"imports {', '.join(found)}" if found else "imports nothing heavy"


def ui(bench: Bench) -> dict[str, Figures]:
    """Measure the time to Dagster's first page, of ours and of an empty project."""
    folder, home = bench.made("ui"), bench.starter
    home.renew()
    ours, empty = _own_server(home), _empty_project(folder, home)
    seconds = []
    for number in range(bench.rounds() + 1):
        log = folder / "log"
        pair = first_page.seconds(ours, "marts", log), first_page.seconds(empty, "", log)
        if number:
            seconds.append(pair)
    return {"ui": Figures([own for own, _ in seconds], [other for _, other in seconds])}


def tick(bench: Bench) -> dict[str, Figures]:
    """Measure the time from a sensor's tick to the start of the run that it asked for, of ours and of the
    stock layout, each on a home into which a new file has come; and how long our evaluations take.
    """
    folder, home = bench.made("tick"), bench.new_file
    stock = homes.as_stock(home)
    module = "benchmarks.peers.stock_dagster.ticking"
    servers = (
        _own_server(home),
        Server([sys.executable, "-m", "dagster", "dev", "-m", module, "-p"], offline(stock.environment)),
    )
    seconds = []
    for number in range(bench.rounds() + 1):
        pair = []
        for server in servers:
            home.renew()
            pair.append(first_run.seconds(server, folder / "log"))
        if number:
            seconds.append(pair)
    home.renew()
    evaluations = list(alternate(bench.rounds(), [step("evaluate", home, says_seconds=True)], folder))
    return {
        "tick": Figures([own for own, _ in seconds], [other for _, other in seconds]),
        "evaluation": Figures([timed[0].seconds for timed in evaluations]),
    }


def _own_server(home: Home) -> Server:
    return Server([sys.executable, "-m", "etl", "ui", "--port"], offline(home.environment))


def _empty_project(folder: Path, home: Home) -> Server:
    """Return `dagster dev` on a project without an asset, which remembers its runs in a folder."""
    instance, definitions = folder / "instance", folder / "definitions.py"
    instance.mkdir()
    (instance / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    definitions.write_text("import dagster as dg\n\ndefs = dg.Definitions()\n", encoding="utf-8")
    environment = offline(home.environment) | {"DAGSTER_HOME": str(instance)}
    command = [sys.executable, "-m", "dagster", "dev", "-f", str(definitions), "-p"]
    return Server(command, environment)
