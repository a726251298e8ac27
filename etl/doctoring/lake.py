"""The lake: whether PostgreSQL answers, who is writing, and whether this machine shares its archive.

Here: what can be wrong with a lake alone. Not here: what is published in it, which is looked at as in a file
(`state.py`).
"""

from collections.abc import Iterator

from etl import warehouse
from etl.doctoring.checks import Case, Check, Finding
from etl.lake import catalogue

_FILES = "select release_id, file_sha256 from marts.dim_release_file"


def lake(case: Case) -> Iterator[Finding]:
    """Look at the lake, where the warehouse is one."""
    shared = case.settings.lake
    if shared is None:
        return
    published = catalogue.newest(shared)
    writing = "somebody is writing it now" if catalogue.is_somebodys_turn(shared) else "nobody is writing it"
    yield Finding("ok", f"PostgreSQL answers ({shared.catalogue}); {writing}")
    if published is None:
        return
    with warehouse.read(case.settings.current_database) as connection:
        files = connection.execute(_FILES).fetchall()
    missing = [1 for release_id, sha256 in files if not case.archive.has(release_id, sha256)]
    if missing:
        yield Finding(
            "wrong",
            f"{len(missing)} of {len(files)} files of the lake are not in {case.archive.folder}",
            "machines that refresh share one archive: mount it there; see docs/lake.md",
        )
    else:
        yield Finding("ok", f"the {len(files)} files that it was built from are in this machine's archive")


CHECKS = (Check("lake", lake),)
