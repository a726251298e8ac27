"""What dbt needs to open a lake: DuckDB's extensions out of their packages, loaded before it attaches.

Here: a plugin of dbt-duckdb, named in the profile. Not here: where the packages are (`etl.common.location`).
dbt's own way, `extensions:` in the profile, would ask the network for each.
"""

from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from etl.common.location import Lake, load_statements


class Plugin(BasePlugin):
    """Loads the extensions that the lake of the profile takes."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Take where the lake's data are: a store takes one extension more."""
        self._lake = Lake("", plugin_config["data"], is_own_store=plugin_config["is_own_store"] == "yes")

    def configure_connection(self, conn: Any) -> None:
        """Load the extensions; dbt attaches the lake after this."""
        for statement in load_statements(self._lake):
            conn.execute(statement)
