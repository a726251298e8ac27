"""What a goal is about, and when it is met."""

import pytest

from benchmarks.goals import Goal
from benchmarks.steps import percentile


@pytest.mark.parametrize(
    ("goal", "result", "is_met", "shown"),
    [
        (Goal("times", 1.5), 1.5, True, "1.50 ×"),
        (Goal("times", 1.4), 1.5, False, "1.50 ×"),
        (Goal("speed", 0.6), 2 / 3, True, "0.67 × its speed"),
        (Goal("speed", 5), 2 / 3, False, "0.67 × its speed"),
        (Goal("more", 1.0), 1.0, True, "+1.00 s"),
        (Goal("more", 0.5), 1.0, False, "+1.00 s"),
        (Goal("value", 3, "MB"), 3.0, True, "3 MB"),
        (Goal("value", 2.9, "ms"), 3.0, False, "3.0 ms"),
    ],
)
def test_a_goal_is_about_the_medians(goal: Goal, result: float, is_met: bool, shown: str) -> None:
    """Ours are 3 in the median and theirs 2, whatever single runs were."""
    found = goal.result([3.0, 90.0, 1.0], [2.0, 2.0, 70.0])
    assert found == pytest.approx(result)
    assert (goal.is_met(found), goal.shown(found)) == (is_met, shown)


def test_a_goal_is_shown_with_its_direction() -> None:
    goals = Goal("times", 1.5), Goal("speed", 0.6), Goal("more", 1.5), Goal("value", 500, "MB")
    assert [str(goal) for goal in goals] == ["≤ 1.5 ×", "≥ 0.6 × its speed", "≤ +1.5 s", "≤ 500 MB"]


def test_a_percentile_is_a_value_that_was_seen_and_that_as_many_do_not_exceed() -> None:
    assert percentile([float(n) for n in range(1, 21)], 0.95) == 19.0
    assert percentile([float(n) for n in range(1, 22)], 0.95) == 20.0
    assert percentile([7.0], 0.95) == 7.0
