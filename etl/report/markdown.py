"""Markdown: text and links as they are, whatever characters they hold.

Here: what must not be taken for markup. Not here: what is written with it.
"""

import re

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")


def escaped(text: str) -> str:
    """Give text that Markdown shows as it is: labels of files hold asterisks and underscores."""
    return _MARKUP.sub(r"\\\1", text)


def link(text: str, address: str) -> str:
    """Give a link; an address in angle brackets may hold parentheses and underscores."""
    quoted = address.replace("<", "%3C").replace(">", "%3E")
    return f"[{escaped(text)}](<{quoted}>)"
