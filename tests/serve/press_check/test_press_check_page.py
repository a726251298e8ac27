"""docs/press-check.md shows what the commands print, and names every known misprint."""

import re
import shlex
from pathlib import Path

import pytest

from tests.serve.press_check.test_command import KNOWN_MISPRINTS
from tests.support.installation import Installation

PAGE = (Path(__file__).parents[3] / "docs" / "press-check.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n\$ \.venv/bin/(etl [^\n]*)\n(.*?)\n```", PAGE, re.DOTALL)


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_the_page_shows_claims_the_score_and_what_is_wrong() -> None:
    commands = [command for command, _ in BLOCKS]
    assert len(commands) == 5
    assert {"etl check-claim --all --score", "etl check-claim --all --only wrong"} < set(commands)


@pytest.mark.parametrize(("command", "shown"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_a_command_prints_what_is_shown(published: Installation, command: str, shown: str) -> None:
    result = published.etl(*shlex.split(command)[1:])
    assert result.returncode == 0, result.stderr
    assert lines(result.stdout) == lines(shown)


def test_every_known_misprint_is_shown_as_wrong() -> None:
    shown = {tuple(line.split()[3:5]) for line in lines(dict(BLOCKS)["etl check-claim --all --only wrong"])}
    assert set(KNOWN_MISPRINTS) <= shown
