"""Running checks: whatever one raises is a finding, and the others are made all the same."""

import errno
import os
from collections.abc import Iterator

import pytest

from etl.cli.doctor import examine_all, print_findings
from etl.common.errors import EtlError
from etl.common.settings import Settings
from etl.monitor.doctor.checks import Case, Check, Finding, examine


def well(_: Case) -> Iterator[Finding]:
    yield Finding("ok", "all is well")


def falls_over(_: Case) -> Iterator[Finding]:
    yield Finding("warning", "it began well", "look")
    raise ZeroDivisionError("by\nzero")


def complains(_: Case) -> Iterator[Finding]:
    raise EtlError("a file is damaged; delete it")
    yield


CHECKS = (Check("first", falls_over), Check("second", complains), Check("third", well))


def test_a_check_that_falls_over_is_a_finding(settings: Settings) -> None:
    assert [tuple(found) for found in examine(Case(settings), CHECKS)] == [
        ("first", Finding("warning", "it began well", "look")),
        ("first", Finding("wrong", "by zero", "the check ended in ZeroDivisionError")),
        ("second", Finding("wrong", "a file is damaged; delete it")),
        ("third", Finding("ok", "all is well")),
    ]


def test_of_a_full_disk_a_check_speaks_as_all_commands_do(settings: Settings) -> None:
    def finds_no_room(_: Case) -> Iterator[Finding]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        yield

    [(_, found)] = examine(Case(settings), [Check("records", finds_no_room)])

    assert found == Finding(
        "wrong", "the disk could not be written ([Errno 28] No space left on device); make room and run again"
    )


def test_a_line_a_finding_and_one_that_sums_up(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not print_findings(examine(Case(settings), CHECKS))
    assert capsys.readouterr().out.splitlines() == [
        "warning  first: it began well; look",
        "WRONG    first: by zero; the check ended in ZeroDivisionError",
        "WRONG    second: a file is damaged; delete it",
        "ok       third: all is well",
        "2 wrong, 1 warnings, 1 ok",
    ]
    assert print_findings(examine(Case(settings), CHECKS[2:]))


def test_a_library_that_cannot_be_imported_is_a_finding(settings: Settings) -> None:
    def load(module: str) -> tuple[Check, ...]:
        if module == "etl.orchestration.checks":
            raise ImportError("No module named 'dagster'")
        return (Check(module, well),)

    found = [(check, finding.verdict) for check, finding in examine_all(Case(settings), load)]
    assert found == [
        ("etl.monitor.doctor.installation", "ok"),
        ("etl.orchestration.checks", "wrong"),
    ]
