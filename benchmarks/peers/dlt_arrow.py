"""dlt in its Arrow mode: the same reading as `bare_calamine.py`, loaded into DuckDB by a pipeline.

`python -m benchmarks.peers.dlt_arrow FOLDER DATABASE`. Tuned as dlt's own pages on performance say: whole
Arrow tables are yielded and pass through as Parquet files without a look at their rows, in large pieces, by
as many workers as there are cores, and no column is added. Its state goes beside the database.
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

FOLDER, DATABASE = Path(sys.argv[1]), Path(sys.argv[2])
os.environ |= {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    "DATA_WRITER__BUFFER_MAX_ITEMS": "2000000",
    "NORMALIZE__WORKERS": "1",  # one file: a second process would only have to start
    "LOAD__WORKERS": str(os.cpu_count()),
}

# After dlt's settings, which it reads from the environment when it is imported.
import dlt  # noqa: E402
import pyarrow as pa  # noqa: E402

from benchmarks.peers.bare_calamine import batches, read  # noqa: E402


@dlt.resource(name="observations", write_disposition="append")
def observations(folder: Path) -> Iterator[pa.Table]:
    """Return the observations of all files below a folder, batch by batch."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(read, batches(folder))


def main() -> None:
    """Load a folder and print the number of observations."""
    pipeline = dlt.pipeline(
        "services",
        pipelines_dir=str(DATABASE.parent / "dlt"),
        destination=dlt.destinations.duckdb(str(DATABASE)),
        dataset_name="raw",
    )
    pipeline.run(observations(FOLDER), loader_file_format="parquet")
    counts = pipeline.last_trace.last_normalize_info.row_counts
    print(counts["observations"])


if __name__ == "__main__":
    main()
