"""What the doctor finds of a lake; the tests of the lake itself are in `tests/publish/lake`."""

from etl.common.settings import Settings
from etl.monitor.doctor.checks import Case
from etl.monitor.doctor.installation import lake


def test_of_a_warehouse_in_files_there_is_nothing_to_say(settings: Settings) -> None:
    assert list(lake(Case(settings))) == []
