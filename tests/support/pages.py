"""Pages whose queries are run: what a page asks, and what it says comes out."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Shown(NamedTuple):
    """Something that a page asks and the result it shows, empty where it shows none."""

    asked: str
    result: str


def page(name: str) -> str:
    """Return the text of a page, by its path from the project's folder."""
    return (ROOT / name).read_text(encoding="utf-8")


def commands(text: str) -> list[Shown]:
    """Return the commands that a page shows after a prompt, with their results."""
    blocks = re.findall(r'```console\n\$ (?:\.venv/bin/)?(etl .*?")\n(.*?)\n```', text, re.DOTALL)
    return [Shown(*block) for block in blocks]


def queries(text: str) -> list[Shown]:
    """Return the queries of a page, with the result where one follows."""
    pattern = r"```sql\n(.*?)\n```(?:\n\n```text\n(.*?)```)?"
    return [Shown(*block) for block in re.findall(pattern, text, re.DOTALL)]


def lines(text: str) -> list[str]:
    """Return the lines of a result that matter, as they are compared."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]
