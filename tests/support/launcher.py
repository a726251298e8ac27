"""The command `etl` with a catalogue of the test's own: `python -m tests.support.launcher FOLDER ...`."""

import sys
from pathlib import Path

from etl.catalog import releases
from etl.cli import main as cli
from etl.modelling import build_key


def main() -> None:
    folder = Path(sys.argv.pop(1))
    load = releases.Catalog.load.__func__
    load.__defaults__ = (folder,)
    build_key.RELEASES_FOLDER = folder
    sys.argv[0] = "etl"
    cli.main()


if __name__ == "__main__":
    main()
