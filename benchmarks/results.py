"""What was measured, kept: each row by its name, with when, where and on which code it was measured.

Here: the values and their file. A row is saved as soon as it is measured, so that a run that is ended can be
gone on with, and single rows can be measured again. Not here: how a row is shown (`table.py`).
"""

import hashlib
import subprocess
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from etl.common.settings import PROJECT_ROOT

BENCH_FOLDER = PROJECT_ROOT / "data" / "bench"
KEPT = PROJECT_ROOT / "docs" / "performance.json"
"""Beside the page that shows it, and in the repository: to measure one row anew leaves the others."""
_INPUTS = ("benchmarks", "etl", "dbt_project")
_SUFFIXES = frozenset({".py", ".sql", ".yml", ".toml", ".csv"})
_LEAVINGS = frozenset({"target", "logs", "__pycache__"})


class Figures(msgspec.Struct, frozen=True):
    """What the rounds of a row gave."""

    ours: list[float]
    theirs: list[float] = []
    notes: list[str] = []
    """What else was seen: marts compared, processor time, cores used."""
    is_comparable: bool = True
    """False where the other side's marts were not ours: its figure then means nothing."""
    more: dict[str, list[float]] = {}


class Setting(msgspec.Struct, frozen=True):
    """Under what a row was measured: equal settings and code need no second measurement."""

    code: str
    """Commit, and a hash of all inputs where they were changed since."""
    code_hash: str
    machine: dict[str, str]
    rounds: int
    """0: each row's own."""
    count: int


class Measured(msgspec.Struct, frozen=True):
    """A row as it was measured."""

    figures: Figures
    setting: Setting
    measured_at: datetime
    took_seconds: float
    """With all rows that are measured together with it, and what had to be prepared."""


Results = dict[str, Measured]


def load(path: Path) -> Results:
    """Return what a file holds; none: nothing was measured yet."""
    if not path.exists():
        return {}
    return msgspec.json.decode(path.read_bytes(), type=Results)


def save(path: Path, results: Mapping[str, Measured]) -> None:
    """Write the file whole, or leave the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}")
    staged.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")
    staged.replace(path)


def missing(results: Mapping[str, Measured], names: Iterable[str], setting: Setting) -> tuple[str, ...]:
    """Return the rows that were not measured yet under a setting."""
    return tuple(
        name for name in names if name not in results or not _is_same(results[name].setting, setting)
    )


def _is_same(one: Setting, other: Setting) -> bool:
    return msgspec.structs.replace(one, code="") == msgspec.structs.replace(other, code="")


def code() -> tuple[str, str]:
    """Return the code that is measured, in words and as a hash of what decides a measurement."""
    digest = hashlib.sha256()
    for path in sorted(_inputs()):
        digest.update(f"{path.relative_to(PROJECT_ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    hashed = digest.hexdigest()[:12]
    commit, changes = _git("rev-parse", "--short", "HEAD"), _git("status", "--porcelain", "--", *_INPUTS)
    if commit is None:
        return hashed, hashed
    return (f"{commit} and changes ({hashed})" if changes else commit), hashed


def _inputs() -> Iterable[Path]:
    for folder in _INPUTS:
        for path in (PROJECT_ROOT / folder).rglob("*"):
            if path.suffix in _SUFFIXES and not _LEAVINGS & set(path.parts):
                yield path


def _git(*arguments: str) -> str | None:
    """Return git's answer; None where this is no checkout."""
    try:
        done = subprocess.run(["git", *arguments], cwd=PROJECT_ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
