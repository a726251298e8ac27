"""What is written nowhere: passwords, and addresses that are as good as one.

Here: the value that hides them in whatever form it may be shown. Not here: EasyData's key, which is put into
addresses in one place only (`etl.easydata.key`).
"""

from typing import NoReturn


class Secret:
    """A text that shows itself to nobody: not in a log, not in a traceback, not in a settings value."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")

    def reveal(self) -> str:
        """Give the text to who sends it to where it belongs, and to nobody else."""
        return self._text
