"""Text from outside changes nothing on a terminal and writes no line of its own in a log."""

import io
from typing import TextIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.cli.console import PlainConsole
from etl.common import terminal

HOSTILE = "a\x1b]0;title\x07\x1b[2J\x9b31m\u202e[/red]:smile:"


@given(st.text())
def test_what_is_harmless_can_be_written_and_is_obeyed_by_no_terminal(text: str) -> None:
    shown = terminal.escape_control(text)
    shown.encode()
    assert all(character.isprintable() or not _is_control(character) for character in shown)
    assert terminal.escape_control(shown) == shown


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(terminal.one_line(text).splitlines()) <= 1


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_letters_of_any_script_stay(text: str) -> None:
    assert terminal.escape_control(text) == text


def test_names_that_are_no_utf_8_can_be_shown() -> None:
    assert terminal.escape_control(b"\xff.xls".decode(errors="surrogateescape")) == r"\udcff.xls"


@pytest.mark.parametrize("is_terminal", [False, True])
def test_a_stream_is_plain_and_data_for_programs_exact(is_terminal: bool) -> None:
    written = io.StringIO()
    written.isatty = lambda: is_terminal  # type: ignore[method-assign]
    stream = cast("TextIO", terminal.PlainStream(written))
    stream.write(HOSTILE)
    stream.writelines([HOSTILE])
    assert "\x1b" not in written.getvalue()
    terminal.raw(stream).write(HOSTILE)
    assert ("\x1b" in written.getvalue()) is not is_terminal


def test_the_console_shows_its_own_colours_and_obeys_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console = PlainConsole()
    console.print(HOSTILE, markup=False)
    assert capsys.readouterr().out == "a\\x1b]0;title\\x07\\x1b[2J\\x9b31m\\u202e[/red]:smile:\n"


def _is_control(character: str) -> bool:
    return ord(character) < 32 and character not in "\n\t"
