"""All checks, in the order in which a person would look.

Here: the list. A module that cannot be imported (a library is missing or broken) is a finding, and the checks
of the others are made all the same.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module

from etl.monitor.doctor.checks import Case, Check, Examined, Finding, Verdict, examine

_MODULES = (
    "etl.monitor.doctor.installation",
    "etl.orchestration.checks",
)


def examine_all(case: Case, load: Callable[[str], tuple[Check, ...]] | None = None) -> Iterator[Examined]:
    """Run every check; returns each finding as it is made."""
    for module in _MODULES:
        try:
            checks = (load or _checks_of)(module)
        except Exception as error:  # whatever an import may raise is what is looked for
            words = f"{type(error).__name__}: {' '.join(str(error).split())}"
            yield Examined(module, Finding("wrong", words, "set up again: `make clean refresh`"))
        else:
            yield from examine(case, checks)


def _checks_of(module: str) -> tuple[Check, ...]:
    checks: tuple[Check, ...] = import_module(module).CHECKS
    return checks


_MARKS: dict[Verdict, str] = {"ok": "ok     ", "warning": "warning", "wrong": "WRONG  "}


def print_findings(examined: Iterable[Examined]) -> bool:
    """Print each finding as it is made; returns whether nothing is wrong."""
    counts: dict[Verdict, int] = {"ok": 0, "warning": 0, "wrong": 0}
    for check, finding in examined:
        counts[finding.verdict] += 1
        to_do = f"; {finding.to_do}" if finding.to_do else ""
        sys.stdout.write(f"{_MARKS[finding.verdict]}  {check}: {finding.words}{to_do}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{counts['wrong']} wrong, {counts['warning']} warnings, {counts['ok']} ok\n")
    return counts["wrong"] == 0
