"""What was measured is kept row by row, and is not measured again under the same code, machine and choice."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from benchmarks import __main__ as program
from benchmarks.bench import Bench
from benchmarks.goals import Goal
from benchmarks.results import Figures, Measured, Setting, load, missing, save
from benchmarks.rows import GROUPS, ROWS, Group, Row, groups_of

SETTING = Setting("abc1234", "hash", {"memory": "8 GB"}, rounds=0, count=1000)
MEASURED = Measured(Figures([1.0]), SETTING, datetime(2026, 11, 24, tzinfo=UTC), 12.0)


def group(measure: object, *names: str) -> Group:
    return Group(tuple(Row(name, f"work of {name}", "", Goal("value", 1)) for name in names), measure)


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    assert load(tmp_path / "none.json") == {}
    save(tmp_path / "results.json", {"one": MEASURED})
    assert load(tmp_path / "results.json") == {"one": MEASURED}


@pytest.mark.parametrize(
    "other",
    [{"code_hash": "other"}, {"machine": {"memory": "16 GB"}}, {"rounds": 1}, {"count": 50}],
    ids=str,
)
def test_a_row_is_missing_where_it_was_measured_otherwise(other: dict[str, object]) -> None:
    now = msgspec.structs.replace(SETTING, **other)
    assert missing({"one": MEASURED}, ["one", "two"], now) == ("one", "two")


def test_a_row_is_not_missing_where_only_the_commit_has_another_name() -> None:
    now = msgspec.structs.replace(SETTING, code="def5678")
    assert missing({"one": MEASURED}, ["one", "two"], now) == ("two",)


def test_a_run_that_is_ended_has_kept_what_it_measured_and_leaves_other_rows_as_they_were(
    tmp_path: Path,
) -> None:
    out, homes = tmp_path / "results.json", tmp_path / "homes"
    homes.mkdir()
    save(out, {"old": MEASURED})

    def good(bench: Bench) -> dict[str, Figures]:
        (bench.made("large") / "file").write_bytes(b"large")
        return {"one": Figures([1.0]), "two": Figures([2.0])}

    def ended(_: Bench) -> dict[str, Figures]:
        assert list(homes.iterdir()) == []  # what only the group before needed is gone
        raise KeyboardInterrupt

    told: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        program.measure(
            [group(good, "one", "two"), group(ended, "three")],
            Bench(homes, 1, 50),
            SETTING,
            out,
            told.append,
        )
    kept = load(out)
    assert set(kept) == {"old", "one", "two"}
    assert kept["old"] == MEASURED
    assert (kept["two"].figures.ours, kept["two"].setting) == ([2.0], SETTING)
    assert told[-1] == "measuring three"


def test_rows_have_names_of_their_own_and_bring_along_what_is_measured_with_them() -> None:
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))
    assert groups_of(names) == GROUPS
    [chosen] = groups_of(["land-dlt"])
    assert [row.name for row in chosen.rows] == ["land", "land-unlanded", "land-dlt"]
