"""`etl diff`: what was added, revised or withdrawn between two states of the marts."""

from decimal import Decimal

import pytest

from etl.serve.diff import ComparedFigure, Key, compare
from tests.support.installation import Installation

KEY = Key("services", "9", "2026-04", "exports")


def figure(value: str, rounding: float = 0.0000005) -> ComparedFigure:
    return ComparedFigure("IT exports", Decimal(value), rounding)


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ({}, {KEY: figure("422.26")}, ["added"]),
        ({KEY: figure("422.26")}, {}, ["withdrawn"]),
        ({KEY: figure("422.26", 0.005)}, {KEY: figure("422.262269")}, []),
        ({KEY: figure("324", 0.5)}, {KEY: figure("310", 0.5)}, ["revised"]),
        ({KEY: figure("310")}, {KEY: figure("310")}, []),
    ],
    ids=["added", "withdrawn", "more exact is no change", "revised", "equal"],
)
def test_a_change_is_told_by_what_each_state_holds(
    before: dict[Key, ComparedFigure], after: dict[Key, ComparedFigure], kinds: list[str]
) -> None:
    assert [change.kind for change in compare(before, after)] == kinds


def test_between_two_days_stands_what_was_published_meanwhile(published: Installation) -> None:
    shown = published.etl("diff", "2024-12-20", "2025-01-31", "--format", "csv").stdout.splitlines()
    name = "Telecommunications, Computer and information services"
    assert f'revised,services,9,2024-11,exports,324.000000,310.000000,"{name}"' in shown
    assert f'added,services,9,2024-12,exports,,348.000000,"{name}"' in shown


def test_between_two_states_that_are_the_same_nothing_stands(published: Installation) -> None:
    assert published.etl("diff", "1", "1").stdout == "no figure changed from 1 to 1\n"


@pytest.mark.parametrize(
    ("first", "words"),
    [("99", "there is no snapshot 99; kept are: 1"), ("soon", "neither a snapshot nor a day")],
)
def test_a_state_that_is_not_there_is_said_in_a_line(published: Installation, first: str, words: str) -> None:
    result = published.etl("diff", first, "1")
    assert result.returncode == 1
    assert words in result.stderr
