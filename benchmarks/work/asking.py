"""Nothing new: a refresh that asks for every release, against a script that asks the same."""

import json
import sys
from email.utils import format_datetime

from benchmarks import homes, loopback
from benchmarks.bench import Bench, peer
from benchmarks.measuring import Contender, alternate, figures
from benchmarks.results import Figures
from etl.archive.store import Archive, FetchRecord


def nothing_new(bench: Bench) -> dict[str, Figures]:
    """Measure whole processes; the wait out of politeness is 0 on both sides."""
    folder = bench.made("nothing_new")
    with loopback.serving() as address:
        home = homes.with_nothing_new(folder, address)
        last_run = _last_run(list(Archive(home.settings.archive).fetches()))
        saved = format_datetime(loopback.SAVED_AT, usegmt=True)
        questions = [
            {"url": record.address, "last_modified": saved if record.status == 304 else None}
            for record in last_run
        ]
        unchanged = sum(record.status == 304 for record in last_run)
        if unchanged != len(loopback.asked()):
            raise RuntimeError(f"only {unchanged} of {len(loopback.asked())} releases were answered with 304")
        state = folder / "state.json"
        state.write_text(json.dumps(questions), encoding="utf-8")

        def check(output: str) -> None:
            now = list(Archive(home.settings.archive).fetches())[-len(last_run) :]
            if "nothing new" not in output or [r.status for r in now] != [r.status for r in last_run]:
                raise RuntimeError(f"the refresh was not asked for nothing new:\n{output}")

        refresh = [sys.executable, "-m", "benchmarks.launcher", "refresh"]
        ours = Contender("etl refresh, nothing new", refresh, home.environment, home.renew, check)
        bare = peer("bare_requests", [state], home)
        rounds = list(alternate(bench.rounds(21), [ours, bare], folder))
    asked = f"{unchanged} releases and {len(last_run) - unchanged} index asked"
    return {"nothing-new": figures(rounds, 0, 1, asked)}


def _last_run(records: list[FetchRecord]) -> list[FetchRecord]:
    """Return the second half: the home was refreshed twice, and asked the same each time."""
    first, second = records[: len(records) // 2], records[len(records) // 2 :]
    if [record.address for record in first] != [record.address for record in second]:
        raise RuntimeError("the two refreshes did not ask the same")
    return second
