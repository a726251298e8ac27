"""dbt's sources, written from the catalogue: `dbt_project/models/sources.yml`.

Here: one raw table a release, with the same columns and descriptions, so that adding a release is not
also typing its columns. The file is committed, because dbt must work without `etl`; a test sees that it
says what the catalogue says. `make sources` writes it again.
"""

from pathlib import Path

import yaml

from etl.catalog.releases import Catalog
from etl.common.settings import DBT_PROJECT
from etl.landing.raw_tables import BOOKKEEPING_TABLES, RawTable, observations

SOURCES_FILE = DBT_PROJECT / "models" / "sources.yml"
_HEADER = "# Written by `make sources` from the catalogue and etl/landing/raw_tables.py; change those.\n"


def render(catalog: Catalog) -> str:
    """Return the text of the sources file for a catalogue."""
    tables = [*map(observations, catalog.file_releases), *BOOKKEEPING_TABLES]
    source = {
        "name": "raw",
        "schema": "raw",
        "description": "What the archive holds, landed as it is printed. Append-only; nothing is changed.",
        "tables": [_entry(table) for table in tables],
    }
    document = {"version": 2, "sources": [source]}
    text: str = yaml.dump(document, Dumper=_PlainDumper, sort_keys=False, width=100)
    return _HEADER + text


def _entry(table: RawTable) -> dict[str, object]:
    columns = [{"name": column.name, "description": column.description} for column in table.columns]
    return {"name": table.name, "description": table.description, "columns": columns}


def write(catalog: Catalog, path: Path = SOURCES_FILE) -> None:
    """Write the sources file."""
    path.write_text(render(catalog), encoding="utf-8")


class _PlainDumper(yaml.SafeDumper):
    """Repeats a list instead of pointing to it: readers of the file are people and dbt."""

    def ignore_aliases(self, data: object) -> bool:
        return True


if __name__ == "__main__":
    write(Catalog.load())
