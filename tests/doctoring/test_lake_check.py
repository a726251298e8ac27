"""What the doctor finds of a lake; the tests of the lake itself are in `tests/lake`."""

from etl.doctoring.checks import Case
from etl.doctoring.lake import lake
from etl.settings import Settings


def test_of_a_warehouse_in_files_there_is_nothing_to_say(settings: Settings) -> None:
    assert list(lake(Case(settings))) == []
