"""All checks, in the order in which a person would look.

Here: the list. A module that cannot be imported (a library is missing or broken) is a finding, and the checks
of the others are made all the same.
"""

from collections.abc import Callable, Iterator
from importlib import import_module

from etl.doctoring.checks import Case, Check, Examined, Finding, examine

_MODULES = (
    "etl.doctoring.machine",
    "etl.doctoring.state",
    "etl.doctoring.lake",
    "etl.doctoring.network",
    "etl.orchestration.health",
)


def examine_all(case: Case, load: Callable[[str], tuple[Check, ...]] | None = None) -> Iterator[Examined]:
    """Run every check; give each finding as it is made."""
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
