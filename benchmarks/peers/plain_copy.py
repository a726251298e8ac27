"""A file copied and brought to the disk: the floor of publishing.

`python -m benchmarks.peers.plain_copy SOURCE TARGET` prints the seconds that it took, without Python's start.
"""

import os
import shutil
import sys
import time
from pathlib import Path


def main() -> None:
    """Copy beside what is there and put it in its place: who copies over a file tears it for its readers."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    started = time.perf_counter()
    copy = target.with_suffix(".new")
    shutil.copyfile(source, copy)
    with copy.open("rb") as copied:
        os.fsync(copied.fileno())
    copy.replace(target)
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
