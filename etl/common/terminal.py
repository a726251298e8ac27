"""Text from outside, made safe for a terminal and a log: labels, names of files, servers' words.

Here: which characters are not shown as they are, and the streams on which none gets through. Not here: HTML
and Markdown, which are escaped where they are written (`etl.report`, `etl.common.markdown`).

A terminal obeys what it is sent: a label could change the window's title, hide a line or answer for the
person who sits there. So what the command writes goes through these streams, its own colours excepted
(`etl.cli.console`), and data for programs (`exact`).
"""

import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO, cast

_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and line feed; what turns the direction of writing; halves of characters, of
which names of files that are no UTF-8 consist here, and which no stream can write."""


def escape_control(text: str) -> str:
    """Return a text with such characters written out, an escape as its code after a backslash."""
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def one_line(text: str) -> str:
    """Return the same on one line: what somebody else has named cannot write a line of its own."""
    return " ".join(escape_control(text).split())


class PlainStream:
    """A text stream that writes no character that a terminal obeys."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write a text with its control characters written out."""
        return self.stream.write(escape_control(text))

    def writelines(self, lines: Iterable[str]) -> None:
        """Write lines with their control characters written out."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def make_streams_plain() -> None:
    """Put such streams in the place of standard output and standard error, for good."""
    sys.stdout, sys.stderr = (
        cast("TextIO", PlainStream(stream) if not isinstance(stream, PlainStream) else stream)
        for stream in (sys.stdout, sys.stderr)
    )


def obeyed(stream: TextIO) -> TextIO:
    """Return the stream itself, for whoever writes colours to it and escapes all else."""
    return stream.stream if isinstance(stream, PlainStream) else stream


def raw(stream: TextIO) -> TextIO:
    """Return the stream for data: where a program or a file reads it, every character is as it is."""
    return stream if stream.isatty() else obeyed(stream)


def printable(text: str, longest: int = 200) -> str:
    """Return a text from outside on one line, without control characters, and not endless."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return shown if len(shown) <= longest else shown[:longest] + " …"
