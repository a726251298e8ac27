"""From what is said of a month to every figure that it was computed from."""

from datetime import date

import pytest

from etl.serve import trace
from etl.serve.trace import NothingToTraceError
from tests.support.installation import Installation


def described(published: Installation, statement: str, period: str, as_of: date | None = None) -> str:
    return trace.describe_statement(published.settings.current_database, statement, period, as_of)


def test_growth_leads_to_both_of_its_figures_with_their_prints(published: Installation) -> None:
    text = described(published, "level", "2025-12")
    assert "exports_mom  22.7528 %  (computed)" in text
    assert "9 exports 2025-11  356.0 million US$, transcribed, 2025-12-18: https://" in text
    assert "9 exports 2025-12  437.0 million US$, transcribed, 2026-01-18: https://" in text


def test_a_figure_of_a_file_is_shown_with_its_cell(published: Installation) -> None:
    assert "cell I59 of dt-2026-03.xls" in described(published, "level", "2026-03")


def test_a_streak_leads_to_each_month_and_its_base(published: Installation) -> None:
    text = described(published, "streak", "2025-12")
    assert len([line for line in text.splitlines() if line.startswith("  9 exports ")]) == 14


def test_as_of_a_day_it_rests_on_what_was_known_then(published: Installation) -> None:
    then = described(published, "level", "2024-11", date(2024, 12, 20))
    later = described(published, "level", "2024-11", date(2025, 1, 31))
    assert "9 exports 2024-11  324.0" in then
    assert "9 exports 2024-11  310.0" in later


@pytest.mark.parametrize(
    ("period", "complaint"), [("FY26", "is no month"), ("1990-01", "is not made of 1990-01")]
)
def test_what_is_not_said_is_named(published: Installation, period: str, complaint: str) -> None:
    with pytest.raises(NothingToTraceError, match=complaint):
        described(published, "record", period)


def test_the_command_takes_a_statement_in_place_of_a_code(published: Installation) -> None:
    result = published.etl("trace", "record", "2025-12")
    assert result.returncode == 0, result.stderr
    assert "December 2025 was a record month" in result.stdout
