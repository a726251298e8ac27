"""The terminal with colours: what the project itself marks up is coloured, and nothing else is obeyed.

Here: rich's console for every command that shows progress or a table. Not here: what is shown.
"""

import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from etl.common.terminal import escape_control, obeyed


class PlainConsole(Console):
    """A console on standard output that shows control characters in texts instead of obeying them.

    By default lines are broken by the terminal only.
    """

    def __init__(self, *, soft_wrap: bool = True, width: int | None = None) -> None:
        file = obeyed(sys.stdout)
        super().__init__(file=file, soft_wrap=soft_wrap, width=width, highlight=False, emoji=False)

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a text with its markup, and control characters written out."""
        return super().render_str(escape_control(text), **options)
