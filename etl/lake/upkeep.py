"""Looking after a lake: old snapshots and files that nobody needs go.

Here: what DuckLake is told to forget and to delete. Not here: which snapshots are kept (`shelf`).
"""

from collections.abc import Collection

from etl.lake import place
from etl.lake.place import Lake
from etl.warehouse import write


def expire(lake: Lake, kept: Collection[int]) -> None:
    """Let a lake forget its snapshots but those that are kept and the newest, and delete files that none of
    them needs any more.

    Files go a day later: until then whoever read at a forgotten snapshot comes to an end. So do the files
    that a killed build has left, which no snapshot ever held.
    """
    with write(lake.at("newest")) as connection:
        rows = connection.execute(
            f"select snapshot_id from ducklake_snapshots('{place.DATABASE}')"
        ).fetchall()
        newest = max(row[0] for row in rows)
        if old := sorted({row[0] for row in rows} - set(kept) - {newest}):
            connection.execute(f"call ducklake_expire_snapshots('{place.DATABASE}', versions => {old})")
        for procedure in ("ducklake_cleanup_old_files", "ducklake_delete_orphaned_files"):
            connection.execute(f"call {procedure}('{place.DATABASE}', older_than => now() - interval 1 day)")
