"""`python -m tests.fuzz.readers FORMAT [libFuzzer's options]`: feed a reader what atheris makes of files.

FORMAT is xls, xlsx, pdf or csv. What must hold: a `Reading` or `NotUnderstood` with its reason, whatever the
bytes. Coverage is that of the readers; the parsers' native code is not instrumented, which is why reading has
a process of its own (docs/decisions/0011). A finding becomes a test in `tests/torture/`.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["etl.readers"]):
    from etl.readers.read import read_release
    from etl.readers.values import NotUnderstood, Reading
from etl.landing.sandbox import Sandbox, SandboxEndedError
from tests.support.damage import whole_files
from tests.support.readings import known_rows, layout


def main(arguments: list[str]) -> None:
    """Fuzz one format until libFuzzer's options say that it is enough."""
    form, *options = arguments
    releases = {release for name, (release, _) in whole_files().items() if name.endswith(f" {form}")}
    rules = [(layout(release), known_rows(release)) for release in sorted(releases)]

    process = Sandbox()

    def one(content: bytes) -> None:
        for of_release, known in rules:
            try:  # a parser that dies is quarantined, and no finding
                process.call(read_release, content, of_release, known)
            except SandboxEndedError:
                continue
            assert isinstance(read_release(content, of_release, known), Reading | NotUnderstood)

    seeds = Path(tempfile.mkdtemp(prefix=f"fuzz-{form}-"))
    for number, (name, (_, content)) in enumerate(whole_files().items()):
        if name.endswith(f" {form}"):
            (seeds / str(number)).write_bytes(content)
    atheris.Setup([sys.argv[0], *options, str(seeds)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
