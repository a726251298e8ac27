"""A run is measured whole, and one that did not do its work is none."""

import os
import sys
from pathlib import Path

import pytest

from benchmarks.measuring import Contender, alternate, figures, peak_megabytes, time_run


def program(code: str, name: str = "program", **others: object) -> Contender:
    return Contender(name, [sys.executable, "-S", "-c", code], dict(os.environ), **others)


def test_contenders_take_turns_after_a_round_that_does_not_count(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def named(name: str) -> Contender:
        return program(f"open({str(log)!r}, 'a').write({name!r})", name)

    rounds = list(alternate(2, [named("a"), named("b")], tmp_path))
    assert log.read_text() == "ababab"
    assert [len(timed) for timed in rounds] == [2, 2]
    both = figures(rounds, 0, 1, "a note")
    assert len(both.ours) == len(both.theirs) == 2
    assert both.notes[0] == "a note"
    assert both.notes[1].startswith("processor time ")


def test_what_a_program_says_itself_counts_where_it_is_asked_to(tmp_path: Path) -> None:
    """The processor's time is still that of the whole process, and is not put beside it."""
    said = time_run(program("print('took', 12.5)", says_seconds=True), tmp_path)
    assert said.seconds == 12.5
    assert figures([(said, said)], 0, 1).notes == []


def test_a_run_that_fails_or_did_not_do_its_work_is_an_error_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"program ended with 3:\nno disk"):
        time_run(program("print('no disk'); raise SystemExit(3)"), tmp_path)

    def nothing_done(output: str) -> None:
        raise RuntimeError(output)

    with pytest.raises(RuntimeError, match="idle"):
        time_run(program("print('idle')", check=nothing_done), tmp_path)


def test_memory_is_that_of_all_processes_together(tmp_path: Path) -> None:
    holds = "held = bytearray(60_000_000); import time; time.sleep(0.4)"
    starts = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {holds!r}]); "
    alone = peak_megabytes(program(holds), tmp_path)
    together = peak_megabytes(program(f"held = bytearray(60_000_000); {starts}"), tmp_path)
    assert 60 < alone < 110
    assert 120 < together < 200
