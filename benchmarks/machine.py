"""What it was measured on."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

import psutil

_PACKAGES = ("dagster", "dagster-dbt", "dbt-core", "dbt-duckdb", "duckdb", "pyarrow", "python-calamine")


def facts() -> dict[str, str]:
    """Return processor, memory, Python and the versions that matter."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    } | {name: version(name) for name in _PACKAGES}


def _processor() -> str:
    """Return the processor's name where the system tells it."""
    about = Path("/proc/cpuinfo")
    text = about.read_text(encoding="utf-8") if about.exists() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.processor() or "not named"
