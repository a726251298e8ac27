"""How databases are stored: what a file and a lake differ in for whoever describes or looks after one.

Here: size, format, what can be described in a database, and how it is kept while others publish. Not here:
opening one (`warehouse`).
"""

import os
from pathlib import Path
from typing import Literal

from etl.lake import place
from etl.lake.place import Database
from etl.warehouse import read


def size_bytes(database: Database) -> int:
    """Give how much room a database takes; of a lake, what its tables hold at that snapshot."""
    if isinstance(database, Path):
        return database.stat().st_size
    with read(database) as connection:
        row = connection.execute(
            f"select coalesce(sum(file_size_bytes), 0) from ducklake_table_info('{place.DATABASE}')"
        ).fetchone()
    return int(row[0]) if row else 0


def storage_format(database: Database) -> str:
    """Name the format in which a database is stored, as its clients must know it."""
    with read(database) as connection:
        row = connection.execute(_FORMAT).fetchone()
    return str(row[0]) if row else "unknown"


_FORMAT = """
select coalesce(tags['storage_version'], type) from duckdb_databases()
where database_name = current_database()
"""


def takes_comments_on(kind: Literal["columns of views", "macros"], database: Database) -> bool:
    """Tell whether something can be described in a database; DuckLake describes tables, views and the columns
    of tables, and refuses the rest.
    """
    return isinstance(database, Path)


def held(database: Database, folder: Path) -> Database:
    """Give a published database under a name of one's own in a folder, so that it outlives its pruning. A
    lake keeps what is published for some publications more.
    """
    if not isinstance(database, Path):
        return database
    folder.mkdir(parents=True)
    link = folder / database.name
    os.link(database, link)
    return link
