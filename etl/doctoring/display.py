"""How the doctor speaks: a line a finding, and a line that sums up.

Here: words and layout. Not here: the checks.
"""

import sys
from collections.abc import Iterable

from etl.doctoring.checks import Examined, Verdict

_MARKS: dict[Verdict, str] = {"ok": "ok     ", "warning": "warning", "wrong": "WRONG  "}


def print_findings(examined: Iterable[Examined]) -> bool:
    """Print each finding as it is made; tell whether nothing is wrong."""
    counts: dict[Verdict, int] = {"ok": 0, "warning": 0, "wrong": 0}
    for check, finding in examined:
        counts[finding.verdict] += 1
        to_do = f"; {finding.to_do}" if finding.to_do else ""
        sys.stdout.write(f"{_MARKS[finding.verdict]}  {check}: {finding.words}{to_do}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{counts['wrong']} wrong, {counts['warning']} warnings, {counts['ok']} ok\n")
    return counts["wrong"] == 0
