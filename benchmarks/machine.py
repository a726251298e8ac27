"""What it was measured on."""

import os
import platform
from importlib.metadata import version

import psutil

_PACKAGES = ("dagster", "dagster-dbt", "dbt-core", "dbt-duckdb", "duckdb", "requests")


def facts() -> dict[str, str]:
    """Give cores, memory, Python and the versions that matter."""
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    } | {name: version(name) for name in _PACKAGES}
