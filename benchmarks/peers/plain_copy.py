"""A file copied and brought to the disk: the floor of publishing.

`python -m benchmarks.peers.plain_copy SOURCE TARGET` prints the seconds that it took, without Python's start.
"""

import os
import shutil
import sys
import time


def main() -> None:
    """Copy over what is there, as each publication takes the place of an older one."""
    started = time.perf_counter()
    shutil.copyfile(sys.argv[1], sys.argv[2])
    with open(sys.argv[2], "rb") as copy:  # noqa: PTH123  # as plain as it gets
        os.fsync(copy.fileno())
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
